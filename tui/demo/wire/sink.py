"""A stream's way out: where it writes, and where it waits."""

from __future__ import annotations

import selectors
import socket
from typing import TYPE_CHECKING

from tui.demo.wire.bell import Bell

if TYPE_CHECKING:
    import threading


class GoneError(Exception):
    """The client left, or the engine cut the connection."""


class Sink:
    """Where a stream writes, and where it waits: for its bell, and for the client to leave.

    Args:
        gate: open while the engine is not frozen.

    """

    def __init__(self, sock: socket.socket, gate: threading.Event, *, chunked: bool) -> None:
        self._sock = sock
        self._gate = gate
        self._chunked = chunked
        self.bell = Bell()
        self._selector = (
            selectors.PollSelector() if hasattr(selectors, "PollSelector") else selectors.DefaultSelector()
        )
        self._selector.register(sock, selectors.EVENT_READ)
        self._selector.register(self.bell, selectors.EVENT_READ)

    def write(self, data: bytes) -> None:
        """Send some bytes, one chunk of them where the answer has chunks."""
        self._gate.wait()
        if data:
            send(self._sock, b"%x\r\n%s\r\n" % (len(data), data) if self._chunked else data)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the bell, and say whether it rang; without end, or for so long.

        Raises:
            GoneError: when the client left.

        """
        for key, _ in self._selector.select(seconds):
            if key.fileobj is self._sock:
                self._look()
        return self.bell.clear()

    def _look(self) -> None:
        try:
            here = self._sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError as error:
            raise GoneError from error
        if not here:
            raise GoneError
        # The next request came early; it is read after this one, and is no reason to wake.
        self._selector.unregister(self._sock)

    def close(self) -> None:
        """Let go of the bell."""
        self._selector.close()
        self.bell.close()

    def end(self) -> None:
        """Say that this was all."""
        if self._chunked:
            send(self._sock, b"0\r\n\r\n")


def send(sock: socket.socket, data: bytes) -> None:
    """Send all of it; a client that left is a `GoneError`."""
    try:
        sock.sendall(data)
    except OSError as error:
        raise GoneError from error
