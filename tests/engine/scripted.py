"""An engine that answers as a test says, byte by byte: what no demo engine would do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tui.engine.address import Address
from tui.engine.connection import Closable
from tui.engine.questions import target

Answer = Callable[[socket.socket], object]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """Write one chunk of a body; an empty one ends it."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def received(sock: socket.socket, most: int) -> bytes:
    """Receive something; the other side's end is an OSError."""
    if not (piece := sock.recv(most)):
        raise ConnectionResetError("the other side left")
    return piece


class Scripted:
    """Listens on a socket, and stands for the connection to it, too."""

    def __init__(self, folder: Path, answer: Answer) -> None:
        self._path = str(folder / "scripted.sock")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self._path)
        self._listener.listen()
        self._answer = answer
        self.endpoint = Address(f"unix://{self._path}", "a test", "", None, is_default=False)
        self.heads: list[str] = []
        self.adopted: list[Closable] = []
        self.asked = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with sock:
                try:
                    raw = b""
                    while b"\r\n\r\n" not in raw:
                        raw += received(sock, 1)
                    self.heads.append(raw.decode())
                    self.asked.set()
                    self._answer(sock)
                except OSError:
                    pass  # the other side left, which is what such a test is about

    @property
    def connection(self) -> Any:
        """Itself, where a connection is wanted: it has all that an exchange uses of one."""
        return self

    def reached_at(self) -> Address:
        """Give where it listens."""
        return self.endpoint

    def path(self, path: str, *names: str, **parameters: object) -> str:
        """Write a target without a version."""
        return target(path, names, parameters)

    def adopt(self, stream: Closable) -> None:
        """Note what would end with the connection."""
        self.adopted.append(stream)

    def release(self, stream: Closable) -> None:
        """Note what has ended by itself."""
        self.adopted.remove(stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone does not wake who waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
