"""wherry as a process on a pseudo-terminal, with what becomes of both."""

from __future__ import annotations

import os
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.terminal import Terminal

ROOT = Path(__file__).parent.parent.parent


class Recorded(Terminal):
    """A terminal that remembers its modes."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], **more: Any) -> None:
        self.written = ""
        super().__init__(argv, env={"PYTHONPATH": str(ROOT), **env}, **more)
        feed = self._stream.feed

        def record(data: bytes) -> None:
            self.written += data.decode(errors="replace")
            feed(data)

        self._stream.feed = record  # type: ignore[method-assign]  # a tap
        self.before = termios.tcgetattr(self._fd)

    def check_restored(self) -> None:
        """Fail unless the terminal is as a shell wants it."""
        assert self._ends_within(15), self.text()
        self._thread.join(2)
        with self._lock:
            for mode in ("1049", "2004", "1000", "1003", "1004"):
                on, off = self.written.rfind(f"?{mode}h"), self.written.rfind(f"?{mode}l")
                assert off > on >= 0, f"mode {mode} is still on"
            assert self.written.rfind("?25h") > self.written.rfind("?25l"), "there is no cursor"
        assert termios.tcgetattr(self._fd) == self.before

    def hang_up(self) -> None:
        """Vanish, as a terminal window that is closed."""
        self._closing.set()
        self._thread.join()
        os.close(self._fd)
        self._fd = os.open(os.devnull, os.O_RDWR)
        self._closing.clear()


def wherry(url: str) -> list[str]:
    """Give the command."""
    return [sys.executable, "-m", "tui", "-H", url]


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def seconds_of_cpu(pid: int, over: float = 1.0) -> float:
    """Measure the CPU time that a process takes within so many seconds."""
    before = _stat(pid)
    time.sleep(over)
    after = _stat(pid)
    return sum(int(after[n]) - int(before[n]) for n in (11, 12)) / os.sysconf("SC_CLK_TCK")


def threads(pid: int) -> int:
    """Count a process's threads."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))
