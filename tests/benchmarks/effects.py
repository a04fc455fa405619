"""How a key's effect is told from all else that changes on a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.program import Program
from tests.benchmarks.screen import Bar

Shape = tuple[int, int, str]
"""First column, columns and colour of a bar, wherever it stands."""
_SEEN = 1.0
"""Seconds in which a program that has nothing else to do has reacted."""


@dataclass(frozen=True)
class Effect:
    """What changes when the keys that it was learnt from are pressed."""

    shapes: frozenset[Shape]
    """Of the bars that move, come or go; without any it is only known that some text changes."""

    @property
    def sure(self) -> bool:
        """Whether it can be told from what a program shows of its own accord."""
        return bool(self.shapes)

    def now(self, program: Program) -> object:
        """Give how it looks now: something else than before once a key had its effect."""
        if not self.shapes:
            return program.screen.text()
        return [bar for bar in program.screen.bars() if bar[1:] in self.shapes]


def learn(program: Program, there: bytes, back: bytes) -> Effect | None:
    """Press two keys while nothing else happens, and find what they change; None if it is nothing."""
    bars, text = [program.screen.bars()], program.screen.text()
    changed = False
    for key in (there, back):
        program.press(key)
        program.run_for(_SEEN)
        bars.append(program.screen.bars())
        changed = changed or program.screen.text() != text
    shapes = moving(*bars)
    return Effect(shapes) if shapes or changed else None


def moving(before: Sequence[Bar], there: Sequence[Bar], back: Sequence[Bar]) -> frozenset[Shape]:
    """Give the shapes of bars that one key moved away and another brought back.

    Only such as there is no second one of: where many look alike, others come and go by themselves.
    """
    counts = [Counter(bar[1:] for bar in bars) for bars in (before, there, back)]
    gone = {bar[1:] for bar in set(before) & set(back) - set(there)}
    come = {bar[1:] for bar in set(there) - set(before) - set(back)}
    single = {shape for shape in gone | come if all(count[shape] <= 1 for count in counts)}
    return frozenset(single & gone & come or single)
