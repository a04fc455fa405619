"""One connection: HTTP/1.1 kept alive, HTTP/1.0 until it closes."""

from __future__ import annotations

import http
import http.client
import socket
from email.utils import formatdate
from typing import TYPE_CHECKING, BinaryIO

from tui.demo.wire.answers import Answer, Call, Hijack, Stream
from tui.demo.wire.hijack import Duplex, drained, head_of
from tui.demo.wire.requests import MalformedError, read_call
from tui.demo.wire.sink import GoneError, Sink, send

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable


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
                    if not self._reply(call, file):
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
            return read_call(file)
        except (MalformedError, http.client.HTTPException) as error:
            words = f"400 Bad Request{error}"
            headers = "Content-Type: text/plain; charset=utf-8\r\nConnection: close"
            text = f"HTTP/1.1 {words}\r\n{headers}\r\n\r\n{words}"
            send(self._sock, text.encode("latin-1", "replace"))
            return None

    def _reply(self, call: Call, file: BinaryIO) -> bool:
        """Answer, and say whether the connection goes on."""
        lasting = call.version == "HTTP/1.1" and call.headers.get("connection", "").lower() != "close"
        answer = self._answer(call)
        self._gate.wait()
        if isinstance(answer, Hijack):
            self._hand_over(call, answer, file)
            return False
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
        send(self._sock, _head(call.version, answer.status, headers.items()) + body)
        return lasting

    def _hand_over(self, call: Call, answer: Hijack, file: BinaryIO) -> None:
        duplex = Duplex(self._sock, self._gate, head_of(call, answer), drained(self._sock, file))
        try:
            answer.run(duplex)
            duplex.open()
        finally:
            duplex.close()

    def _stream(self, call: Call, stream: Stream) -> bool:
        chunked = call.version == "HTTP/1.1"
        headers = {**stream.headers, "Content-Type": stream.content_type}
        if chunked:
            headers["Transfer-Encoding"] = "chunked"
        send(self._sock, _head(call.version, 200, headers.items()))
        sink = Sink(self._sock, self._gate, chunked=chunked)
        try:
            stream.run(sink)
            sink.end()
        finally:
            sink.close()
        return chunked


def _head(version: str, status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"{version} {status} {http.HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [f"Date: {formatdate(usegmt=True)}", "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")
