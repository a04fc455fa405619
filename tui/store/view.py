"""What of a kind's rows is shown, in which order, and which are marked: pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from tui.store import filter as filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Row(filters.Filterable, Protocol):
    """What every kind's rows have."""

    @property
    def id(self) -> str:
        """What tells it from all others of its kind."""

    @property
    def name(self) -> str:
        """What a person calls it."""


@dataclass
class View:
    """The state of one list: filter, order, marks, and what was hidden.

    Args:
        order: gives the default place of a row.
        orders: other places, by the name of the column that stands for them.
        gone_marks: marked rows that are gone: where something takes their place, it is marked.
        stopped: says whether `hide stopped` hides a row; None where a kind has no such thing.

    """

    order: Callable[[Any], Any]
    orders: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    stopped: Callable[[Any], bool] | None = None
    filter_text: str = ""
    sort: str = ""
    reverse: bool = False
    hide_stopped: bool = False
    marks: set[str] = field(default_factory=set)
    gone_marks: set[str] = field(default_factory=set)
    shown: tuple[Any, ...] = ()
    total: int = 0

    def update(self, rows: Iterable[Any]) -> tuple[Any, ...]:
        """Take the latest rows; gives those that are shown, in order, and forgets marks of gone ones."""
        everything = list(rows)
        self.total = len(everything)
        present = {row.id for row in everything}
        self.gone_marks |= self.marks - present
        self.marks &= present
        wanted = filters.parse(self.filter_text)
        kept = [row for row in everything if not self._hidden(row) and wanted.matches(row)]
        kept.sort(key=self.order)
        if self.sort in self.orders:
            kept.sort(key=self.orders[self.sort])
        if self.reverse:
            kept.reverse()
        self.shown = tuple(kept)
        return self.shown

    def _hidden(self, row: Any) -> bool:
        return self.hide_stopped and self.stopped is not None and self.stopped(row)

    def toggle(self, row_id: str) -> None:
        """Mark a row, or take its mark away."""
        self.marks ^= {row_id}

    def succeed(self, old: str, new: str) -> None:
        """Let the mark of a row, though it may be gone already, go to the one in its place."""
        if old in self.marks | self.gone_marks:
            self.marks.add(new)

    def mark_shown(self) -> None:
        """Mark all that is shown; the marks of what is not stay."""
        self.marks |= {row.id for row in self.shown}

    def unmark(self) -> None:
        """Take all marks away."""
        self.marks.clear()
        self.gone_marks.clear()

    def targets(self, cursor: str | None) -> tuple[Any, ...]:
        """Say what an act touches: the marked ones that are shown, else the cursor's object."""
        if self.marks:
            return tuple(row for row in self.shown if row.id in self.marks)
        return tuple(row for row in self.shown if row.id == cursor)

    @property
    def hidden_marks(self) -> int:
        """How many marked ones are not shown, which no act touches."""
        return len(self.marks) - sum(row.id in self.marks for row in self.shown)


def by_project(row: Any) -> tuple[bool, str, Sequence[Any]]:
    """Order by project, then by name, numbers by value; what has no project comes last."""
    return (not row.project, row.project, natural(row.name))


@lru_cache(maxsize=16_384)
def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """Order `web-2` before `web-10`."""
    parts: list[tuple[int, int | str]] = []
    word = ""
    for char in text.casefold() + "\0":
        if word and (char.isdecimal() != word[-1].isdecimal() or char == "\0"):
            parts.append((0, int(word)) if word.isdecimal() else (1, word))
            word = ""
        word += char
    return tuple(parts)
