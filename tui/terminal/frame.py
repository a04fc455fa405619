"""Textual's frames, read into cells."""

from __future__ import annotations

import re

from rich.cells import split_graphemes

from tui.terminal.sgr import PLAIN, Looks

_TOKEN = re.compile(
    r"\x1b\[(?P<sgr>[0-9;]*)m"
    r"|\x1b\[(?P<line>\d+);(?P<column>\d+)H"
    r"|\x1b\]8;(?P<link>[^\x1b\x07]*)(?:\x1b\\|\x07)"
    r"|(?P<next>\r?\n)"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
)
_FRAME = re.compile(r"\x1b\[\d+;\d+H")
_NARROW = re.compile(
    r"[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2190-\u2199\u2500-\u25fc\u2800-\u28ff✓✗]*"
)
"""Text in which every character is one cell wide and stands for itself."""


UNKNOWN = "\0"
"""Stands in cells of which nobody knows what the terminal shows."""


class UnknownFrameError(Exception):
    """Textual wrote something that is not understood; the text says what."""


class Cells:
    """What a screen shows: for each cell its characters, and the number of its look.

    The second cell of a wide character is empty.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.chars = [[" "] * width for _ in range(height)]
        self.looks = [[PLAIN] * width for _ in range(height)]

    def copy(self) -> Cells:
        """Make another one with the same rows, for somebody who replaces rows and never changes one."""
        other = Cells(self.width, 0)
        other.height, other.chars, other.looks = self.height, self.chars[:], self.looks[:]
        return other

    def forget(self) -> None:
        """Take every cell for unknown."""
        self.chars = [[UNKNOWN] * self.width for _ in range(self.height)]

    def put(self, x: int, y: int, chars: list[str], look: int) -> None:
        """Put characters into a row; what stands beyond its end is cut off."""
        if not chars or not 0 <= y < self.height or x >= self.width:
            return
        row, looks = self.chars[y], self.looks[y]
        if x + len(chars) > self.width:
            chars = chars[: self.width - x]
        end = x + len(chars)
        # Half of a wide character can't be shown: terminals blank what is left of one.
        if x and row[x] == "" and chars[0] != "":
            row[x - 1] = " "
        if end < self.width and row[end] == "":
            row[end] = " "
        row[x:end] = chars
        looks[x:end] = [look] * len(chars)
        if end == self.width and chars[-1] and _is_wide(chars[-1]):
            row[-1] = " "

    def mark(self, x: int, y: int, marks: str) -> None:
        """Put marks of no width on the character there."""
        if 0 <= y < self.height and 0 <= x < self.width:
            row = self.chars[y]
            row[x - 1 if x and not row[x] else x] += marks


def is_frame(text: str) -> bool:
    """Say whether this is a frame, and not a mode, a question or the like."""
    return _FRAME.match(text) is not None


def read(text: str, into: Cells, looks: Looks) -> set[int]:
    """Read a frame into cells; gives the rows that it wrote to.

    Raises:
        UnknownFrameError: at a sequence or a control character that frames do not hold.

    """
    x = y = at = 0
    look = PLAIN
    sgr = link = ""
    written: set[int] = set()
    for token in _TOKEN.finditer(text):
        if token.start() != at:
            break
        at = token.end()
        kind = token.lastgroup
        if kind == "text":
            marks, chars = _cells(token["text"])
            if marks:
                into.mark(x - 1, y, marks)
            into.put(x, y, chars, look)
            written.add(y)
            x += len(chars)
        elif kind == "column":
            x, y = int(token["column"]) - 1, int(token["line"]) - 1
        elif kind == "next":
            x, y = 0, y + 1
        else:
            if kind == "sgr":
                sgr = token["sgr"] if token["sgr"] != "0" else ""
            else:
                link = token["link"] if token["link"] != ";" else ""
            try:
                look = looks.number(sgr, link)
            except ValueError as error:
                raise UnknownFrameError(str(error)) from error
    if at != len(text):
        raise UnknownFrameError(f"not understood: {text[at : at + 20]!r}")
    return {row for row in written if row < into.height}


def _cells(text: str) -> tuple[str, list[str]]:
    """Give the marks that belong to the cell before a text, and the cells that it fills."""
    if text.isascii() or _NARROW.fullmatch(text):
        return "", list(text)
    marks, cells = "", list[str]()
    for start, end, width in split_graphemes(text)[0]:
        if width:
            cells.append(text[start:end])
            cells += [""] * (width - 1)
        elif cells:
            lead = max(at for at, one in enumerate(cells) if one)
            cells[lead] += text[start:end]
        else:
            marks += text[start:end]
    return marks, cells


def _is_wide(char: str) -> bool:
    return any(width > 1 for _, _, width in split_graphemes(char)[0])
