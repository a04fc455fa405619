"""Plain connections to an engine, for the streams that are too fast for docker-py."""

from __future__ import annotations

import json
import socket
import ssl
from typing import TYPE_CHECKING

from tui.engine.connecting import Breaker, connect, end
from tui.engine.errors import EngineError, Trouble, Unreachable, unreachable
from tui.engine.heads import parse_head, read_head, write_head

if TYPE_CHECKING:
    from tui.engine.address import Address, Tls

__all__ = [
    "Stream",
    "end",
    "explanation",
    "keep_alive",
    "open_socket",
    "open_stream",
    "refusal",
    "request",
    "tls_context",
]

_PIECE = 256 * 1024
_LONGEST_ERROR = 64 * 1024
_ALIVE_AFTER = 30
"""Seconds of silence after which TCP asks whether the other end is still there, and between its questions."""


def open_socket(address: Address, timeout: float, breaker: Breaker | None = None) -> socket.socket:
    """Connect to an engine; the socket keeps `timeout` (seconds).

    Args:
        address: of the engine.
        timeout: for each step of it.
        breaker: ends this, and afterwards the connection, from another thread.

    Raises:
        Unreachable: when there is no way to it; an ssh address needs its tunnel first.

    """
    place, breaker = address.place, breaker or Breaker()
    try:
        if place.scheme == "unix":
            return _open_unix(place.path, timeout, breaker)
        if place.scheme == "tcp":
            # Before connecting: a bad key file is then told as such, whoever answers there.
            context = tls_context(address.tls) if address.tls else None
            plain = connect(place.host, place.port, timeout, breaker)
            return _over_tls(plain, context, place.host, breaker) if context else plain
    except OSError as error:
        if breaker.broken:
            raise Unreachable(Trouble.LOST, "cancelled") from error
        raise unreachable(error) from error
    raise Unreachable(Trouble.BAD_ADDRESS, f"{address.url} cannot be opened without its tunnel")


def _open_unix(path: str, timeout: float, breaker: Breaker) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.settimeout(timeout)
        sock.connect(path)
        breaker.hold(sock)
    except (OSError, Unreachable):
        sock.close()
        raise
    return sock


def _over_tls(plain: socket.socket, context: ssl.SSLContext, host: str, breaker: Breaker) -> socket.socket:
    sock = plain
    try:
        # It takes the plain one's place, and has to be held before it waits for the other side.
        sock = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        breaker.hold(sock)
        sock.do_handshake()
    except (OSError, Unreachable):
        breaker.release()
        sock.close()
        raise
    return sock


