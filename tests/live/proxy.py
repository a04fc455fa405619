"""A unix socket in front of the engine's own, which can be cut, frozen and put back."""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from typing import Self


class EngineProxy:
    """Forward every connection at `path` to the unix socket `target`, until told otherwise.

    The folder of `path` is short: a unix socket's path may have about 100 bytes.
    """

    def __init__(self, target: str) -> None:
        self._folder = tempfile.mkdtemp(prefix="wherry-")
        self.path = f"{self._folder}/engine.sock"
        self._target = target
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._server: socket.socket | None = None
        self.restore()

    def restore(self) -> None:
        """Listen, as an engine that came up."""
        if self._server is not None:
            return
        server = socket.socket(socket.AF_UNIX)
        server.bind(self.path)
        server.listen(64)
        self._server = server
        threading.Thread(target=self._accept, args=(server,), name="proxy", daemon=True).start()

    def cut(self) -> None:
        """Drop every connection and listen no more, as an engine that died."""
        with self._lock:
            server, self._server = self._server, None
            ends, self._open = self._open, set()
        if server is not None:
            _drop(server)
        Path(self.path).unlink(missing_ok=True)
        for end in ends:
            _drop(end)

    def freeze(self) -> None:
        """Forward nothing more, as an engine that hangs: connecting still succeeds."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Forward again, beginning with what was held back."""
        self._flowing.set()

    def close(self) -> None:
        """End it, and remove its folder."""
        self.cut()
        self.thaw()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self._target)
            except OSError:
                _drop(near)
                _drop(far)
                continue
            with self._lock:
                wanted = self._server is server
                if wanted:
                    self._open |= {near, far}
            if not wanted:  # it was cut in between
                _drop(near)
                _drop(far)
                return
            threading.Thread(target=self._carry, args=(near, far), name="proxy", daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        back = threading.Thread(target=self._pump, args=(far, near), name="proxy", daemon=True)
        back.start()
        self._pump(near, far)
        back.join()
        with self._lock:
            self._open -= {near, far}
        _drop(near)
        _drop(far)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Carry one direction to its end; the other stays, as a closed stdin does not end the output."""
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                sink.sendall(data)
        self._flowing.wait()
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _drop(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
