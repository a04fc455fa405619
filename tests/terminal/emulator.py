"""A terminal that keeps what it shows: what wherry really writes is checked on it."""

from __future__ import annotations

import re
from typing import Any

import pyte
from pyte.screens import Char
from rich.cells import cell_len

_UNSEEN = re.compile(
    r"\x1b\[[<>=?][0-9;]*[a-zA-Z]"  # private modes and questions
    r"|\x1b\[\?[0-9;]*\$p"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # links, titles, the clipboard
    r"|\x1b\[6n"
)


class Emulator(pyte.Screen):
    """A screen that blanks what is left of a wide character, as terminals do."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.reset_mode(7, private=True)
        self._stream = pyte.Stream(self)

    def write(self, text: str) -> None:
        """Show what is written."""
        self._stream.feed(_UNSEEN.sub("", text))

    def draw(self, data: str) -> None:
        """Write characters at the cursor."""
        for char in data:
            y, x, width = self.cursor.y, self.cursor.x, cell_len(char)
            if not width:
                self._mark(y, x - 1, char)
                continue
            if x < self.columns:
                self._blank_halves(y, x, x + width)
            super().draw(char)

    def _mark(self, y: int, x: int, mark: str) -> None:
        line = self.buffer[y]
        if x > 0 and line[x].data == "":
            x -= 1
        if x >= 0:
            line[x] = line[x]._replace(data=line[x].data + mark)

    def _blank_halves(self, y: int, start: int, end: int) -> None:
        line = self.buffer[y]
        if start and line[start].data == "":
            line[start - 1] = line[start - 1]._replace(data=" ")
        if end < self.columns and line[end].data == "":
            line[end] = line[end]._replace(data=" ")

    @property
    def cells(self) -> list[list[Char]]:
        """What every cell shows."""
        return [[self.buffer[y][x] for x in range(self.columns)] for y in range(self.lines)]

    def differences(self, other: Emulator) -> list[Any]:
        """Name the cells that differ from another screen's."""
        return [
            (y, x, one, two)
            for y, (row, others) in enumerate(zip(self.cells, other.cells, strict=True))
            for x, (one, two) in enumerate(zip(row, others, strict=True))
            if one != two
        ]
