"""A bell: what a thread waits on together with a socket."""

from __future__ import annotations

import socket


class Bell:
    """Rung from any thread; `fileno` is readable from then until `clear`."""

    def __init__(self) -> None:
        self._ear, self._rope = socket.socketpair()
        self._ear.setblocking(False)
        self._rope.setblocking(False)

    def fileno(self) -> int:
        """Give the descriptor to wait on."""
        return self._ear.fileno()

    def ring(self) -> None:
        """Wake who waits; a bell that was closed stays silent."""
        try:
            self._rope.send(b"!")
        except OSError:
            # Full, so it rings already; or closed, so nobody listens.
            return

    def clear(self) -> bool:
        """Say whether it rang, and silence it."""
        try:
            return bool(self._ear.recv(4096))
        except BlockingIOError:
            return False

    def close(self) -> None:
        """Let go of it."""
        self._ear.close()
        self._rope.close()
