"""The arithmetic of a table's columns: which ones are shown, where, and how wide. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.widgets.cells import text_of, text_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.widgets.cells import Align, RowView

GAP = 1
"""Blank cells between two columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """Declare one column; all widths are in cells.

    Args:
        key: The name that `Table.update_cells` and `Table.sort_key` know it by.
        title: What the header says.
        width: The usual width.
        grow: The column's share of the width that is left over; 0 for none.
        priority: When the table is narrow, the highest number leaves first; 0 never leaves.
        align: The side that the text and the title keep to.
        min_width: How narrow it may become before columns leave; 0 for `width`.
        max_width: How wide it may become to fit its content, before which columns of a higher priority
            leave; 0 to keep to `width`.

    Raises:
        ValueError: `width` is below 1, or another number is below 0.

    """

    key: str
    title: str
    width: int
    grow: int = 0
    priority: int = 0
    align: Align = "left"
    min_width: int = 0
    max_width: int = 0

    def __post_init__(self) -> None:
        if self.width < 1 or min(self.grow, self.priority, self.min_width, self.max_width) < 0:
            raise ValueError(f"column {self.key!r}: width must be at least 1, and no number negative")

    @property
    def floor(self) -> int:
        """The width below which columns leave, in cells."""
        return min(self.min_width or self.width, self.width)

    @property
    def fitted(self) -> bool:
        """Whether the width follows the content."""
        return self.max_width > self.width

    def usual(self, content: int) -> int:
        """Return the width to have before anything grows, for content that many cells wide."""
        return max(self.width, min(content, self.max_width))


@dataclass(frozen=True, slots=True)
class Slot:
    """Hold where a column stands: its place among the columns, its first cell, its width in cells."""

    index: int
    x: int
    width: int
    align: Align = "left"


def layout(columns: Sequence[Column], width: int, contents: Sequence[int] = ()) -> tuple[Slot, ...]:
    """Return the slots of the columns that are shown in `width` cells, from left to right.

    Args:
        columns: All columns.
        width: The cells there are.
        contents: How wide each column's content is, for the fitted ones; none when not measured.

    """
    shown = _staying(columns, width, contents)
    widths = {index: columns[index].floor for index in shown}
    spare = width - sum(widths.values()) - GAP * (len(shown) - 1)
    if spare < 0:
        widths = _squeezed(widths, width)
    else:
        spare = _give_usual(columns, widths, spare, contents)
        _give_growing(columns, widths, spare)
    return _placed(columns, widths)


def _staying(columns: Sequence[Column], width: int, contents: Sequence[int]) -> list[int]:
    """Return the places of the columns that stay when as many as needed have left.

    A column that fits its content is not cut off for the sake of one that matters less.
    """
    staying = set(range(len(columns)))
    needs = [
        column.usual(contents[index]) if column.fitted and index < len(contents) else column.floor
        for index, column in enumerate(columns)
    ]
    needed = sum(need + GAP for need in needs) - GAP
    leaving = sorted(
        (index for index in staying if columns[index].priority > 0),
        key=lambda index: (columns[index].priority, index),
    )
    while needed > width and leaving:
        index = leaving.pop()
        staying.remove(index)
        needed -= needs[index] + GAP
    return sorted(staying)


def _squeezed(widths: dict[int, int], width: int) -> dict[int, int]:
    """Return the widths cut off at the right edge; columns without a cell left are gone."""
    left = width
    squeezed: dict[int, int] = {}
    for index, wanted in widths.items():
        if left <= 0:
            break
        squeezed[index] = min(wanted, left)
        left -= squeezed[index] + GAP
    return squeezed


def _give_usual(
    columns: Sequence[Column], widths: dict[int, int], spare: int, contents: Sequence[int]
) -> int:
    """Widen columns to their usual width, the most important first, and return what is left."""
    for index in sorted(widths, key=lambda index: columns[index].priority):
        content = contents[index] if index < len(contents) else 0
        more = min(spare, columns[index].usual(content) - widths[index])
        widths[index] += more
        spare -= more
    return spare


def _give_growing(columns: Sequence[Column], widths: dict[int, int], spare: int) -> None:
    """Share what is left among the growing columns, odd cells to the left ones."""
    growing = [index for index in widths if columns[index].grow]
    total = sum(columns[index].grow for index in growing)
    if not total:
        return
    shares = {index: spare * columns[index].grow // total for index in growing}
    odd = spare - sum(shares.values())
    for place, index in enumerate(growing):
        widths[index] += shares[index] + (1 if place < odd else 0)


def _placed(columns: Sequence[Column], widths: dict[int, int]) -> tuple[Slot, ...]:
    """Return the slots for the widths, from left to right."""
    slots: list[Slot] = []
    x = 0
    for index, width in widths.items():
        slots.append(Slot(index, x, width, columns[index].align))
        x += width + GAP
    return tuple(slots)


def content_widths(
    columns: Sequence[Column], rows: Iterable[RowView], at_least: Sequence[int] = ()
) -> tuple[int, ...]:
    """Return how wide the content of each fitted column is, in cells; 0 for the others.

    One pass over the rows, and none of it for a column that has reached its limit.

    Args:
        columns: All columns.
        rows: The rows to measure; headings don't count.
        at_least: Widths known before, which only grow.

    """
    widths = list(at_least) or [0] * len(columns)
    growing = {i: c.max_width for i, c in enumerate(columns) if c.fitted and widths[i] < c.max_width}
    for row in rows:
        if not growing:
            break
        if row.heading:
            continue
        for index, limit in tuple(growing.items()):
            if index >= len(row.cells):
                continue
            size = text_width(text_of(row.cells[index])[: limit * 4])
            if size > widths[index]:
                widths[index] = min(size, limit)
                if size >= limit:
                    del growing[index]
    return tuple(widths)
