"""The output driver: only what differs from what the terminal shows goes over the wire."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.message import Message

from tui.terminal.careful import CarefulDriver
from tui.terminal.difference import Writer
from tui.terminal.frame import Cells, UnknownFrameError, is_frame, read
from tui.terminal.link import Link
from tui.terminal.output import write_all
from tui.terminal.sgr import Looks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.app import App

SWITCH = "WHERRY_DRIVER"
"""Environment variable; `stock` writes Textual's own frames."""
_ASK = "\x1b[6n"
_PACE = 1 / 60
"""Seconds between two frames at the least."""
_MULTIPLEXED_PACE = 1 / 15
"""The same inside tmux or screen, which answers at once however slow the way to its client is."""
_TORN = 1000
"""Bytes from which on a frame may be seen half drawn, and is framed by the terminal's sync mode."""
_LAST_ANSWER = 1.0
"""Seconds that an outstanding answer is waited for before somebody else gets the terminal."""
_MOST_LOOKS = 20_000


class DiffDriver(CarefulDriver):
    """Writes what changed on the screen, no faster than the terminal can take it.

    Textual's frames are read into cells (`frame`), compared with what the terminal shows
    (`difference`), and sent when the terminal's answers allow (`link`). A thread does all that, so
    that the event loop never waits for the terminal; frames that the link can't carry are never
    sent, the newest one is.
    """

    @dataclass
    class Late(Message):
        """The screen was late by so many seconds just now."""

        seconds: float

    @dataclass
    class FellBack(Message):
        """A frame was not understood; from here on Textual's own frames are written."""

        why: str

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._lock = threading.Lock()
        self._frame = threading.Lock()
        """Held while a frame is drawn."""
        self._link = Link()
        self._inbox: deque[tuple[str, tuple[int, int] | None]] = deque()
        """What was written, in order; frames with the size of the screen that they are for."""
        self._due = threading.Event()
        self._pump: threading.Thread | None = None
        self._ending = False
        self._drawing = False
        self._plain = False
        self._sync = False
        self._forgotten = False
        self._told = 0.0
        self._not_before = 0.0
        self._pace = _MULTIPLEXED_PACE if multiplexed(os.environ) else _PACE
        self._looks = Looks()
        self._writer = Writer(self._looks, erases=erases(os.environ.get("TERM", "")))
        self._wanted = self._shown = Cells(0, 0)
        self._dirty: set[int] = set()

    # From the event loop and the thread that reads

    def write(self, data: str) -> None:
        """Take a frame, to be drawn when there is room for it, or anything else, to be passed on in order."""
        if data in (SYNC_START, SYNC_END):
            self._sync = True
            return
        width, height = self._app.size
        self._inbox.append((data, (width, height) if is_frame(data) else None))
        self._due.set()

    def redraw(self) -> None:
        """Take everything that the terminal shows for unknown, and draw it anew."""
        self._forgotten = True
        self._due.set()

    def process_message(self, message: Message) -> None:
        """Take the terminal's answers for ourselves."""
        if isinstance(message, events.CursorPosition):
            with self._lock:
                self._link.answered(time.monotonic())
            self._due.set()
            return
        super().process_message(message)

    def start_application_mode(self) -> None:
        """Begin to draw, on a screen of which nothing is known."""
        with self._lock:
            self._link.forget()
        self._forgotten = self._drawing = True
        self._ending = False
        self._pump = threading.Thread(target=self._run, name="output", daemon=True)
        self._pump.start()
        super().start_application_mode()

    def stop_application_mode(self) -> None:
        """Draw no more, and give the terminal back once it has answered."""
        # A frame that is being written is finished; one on a way that is stuck is not waited for.
        held = self._frame.acquire(timeout=_LAST_ANSWER)
        self._drawing = False
        if held:
            self._frame.release()
        self._await_answers()
        super().stop_application_mode()

    def close(self) -> None:
        """End the thread when everything is written."""
        self._ending = True
        self._due.set()
        if self._pump is not None:
            self._pump.join(_LAST_ANSWER)
            self._pump = None
        super().close()

    def _await_answers(self) -> None:
        """Wait for what would else be typed into the next program."""
        end = time.monotonic() + _LAST_ANSWER
        while self._link.expects(time.monotonic()) and (left := end - time.monotonic()) > 0:
            if self._key_thread is None or not self._key_thread.is_alive():
                return
            time.sleep(min(left, 0.005))

    # On the thread that writes

    def _run(self) -> None:
        wait: float | None = None
        while True:
            self._due.wait(wait)
            self._due.clear()
            self._pass_on(self._take())
            if self._ending and not self._inbox:
                return
            with self._frame:
                wait = self._draw() if self._drawing and not self._plain else None

    def _take(self) -> Iterable[str]:
        """Read the frames that were written, and give what is to be passed on."""
        passed: list[str] = []
        while self._inbox:
            data, size = self._inbox.popleft()
            if size is None or self._plain:
                passed.append(data)
            elif self._drawing:
                try:
                    self._read(data, size)
                except UnknownFrameError as error:
                    self._fall_back(str(error))
                    passed += ["\x1b[m", data]
        return passed

    def _read(self, frame: str, size: tuple[int, int]) -> None:
        if len(self._looks.looks) > _MOST_LOOKS:
            self._looks = Looks()
            self._writer = Writer(self._looks, erases=self._writer.erases)
            self._wanted = Cells(0, 0)
        if size != (self._wanted.width, self._wanted.height):
            self._wanted = Cells(*size)
            self._forgotten = True
        self._dirty |= read(frame, self._wanted, self._looks)

    def _draw(self) -> float | None:
        """Draw if anything is to be drawn and may be; gives the seconds to wait, if for some time."""
        if self._forgotten:
            self._forgotten = False
            self._shown = Cells(self._wanted.width, self._wanted.height)
            self._shown.forget()
            self._dirty = set(range(self._wanted.height))
        if not self._dirty:
            return None
        now = time.monotonic()
        with self._lock:
            opens = max(self._link.opens(now), self._not_before)
            if opens > now:
                return opens - now
            self._link.give_up(now)
        text = self._writer.difference(self._shown, self._wanted, self._dirty)
        self._dirty.clear()
        if not text:
            return None
        if self._sync and len(text) > _TORN:
            text = f"{SYNC_START}{text}{SYNC_END}"
        with self._lock:
            if self._link.sent(len(text), now):
                text += _ASK
            late = self._link.late(now)
        self._not_before = now + self._pace
        self._pass_on([text])
        if late and late != self._told:
            self._told = late
            self.send_message(self.Late(late))
        return None

    def _fall_back(self, why: str) -> None:
        """Write Textual's own frames from here on; the app is told, and draws everything once."""
        self._plain = True
        self.send_message(self.FellBack(why))

    def _pass_on(self, texts: Iterable[str]) -> None:
        if self.gone:
            return
        try:
            write_all(self.screen, "".join(texts).encode(errors="replace"))
        except OSError:
            self.lose()


def driver_class(environ: Mapping[str, str]) -> type[CarefulDriver]:
    """Choose the driver that the environment asks for."""
    return CarefulDriver if environ.get(SWITCH) == "stock" else DiffDriver


def multiplexed(environ: Mapping[str, str]) -> bool:
    """Say whether a multiplexer on this machine answers in the terminal's place."""
    return bool(environ.get("TMUX") or environ.get("STY"))


def erases(term: str) -> bool:
    """Say whether a terminal erases in the present background colour (terminfo: bce and ech)."""
    try:
        # Not everywhere is Python built with it.
        import curses
    except ImportError:
        return False
    try:
        curses.setupterm(term, 2)
    except curses.error:
        return False
    return curses.tigetflag("bce") == 1 and curses.tigetstr("ech") is not None