def tls_context(tls: Tls) -> ssl.SSLContext:
    """Make what TLS needs; raises Unreachable or ssl.SSLError for a file that can't be used."""
    try:
        context = ssl.create_default_context(cafile=str(tls.ca) if tls.ca else None)
        if tls.cert and tls.key:
            context.load_cert_chain(tls.cert, tls.key)
    except ssl.SSLError:
        raise
    except OSError as error:
        raise Unreachable(Trouble.TLS, f"a certificate or key cannot be read: {error}") from error
    # Certificates made by Docker's own instructions lack extensions that newer Pythons insist on.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def keep_alive(sock: socket.socket) -> None:
    """Have a host that vanished noticed, however long nobody types."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name in ("TCP_KEEPIDLE", "TCP_KEEPALIVE", "TCP_KEEPINTVL"):  # the first on Linux, the second on macOS
        option = getattr(socket, name, None)
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, _ALIVE_AFTER)


class Stream:
    """The body of an answer, as it comes.

    Args:
        sock: the connection, past the head of the answer.
        rest: what was read beyond the head.
        headers: the answer's, in lower case; they tell how the body ends.

    """

    def __init__(self, sock: socket.socket, rest: bytes, headers: dict[str, str]) -> None:
        self._sock = sock
        self._rest = rest
        self._chunks = _Chunks() if "chunked" in headers.get("transfer-encoding", "").lower() else None
        length = headers.get("content-length", "")
        self._left = int(length) if length.isdecimal() and self._chunks is None else None

    def read(self, wait: float | None = None) -> bytes | None:
        """Give the next bytes, empty at the end, or None when none came within `wait` seconds.

        Raises:
            Unreachable: when the connection broke before the body's end.

        """
        while True:
            if self._left == 0 or (self._chunks and self._chunks.done):
                return b""
            raw: bytes | None = self._rest
            self._rest = b""
            if not raw:
                raw = self._receive(wait)
            if raw is None:
                return None
            if not raw and (self._left or self._chunks):
                raise Unreachable(Trouble.LOST, "the engine closed the connection in the middle of an answer")
            if self._chunks:
                raw = self._chunks.feed(raw)
                if not raw:
                    continue
            elif self._left is not None:
                raw = raw[: self._left]
                self._left -= len(raw)
            return raw

    def _receive(self, wait: float | None) -> bytes | None:
        try:
            # A timeout of 0 would mean non-blocking, which TLS answers with other exceptions.
            self._sock.settimeout(wait if wait is None else max(wait, 0.001))
            return self._sock.recv(_PIECE)
        except TimeoutError:
            return None
        except ssl.SSLEOFError:
            return b""
        except (OSError, ValueError) as error:
            raise unreachable(error) from error

    def end(self) -> None:
        """End it at once, from any thread."""
        end(self._sock)

    def close(self) -> None:
        """Give the connection back; only for the thread that reads."""
        self._sock.close()


class _Chunks:
    """Takes the framing of a chunked body away, however the bytes are split."""

    def __init__(self) -> None:
        self._rest = b""
        self._left = 0
        self.done = False

    def feed(self, raw: bytes) -> bytes:
        """Give what of the body these bytes hold."""
        raw = self._rest + raw
        out: list[bytes] = []
        at = 0
        while not self.done:
            if self._left > 2:
                piece = raw[at : at + self._left - 2]
                out.append(piece)
                at += len(piece)
                self._left -= len(piece)
                if self._left > 2:
                    break
            if self._left:  # the line end after a chunk
                if len(raw) - at < self._left:
                    break
                at += self._left
                self._left = 0
            line_end = raw.find(b"\r\n", at)
            if line_end < 0:
                break
            size = _chunk_size(raw[at:line_end])
            at = line_end + 2
            self.done = size == 0
            self._left = size + 2
        self._rest = raw[at:]
        return b"".join(out)


def _chunk_size(line: bytes) -> int:
    try:
        return int(line.partition(b";")[0], 16)
    except ValueError as error:
        raise Unreachable(Trouble.LOST, "the engine's answer makes no sense") from error


def request(
    sock: socket.socket, address: Address, path: str, timeout: float
) -> tuple[int, dict[str, str], Stream]:
    """Send a GET over a connection of `open_socket`, and read the head of the answer.

    Speaks HTTP/1.0, so that the body comes unframed and ends with the connection.

    Args:
        sock: connected to the engine; nothing has been sent over it yet.
        address: what it is connected to.
        path: such as `/containers/ID/logs?stdout=1`; without an API version the newest is meant.
        timeout: seconds for each step.

    Raises:
        EngineError: in the engine's own words, when it refused.
        Unreachable: when the connection broke, or what answers there speaks no HTTP.

    """
    try:
        sock.settimeout(timeout)
        sock.sendall(write_head(address, path, version="HTTP/1.0"))
        raw, rest = read_head(sock)
    except OSError as error:
        raise unreachable(error) from error
    status, headers = parse_head(raw)
    stream = Stream(sock, rest, headers)
    if not 200 <= status < 300:
        raise EngineError(refusal(status, stream, timeout))
    return status, headers, stream


def open_stream(address: Address, path: str, timeout: float) -> tuple[int, dict[str, str], Stream]:
    """Connect, and GET `path`; see `open_socket` and `request`."""
    sock = open_socket(address, timeout)
    try:
        return request(sock, address, path, timeout)
    except EngineError:
        sock.close()
        raise


def refusal(status: int, stream: Stream, timeout: float) -> str:
    """Read why the engine refuses, waiting at most `timeout` seconds for each piece."""
    body = b""
    try:
        while len(body) < _LONGEST_ERROR and (piece := stream.read(timeout)):
            body += piece
    except Unreachable:
        pass  # the status alone has to do
    return explanation(status, body)


def explanation(status: int, body: bytes) -> str:
    """Give the engine's own words of an answer that refuses: `{"message": …}`, or whatever text there is."""
    text = body.decode(errors="replace").strip()
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict) and answer.get("message"):
        text = str(answer["message"]).strip()
    return text or f"the engine answered {status}"
