"""wherry in this process on a pseudo-terminal, beside a terminal that gets Textual's own frames."""

from __future__ import annotations

import asyncio
import codecs
import os
import pty
import re
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.events import CursorPosition, Key
from textual.message import Message

from tests.terminal import KEYS, set_size
from tests.terminal.emulator import Emulator
from tui.app import Wherry
from tui.config import Config
from tui.engine.address import resolve
from tui.engine.connection import Connection
from tui.terminal import driver as drivers

_QUIET = 0.05
"""Seconds without a byte after which a screen has settled."""
_SYNC = "\x1b[?2026;2$y"


class Wired:
    """The far end: what the terminal shows, what stock's would show, and the keys."""

    def __init__(self, columns: int, lines: int, *, mute: bool) -> None:
        self.stock, self.light = Emulator(columns, lines), Emulator(columns, lines)
        self.stock_bytes = self.light_bytes = 0
        self.questions = self.answers = self.keys_seen = 0
        self.mute = mute
        """Whether nothing is answered."""
        self.answer_after = 0.0
        """Seconds from a question to its answer."""
        self._lock = threading.Lock()
        self._closing = False
        self.master, self.slave = pty.openpty()
        set_size(self.slave, columns, lines)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def frame(self, text: str) -> None:
        """Show on stock's terminal what Textual wrote."""
        with self._lock:
            self.stock_bytes += len(text)
            self.stock.write(text)

    def _read(self) -> None:
        kept, decode = "", codecs.getincrementaldecoder("utf-8")().decode
        while not self._closing:
            if not select.select([self.master], [], [], 0.05)[0]:
                continue
            text = kept + decode(os.read(self.master, 65536))
            cut = text.rfind("\x1b") if re.search(r"\x1b[^a-zA-Z\\]*\Z", text) else len(text)
            kept, text = text[cut:], text[:cut]
            with self._lock:
                self.light_bytes += len(text)
                self.light.write(text)
            self.questions += text.count("\x1b[6n")
            answers = "\x1b[1;1R" * text.count("\x1b[6n") + _SYNC * text.count("\x1b[?2026$p")
            if answers and not self.mute:
                threading.Timer(self.answer_after, self.type, (answers,)).start()

    def junk(self, text: str, *, stock: bool = True) -> None:
        """Let another program write to the terminal, or to this one only."""
        if stock:
            self.frame(text)
        os.write(self.slave, text.encode())

    def type(self, text: str) -> None:
        """Type text, as it is."""
        os.write(self.master, text.encode())

    def press(self, *keys: str) -> None:
        """Press keys by name, or as they are."""
        for key in keys:
            self.type(KEYS.get(key) or (chr(ord(key[-1].upper()) & 31) if key.startswith("ctrl+") else key))

    def resize(self, columns: int, lines: int) -> None:
        """Give both terminals another size, and tell the program, whose own terminal this one is not."""
        with self._lock:
            self.stock.resize(lines, columns)
            self.light.resize(lines, columns)
        set_size(self.slave, columns, lines)
        os.kill(os.getpid(), signal.SIGWINCH)

    def differences(self) -> list[Any]:
        """Name the cells that differ now."""
        with self._lock:
            return self.stock.differences(self.light)

    @property
    def text(self) -> str:
        """What the terminal shows."""
        with self._lock:
            return "\n".join(self.light.display)

    async def until(self, holds: Callable[[], Any]) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + 15
        while not holds():
            assert time.monotonic() < end, f"it did not happen: {self.differences()[:3]}\n{self.text}"
            await asyncio.sleep(0.02)

    async def does(self, *keys: str) -> None:
        """Press keys, and wait until they have worked and the screen is what stock's is."""
        for key in keys:
            wanted = self.keys_seen + 1
            self.press(key)
            await self.until(lambda: self.keys_seen >= wanted)  # noqa: B023
        await self.settled()

    async def does_fast(self, *keys: str) -> None:
        """Press keys and wait only until they are read."""
        wanted = self.keys_seen + len(keys)
        self.press(*keys)
        await self.until(lambda: self.keys_seen >= wanted)

    async def settled(self) -> None:
        """Wait until nothing is written any more, and the screen is what stock's is."""
        quiet, before = time.monotonic(), -1
        while time.monotonic() - quiet < _QUIET:
            await asyncio.sleep(0.01)
            if before != self.stock_bytes + self.light_bytes:
                quiet, before = time.monotonic(), self.stock_bytes + self.light_bytes
        await self.until(lambda: not self.differences())

    async def sees(self, text: str) -> None:
        """Wait until this is on the screen, and the screen is what stock's is."""
        await self.until(lambda: text in self.text and not self.differences())

    def close(self) -> None:
        """Hang up."""
        self._closing = True
        self._thread.join()
        os.close(self.master)
        os.close(self.slave)


@asynccontextmanager
async def wired(
    monkeypatch: pytest.MonkeyPatch, url: str, columns: int = 100, lines: int = 30, *, mute: bool = False
) -> AsyncIterator[tuple[Wherry, Wired]]:
    """Run wherry on an engine until it has listed something."""
    far = Wired(columns, lines, mute=mute)

    class Tapped(drivers.DiffDriver):
        def write(self, data: str) -> None:
            far.frame(data)
            super().write(data)

        def process_message(self, message: Message) -> None:
            super().process_message(message)
            far.keys_seen += isinstance(message, Key)
            far.answers += isinstance(message, CursorPosition)

    terminal = os.fdopen(os.dup(far.slave), "r+b", buffering=0)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "")
    monkeypatch.setenv("LINES", "")
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "__stdin__", terminal)
    monkeypatch.setattr(sys, "__stderr__", terminal)
    monkeypatch.setattr(sys, "__stdout__", terminal)
    monkeypatch.setattr("tui.app.driver_class", lambda environ: Tapped)
    before = termios.tcgetattr(far.slave)
    app = Wherry(Connection(lambda: resolve(url, None, {})), Config())
    running = asyncio.create_task(app.run_async())
    try:
        await far.until(lambda: app.session.store.listed >= {"container", "image", "volume", "network"})
        yield app, far
        app.exit()
        await asyncio.wait_for(running, 10)
        assert termios.tcgetattr(far.slave) == before, "the terminal's settings are not what they were"
    finally:
        running.cancel()
        far.close()
        terminal.close()
