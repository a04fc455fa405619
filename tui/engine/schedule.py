"""When the numbers of which container are read next: pure arithmetic on a clock that it is given."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SOON = 0.7
"""Seconds after a first reading in which the second one follows: rates need two."""
TOGETHER = 0.05
"""Seconds within which what is due is read in one round."""
RARELY = 3
"""What is off the screen, where an order wants it, is read once in so many intervals."""
SLOW = 8
"""Containers that are read where each answer takes the engine a second (API before 1.41)."""


class Schedule:
    """Which containers are read, and when; times are seconds of one steady clock.

    Args:
        interval: seconds between two readings of a container; None reads nothing.

    """

    def __init__(self, interval: float | None) -> None:
        self.interval = interval
        self.slow = False
        """Whether only the first few are read."""
        self._seen: tuple[str, ...] = ()
        self._rare: tuple[str, ...] = ()
        self._due: dict[str, float] = {}
        self._read: dict[str, float] = {}

    def __contains__(self, one: str) -> bool:
        return one in self._due

    def watch(self, seen: Sequence[str], rarely: Sequence[str], now: float) -> bool:
        """Name what is looked at, the most important first; says whether that is news."""
        if (seen, rarely) == (self._seen, self._rare):
            return False
        self._seen, self._rare = tuple(seen), tuple(rarely)
        self._due = {one: self._due.get(one, self._first(one, now)) for one in (*seen, *rarely)}
        for one in seen:
            # It may have come from those that are read rarely.
            self._due[one] = min(self._due[one], self._first(one, now))
        return True

    def pace(self, interval: float | None, now: float) -> bool:
        """Read at another interval, as if it had been this one all along; says whether that is news."""
        if interval == self.interval:
            return False
        self.interval = interval
        self._due = {one: self._first(one, now) for one in self._due}
        return True

    def restart(self, now: float) -> None:
        """Read everything anew."""
        self.slow = False
        self._read.clear()
        self._due = dict.fromkeys(self._due, now)

    def _first(self, one: str, now: float) -> float:
        read = self._read.get(one, -math.inf)
        return max(now, read + (self.interval or 0.0))

    @property
    def next(self) -> float:
        """When something is due; infinity where nothing will be."""
        if self.interval is None:
            return math.inf
        return min((self._due[one] for one in self._wanted()), default=math.inf)

    def due(self, now: float) -> list[str]:
        """Give what to read now, in order."""
        if self.interval is None:
            return []
        return [one for one in self._wanted() if self._due[one] <= now + TOGETHER]

    def _wanted(self) -> tuple[str, ...]:
        return self._seen[:SLOW] if self.slow else (*self._seen, *self._rare)

    def is_old(self, one: str, now: float) -> bool:
        """Say whether the last reading is too long ago to tell what happens now."""
        return now - self._read.get(one, -math.inf) > self._memory

    @property
    def _memory(self) -> float:
        """Seconds for which a reading tells a rate."""
        return max(10.0, (self.interval or 0.0) * RARELY * 2)

    def read(self, one: str, now: float, *, again_soon: bool = False) -> None:
        """Note that something was read, or that it could not be."""
        self._read[one] = now
        if one in self._due:
            wait = min(SOON, self.interval or SOON)
            self._due[one] = now + wait if again_soon else self._next_beat(one, now)

    def put_off(self, ids: Iterable[str], now: float) -> None:
        """Leave out what is due of these until the next beat."""
        for one in ids:
            if self._due.get(one, math.inf) <= now + TOGETHER:
                self._due[one] = self._next_beat(one, now)

    def forget_old(self, now: float) -> set[str]:
        """Forget readings that tell nothing any more; gives whose they were."""
        old = {one for one in self._read if one not in self._due and self.is_old(one, now)}
        for one in old:
            del self._read[one]
        return old

    def _next_beat(self, one: str, now: float) -> float:
        """Give the next of the beats that all share, so that few rounds read everything."""
        beat = (self.interval or 1.0) * (RARELY if one in self._rare else 1)
        return math.ceil((now + beat / 2) / beat) * beat
