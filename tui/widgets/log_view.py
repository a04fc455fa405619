"""Which lines of a ring are shown, and on which row each of them begins."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from tui.widgets.ansi import height, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.widgets.log_search import Pattern
    from tui.widgets.ring import Line, Ring

NARROWEST = 2
"""The least cells that text is wrapped to: a wide character must fit."""


class Spot(NamedTuple):
    """Name a row by the number of its line and its place among the rows of that line."""

    number: int
    row: int


class LogView:
    """Lay the lines of a ring out in rows: those that pass the filter, wrapped or not.

    Rows are counted from 0 at the first line that is left; `gone` counts those dropped before it, so
    that `gone` plus a row stays with the same text while lines come and go.

    Args:
        ring: where the lines are; it must grow by way of this view only.

    """

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.gone = 0
        self.width = 0
        self.filter: Pattern | None = None
        """What lines must have to be shown, if anything."""
        self.errors_only = False
        """Whether only lines from stderr are shown."""
        self.search: Pattern | None = None
        self._numbers: array[int] = array("q")
        self._ends: array[int] = array("q")
        self._hits: array[int] = array("q")

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._last - self.gone

    @property
    def hits(self) -> Sequence[int]:
        """The numbers of the lines shown that the search finds, in order."""
        return self._hits

    @property
    def _last(self) -> int:
        return self._ends[-1] if self._ends else self.gone

    # The lines

    def extend(self, lines: Sequence[Line], missed: int = 0) -> None:
        """Add lines, and drop what the ring drops for them; see `Ring.extend`."""
        before = self.ring.end
        self.ring.extend(lines, missed)
        self._drop()
        self._add(max(before, self.ring.base))

    def clear(self) -> None:
        """Drop all lines."""
        self.ring.clear()
        self._drop()

    def lay_out(self, width: int) -> None:
        """Lay all out anew, after `filter` or `errors_only` changed too.

        Args:
            width: the cells that text is wrapped to; 0 for no wrapping.

        """
        self.width = max(width, NARROWEST) if width else 0
        self.gone = 0
        del self._numbers[:], self._ends[:], self._hits[:]
        self._add(self.ring.base)

    def search_for(self, pattern: Pattern | None) -> None:
        """Look for something in the lines shown, those to come as well."""
        self.search = pattern
        del self._hits[:]
        if pattern is not None:
            base, lines = self.ring.base, self.ring.since(self.ring.base)
            self._hits.extend(number for number in self._numbers if pattern.found(lines[number - base].text))

    def _drop(self) -> None:
        """Take out the lines that the ring holds no more."""
        first = bisect_left(self._numbers, self.ring.base)
        if first:
            self.gone = self._ends[first - 1]
            del self._numbers[:first], self._ends[:first]
            del self._hits[: bisect_left(self._hits, self.ring.base)]

    def _add(self, start: int) -> None:
        """Take in the lines from this number on."""
        lines = self.ring.since(start)
        numbers: Sequence[int] = range(start, self.ring.end)
        if self.filter is not None or self.errors_only:
            shown = [
                (number, line) for number, line in zip(numbers, lines, strict=True) if self._passes(line)
            ]
            numbers, lines = [number for number, _ in shown], [line for _, line in shown]
        self._numbers.extend(numbers)
        last = self._last
        self._ends.extend(last + end for end in accumulate(self._heights(lines)))
        if (pattern := self.search) is not None:
            found = pattern.found
            self._hits.extend([n for n, line in zip(numbers, lines, strict=True) if found(line.text)])

    def _passes(self, line: Line) -> bool:
        """Return whether a line is shown; wherry's own words always are."""
        if line.own:
            return True
        return (line.error or not self.errors_only) and (self.filter is None or self.filter.found(line.text))

    def _heights(self, lines: Iterable[Line]) -> list[int]:
        """Return how many rows each line takes."""
        width = self.width
        if not width:
            return [1 for _ in lines]
        return [
            1 if len(text) <= width and text.isascii() and text.isprintable() else height(plain(text), width)
            for text, *_ in lines
        ]

    # The rows

    def spot(self, row: int) -> Spot | None:
        """Return what is on a row; None below the last."""
        at = self.gone + row
        place = bisect_right(self._ends, at)
        if place >= len(self._ends):
            return None
        return Spot(self._numbers[place], at - (self._ends[place - 1] if place else self.gone))

    def row_of(self, number: int) -> int:
        """Return the first row of a line, or of the next one shown where it is not."""
        place = bisect_left(self._numbers, number)
        return (self._ends[place - 1] if place else self.gone) - self.gone

    def rows_of(self, number: int) -> int:
        """Return how many rows a line takes; 0 where it is not shown."""
        return self.row_of(number + 1) - self.row_of(number)

    def lines_between(self, start: int, end: int) -> list[Line]:
        """Return the lines shown on the rows from `start` to before `end`."""
        first = bisect_right(self._ends, self.gone + start)
        behind = bisect_left(self._ends, self.gone + end) + 1 if end > start else first
        return [self.ring[number] for number in self._numbers[first:behind]]

    # Hits

    def hit(self, number: int, step: int, *, past: bool) -> int | None:
        """Return the next hit from a line on, going on at the other end; None where there is none.

        Args:
            number: the line to go from.
            step: 1 forwards, -1 backwards.
            past: whether that line itself is left out; backwards it always is.

        """
        if not self._hits:
            return None
        if step > 0:
            place = (bisect_right if past else bisect_left)(self._hits, number)
            return self._hits[place % len(self._hits)]
        return self._hits[bisect_left(self._hits, number) - 1]
