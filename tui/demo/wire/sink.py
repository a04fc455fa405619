"""A stream's way out: where it writes, and where it waits."""

from __future__ import annotations

import selectors
import socket
from typing import TYPE_CHECKING

from tui.demo.wire.bell import Bell

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable


class GoneError(Exception):
    """The client left, or the engine cut the connection."""


class Patience:
    """Where a request waits: for its bell, and for the client to leave."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.bell = Bell()
        self._selector = (
            selectors.PollSelector() if hasattr(selectors, "PollSelector") else selectors.DefaultSelector()
        )
        self._selector.register(sock, selectors.EVENT_READ)
        self._selector.register(self.bell, selectors.EVENT_READ)

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


class Sink(Patience):
    """Where a stream writes, and where it waits.

    Args:
        gate: open while the engine is not frozen.

    """

    def __init__(self, sock: socket.socket, gate: threading.Event, *, chunked: bool) -> None:
        super().__init__(sock)
        self._gate = gate
        self._chunked = chunked
        self._left: int | None = None
        self.bend: Callable[[bytes], bytes] | None = None
        """What a fault makes of all that is written."""

    def write(self, data: bytes) -> None:
        """Send some bytes, one chunk of them where the answer has chunks."""
        self._gate.wait()
        if self.bend is not None:
            data = self.bend(data)
        if data:
            self._send(b"%x\r\n%s\r\n" % (len(data), data) if self._chunked else data)

    def end(self) -> None:
        """Say that this was all."""
        if self._chunked:
            self._send(b"0\r\n\r\n")

    def cut(self, after: int = 0) -> None:
        """End the connection at once, or after so many more bytes on the wire; called from any thread."""
        self._left = after
        if after == 0:
            hang_up(self._sock)

    def _send(self, raw: bytes) -> None:
        if self._left is None or len(raw) < self._left:
            self._left = None if self._left is None else self._left - len(raw)
            send(self._sock, raw)
            return
        send(self._sock, raw[: self._left])
        raise GoneError


def hang_up(sock: socket.socket) -> None:
    """End a connection at once; called from any thread."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended already


def send(sock: socket.socket, data: bytes) -> None:
    """Send all of it; a client that left is a `GoneError`."""
    try:
        sock.sendall(data)
    except OSError as error:
        raise GoneError from error
