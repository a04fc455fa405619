"""Editing a command line on a terminal: what a shell's prompt can do."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from tui.demo.shell.console import Input, Terminal, Wait

_KEY = re.compile(
    r"\x1b\[[0-9;?]*[A-Za-z~]|\x1bO[A-Za-z]|\x1b[^\[O]|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+", re.DOTALL
)
_PARTIAL = re.compile(r"\x1b(?:\[[0-9;?]*|O)?\Z")
_LONGEST_HISTORY = 200


class LineEditor:
    """Reads lines at a prompt; keeps what was typed before."""

    def __init__(self, terminal: Terminal, source: Input) -> None:
        self.history: list[str] = []
        self._terminal = terminal
        self._source = source
        self._prompt = ""
        self._line = ""
        self._cursor = 0
        self._row = 0
        self._place = 0
        self._draft = ""

    def read(self, prompt: str) -> Generator[Wait, None, str | None]:
        """Read a line; None is ctrl+d on an empty one, and an empty text also ctrl+c."""
        self._prompt, self._line, self._cursor, self._row = prompt, "", 0, 0
        self._place, self._draft = len(self.history), ""
        self._terminal.set_raw(raw=True)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        pending = ""
        self._show(prompt)
        try:
            while True:
                data = yield from self._next()
                pending += decoder.decode(data)
                end = _held(pending)
                ready, pending = pending[:end], pending[end:]
                for key in _KEY.finditer(ready):
                    ended = self._press(key[0])
                    if ended is not None:
                        self._source.unread((ready[key.end() :] + pending).encode())
                        return ended[0]
        finally:
            self._terminal.set_raw(raw=False)

    def _next(self) -> Generator[Wait, None, bytes]:
        while True:
            if self._terminal.resized:
                self._terminal.resized = False
                self._draw()
            if self._source.ready:
                # An end is a key here, which was pressed while a program had the terminal.
                return (yield from self._source.piece()) or b"\x04"
            yield None

    def _show(self, text: str) -> None:
        self._terminal.show(text.encode("utf-8", "replace"))

    def _press(self, key: str) -> tuple[str | None] | None:
        """Take a key; what it gives ends the line, with that text."""
        if key in {"\r", "\n"}:
            if self._cursor != len(self._line):
                self._cursor = len(self._line)
                self._draw()
            self._show("\n")
            self._keep()
            return (self._line,)
        if key == "\x03":
            self._show("^C\n")
            return ("",)
        if key == "\x04" and not self._line:
            self._show("\n")
            return (None,)
        if len(key) == 1 and key in _CONTROLS:
            key = _CONTROLS[key]
        if key.isprintable():
            self._insert(key)
        else:
            self._edit(key)
        return None

    def _keep(self) -> None:
        if self._line.strip() and self.history[-1:] != [self._line]:
            self.history = [*self.history, self._line][-_LONGEST_HISTORY:]

    def _insert(self, text: str) -> None:
        at_end = self._cursor == len(self._line)
        self._line = self._line[: self._cursor] + text + self._line[self._cursor :]
        self._cursor += len(text)
        if at_end and self._rows() == self._row:
            self._show(text)
        else:
            self._draw()

    def _edit(self, key: str) -> None:
        line, cursor = self._line, self._cursor
        if key in {"\x08", "\x7f"} and cursor:
            self._line, self._cursor = line[: cursor - 1] + line[cursor:], cursor - 1
        elif key in {"\x1b[3~", "\x04"}:
            self._line = line[:cursor] + line[cursor + 1 :]
        elif key == "\x15":
            self._line, self._cursor = line[cursor:], 0
        elif key == "\x0b":
            self._line = line[:cursor]
        elif key == "\x17":
            start = len(line[:cursor].rstrip().rpartition(" ")[0])
            start += 1 if start else 0
            self._line, self._cursor = line[:start] + line[cursor:], start
        elif key in _MOVES:
            step = _MOVES[key]
            self._cursor = max(0, min(len(line), cursor + step)) if abs(step) == 1 else (step > 0) * len(line)
        elif key in {"\x1b[A", "\x1bOA", "\x1b[B", "\x1bOB"}:
            self._recall(-1 if key.endswith("A") else 1)
        elif key == "\x0c":
            self._show("\x1b[H\x1b[J")
            self._row = 0
        else:
            return
        self._draw()

    def _recall(self, step: int) -> None:
        place = max(0, min(len(self.history), self._place + step))
        if place == self._place:
            return
        if self._place == len(self.history):
            self._draft = self._line
        self._place = place
        self._line = self.history[place] if place < len(self.history) else self._draft
        self._cursor = len(self._line)

    def _width(self) -> int:
        return self._terminal.columns or 80

    def _rows(self) -> int:
        """Give the row of the cursor below the prompt's."""
        return (len(self._prompt) + self._cursor) // self._width()

    def _draw(self) -> None:
        """Write prompt and line anew, and put the cursor where it belongs."""
        width = self._width()
        up = f"\x1b[{self._row}A" if self._row else ""
        whole = len(self._prompt) + len(self._line)
        # At the right edge a terminal wraps only with the next character.
        wrap = " \b" if whole % width == 0 and whole else ""
        last, self._row = whole // width, self._rows()
        back = f"\x1b[{last - self._row}A" if last > self._row else ""
        column = (len(self._prompt) + self._cursor) % width
        move = "" if self._cursor == len(self._line) else f"{back}\r" + (f"\x1b[{column}C" if column else "")
        self._show(f"{up}\r{self._prompt}{self._line}{wrap}\x1b[J{move}")


_CONTROLS = {
    "\x01": "\x1b[H",
    "\x05": "\x1b[F",
    "\x02": "\x1b[D",
    "\x06": "\x1b[C",
    "\x10": "\x1b[A",
    "\x0e": "\x1b[B",
}
_FAR = 1_000_000
_MOVES = {
    "\x1b[D": -1,
    "\x1bOD": -1,
    "\x1b[C": 1,
    "\x1bOC": 1,
    "\x1b[H": -_FAR,
    "\x1bOH": -_FAR,
    "\x1b[1~": -_FAR,
    "\x1b[F": _FAR,
    "\x1bOF": _FAR,
    "\x1b[4~": _FAR,
}


def _held(pending: str) -> int:
    """Give where an unfinished key sequence begins, or the end."""
    found = _PARTIAL.search(pending)
    return found.start() if found else len(pending)
