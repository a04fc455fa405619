"""Connections on which both sides write as they like: attach and exec."""

from __future__ import annotations

import http
import select
from typing import TYPE_CHECKING

from tui.demo.wire.sink import GoneError, Sink, send

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Callable
    from typing import BinaryIO

    from tui.demo.wire.answers import Call, Hijack

RAW = "application/vnd.docker.raw-stream"
_PIECE = 32 * 1024


class Duplex(Sink):
    """A hijacked connection: what the client sends comes in, and whatever is written goes out.

    Args:
        head: the answer's head; it is sent by `open`, and at the latest with the first bytes.
        early: what the client sent right behind its request.

    """

    def __init__(self, sock: socket.socket, gate: threading.Event, head: bytes, early: bytes = b"") -> None:
        super().__init__(sock, gate, chunked=False)
        self._head = head
        self._early = early
        self._ended = False
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)
        self._poll.register(self.bell, select.POLLIN)

    def open(self) -> None:
        """Tell the client that the connection is its own now."""
        head, self._head = self._head, b""
        if head:
            self._gate.wait()
            send(self._sock, head)

    def write(self, data: bytes) -> None:
        """Send some bytes."""
        self.open()
        super().write(data)

    def receive(self) -> bytes | None:
        """Wait for the client or for the bell; gives what came, b"" at its end, and None for the bell.

        Raises:
            GoneError: when the client left altogether.

        """
        if self._early:
            early, self._early = self._early, b""
            return early
        ready = dict(self._poll.poll())
        self._gate.wait()
        self.bell.clear()
        events = ready.get(self._sock.fileno(), 0)
        if not self._ended and events & (select.POLLIN | select.POLLHUP):
            return self._read()
        if events:
            raise GoneError
        return None

    def _read(self) -> bytes:
        try:
            data = self._sock.recv(_PIECE)
        except OSError as error:
            raise GoneError from error
        if not data:
            self._ended = True
            # It writes no more, and may read on: only its leaving is news from here on.
            self._poll.modify(self._sock, 0)
        return data


def conversation(run: Callable[[Duplex], None]) -> Callable[[Sink], None]:
    """Make of a function of a duplex what a stream runs."""

    def talk(sink: Sink) -> None:
        if not isinstance(sink, Duplex):
            raise TypeError
        run(sink)

    return talk


def head_of(call: Call, answer: Hijack) -> bytes:
    """Write the head; its version is 1.1 whatever the client's is, and it has no date."""
    headers = {} if answer.bare else dict(answer.headers)
    if answer.status:
        start = f"HTTP/1.1 {answer.status} {http.HTTPStatus(answer.status).phrase}"
        headers = {"Content-Type": RAW, **headers}
    elif "upgrade" in call.headers:
        start = "HTTP/1.1 101 UPGRADED"
        upgrade = {"Connection": "Upgrade", "Upgrade": "tcp"}
        headers = {"Content-Type": answer.content_type, **upgrade, **headers}
    else:
        start = "HTTP/1.1 200 OK"
        headers = {"Content-Type": RAW, **headers}
    lines = [start, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


def drained(sock: socket.socket, file: BinaryIO) -> bytes:
    """Take what a buffered reader has read ahead of the request."""
    sock.setblocking(False)
    try:
        return file.read1() or b""  # type: ignore[attr-defined]  # a socket's file is buffered
    finally:
        sock.setblocking(True)
