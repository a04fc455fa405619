"""What must be written to turn one screen into another."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from rich.cells import cell_len

from tui.terminal.frame import UNKNOWN
from tui.terminal.sgr import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.terminal.frame import Cells
    from tui.terminal.sgr import Looks

T = TypeVar("T")

_GAP = 4
"""Cells that are written again rather than skipped: skipping them costs as many bytes."""
_ERASED = 12
"""Blanks from which on erasing them is shorter than writing them."""
_SCROLLED = 4
"""Rows that must have moved before a scroll is looked for."""


@dataclass(frozen=True, slots=True)
class Scroll:
    """Rows `first` to `last` moved up by `lines`, or down where it is negative."""

    first: int
    last: int
    lines: int


class Writer:
    """Writes the difference between what a terminal shows and what it should show.

    Args:
        looks: the numbers that the cells carry.
        erases: whether the terminal erases in the present background colour (terminfo: bce, ech).

    """

    def __init__(self, looks: Looks, *, erases: bool = False) -> None:
        self._looks = looks
        self.erases = erases

    def difference(self, shown: Cells, wanted: Cells, rows: Iterable[int]) -> str:
        """Give what turns `shown` into `wanted`, and note in `shown` that it was written.

        Args:
            shown: as the terminal stands now; of the same size as `wanted`.
            wanted: as it should be.
            rows: those that may differ.

        """
        changed = [y for y in sorted(rows) if not _same(shown, wanted, y)]
        if not changed:
            return ""
        text = self._rows(shown, wanted, changed)
        scroll = find_scroll(shown, wanted, changed)
        if scroll is not None:
            # Whatever stands beside the rows that moved has to be put right again: what is shorter?
            moved = shown.copy()
            apply(scroll, moved)
            among = range(scroll.first, scroll.last + 1)
            rest = [y for y in sorted({*changed, *among}) if not _same(moved, wanted, y)]
            other = _scroll_words(scroll) + self._rows(moved, wanted, rest)
            text = min(text, other, key=len)
        for y in {*changed, *(range(scroll.first, scroll.last + 1) if scroll else ())}:
            shown.chars[y], shown.looks[y] = wanted.chars[y][:], wanted.looks[y][:]
        return text

    def _rows(self, shown: Cells, wanted: Cells, rows: Iterable[int]) -> str:
        """Write what differs in these rows."""
        out: list[str] = []
        look = PLAIN
        for y in rows:
            at = -1
            for start, end in _spans(shown, wanted, y):
                forward = f"\x1b[{start - at}C" if at >= 0 else ""
                if start - at == 1 and at >= 0:
                    forward = "\x1b[C"
                out.append(forward or f"\x1b[{y + 1};{start + 1}H")
                look = self._span(out, wanted, y, start, end, look)
                at = end
        out.append(self._looks.change(look, PLAIN))
        return "".join(out)

    def _span(self, out: list[str], wanted: Cells, y: int, start: int, end: int, look: int) -> int:
        """Write a span, and give the look that the terminal writes in after it."""
        chars, looks = wanted.chars[y], wanted.looks[y]
        x = start
        while x < end:
            number = looks[x]
            if number != look:
                out.append(self._looks.change(look, number))
                look = number
            until = x + 1
            while until < end and looks[until] == number:
                until += 1
            if self.erases and self._looks.flat(number):
                self._erasing(out, "".join(chars[x:until]), last=until == wanted.width)
            else:
                out.append("".join(chars[x:until]))
            x = until
        return look

    def _erasing(self, out: list[str], text: str, *, last: bool) -> None:
        """Write a text of one look, long blanks of it erased; `last` where it ends at the right edge."""
        body = text.rstrip(" ")
        tail = len(text) - len(body)
        lead = len(body) - len(body.lstrip(" "))
        if 0 < lead < len(body) and not cell_len(body[lead]):
            lead -= 1  # what has no width of its own stands on the blank before it
        if lead >= _ERASED:
            out.append(f"\x1b[{lead}X\x1b[{lead}C")
            body = body[lead:]
        out.append(body)
        if tail < _ERASED:
            out.append(" " * tail)
        else:
            out.append("\x1b[K" if last else f"\x1b[{tail}X\x1b[{tail}C")


def _same(one: Cells, other: Cells, y: int) -> bool:
    return one.looks[y] == other.looks[y] and one.chars[y] == other.chars[y]


def _spans(shown: Cells, wanted: Cells, y: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of a row that must be written, none of which cuts a character in two."""
    chars, old_chars, looks = wanted.chars[y], shown.chars[y], wanted.looks[y]
    if not (_regular(chars) and _regular(old_chars)):
        # Terminals do not agree on the width of what is in this row: only all of it is safe.
        yield 0, wanted.width
        return
    start = end = -1
    for x, (new, old, look, old_look) in enumerate(zip(chars, old_chars, looks, shown.looks[y], strict=True)):
        if new == old and look == old_look:
            continue
        if start < 0:
            start = x
        elif x - end > _GAP or (x > end and len(set(looks[end - 1 : x])) > 1):
            yield start, end
            start = x
        end = x + 1
    if start >= 0:
        yield start, end


