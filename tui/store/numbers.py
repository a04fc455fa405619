"""The latest numbers of running containers, and what of them is shown: steady while they only tremble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.engine.stats import Numbers

CLEAR = 0.04
"""By this part of itself a shown value must be off to be replaced at once."""
CLEAR_CPU = 0.15
"""By this many percent of a core a shown CPU value may be off in any case."""
LONG = 5
"""So many readings in a row that are off to the same side replace a shown value however little it is off."""


@dataclass(frozen=True, slots=True)
class Level:
    """What lists show of a container's numbers.

    Args:
        cpu: percent of one core; None until there were two readings.
        memory: bytes.
        share: percent of the memory limit; None where there is none.

    """

    cpu: float | None
    memory: float
    share: float | None


class Steady:
    """A value that is shown: it follows at once what clearly differs, and in time what differs at all.

    Args:
        least: by how much it may be off in any case.

    """

    def __init__(self, least: float = 0.0) -> None:
        self.value: float | None = None
        self._least = least
        self._off: list[float] = []

    def follow(self, value: float) -> float:
        """Take a reading; gives what is to be shown."""
        shown = self.value
        if shown is None or abs(value - shown) > max(self._least, shown * CLEAR):
            self.value = value
            self._off.clear()
            return value
        if self._off and (value > shown) != (self._off[-1] > shown):
            self._off.clear()
        if value != shown:
            self._off.append(value)
        if len(self._off) >= LONG:
            # Their mean: what trembles about it is off to both sides from then on.
            shown = self.value = sum(self._off) / LONG
            self._off.clear()
        return shown


class LiveNumbers:
    """Numbers by container, of those alone that are looked at."""

    def __init__(self) -> None:
        self.latest: dict[str, Numbers] = {}
        """As they were read last."""
        self.levels: dict[str, Level] = {}
        """As lists show them."""
        self._watched: frozenset[str] = frozenset()
        self._steady: dict[str, tuple[Steady, Steady]] = {}

    def watch(self, ids: Iterable[str]) -> bool:
        """Keep numbers of these alone, which are running and looked at; says whether any had to go."""
        self._watched = frozenset(ids)
        return self._drop(self.latest.keys() - self._watched)

    def keep(self, running: Iterable[str]) -> None:
        """Drop the numbers of what does not run any more."""
        self._watched &= frozenset(running)
        self._drop(self.latest.keys() - self._watched)

    def take(self, read: Mapping[str, Numbers]) -> bool:
        """Take what was read; says whether it concerns anything that is looked at."""
        taken = False
        for one, numbers in read.items():
            if one in self._watched:
                taken = True
                self.latest[one] = numbers
                self._level(one, numbers)
        return taken

    def clear(self) -> bool:
        """Drop all of them: they may be of another time; says whether there were any."""
        return self._drop(set(self.latest))

    def _drop(self, gone: set[str]) -> bool:
        for one in gone:
            del self.latest[one], self.levels[one], self._steady[one]
        return bool(gone)

    def _level(self, one: str, numbers: Numbers) -> None:
        cpu, memory = self._steady.setdefault(one, (Steady(CLEAR_CPU), Steady()))
        shown = memory.follow(numbers.counters.memory)
        limit = numbers.counters.limit
        self.levels[one] = Level(
            cpu=cpu.follow(numbers.cpu) if numbers.cpu is not None else None,
            memory=shown,
            share=shown / limit * 100 if limit else None,
        )
