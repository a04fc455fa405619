"""Streams in both directions, over connections that an engine gives up HTTP on (exec, attach)."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tui.engine.errors import EngineError, Trouble, Unreachable, unreachable
from tui.engine.halfclose import open_half_closing
from tui.engine.heads import parse_head, read_head, write_head
from tui.engine.sockets import Stream, end, keep_alive, open_socket, refusal

if TYPE_CHECKING:
    from tui.engine.address import Address

_PIECE = 64 * 1024
_HEADER = 8


class Payloads:
    """Takes the frames away from what a program without a TTY says: stdout and stderr in one.

    A frame is a header of 8 bytes (stream, 000, length) and its payload, which is given as it comes.
    """

    def __init__(self) -> None:
        self._head = b""
        self._left = 0

    def feed(self, raw: bytes) -> bytes:
        """Give the payload that these bytes hold."""
        out = []
        at = 0
        while at < len(raw):
            if self._left:
                piece = raw[at : at + self._left]
                out.append(piece)
                self._left -= len(piece)
                at += len(piece)
                continue
            piece = raw[at : at + _HEADER - len(self._head)]
            self._head += piece
            at += len(piece)
            if len(self._head) == _HEADER:
                self._left = int.from_bytes(self._head[4:])
                self._head = b""
        return b"".join(out)

    @property
    def cut_off(self) -> bool:
        """Whether the bytes stopped within a frame."""
        return bool(self._head or self._left)


class Duplex:
    """A stream in both directions that never waits: for one thread, with `end` for any.

    Args:
        sock: the connection, past the head of the answer.
        rest: what was read beyond the head.
        framed: whether what comes is in frames, because the program has no TTY.

    """

    def __init__(self, sock: socket.socket, rest: bytes, *, framed: bool) -> None:
        self._sock = sock
        self._rest = rest
        self._payloads = Payloads() if framed else None
        self._over = False
        self.broken = False
        """Whether it ended in any other way than by the engine's closing it."""
        sock.setblocking(False)

    def fileno(self) -> int:
        """Give the descriptor to select on; what came with the head is there before anything is."""
        return self._sock.fileno()

    def receive(self) -> bytes | None:
        """Give what has come, empty where nothing has, None at the end."""
        raw, self._rest = self._rest, b""
        if not raw:
            if self._over:
                return None
            try:
                raw = self._sock.recv(_PIECE)
            except BlockingIOError:
                return b""
            except OSError:
                self.broken = self._over = True
                return None
            if not raw:
                self._over = True
                self.broken = self._payloads is not None and self._payloads.cut_off
                return None
        return self._payloads.feed(raw) if self._payloads else raw

    def send(self, data: bytes) -> int:
        """Send what fits, and give how many bytes that was; what is not must be offered again."""
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            # It has ended for reading, too, which is where that is told.
            return len(data)

    def finish(self) -> None:
        """Say that nothing more will be sent; what the other side says goes on coming."""
        # Where the stream has just ended, receive tells.
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def end(self) -> None:
        """End it at once, from any thread."""
        end(self._sock)

    def close(self) -> None:
        """Give the connection back; only for the thread that reads."""
        self._sock.close()


class Wire:
    """Requests that change something, each over a connection of its own; all end with one `close`.

    Args:
        address: what to connect to; an ssh address needs its tunnel first.
        timeout: seconds for each step, where a request is not said to take its time.

    """

    def __init__(self, address: Address, timeout: float) -> None:
        self._address = address
        self._timeout = timeout
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closed = False

    def post(self, path: str, body: object = None, *, patient: bool = False) -> Any:
        """POST `path`, and give the JSON of the answer, or None where it has no body.

        Raises:
            EngineError: in the engine's own words, when it refused.
            Unreachable: when the connection broke, or the answer makes no sense.

        """
        answer = self.ask_slowly(path, body, patient=patient)
        return answer.read()

    def ask_slowly(self, path: str, body: object = None, *, patient: bool = True) -> Answer:
        """POST `path`, and give its answer once the head is there; the body may come much later.

        Raises:
            EngineError: likewise.

        """
        timeout = None if patient else self._timeout
        sock = self._adopted(open_socket(self._address, self._timeout))
        headers, rest = self._demand(sock, path, body, ("Connection: close",), timeout)
        return Answer(self, sock, Stream(sock, rest, headers), timeout)

    def upgrade(self, path: str, body: object = None, *, framed: bool) -> Duplex:
        """POST `path`, and take the connection over for a stream in both directions.

        Raises:
            EngineError: likewise.

        """
        sock = self._adopted(open_half_closing(self._address, self._timeout))
        _, rest = self._demand(sock, path, body, ("Connection: Upgrade", "Upgrade: tcp"), self._timeout)
        return Duplex(sock, rest, framed=framed)

    def _demand(
        self,
        sock: socket.socket,
        path: str,
        body: object,
        connection: tuple[str, ...],
        timeout: float | None,
    ) -> tuple[dict[str, str], bytes]:
        try:
            sock.sendall(_post(self._address, path, body, connection))
            sock.settimeout(timeout)
            raw, rest = read_head(sock)
            status, headers = parse_head(raw)
            if status != 101 and not 200 <= status < 300:
                raise EngineError(refusal(status, Stream(sock, rest, headers), self._timeout))
        except OSError as error:
            self.drop(sock)
            raise unreachable(error) from error
        except EngineError:
            self.drop(sock)
            raise
        return headers, rest

    def _adopted(self, sock: socket.socket) -> socket.socket:
        if sock.family in {socket.AF_INET, socket.AF_INET6}:
            keep_alive(sock)
        with self._lock:
            if not self._closed:
                self._open.add(sock)
                return sock
        sock.close()
        raise Unreachable(Trouble.LOST, "the connection was closed")

    def drop(self, sock: socket.socket) -> None:
        """Give one connection back."""
        with self._lock:
            self._open.discard(sock)
        sock.close()

    def close(self) -> None:
        """End everything at once, from any thread; requests under way then fail."""
        with self._lock:
            self._closed = True
            for sock in self._open:
                end(sock)


class Answer:
    """The answer to one request, whose head has come."""

    def __init__(self, wire: Wire, sock: socket.socket, stream: Stream, timeout: float | None) -> None:
        self._wire, self._sock, self._stream, self._timeout = wire, sock, stream, timeout

    def read(self) -> Any:
        """Wait for the body, and give its JSON; None where it is empty.

        Raises:
            Unreachable: when the connection broke, or it makes no sense.

        """
        body = b""
        try:
            while piece := self._stream.read(self._timeout):
                body += piece
        finally:
            self._wire.drop(self._sock)
        if piece is None:
            raise Unreachable(Trouble.TIMED_OUT, "the engine did not answer in time")
        try:
            return json.loads(body) if body.strip() else None
        except (ValueError, RecursionError) as error:
            raise Unreachable(Trouble.LOST, "the engine's answer makes no sense") from error


def _post(address: Address, path: str, body: object, connection: tuple[str, ...]) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    fields = [*connection, f"Content-Length: {len(content)}"]
    if body is not None:
        fields.append("Content-Type: application/json")
    return write_head(address, path, *fields, method="POST") + content
