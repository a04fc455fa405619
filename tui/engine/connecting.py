"""Connecting over TCP in a way that another thread can end at any moment, the first one included."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import threading

from tui.engine.errors import Trouble, Unreachable


def end(sock: socket.socket) -> None:
    """End a connection at once, from any thread; whoever reads it wakes up at its end."""
    try:
        # Past ssl's own shutdown, which would take the session away from under a reader.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended already


class Breaker:
    """Ends whatever connection is held at that moment, be it that it is only being made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sock: socket.socket | None = None
        self._wake: socket.socket | None = None
        self.broken = False
        """Whether it was ended, once and for all."""

    def hold(self, sock: socket.socket, wake: socket.socket | None = None) -> None:
        """Take a connection as the one to end, and a socket that is written to when that is done.

        Raises:
            Unreachable: where it was ended before; the sockets are left to their owner.

        """
        with self._lock:
            if self.broken:
                raise Unreachable(Trouble.LOST, "cancelled")
            self._sock, self._wake = sock, wake

    def release(self) -> socket.socket | None:
        """Hold nothing more, and give what was held."""
        with self._lock:
            sock, self._sock, self._wake = self._sock, None, None
        return sock

    def end(self) -> None:
        """End it at once, from any thread, and everything that would be held later."""
        with self._lock:
            self.broken = True
            if self._sock is not None:
                end(self._sock)
            if self._wake is not None:
                self._wake.send(b"x")


def connect(host: str, port: int, timeout: float, breaker: Breaker) -> socket.socket:
    """Connect as `socket.create_connection` does; the socket keeps `timeout`, and the breaker holds it.

    Raises:
        OSError: where no address of the host can be reached.
        Unreachable: where the breaker ended it.

    """
    failed: OSError = OSError(errno.EADDRNOTAVAIL, f"{host} has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as error:
            failed = error
            continue
        try:
            _reach(sock, address, timeout, breaker)
        except OSError as error:
            sock.close()
            failed = error
        except Unreachable:
            sock.close()
            raise
        else:
            return sock
    raise failed


def _reach(sock: socket.socket, address: object, timeout: float, breaker: Breaker) -> None:
    """Connect, and wait for that or for the breaker: what ends a connect differs from system to system."""
    ours, theirs = socket.socketpair()
    with ours, theirs, selectors.DefaultSelector() as selector:
        try:
            breaker.hold(sock, theirs)
            sock.setblocking(False)
            code = sock.connect_ex(address)  # type: ignore[arg-type]
            if code in {errno.EINPROGRESS, errno.EWOULDBLOCK}:
                selector.register(sock, selectors.EVENT_WRITE)
                selector.register(ours, selectors.EVENT_READ)
                if not selector.select(timeout):
                    raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
                code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            # Held without what wakes: the pair ends here.
            breaker.hold(sock)
            if code:
                raise OSError(code, os.strerror(code))
        except (OSError, Unreachable):
            breaker.release()
            raise
        sock.settimeout(timeout)
