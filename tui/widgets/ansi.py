"""Colour codes become spans of style; whatever else would steer a terminal is dropped.

Nothing here draws: `plain` and `parse` give text of which every character can be drawn as it is, and
`height`, `row_starts` and `window` tell which part of it stands where.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from tui.widgets.cells import safe
from tui.widgets.sgr import PLAIN, look_after

if TYPE_CHECKING:
    from rich.style import Style

LONGEST = 262_144
"""Characters of a line that are looked at; of a longer one the rest is not shown."""

_MOST_SEQUENCES = 2000
"""Control sequences of a line that are heeded; colours after that many are dropped like the others."""

_TAB = 8
_KNOWN = 8192
_MARKS_IN_A_ROW = 2

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI
    r"|(?:\x1b\]|\x9d)[^\x07\x18\x1a\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x18\x1a\x1b\x9c]*(?:\x1b\\|\x9c)?"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]+[0-~]?"  # charsets and the like
    r"|\x1b[0-~]?"
    r"|[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x8f\x91-\x97\x99\x9a\x9c]+"
)
_COLORS = re.compile(r"\x1b\[[0-9;:]*m")
_SGR = re.compile(r"(?:\x1b\[|\x9b)([0-9;:]*)m")


class Span(NamedTuple):
    """Say which style the characters from `start` to before `end` have."""

    start: int
    end: int
    style: Style


class Styled(NamedTuple):
    """Hold text that can be drawn as it is, and the spans of it that have a style, in order."""

    text: str
    spans: tuple[Span, ...]


class Window(NamedTuple):
    """Say which characters a row shows, after how many blank cells, and whether more follow."""

    start: int
    end: int
    blank: int
    cut: bool


def plain(text: str) -> str:
    """Return what of a raw line is to be seen: no control characters, tabs as blanks."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST:
        return text
    text = _last_writing(text)
    # Mostly there are colours and nothing else; this finds them twice as fast.
    shown = _COLORS.sub("", text)
    if shown.isascii() and shown.isprintable():
        return shown
    if text.isascii():
        return _SEQUENCE.sub("", text).expandtabs(_TAB)
    shown = "".join([_drawable(piece) for piece in _SEQUENCE.split(text)])
    return _expand_tabs(shown, 0) if "\t" in shown else shown


def parse(text: str) -> Styled:
    """Return the same text as `plain`, with the styles that its colour codes ask for."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST:
        return Styled(text, ())
    text = _last_writing(text)
    pieces: list[tuple[str, Style | None]] = []
    look, style, at = PLAIN, None, 0
    for match in islice(_SEQUENCE.finditer(text), _MOST_SEQUENCES):
        pieces.append((text[at : match.start()], style))
        at = match.end()
        code = _SGR.fullmatch(match[0])
        if code:
            look, style = look_after(look, code[1])
    rest = _SEQUENCE.split(text[at:])
    pieces += [(piece, style if place == 0 else None) for place, piece in enumerate(rest)]
    return _join(pieces)


def _join(pieces: list[tuple[str, Style | None]]) -> Styled:
    """Put raw pieces together, drawable and with their tabs expanded."""
    parts: list[str] = []
    spans: list[Span] = []
    length = column = 0
    tabbed = any("\t" in piece for piece, _ in pieces)
    for piece, style in pieces:
        shown = _drawable(piece)
        if tabbed:
            shown = _expand_tabs(shown, column)
            column += cells(shown)
        if not shown:
            continue
        parts.append(shown)
        if style is not None:
            spans.append(Span(length, length + len(shown), style))
        length += len(shown)
    return Styled("".join(parts), tuple(spans))


def _last_writing(text: str) -> str:
    """Return what stands in the line once all of it was written: what follows the last return."""
    text = text.rstrip("\r\n")
    text = text[text.rfind("\r") + 1 :].replace("\n", " ")
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _expand_tabs(text: str, column: int) -> str:
    """Return the text with its tabs as blanks; it begins at this column."""
    first, *others = text.split("\t")
    parts = [first]
    column += cells(first)
    for part in others:
        blanks = _TAB - column % _TAB
        parts += (" " * blanks, part)
        column += blanks + cells(part)
    return "".join(parts)


class _Pictures(dict[int, str]):
    """Give what is drawn for a character, by its code, for `str.translate`; remember what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: set[str] = set()

    def __missing__(self, code: int) -> str:
        character = chr(code)
        # A combining mark would be given a letter, had it none; with a digit it makes no new one.
        picture = character if character == "\t" else safe("0" + character)[1:]
        if picture and not cell_len(picture):
            self.marks.add(picture)
        self[code] = picture
        return picture

    def forget(self) -> None:
        """Forget all, lest text with every character there is fill the memory."""
        self.clear()
        self.marks.clear()


class _Cells(dict[int, str | int]):
    """Give one character for each cell that a character takes, by its code, for `str.translate`."""

    def __missing__(self, code: int) -> str | int:
        size = cell_len(chr(code))
        taken: str | int = code if size == 1 else chr(code) + "\0" if size else ""
        self[code] = taken
        return taken


_pictures = _Pictures()
_cells = _Cells()


def _drawable(piece: str) -> str:
    """Return a piece without control sequences as it can be drawn; only tabs are left for later."""
    if piece.isascii():
        return piece
    if len(_pictures) > _KNOWN:
        _pictures.forget()
    shown = unicodedata.normalize("NFC", piece).translate(_pictures)
    return shown if _pictures.marks.isdisjoint(shown) else _thin_out(shown)


def _thin_out(text: str) -> str:
    """Drop combining marks beyond the second on a letter, and those with no letter before them."""
    kept: list[str] = []
    marks = _MARKS_IN_A_ROW
    for character in text:
        marks = marks + 1 if character in _pictures.marks else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


def _by_cells(text: str) -> str:
    """Return a string with one character for each cell that the drawable text takes."""
    if len(_cells) > _KNOWN:
        _cells.clear()
    return text.translate(_cells)


def cells(text: str) -> int:
    """Return how many cells drawable text takes."""
    return len(text) if text.isascii() else len(_by_cells(text))


def height(text: str, width: int) -> int:
    """Return how many rows drawable text takes at a width of two cells or more."""
    taken = text if text.isascii() else _by_cells(text)
    if text.isascii() or "\0" not in taken:
        return -(-len(taken) // width) or 1
    rows, at = 1, 0
    while len(taken) - at > width:
        # A wide character that does not fit goes to the next row as a whole.
        at += width - (taken[at + width] == "\0")
        rows += 1
    return rows


def row_starts(text: str, width: int) -> list[int]:
    """Return the first character of each row of drawable text, at a width of two cells or more."""
    if text.isascii():
        return list(range(0, len(text), width)) or [0]
    starts, x = [0], 0
    for place, character in enumerate(text):
        size = cell_len(character)
        if x + size > width:
            starts.append(place)
            x = 0
        x += size
    return starts


def window(text: str, left: int, width: int) -> Window:
    """Return what a row shows that begins `left` cells into the text, with no wrapping."""
    if text.isascii():
        return Window(min(left, len(text)), min(left + width, len(text)), 0, left + width < len(text))
    x, start, blank = 0, len(text), 0
    for place, character in enumerate(text):
        size = cell_len(character)
        if start == len(text) and x >= left and size:
            start, blank = place, x - left
        if x + size > left + width:
            return Window(min(start, place), place, blank, True)
        x += size
    return Window(start, len(text), blank, False)
