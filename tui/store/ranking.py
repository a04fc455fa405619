"""An order by numbers that change all the time: it is renewed now and then, and holds in between."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.store.numbers import Level

HOLDS = 5.5
"""Seconds for which an order by numbers holds."""


class Ranking:
    """What rows are ordered by, the highest first; what has no number comes last.

    Args:
        ranks: what gives the number, by the name of the column that stands for it.

    """

    def __init__(self, ranks: Mapping[str, Callable[[Level], float | None]]) -> None:
        self.ranks = ranks
        self._by = ""
        self._since = -math.inf
        self._numbers: dict[str, float] = {}

    def renew(self, by: str, levels: Mapping[str, Level]) -> bool:
        """Take present numbers where the order is old, and those of rows that had none in any case.

        Returns:
            Whether rows may have other places now.

        """
        if by not in self.ranks:
            self._by, self._numbers = by, {}
            return False
        rank, now = self.ranks[by], time.monotonic()
        found = {one: rank(level) for one, level in levels.items()}
        present = {one: _coarse(number) for one, number in found.items() if number is not None}
        before = self._numbers
        if by != self._by or now - self._since >= HOLDS:
            self._by, self._since = by, now
            self._numbers = present
        else:
            self._numbers = {**present, **before}
        return self._numbers != before

    def place(self, row: Any) -> float:
        """Give the place of a row."""
        return -self._numbers.get(row.id, -math.inf)


def _coarse(number: float) -> float:
    """Drop what makes no difference to see: rows that look the same keep their places."""
    return float(f"{number:.2g}") if number >= 0.05 else 0.0
