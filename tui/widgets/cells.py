"""What a row of a table shows, how text from outside is made safe, and how a line is drawn."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.segment import Segment
from textual.cache import LRUCache
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from rich.style import Style

    from tui.widgets.columns import Column, Slot

CellStyle: TypeAlias = Literal["", "good", "bad", "warn", "dim", "accent", "bold"]
Align: TypeAlias = Literal["left", "right"]
CursorState: TypeAlias = Literal["", "blurred", "focused"]

GUTTER = 1
"""Cells at the left edge for the signs of cursor and mark."""

_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me", "Mc"})
_MARKS_IN_A_ROW = 2

# Variation selectors and skin tones: terminals disagree on the width of a character with one.
_DROPPED = ((0xFE00, 0xFE0F), (0x1F3FB, 0x1F3FF), (0xE0100, 0xE01EF))

# The signs of cursor and mark, by (marked, cursor).
_SIGNS: dict[tuple[bool, CursorState], str] = {
    (False, ""): " ",
    (False, "blurred"): "▹",
    (False, "focused"): "▸",
    (True, ""): "▌",
    (True, "blurred"): "›",
    (True, "focused"): "»",
}
_ASCII_SIGNS: dict[tuple[bool, CursorState], str] = {
    (False, ""): " ",
    (False, "blurred"): "-",
    (False, "focused"): ">",
    (True, ""): "*",
    (True, "blurred"): "+",
    (True, "focused"): "#",
}
_STRIPS = 1024
_CURSOR_CLASSES = {"blurred": ("table--cursor-blurred",), "focused": ("table--cursor",)}


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold the raw text of one cell and the name of its style; the text is never markup."""

    text: str
    style: CellStyle = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """Hold one row: its key, and its cells in the order of the columns.

    Args:
        key: What the row stands for; unique in its table, never None.
        cells: A plain string or a `Cell` for each column; missing ones at the end are blank.
        mark: Whether the row is marked.
        dim: Whether the whole row steps back (a stopped container).
        heading: Whether the row is a title over the ones below: its first cell takes the whole
            width and the cursor passes over it.

    """

    key: Hashable
    cells: tuple[Cell | str, ...]
    mark: bool = False
    dim: bool = False
    heading: bool = False


def text_of(cell: Cell | str) -> str:
    """Return the raw text of a cell."""
    return cell if isinstance(cell, str) else cell.text


def style_of(cell: Cell | str) -> CellStyle:
    """Return the name of a cell's style, empty for a plain string."""
    return "" if isinstance(cell, str) else cell.style


def row_pieces(
    row: RowView, slots: Iterable[Slot], width: int, ascii_only: bool = False
) -> list[tuple[str, CellStyle]]:
    """Return the row's safe text in pieces with their styles, together exactly `width` cells.

    Neighbours of one style are one piece. The slots must not reach beyond the width.
    """
    if row.heading:
        return [(fit(text_of(row.cells[0]) if row.cells else "", width, ascii_only=ascii_only), "")]
    pieces: list[tuple[str, CellStyle]] = []
    x = 0
    for slot in slots:
        cell = row.cells[slot.index] if slot.index < len(row.cells) else ""
        if slot.x > x:
            _append(pieces, " " * (slot.x - x), "")
        _append(pieces, fit(text_of(cell), slot.width, slot.align, ascii_only), style_of(cell))
        x = slot.x + slot.width
    _append(pieces, " " * (width - x), "")
    return pieces


def _append(pieces: list[tuple[str, CellStyle]], text: str, style: CellStyle) -> None:
    """Add a piece, or lengthen the last one where it has the same style."""
    if pieces and pieces[-1][1] == style:
        pieces[-1] = (pieces[-1][0] + text, style)
    elif text:
        pieces.append((text, style))


