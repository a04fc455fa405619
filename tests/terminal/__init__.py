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
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "delete": "\x1b[3~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
}
# What pyte would print, or stumbles over, without any effect on what is seen.
_UNKNOWN = re.compile(
    rb"\x1b\[[<>=][0-9;:]*[ -/]*[@-~]"  # private CSI
    rb"|\x1b\[\?[0-9;:]*(?:[ -/]+[@-~]|[@-gi-km-~])"  # DECRQM and such; ?…h and ?…l are modes it knows
    rb"|\x1b\[[0-9;]*:[0-9;:]*m"  # styles with sub-parameters
    rb"|\x1b\](?:[^\x07\x1b]|\x1b[^\\])*(?:\x07|\x1b\\)"  # OSC: title, clipboard, link
    rb"|\x1b[P_^X](?:[^\x1b]|\x1b[^\\])*\x1b\\"  # DCS, APC
)
_UNFINISHED = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*|\](?:[^\x07\x1b]|\x1b[^\\])*\x1b?|[P_^X](?:[^\x1b]|\x1b[^\\])*\x1b?)?\Z"
)


# A program takes Esc and a key right after it for one key with Alt; no hand is that fast.
_ESC_ALONE = 0.25


class _Screen(pyte.Screen):
    """Answers what a program asks of its terminal: where the cursor is (CSI 6n), what it is (DA1)."""

    def __init__(self, cols: int, rows: int, answer: Callable[[str], None]) -> None:
        super().__init__(cols, rows)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        self._answer(data)


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
        self._screen = _Screen(cols, rows, self._put)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._status: int | None = None
        self._deaf_until = 0.0
        environ = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            **(env or {}),
        }
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            _become(argv, cols, rows, environ, cwd)
        self._thread = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        kept = b""
        while not self._closing.is_set():
            ready, _, _ = select.select([self._fd], [], [], 0.1)
            if not ready:
                continue
            try:
                output = os.read(self._fd, 65536)
            except OSError:  # the last that had it open is gone
                return
            if not output:
                return
            with self._lock:
                self.bytes_written += len(output)
                output = kept + output
                unfinished = _UNFINISHED.search(output)
                end = unfinished.start() if unfinished else len(output)
                kept = output[end:]
                self._stream.feed(_UNKNOWN.sub(b"", output[:end]))

    def text(self) -> str:
        """Give what is on the screen."""
        with self._lock:
            return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, pattern: str, timeout: float = 15) -> str:
        """Wait until `pattern` is on the screen, and give the screen."""
        return self._wait(pattern, timeout, gone=False)

    def wait_gone(self, pattern: str, timeout: float = 15) -> str:
        """Wait until `pattern` is not on the screen any more, and give the screen."""
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
        """Press keys, by name (`enter`, `ctrl+c`) or, where a key is one character, as they are."""
        for key in keys:
            if key in KEYS:
                self._press(KEYS[key])
            elif key.startswith("ctrl+") and len(key) == 6:
                self._press(chr(ord(key[5].upper()) & 31))
            elif len(key) == 1:
                self._press(key)
            else:
                raise ValueError(f"no key {key!r}; to type text there is type()")

    def type(self, text: str) -> None:
        """Type text."""
        self._press(text)

    def _press(self, text: str) -> None:
        time.sleep(max(0.0, self._deaf_until - time.monotonic()))
        self._put(text)
        if text == KEYS["esc"]:
            self._deaf_until = time.monotonic() + _ESC_ALONE

    def _put(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def resize(self, cols: int, rows: int) -> None:
        """Give the terminal another size; the kernel tells the program."""
        with self._lock:
            self._screen.resize(rows, cols)
        set_size(self._fd, cols, rows)

    def exit_code(self, timeout: float = 15) -> int:
        """Wait for the program to end by itself, and give its exit code; a signal's number is negative."""
        if not self._ends_within(timeout):
            raise AssertionError(f"it still runs:\n{self.text()}")
        self._thread.join(1)  # so that its last words are on the screen
        return os.waitstatus_to_exitcode(self._status or 0)

    def _ends_within(self, timeout: float) -> bool:
        end = time.monotonic() + timeout
        while self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
            elif time.monotonic() > end:
                return False
            else:
                time.sleep(0.02)
        return True

    def close(self) -> None:
        """End the program, if it runs: as a closed terminal does, then harder."""
        if self._closing.is_set():
            return
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
            if self._ends_within(0):
                break
            os.kill(self.pid, number)
            if self._ends_within(3):
                break
        self._closing.set()
        self._thread.join(5)
        os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def set_size(fd: int, cols: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def _become(argv: Sequence[str], cols: int, rows: int, environ: Mapping[str, str], cwd: Path | None) -> None:
    """Turn this fork into the program; its terminal has its size before the program can ask."""
    try:
        set_size(0, cols, rows)
        if cwd is not None:
            os.chdir(cwd)
        os.execvpe(argv[0], list(argv), environ)
    except OSError as error:
        os.write(2, f"{argv[0]} did not start: {error}\r\n".encode())
    finally:
        os._exit(127)
