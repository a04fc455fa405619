"""The control socket: one command a line, one line back."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tui.demo.faults.commands import obey
from tui.demo.wire.listening import listen_at
from tui.demo.wire.sink import GoneError, hang_up, send

if TYPE_CHECKING:
    from tui.demo.server import DemoEngine

_LONGEST = 64 * 1024
"""Bytes of a line."""


class Control:
    """Listens at a path of its own for commands to an engine, from `start` to `close`."""

    def __init__(self, path: str, engine: DemoEngine) -> None:
        self.path = path
        self._engine = engine
        self._listener: socket.socket | None = None
        self._lock = threading.Lock()
        self._clients: set[socket.socket] = set()

    def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: where something is at the path already, or nothing can be made there.

        """
        listener = self._listener = listen_at(self.path)
        threading.Thread(target=self._accept, args=(listener,), name="demo-control", daemon=True).start()

    def close(self) -> None:
        """Listen no more, and take the socket away."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        Path(self.path).unlink(missing_ok=True)
        hang_up(listener)
        listener.close()
        with self._lock:
            clients = tuple(self._clients)
        for client in clients:
            hang_up(client)

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                client, _ = listener.accept()
            except OSError:
                continue  # it hung up before it was let in, or this is the end
            with self._lock:
                self._clients.add(client)
            threading.Thread(target=self._serve, args=(client,), name="demo-control", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, client.makefile("rb") as file:
                while line := file.readline(_LONGEST):
                    if not line.endswith(b"\n") and len(line) == _LONGEST:
                        send(client, b"error: a line is 64 kB at the most\n")
                        return
                    told = obey(self._engine, line.decode(errors="replace"))
                    send(client, told.encode(errors="replace") + b"\n")
        except (GoneError, OSError, ValueError):
            return  # the client left, or this is the end
        finally:
            with self._lock:
                self._clients.discard(client)


def tell(path: str, line: str) -> str:
    """Send a command to the control socket at `path`; gives the line that comes back.

    Raises:
        OSError: where nobody listens there, or nothing came back.

    """
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)
        sock.sendall(" ".join(line.splitlines()).encode(errors="surrogateescape") + b"\n")
        with sock.makefile("rb") as file:
            answer = file.readline()
    if not answer.endswith(b"\n"):
        raise OSError(0, "the engine ended before it answered", path)
    return answer.decode(errors="replace").rstrip("\n")
