"""TLS that can end one direction and go on with the other, which Python's own socket can't."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any

from tui.engine.errors import unreachable
from tui.engine.sockets import open_socket, tls_context

if TYPE_CHECKING:
    from tui.engine.address import Address

_PIECE = 64 * 1024
_RECORD = 16 * 1024


class HalfClosing(socket.socket):
    """A TLS connection made of a connected socket, for one thread; `shutdown(SHUT_WR)` leaves it readable.

    `ssl.SSLSocket.unwrap` waits for the other side's farewell, and fails for good where words come first.

    Args:
        plain: what it is made of, and takes over.
        context: how.
        host: whose certificate it must be.

    Raises:
        OSError: where there is no agreement.

    """

    def __init__(self, plain: socket.socket, context: ssl.SSLContext, host: str) -> None:
        timeout = plain.gettimeout()
        super().__init__(plain.family, plain.type, plain.proto, fileno=plain.detach())
        self.settimeout(timeout)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=host)
        self._ended = False
        self._unsent = b""
        self._owed = 0
        """Bytes that were enciphered and not told as sent, since not all of them went out."""
        try:
            self._shake()
        except OSError:
            self.close()
            raise

    def _shake(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                self._fill()
            else:
                self._flush()
                return

    def _fill(self) -> None:
        raw = super().recv(_PIECE)
        if raw:
            self._in.write(raw)
        else:
            self._in.write_eof()

    def _flush(self) -> None:
        self._unsent += self._out.read()
        while self._unsent:
            self._unsent = self._unsent[super().send(self._unsent) :]

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:  # noqa: ARG002  # a socket's own signature
        """Give all that has come, which may be more than asked for, so that nothing is hidden from select."""
        out = self._deciphered()
        while not (out or self._ended):
            self._fill()
            out = self._deciphered()
        return out

    def _deciphered(self) -> bytes:
        out = []
        while True:
            try:
                piece = self._tls.read(_PIECE)
            except ssl.SSLWantReadError:
                break
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                piece = b""
            if not piece:
                self._ended = True
                break
            out.append(piece)
        return b"".join(out)

    def send(self, data: Any, flags: int = 0, /) -> int:  # noqa: ARG002
        """Send some, and give how much; what was refused must be offered again as it was.

        Raises:
            BlockingIOError: where it does not block, and not all of that went out.

        """
        if not self._owed:
            self._owed = self._tls.write(data[:_RECORD])
        self._flush()
        sent, self._owed = self._owed, 0
        return sent

    def sendall(self, data: Any, flags: int = 0, /) -> None:  # noqa: ARG002
        """Send all of it."""
        while data:
            data = data[self.send(data) :]

    def shutdown(self, how: int, /) -> None:
        """End writing with TLS's own farewell; anything else ends the connection beneath it."""
        if how != socket.SHUT_WR:
            super().shutdown(how)
            return
        try:
            self._tls.unwrap()
        except ssl.SSLWantReadError:
            pass  # the other side has not said farewell, and need not
        self._flush()


def open_half_closing(address: Address, timeout: float) -> socket.socket:
    """Connect as `open_socket` does, to where one direction can end before the other, over TLS too.

    Raises:
        Unreachable: likewise.

    """
    place = address.place
    if place.scheme != "tcp" or address.tls is None:
        return open_socket(address, timeout)
    try:
        context = tls_context(address.tls)
        plain = socket.create_connection((place.host, place.port), timeout)
        return HalfClosing(plain, context, place.host)
    except OSError as error:
        raise unreachable(error) from error
