"""A terminal's screen: what its user sees, and what the terminal answers."""

from __future__ import annotations

import re

import pyte

# Queries first; then what pyte would print, or stumbles over, without any effect on what is seen.
_SPECIAL = re.compile(
    rb"\x1b\[\?(?P<mode>[0-9]+)\$p"  # DECRQM: is this mode on?
    rb"|\x1b\](?P<colour>1[01]);\?(?:\x07|\x1b\\)"  # which colour is the text, or the ground?
    rb"|\x1b\[[<>=][0-9;:]*[ -/]*[@-~]"  # private CSI
    rb"|\x1b\[\?[0-9;:]*(?:[ -/]+[@-~]|[@-gi-km-~])"  # ?…h and ?…l are modes it knows
    rb"|\x1b\[[0-9;]*:[0-9;:]*m"  # styles with sub-parameters
    rb"|\x1b\](?:[^\x07\x1b]|\x1b[^\\])*(?:\x07|\x1b\\)"  # OSC: title, clipboard, hyperlink
    rb"|\x1b[P_^X](?:[^\x1b]|\x1b[^\\])*\x1b\\"  # DCS, APC
)
_UNFINISHED = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*|\](?:[^\x07\x1b]|\x1b[^\\])*\x1b?|[P_^X](?:[^\x1b]|\x1b[^\\])*\x1b?)?\Z"
)
_SYNCHRONIZED = b"2026"
_BAR = 8
"""Cells side by side on one ground that make a bar."""

Bar = tuple[int, int, int, str]
"""Row, first column, columns, colour of the ground."""


class _Cells(pyte.Screen):
    """pyte's screen, with the answers collected and two sequences that it lacks."""

    def __init__(self, cols: int, rows: int) -> None:
        super().__init__(cols, rows)
        self.answers: list[bytes] = []
        self._last = " "

    def write_process_input(self, data: str) -> None:
        self.answers.append(data.encode())

    def draw(self, data: str) -> None:
        super().draw(data)
        self._last = data[-1:] or self._last

    def repeat(self, count: int = 1) -> None:
        self.draw(self._last * max(1, count))

    def scroll_up(self, count: int = 1) -> None:
        self._at_top(self.delete_lines, max(1, count))

    def scroll_down(self, count: int = 1) -> None:
        self._at_top(self.insert_lines, max(1, count))

    def _at_top(self, move, count: int) -> None:
        y = self.cursor.y
        self.cursor.y = self.margins.top if self.margins else 0
        move(count)
        self.cursor.y = y


class _Stream(pyte.ByteStream):
    csi = {**pyte.Stream.csi, "S": "scroll_up", "T": "scroll_down", "b": "repeat"}
    events = pyte.Stream.events | {"scroll_up", "scroll_down", "repeat"}


class Screen:
    """Show a program's output as a terminal of that size does."""

    def __init__(self, cols: int = 160, rows: int = 45) -> None:
        self.cols, self.rows = cols, rows
        self._cells = _Cells(cols, rows)
        self._stream = _Stream(self._cells)
        self._kept = b""
        self._bars: dict[int, tuple[Bar, ...]] = {}

    def feed(self, output: bytes) -> list[bytes]:
        """Show it, and give what the terminal answers to the questions in it."""
        output = self._kept + output
        unfinished = _UNFINISHED.search(output)
        end = unfinished.start() if unfinished else len(output)
        output, self._kept = output[:end], output[end:]
        at = 0
        for found in _SPECIAL.finditer(output):
            self._stream.feed(output[at : found.start()])
            at = found.end()
            if mode := found["mode"]:
                known = b"2" if mode == _SYNCHRONIZED else b"0"
                self._cells.answers.append(b"\x1b[?%b;%b$y" % (mode, known))
            elif colour := found["colour"]:
                level = b"ffff" if colour == b"10" else b"0000"
                self._cells.answers.append(b"\x1b]%b;rgb:%b\x1b\\" % (colour, b"/".join([level] * 3)))
        self._stream.feed(output[at:])
        answers, self._cells.answers = self._cells.answers, []
        return answers

    def text(self) -> str:
        """Give the lines that are shown."""
        return "\n".join(line.rstrip() for line in self._cells.display)

    def shows(self, pattern: re.Pattern[str]) -> bool:
        """Say whether a pattern is on a line of the screen."""
        return any(pattern.search(line.rstrip()) for line in self._cells.display)

    def places(self, pattern: re.Pattern[str]) -> list[tuple[int, str]]:
        """Give what matches on the screen, each with its column."""
        return [(found.start(), found[0]) for line in self._cells.display for found in pattern.finditer(line)]

    def bars(self) -> tuple[Bar, ...]:
        """Give what stands on a ground of its own: the line under the cursor among them."""
        for y in self._cells.dirty:
            if y < self.rows:
                self._bars[y] = tuple(self._bars_of(y))
        self._cells.dirty.clear()
        return tuple(bar for y in range(self.rows) for bar in self._bars.get(y, ()))

    def _bars_of(self, y: int) -> list[Bar]:
        line = self._cells.buffer[y]
        grounds = [_ground(line[x]) for x in range(self.cols)]
        found, start = [], 0
        for x in range(1, self.cols + 1):
            if x == self.cols or grounds[x] != grounds[start]:
                if x - start >= _BAR and grounds[start] != "default":
                    found.append((y, start, x - start, grounds[start]))
                start = x
        return found


def _ground(cell) -> str:
    return (f"on {cell.fg}" if cell.reverse else cell.bg) or "default"
