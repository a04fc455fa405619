"""A program on a pseudo-terminal, seen from the far end of a link."""

from __future__ import annotations

import fcntl
import os
import pty
import queue
import re
import select
import signal
import struct
import termios
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Self

from tests.benchmarks.link import WINDOW, Link
from tests.benchmarks.screen import Screen

ESC_ALONE = 0.25
"""Seconds after Esc within which a program may take a key for one with Alt."""


class EndedError(Exception):
    """The program ended though it should not have; carries its last screen."""


class Program:
    """Run `argv` at one end of a link, with a screen at the other.

    One thread takes what the program writes the moment it is written, as sshd does. All else happens
    in the caller's thread, in `pump`: time passes for the terminal only while somebody waits.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], link: Link | None = None) -> None:
        self.link = link or Link()
        self.screen = Screen()
        self.written = 0
        """Bytes that the program wrote."""
        self.arrived_at = 0.0
        """When the last of them came that came."""
        self._on_the_way: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._next: tuple[float, bytes] | None = None
        self._keys: deque[tuple[float, bytes]] = deque()
        self._closing = threading.Event()
        self._status: int | None = None
        self.started_at = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            _become(argv, self.screen, env)
        self._thread = threading.Thread(target=self._read, name="output", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._closing.is_set():
            now = time.monotonic()
            if self.link.backlog(now) > WINDOW:
                time.sleep(0.005)
                continue
            if not select.select([self._fd], [], [], 0.1)[0]:
                continue
            try:
                output = os.read(self._fd, 65536)
            except OSError:  # the last that had it open is gone
                output = b""
            now = time.monotonic()
            self.written += len(output)
            for arrival in self.link.send(output, now):
                self._on_the_way.put(arrival)
            if not output:
                self._on_the_way.put((now, b""))
                return

    def press(self, *keys: bytes) -> float:
        """Press keys at the far end, and give the time at which that was."""
        now = time.monotonic()
        for key in keys:
            self._send(key, now)
        self._write_due(now)
        return now

    def _send(self, text: bytes, now: float) -> None:
        self._keys.append((now + self.link.one_way, text))

    def _write_due(self, now: float) -> None:
        while self._keys and self._keys[0][0] <= now:
            os.write(self._fd, self._keys.popleft()[1])

    def pump(self, until: float) -> float | None:
        """Show the next output that arrives by then, and give the time of its arrival.

        Raises:
            EndedError: the program has ended.

        """
        while True:
            now = time.monotonic()
            self._write_due(now)
            if self._next is None and not self._on_the_way.empty():
                self._next = self._on_the_way.get()
            if self._next is not None and self._next[0] <= now:
                return self._arrive(*self._next)
            if now >= until:
                return None
            wake = min(
                [until, *(at for at, _ in [*self._keys][:1]), *([self._next[0]] if self._next else [])]
            )
            if self._next is None:
                try:
                    self._next = self._on_the_way.get(timeout=max(0.0, wake - now))
                except queue.Empty:
                    continue
            else:
                time.sleep(max(0.0, wake - now))

    def _arrive(self, at: float, output: bytes) -> float:
        if not output:
            raise EndedError(f"it ended, with this on its screen:\n{self.screen.text().strip()}")
        self._next = None
        self.arrived_at = at
        for answer in self.screen.feed(output):
            self._send(answer, at)
        self._write_due(time.monotonic())
        return at

    def run_for(self, seconds: float) -> None:
        """Show what arrives for so long."""
        end = time.monotonic() + seconds
        while self.pump(end) is not None:
            pass

    def until_shown(self, pattern: str, timeout: float) -> float | None:
        """Wait until a pattern is on the screen, and give the time of that; None if it does not come."""
        compiled = re.compile(pattern)
        if self.screen.shows(compiled):
            return time.monotonic()
        end = time.monotonic() + timeout
        while (at := self.pump(end)) is not None:
            if self.screen.shows(compiled):
                return at
        return None

    def until_still(self, seconds: float, timeout: float) -> bool:
        """Wait until nothing has arrived for so long; says whether that came about."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.pump(time.monotonic() + seconds) is None:
                return True
        return False

    def close(self, quit_keys: Sequence[bytes] = ()) -> None:
        """End the program: as its user does, then as a closed terminal does, then harder."""
        if self._closing.is_set():
            return
        try:
            for key in quit_keys:
                self.press(key)
                if self._ends_within(1.0):
                    break
        except OSError:
            pass
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
            if self._ends_within(0):
                break
            os.killpg(self.pid, number)
            self._ends_within(2)
        self._closing.set()
        self._thread.join(5)
        os.close(self._fd)

    def _ends_within(self, timeout: float) -> bool:
        end = time.monotonic() + timeout
        while self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
            elif time.monotonic() > end:
                return False
            else:
                self._show_last(0.02)
        return True

    def _show_last(self, seconds: float) -> None:
        """Go on answering a program that asks its terminal something before it ends."""
        try:
            self.run_for(seconds)
        except (EndedError, OSError):
            time.sleep(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _become(argv: Sequence[str], screen: Screen, env: Mapping[str, str]) -> None:
    """Turn this fork into the program; its terminal has its size before the program can ask."""
    try:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", screen.rows, screen.cols, 0, 0))
        os.execvpe(argv[0], list(argv), env)
    except OSError as error:
        os.write(2, f"{argv[0]} did not start: {error}\r\n".encode())
    finally:
        os._exit(127)