def safe(text: str, ascii_only: bool = False) -> str:
    """Return text that moves no cursor, hides nothing and has a width that every terminal agrees on.

    Control characters become their pictures (`␛`), tabs and other blanks a space, what is invisible
    or turns the direction of writing a `·`; variation selectors and skin tones go, and so do combining
    marks beyond the second on a letter. With `ascii_only`, whatever is not ASCII becomes `?`.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        picture = _picture(character)
        if picture and _is_mark(picture):
            marks += 1
            if marks > _MARKS_IN_A_ROW:
                continue
            if not shown:
                shown.append("◌")
        elif picture:
            marks = 0
        shown.append(picture)
    return _to_ascii(shown) if ascii_only else "".join(shown)


def _to_ascii(pictures: list[str]) -> str:
    """Return the characters with `?` for each that is not ASCII, and nothing for a combining mark."""
    return "".join(picture if picture.isascii() else "" if _is_mark(picture) else "?" for picture in pictures)


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    """Return whether a character is drawn over the one before it."""
    return not character.isascii() and cell_len(character) == 0


@lru_cache(maxsize=4096)
def _picture(character: str) -> str:
    """Return what is drawn for one character: itself, a stand-in, or nothing."""
    if character == "\t":
        return " "
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if any(first <= code <= last for first, last in _DROPPED):
        return ""
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category in _UNSHOWABLE:
        return "·"
    return "·" if category not in _MARKS and cell_len(character) == 0 else character


def text_width(text: str) -> int:
    """Return how many cells the text takes once it is safe."""
    return len(text) if text.isascii() else cell_len(safe(text))


def fit(text: str, width: int, align: Align = "left", ascii_only: bool = False) -> str:
    """Return safe text of exactly `width` cells, ending in `…` (`~` in ASCII) where it was cut."""
    if width <= 0:
        return ""
    # Longer than this can't be shown; a label of a megabyte must not be looked at in full.
    head = text[: width * 4 + 8]
    clean = safe(head, ascii_only)
    size = cell_len(clean)
    if size > width or len(head) < len(text):
        kept = clean if size < width else set_cell_size(clean, width - 1)
        clean = kept.rstrip() + ("~" if ascii_only else "…")
        size = cell_len(clean)
    blank = " " * (width - size)
    return blank + clean if align == "right" else clean + blank


def wrap(text: str, width: int, ascii_only: bool = False) -> list[str]:
    """Return the text as safe lines of at most `width` cells, broken between words where possible."""
    if width <= 0:
        return []
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in safe(paragraph, ascii_only).split():
            if line and cell_len(line) + 1 + cell_len(word) <= width:
                line = f"{line} {word}"
                continue
            if line:
                lines.append(line)
            *full, line = [piece for piece in chop_cells(word, width) if piece] or [""]
            lines.extend(full)
        lines.append(line)
    return [fit(line, width, ascii_only=ascii_only).rstrip() for line in lines]


class LinePainter:
    """Draw the lines of a table, and keep the rows drawn until `forget` is called.

    Args:
        look: Gives the style of component classes put over each other, the last on top; the plain
            style for none.

    """

    def __init__(self, look: Callable[[tuple[str, ...]], Style]) -> None:
        self.ascii_only = False
        self.dimmed = False
        self._look_of = look
        self._looks: dict[tuple[str, ...], Style] = {}
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(_STRIPS)

    def forget(self) -> None:
        """Draw everything anew: style, width or characters are other ones now."""
        self._looks.clear()
        self._strips.clear()

    def row(self, row: RowView, cursor: CursorState, slots: Iterable[Slot], width: int) -> Strip:
        """Return a row as a strip of `width` cells: the sign of cursor and mark, and the cells."""
        known = (row.cells, row.mark, row.dim, row.heading, cursor)
        strip = self._strips.get(known)
        if strip is None:
            sign = (_ASCII_SIGNS if self.ascii_only else _SIGNS)[row.mark, cursor]
            segments = [Segment(sign, self._row_look(row, cursor, "mark" if row.mark else ""))]
            for text, style in row_pieces(row, slots, max(0, width - GUTTER), self.ascii_only):
                segments.append(Segment(text, self._row_look(row, cursor, style)))
            strip = self._strips[known] = self._strip(segments, width)
        return strip

    def titles(
        self, columns: Sequence[Column], slots: Iterable[Slot], width: int, sorted_by: int, reverse: bool
    ) -> Strip:
        """Return the titles as a strip, with a sign at the column (by its place) of the sorting."""
        titles = [column.title for column in columns]
        for slot in slots:
            if slot.index == sorted_by:
                sign = ("^v" if self.ascii_only else "▲▼")[reverse]
                title = fit(titles[sorted_by], slot.width - 1, ascii_only=self.ascii_only)
                titles[sorted_by] = title.rstrip() + sign
        row = RowView("", tuple(titles))
        pieces = row_pieces(row, slots, max(0, width - GUTTER), self.ascii_only)
        text = " " * GUTTER + "".join(text for text, _ in pieces)
        return self._strip([Segment(text, self._look("table--header"))], width)

    def placeholder(self, text: str, line: int, width: int) -> Strip:
        """Return one line of what is said when there are no rows, as a strip."""
        lines = wrap(text, width - 2 * GUTTER, self.ascii_only)
        shown = " " * GUTTER + lines[line] if line < len(lines) else ""
        return self._strip([Segment(shown, self._look("table--placeholder"))], width)

    def _strip(self, segments: list[Segment], width: int) -> Strip:
        """Return the segments as a strip of exactly `width` cells."""
        return Strip(segments).adjust_cell_length(width, self._look())

    def _row_look(self, row: RowView, cursor: CursorState, style: str) -> Style:
        """Return the style of a cell, in the state of its row.

        The colour of a cell gives way to that of the cursor with focus, over which it might not be
        readable, and on all rows that may be stale.
        """
        heading = ("table--heading",) if row.heading else ()
        dim = ("table--dimmed",) if self.dimmed else ("table--dim",) if row.dim else ()
        own = (f"table--{style}",) if style and not self.dimmed else ()
        return self._look(*heading, *dim, *own, *_CURSOR_CLASSES.get(cursor, ()))

    def _look(self, *names: str) -> Style:
        """Return the style of component classes, from the ones known where possible."""
        look = self._looks.get(names)
        if look is None:
            look = self._looks[names] = self._look_of(names)
        return look
