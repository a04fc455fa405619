"""Rows in their order and the cursor among them, which belongs to a key: no screen, only the rule."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from tui.widgets.cells import RowView


class KeyedRows:
    """Hold rows in their order and the key of the one under the cursor. Knows no screen.

    The cursor is on a row whenever there is one that is not a heading.
    """

    def __init__(self) -> None:
        self.rows: list[RowView] = []
        self.index: dict[Hashable, int] = {}
        self.key: Hashable | None = None
        self.vanished_at: float | None = None
        self._lost: Hashable | None = None
        self._successors: dict[Hashable, Hashable] = {}

    @property
    def position(self) -> int | None:
        """The place of the cursor's row among the rows."""
        return None if self.key is None else self.index[self.key]

    def set(self, rows: Sequence[RowView]) -> None:
        """Replace the rows; the cursor stays on its object, or goes to its successor or neighbour.

        Raises:
            ValueError: Two rows have the same key.

        """
        index = {row.key: position for position, row in enumerate(rows)}
        if len(index) != len(rows):
            raise ValueError("two rows have the same key")
        before, was_at = self.rows, self.position
        self.rows, self.index = list(rows), index
        if not self._to_successor() and not self._selectable(self.key):
            self._to_neighbour(before, was_at)
        self._successors = {
            old: new for old, new in self._successors.items() if old in index or old == self._lost
        }

    def move(self, position: int, step: int) -> None:
        """Put the cursor on the row there, as the user's wish; past a heading in the step's direction."""
        self.vanished_at = self._lost = None
        if self.rows:
            position = max(0, min(len(self.rows) - 1, position))
            target = self._first_selectable(position, step)
            self.key = self._first_selectable(position, -step) if target is None else target

    def accept(self) -> None:
        """Take the row that the cursor is on as the user's wish, as after a filter of theirs."""
        self.vanished_at = self._lost = None

    def follow(self, old: Hashable, new: Hashable) -> None:
        """Note that `new` stands for what `old` stood for; the cursor goes there once it is shown."""
        for first, second in self._successors.items():
            if second == old:
                self._successors[first] = new
        self._successors[old] = new
        self._to_successor()

    def _to_successor(self) -> bool:
        """Go to the successor of the cursor's object, or of the one it last lost, where it is shown."""
        for old in (self._lost, self.key):
            new = None if old is None else self._successors.get(old)
            if new is None or not self._selectable(new):
                continue
            if old == self._lost:
                # The user has been looking at the neighbour since: this is a jump for them.
                self.vanished_at = time.monotonic()
            self.key, self._lost = new, None
            return True
        return False

    def _to_neighbour(self, before: Sequence[RowView], was_at: int | None) -> None:
        """Go to the nearest row that followed the cursor's, else that preceded it, else to any."""
        if self.key is not None and self._lost is None:
            self._lost = self.key
        self.key = None
        if was_at is not None:
            for row in (*before[was_at + 1 :], *reversed(before[:was_at])):
                if self._selectable(row.key):
                    self.key = row.key
                    break
        if self.key is None and self.rows:
            position = min(was_at or 0, len(self.rows) - 1)
            following = self._first_selectable(position, 1)
            self.key = self._first_selectable(position, -1) if following is None else following
        if self._lost is not None:
            self.vanished_at = time.monotonic()

    def _selectable(self, key: Hashable | None) -> bool:
        """Return whether the cursor can be on the row of this key."""
        position = self.index.get(key)
        return position is not None and not self.rows[position].heading

    def _first_selectable(self, start: int, step: int) -> Hashable | None:
        """Return the key of the first row from `start` on, going by `step`, that is not a heading."""
        stop = len(self.rows) if step > 0 else -1
        for position in range(start, stop, 1 if step > 0 else -1):
            if not self.rows[position].heading:
                return self.rows[position].key
        return None
