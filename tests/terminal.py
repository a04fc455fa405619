"""A program on a pseudo-terminal, with what its user would see."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "space": " ",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "backspace": "\x7f",
}
# pyte prints what it does not know of private sequences, or stumbles over it.
_UNKNOWN = re.compile(
    rb"\x1b\[[<>=?][0-9;]*[a-zA-Z$]*p|\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*[uSt]"
    rb"|\x1b\](?:[^\x07\x1b]|\x1b[^\\])*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\"
)
_REPLIES = ((b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[c", b"\x1b[?62;22c"))


class Terminal:
    """Run `argv` on a terminal of that size; its environment is ours with `env` over it."""

    def __init__(
        self,
        argv: Sequence[str],
        cols: int = 160,
        rows: int = 45,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.bytes_written = 0
        self._screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self._status: int | None = None
        environ = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            **(env or {}),
        }
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                if cwd is not None:
                    os.chdir(cwd)
                os.execvpe(argv[0], list(argv), environ)
            finally:
                os._exit(127)
        self._set_size(cols, rows)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _set_size(self, cols: int, rows: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def _read(self) -> None:
        while True:
            select.select([self._fd], [], [], 1)
            try:
                output = os.read(self._fd, 65536)
            except OSError:
                return
            if not output:
                return
            for asked, reply in _REPLIES:
                if asked in output:
                    os.write(self._fd, reply)
            with self._lock:
                self.bytes_written += len(output)
                self._stream.feed(_UNKNOWN.sub(b"", output))

    def text(self) -> str:
        """Give what is on the screen."""
        with self._lock:
            return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, pattern: str, timeout: float = 20) -> str:
        """Wait until `pattern` is on the screen, and give the screen."""
        return self._wait(pattern, timeout, gone=False)

    def wait_gone(self, pattern: str, timeout: float = 20) -> str:
        """Wait until `pattern` is not on the screen any more."""
        return self._wait(pattern, timeout, gone=True)

    def _wait(self, pattern: str, timeout: float, *, gone: bool) -> str:
        end = time.monotonic() + timeout
        while True:
            text = self.text()
            if (re.search(pattern, text) is None) == gone:
                return text
            if time.monotonic() > end:
                raise AssertionError(f"{pattern!r} {'did not go' if gone else 'did not come'}:\n{text}")
            time.sleep(0.02)

    def send(self, *keys: str) -> None:
        """Press keys, by name (`enter`, `ctrl+c`) or as they are."""
        for key in keys:
            code = chr(ord(key[5:]) & 31) if key.startswith("ctrl+") else KEYS.get(key, key)
            os.write(self._fd, code.encode())

    def write(self, text: str) -> None:
        """Type text."""
        os.write(self._fd, text.encode())

    def resize(self, cols: int, rows: int) -> None:
        """Give the terminal another size."""
        with self._lock:
            self._screen.resize(rows, cols)
        self._set_size(cols, rows)
        os.kill(self.pid, signal.SIGWINCH)

    def exit_code(self, timeout: float = 10) -> int:
        """Wait for the program to end by itself, and give its exit code."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self._ended():
                return os.waitstatus_to_exitcode(self._status or 0)
            time.sleep(0.02)
        raise AssertionError(f"it still runs:\n{self.text()}")

    def _ended(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
        return self._status is not None

    def close(self) -> None:
        """End the program, if it runs."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            end = time.monotonic() + 3
            if not self._ended():
                os.kill(self.pid, number)
            while not self._ended() and time.monotonic() < end:
                time.sleep(0.02)
        os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
