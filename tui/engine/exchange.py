"""One request whose answer, or body, may take long, over a connection that can be ended at any time."""

from __future__ import annotations

import selectors
import socket
import ssl
from typing import TYPE_CHECKING, Protocol

from tui.engine.connecting import Breaker
from tui.engine.errors import EngineError, Trouble, Unreachable, unreachable
from tui.engine.heads import parse_head, read_head, write_head
from tui.engine.sockets import Stream, keep_alive, open_socket, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.address import Address
    from tui.engine.connection import Connection

_CONNECT = 10.0
_PIECE = 256 * 1024


class Body(Protocol):
    """What is sent with a request.

    Args:
        size: how many bytes it has.

    """

    size: int

    def read(self, most: int) -> bytes:
        """Give the next bytes, empty at the end.

        Raises:
            EngineError: where they can't be had.

        """


class Exchange:
    """Sends requests to an engine, one after the other; ends with the connection that it belongs to."""

    def __init__(self, engine: Connection) -> None:
        self._engine = engine
        self._breaker = Breaker()

    @property
    def closed(self) -> bool:
        """Whether it was ended, from here or with the connection."""
        return self._breaker.broken

    def open(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> Stream:
        """Send a request, and give the body of the answer once its head has come, however long it takes.

        Raises:
            EngineError: in the engine's own words, when it refused.
            Unreachable: when there is no way to it, the connection broke, or this was closed.

        """
        endpoint = self._engine.reached_at()
        self.finish()
        sock = self._connected(endpoint)
        fields = [f"{name}: {value}" for name, value in (headers or {}).items()]
        if method != "GET":
            fields.append(f"Content-Length: {body.size if body else 0}")
        try:
            sock.sendall(write_head(endpoint, target, "Connection: close", *fields, method=method))
            early = _send(sock, body) if body is not None else b""
            sock.settimeout(None)
            raw, rest = read_head(sock, early)
            status, answered = parse_head(raw)
        except OSError as error:
            raise unreachable(error) from error
        stream = Stream(sock, rest, answered)
        if not 200 <= status < 300:
            raise EngineError(refusal(status, stream, _CONNECT))
        return stream

    def _connected(self, endpoint: Address) -> socket.socket:
        if self.closed:
            raise Unreachable(Trouble.LOST, "cancelled")
        sock = open_socket(endpoint, _CONNECT, self._breaker)
        if sock.family in {socket.AF_INET, socket.AF_INET6}:
            keep_alive(sock)
        return sock

    def finish(self) -> None:
        """Give the connection back; for the thread that reads."""
        sock = self._breaker.release()
        if sock is not None:
            sock.close()

    def close(self) -> None:
        """End it at once, from any thread; who waits for it wakes up."""
        self._breaker.end()

    def __enter__(self) -> Exchange:
        """End with the engine's connection."""
        self._engine.adopt(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Give everything back."""
        self.finish()
        self._engine.release(self)


def _send(sock: socket.socket, body: Body) -> bytes:
    """Send a body, and give what came of the answer meanwhile; a refusal ends the sending.

    Both on one thread, because TLS does not take two.
    """
    early, piece = b"", memoryview(b"")
    sock.setblocking(False)
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while True:
            piece = piece or memoryview(body.read(_PIECE))
            if not piece:
                return early
            ready = selector.select()
            try:
                if any(mask & selectors.EVENT_READ for _, mask in ready):
                    came = _received(sock)
                    if came is not None:
                        early += came
                        if not came or _refuses(early):
                            return early
                piece = piece[sock.send(piece) :]
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except OSError:
                # It takes no more; what it said of that is still to be read.
                return early + _last_words(sock)


def _received(sock: socket.socket) -> bytes | None:
    """Give what has come, empty at the end, None where nothing has."""
    try:
        return sock.recv(_PIECE)
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return None


def _last_words(sock: socket.socket) -> bytes:
    """Read what is left of an answer whose sender did not wait for all that was sent.

    That it hung up is told before what it said, and once only; over TCP nothing may be left.
    """
    said, told = b"", False
    sock.settimeout(_CONNECT)
    while True:
        try:
            came = sock.recv(_PIECE)
        except OSError:
            if told:
                return said
            told = True
            continue
        if not came:
            return said
        said += came


def _refuses(early: bytes) -> bool:
    head, found, _ = early.partition(b"\r\n\r\n")
    return bool(found) and parse_head(head)[0] >= 300