def _regular(chars: list[str]) -> bool:
    """Say whether every cell of a row holds one character, one cell wide."""
    return "" not in chars and len("".join(chars)) == len(chars)


def find_scroll(shown: Cells, wanted: Cells, changed: list[int]) -> Scroll | None:
    """Find by how many lines most of the changed rows have moved, if they have.

    Only the columns that changed are compared: what moved may have other things beside it.
    """
    if len(changed) < _SCROLLED:
        return None
    first, last = changed[0], changed[-1]
    left, right = _columns(shown, wanted, changed)
    before = {y: "".join(shown.chars[y][left:right]) for y in range(first, last + 1)}
    places: dict[str, list[int]] = {}
    for y, text in before.items():
        if text.strip() and UNKNOWN not in text:
            places.setdefault(text, []).append(y)
    votes: Counter[int] = Counter()
    for y in changed:
        for place in places.get("".join(wanted.chars[y][left:right]), ())[:_SCROLLED]:
            votes[place - y] += 1
    del votes[0]
    if not votes:
        return None
    lines, count = votes.most_common(1)[0]
    if count < _SCROLLED or abs(lines) > (last - first + 1) // 2 + 1:
        return None
    return Scroll(first, last, lines)


def _columns(shown: Cells, wanted: Cells, rows: list[int]) -> tuple[int, int]:
    """Give the first column that differs in these rows, and the one after the last."""
    left, right = wanted.width, 0
    for y in rows:
        pairs = zip(shown.chars[y], wanted.chars[y], strict=True)
        differing = [x for x, (old, new) in enumerate(pairs) if old != new]
        if differing:
            left, right = min(left, differing[0]), max(right, differing[-1] + 1)
    return left, right


def _scroll_words(scroll: Scroll) -> str:
    """Write a scroll: a region of rows, line feeds at its end or reverse ones at its beginning."""
    region = f"\x1b[{scroll.first + 1};{scroll.last + 1}r"
    if scroll.lines > 0:
        return f"{region}\x1b[{scroll.last + 1};1H" + "\n" * scroll.lines + "\x1b[r"
    return f"{region}\x1b[{scroll.first + 1};1H" + "\x1bM" * -scroll.lines + "\x1b[r"


def apply(scroll: Scroll, cells: Cells) -> None:
    """Move rows as the terminal does; nobody knows in which colour it blanks the new ones."""
    first, last, lines = scroll.first, scroll.last + 1, scroll.lines
    _move(cells.chars, first, last, lines, UNKNOWN, cells.width)
    _move(cells.looks, first, last, lines, PLAIN, cells.width)


def _move(rows: list[list[T]], first: int, last: int, lines: int, fresh: T, width: int) -> None:
    new = [[fresh] * width for _ in range(abs(lines))]
    rows[first:last] = rows[first + lines : last] + new if lines > 0 else new + rows[first : last + lines]
