"""A kept-alive connection to an engine: many short questions, one after the other, for little work."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError, Trouble, Unreachable, unreachable
from tui.engine.heads import parse_head, write_head
from tui.engine.sockets import end, explanation, open_socket

if TYPE_CHECKING:
    import socket

    from tui.engine.address import Address

_PIECE = 64 * 1024
_LONGEST_HEAD = 64 * 1024
_LONGEST_LINE = 4096
_LONGEST_BODY = 64 * 1024 * 1024


class KeptAlive:
    """One HTTP/1.1 connection, opened when it is first needed and again when it has ended.

    One thread asks; `close` may be called from any. `send` and `receive` come in pairs, so that one
    thread can keep several connections busy at the same time.

    Args:
        address: what to connect to; an ssh address needs its tunnel first.
        timeout: seconds for each step.

    """

    def __init__(self, address: Address, timeout: float) -> None:
        self._address = address
        self._timeout = timeout
        self._sock: socket.socket | None = None
        self._buffer = bytearray()
        self._path = ""
        self._used = False
        self._closed = threading.Event()

    def get(self, path: str) -> bytes:
        """GET `path`, and give the body; see `receive`."""
        self.send(path)
        return self.receive()

    def send(self, path: str) -> None:
        """Ask for `path`.

        Raises:
            Unreachable: when there is no way to the engine.

        """
        self._path = path
        if self._buffer:
            self._drop()  # more came than was asked for: what follows can't be told from it
        if self._sock is not None:
            try:
                self._sock.sendall(write_head(self._address, path))
            except OSError:
                self._drop()
            else:
                return
        self._open()

    def receive(self) -> bytes:
        """Give the body of the answer to what was sent last.

        A connection that the engine ended since the question before is opened once again.

        Raises:
            EngineError: in the engine's own words, when it refused.
            Unreachable: when the connection broke, or what answers there speaks no HTTP.

        """
        try:
            status, headers = self._head()
            body = self._body(status, headers)
        except EngineError:
            self._drop()
            raise
        self._used = True
        if self._sock is not None and headers.get("connection", "").lower() == "close":
            self._drop()
        if not 200 <= status < 300:
            raise EngineError(explanation(status, body))
        return body

    def close(self) -> None:
        """End it at once, from any thread."""
        self._closed.set()
        sock = self._sock
        if sock is not None:
            end(sock)

    def hang_up(self) -> None:
        """Give the connection back until the next question; only for the thread that asks."""
        self._drop()

    def _open(self) -> None:
        if self._closed.is_set():
            raise Unreachable(Trouble.LOST, "the connection was closed")
        self._sock = open_socket(self._address, self._timeout)
        self._buffer.clear()
        self._used = False
        if self._closed.is_set():
            # It was closed while it was being opened, when there was nothing to end yet.
            self._drop()
            raise Unreachable(Trouble.LOST, "the connection was closed")
        try:
            self._sock.sendall(write_head(self._address, self._path))
        except OSError as error:
            self._drop()
            raise unreachable(error) from error

    def _drop(self) -> None:
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()
        self._buffer.clear()

    def _head(self) -> tuple[int, dict[str, str]]:
        """Read the head; where a kept connection turns out to have ended, ask again over a new one."""
        if self._used:
            try:
                ended = not self._more()
            except Unreachable as error:
                if error.trouble is not Trouble.LOST:
                    raise
                ended = True
            if ended:
                self._drop()
                self._open()
        while (stop := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > _LONGEST_HEAD or not self._more():
                raise Unreachable(Trouble.LOST, "the engine closed the connection without an answer")
        return parse_head(self._take(stop + 4)[:-4])

    def _body(self, status: int, headers: dict[str, str]) -> bytes:
        if status in {204, 304} or 100 <= status < 200:
            return b""
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return self._chunks()
        length = headers.get("content-length", "")
        if length.isdecimal():
            return self._exactly(int(length))
        while self._more():
            pass  # the end of the connection is the end of the body
        body = self._take(len(self._buffer))
        self._drop()
        return body

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            try:
                size = int(self._line().partition(b";")[0], 16)
            except ValueError as error:
                raise _nonsense() from error
            if size == 0:
                break
            if size < 0 or len(body) + size > _LONGEST_BODY:
                raise _nonsense()
            body += self._exactly(size)
            self._line()
        while self._line():
            pass  # trailers
        return bytes(body)

    def _exactly(self, size: int) -> bytes:
        if size > _LONGEST_BODY:
            raise _nonsense()
        while len(self._buffer) < size:
            self._must_more()
        return self._take(size)

    def _line(self) -> bytes:
        while (stop := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > _LONGEST_LINE:
                raise _nonsense()
            self._must_more()
        return self._take(stop + 2)[:-2]

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _must_more(self) -> None:
        if not self._more():
            raise Unreachable(Trouble.LOST, "the engine closed the connection in the middle of an answer")

    def _more(self) -> bool:
        """Read on; says whether there was anything before the end."""
        if self._sock is None:
            raise Unreachable(Trouble.LOST, "the connection was closed")
        if len(self._buffer) > _LONGEST_BODY:
            raise _nonsense()
        try:
            piece = self._sock.recv(_PIECE)
        except OSError as error:
            raise unreachable(error) from error
        self._buffer += piece
        return bool(piece)


def _nonsense() -> Unreachable:
    return Unreachable(Trouble.LOST, "the engine's answer makes no sense")
