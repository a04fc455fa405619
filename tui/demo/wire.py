"""One connection: HTTP/1.1 kept alive, HTTP/1.0 until it closes."""

from __future__ import annotations

import http
import http.client
import json
import re
import selectors
import socket
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, BinaryIO

from tui.demo.bell import Bell
from tui.demo.query import Query

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Mapping

_LONGEST = 65536
_LARGEST = 64 * 1024 * 1024
"""Bytes of a body; more of them are no request that anybody means."""


class GoneError(Exception):
    """The client left, or the engine cut the connection."""


class MalformedError(Exception):
    """What came is no HTTP."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `target` as it came, `path` decoded and without the API version."""

    method: str
    target: str
    path: str = ""
    query: Query = field(default_factory=lambda: Query(""))
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    version: str = "HTTP/1.1"
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is complete; a `body` of None has no length at all, as Docker's 204."""

    status: int = 200
    body: bytes | None = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that goes on: `run` writes until it returns or the client leaves."""

    content_type: str
    run: Callable[[Sink], None]
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: Any, status: int = 200) -> Answer:
    """Make an answer of a JSON value."""
    return Answer(status, json.dumps(value, separators=(",", ":")).encode() + b"\n", "application/json")


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
            _send(self._sock, b"%x\r\n%s\r\n" % (len(data), data) if self._chunked else data)

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
            _send(self._sock, b"0\r\n\r\n")


class Peer:
    """One client: reads its requests, and answers them one after the other.

    Args:
        answer: makes the answer of a request.

    """

    def __init__(
        self, sock: socket.socket, gate: threading.Event, answer: Callable[[Call], Answer | Stream]
    ) -> None:
        self._sock = sock
        self._gate = gate
        self._answer = answer

    def serve(self) -> None:
        """Go on until the client leaves, asks to, or speaks no HTTP."""
        try:
            with self._sock.makefile("rb") as file:
                while (call := self._read(file)) is not None:
                    if not self._reply(call):
                        return
        except (GoneError, OSError, ValueError):
            # ValueError is what a file object says once its socket was closed by another thread.
            return
        finally:
            self.cut()
            self._sock.close()

    def cut(self) -> None:
        """End the connection at once; called from any thread."""
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _read(self, file: BinaryIO) -> Call | None:
        try:
            return _read_call(file)
        except (MalformedError, http.client.HTTPException) as error:
            words = f"400 Bad Request{error}"
            headers = "Content-Type: text/plain; charset=utf-8\r\nConnection: close"
            text = f"HTTP/1.1 {words}\r\n{headers}\r\n\r\n{words}"
            _send(self._sock, text.encode("latin-1", "replace"))
            return None

    def _reply(self, call: Call) -> bool:
        """Answer, and say whether the connection goes on."""
        lasting = call.version == "HTTP/1.1" and call.headers.get("connection", "").lower() != "close"
        answer = self._answer(call)
        self._gate.wait()
        if isinstance(answer, Stream):
            return self._stream(call, answer) and lasting
        headers = dict(answer.headers)
        if answer.body is not None:
            headers["Content-Length"] = str(len(answer.body))
        if answer.content_type:
            headers["Content-Type"] = answer.content_type
        if not lasting and call.version == "HTTP/1.1":
            headers["Connection"] = "close"
        body = b"" if call.method == "HEAD" else answer.body or b""
        _send(self._sock, _head(call.version, answer.status, headers.items()) + body)
        return lasting

    def _stream(self, call: Call, stream: Stream) -> bool:
        chunked = call.version == "HTTP/1.1"
        headers = {**stream.headers, "Content-Type": stream.content_type}
        if chunked:
            headers["Transfer-Encoding"] = "chunked"
        _send(self._sock, _head(call.version, 200, headers.items()))
        sink = Sink(self._sock, self._gate, chunked=chunked)
        try:
            stream.run(sink)
            sink.end()
        finally:
            sink.close()
        return chunked


def _send(sock: socket.socket, data: bytes) -> None:
    try:
        sock.sendall(data)
    except OSError as error:
        raise GoneError from error


def _head(version: str, status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"{version} {status} {http.HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [f"Date: {formatdate(usegmt=True)}", "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


def _read_call(file: BinaryIO) -> Call | None:
    """Read one request; None where the client is done."""
    start = b"\r\n"
    while start in {b"\r\n", b"\n"}:
        start = file.readline(_LONGEST)
    if not start:
        return None
    words = start.decode("latin-1").split()
    if len(words) != 3 or words[2] not in {"HTTP/1.0", "HTTP/1.1"} or not words[1].startswith("/"):
        raise MalformedError
    headers = {name.lower(): value for name, value in http.client.parse_headers(file).items()}
    if words[2] == "HTTP/1.1" and "host" not in headers:
        raise MalformedError(": missing required Host header")
    return Call(words[0], words[1], headers=headers, body=_read_content(file, headers), version=words[2])


def _read_content(file: BinaryIO, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _read_chunks(file)
    length = headers.get("content-length", "0")
    # Twenty digits are more than any length has, and few enough to be read as a number.
    if not re.fullmatch(r"[0-9]{1,20}", length) or int(length) > _LARGEST:
        raise MalformedError
    return file.read(int(length))


def _read_chunks(file: BinaryIO) -> bytes:
    content = bytearray()
    while True:
        try:
            size = int(file.readline(_LONGEST).partition(b";")[0], 16)
        except ValueError as error:
            raise MalformedError from error
        if size < 0 or len(content) + size > _LARGEST:
            raise MalformedError
        content += file.read(size)
        if size == 0:
            while file.readline(_LONGEST) not in {b"\r\n", b"\n", b""}:
                pass
            return bytes(content)
        file.readline(_LONGEST)
