"""How long a program takes to react, as its user sees it."""

from __future__ import annotations

import itertools
import math
import random
import re
import time
from collections import Counter
from collections.abc import Sequence

from tests.benchmarks.effects import Effect, learn
from tests.benchmarks.fleet import Fleet
from tests.benchmarks.marks import NEVER
from tests.benchmarks.options import Subject
from tests.benchmarks.program import Program

LOOKS = 5.0
"""Seconds after which a key is taken for one without effect."""
HELD = 3.0
PER_SECOND = 30
_STILL = 0.3
"""Seconds without output after which a program has nothing more to say: two round trips."""
_WATCHED = 10.0
_NEAR = 5
"""Rows that the cursor may go without a scroll: where a list scrolls, its bar stays where it is."""
_FAR = 40
"""Rows that a held arrow goes before it turns. The smallest scene has as many; it ends amid them."""

_NAME = re.compile(r"\b0b-\d{3}-[a-y]\d\b")
_SUFFIXES = itertools.cycle(letter + digit for digit in "0123456789" for letter in "bcdefghkmnpqrstuvwxy")
"""For new names, none of which comes again soon; what others rename meanwhile ends in z."""
_PATIENCE = 5.0
"""Seconds that an event may take to the screen."""


def arrows(subject: Subject, count: int, turns_after: int = _NEAR) -> list[bytes]:
    """Give so many arrow keys, some down, as many up, and so on."""
    if not subject.keys.down or not subject.keys.up:
        return []
    down, up = subject.keys.down[0], subject.keys.up[0]
    return [up if turn // turns_after % 2 else down for turn in range(count)]


def learnt_arrows(program: Program, subject: Subject) -> Effect | None:
    """Learn what an arrow key changes; None where there is none, or it changes nothing."""
    pressed = arrows(subject, _NEAR + 1)
    return learn(program, pressed[0], pressed[-1]) if pressed else None


def keys(
    program: Program,
    pressed: Sequence[bytes],
    effect: Effect,
    *,
    pause: float = 0.12,
    until: float = math.inf,
) -> list[float]:
    """Press keys one after the other, at most until then; give the seconds until each had its effect."""
    times = []
    for key in pressed:
        program.run_for(pause * random.uniform(1, 2))
        if time.monotonic() > until:
            break
        before = effect.now(program)
        at = program.press(key)
        taken = LOOKS
        while (arrived := program.pump(at + LOOKS)) is not None:
            if effect.now(program) != before:
                taken = arrived - at
                break
        times.append(taken)
    return times


def without_effect(times: Sequence[float]) -> int:
    """Count the keys that showed no effect in the time that they had."""
    return sum(taken >= LOOKS for taken in times)


def hold(program: Program, subject: Subject) -> float:
    """Hold an arrow key for 3 s, and give the time at which it was let go."""
    started = released = time.monotonic()
    for turn, key in enumerate(arrows(subject, int(HELD * PER_SECOND), _FAR)):
        program.run_for(started + turn / PER_SECOND - time.monotonic())
        released = program.press(key)
    return released


def lag(program: Program, subject: Subject, effect: Effect | None) -> tuple[float, float | None]:
    """Hold an arrow key; give the seconds from its release to the last byte and the cursor's last move."""
    released = hold(program, subject)
    last, moved = released, released
    before = effect.now(program) if effect else None
    still = False
    while time.monotonic() < released + _WATCHED:
        arrived = program.pump(time.monotonic() + _STILL)
        if arrived is None:
            still = True
            break
        last = arrived
        if effect and (now := effect.now(program)) != before:
            before, moved = now, arrived
    sure = effect is not None and effect.sure
    return (last - released if still else NEVER), (moved - released if sure else None)


def outside_events(program: Program, fleet: Fleet, count: int) -> list[float]:
    """Rename containers that are in the list, and give the seconds until each new name was there."""
    places = program.screen.places(_NAME)
    if not places:
        return []
    # Names elsewhere, as in a log of events, are no list's.
    column, _ = Counter(column for column, _ in places).most_common(1)[0]
    times = []
    for _ in range(count):
        program.run_for(random.uniform(0.3, 0.7))
        shown = [name for at, name in program.screen.places(_NAME) if at == column]
        if not shown:
            break
        name = random.choice(shown)
        new = next(new for suffix in _SUFFIXES if (new := f"{name[:-2]}{suffix}") != name)
        at = time.monotonic()
        fleet.rename(name, new)
        times.append(_until_at(program, (column, new), at + _PATIENCE) - at)
    return times


def _until_at(program: Program, place: tuple[int, str], until: float) -> float:
    """Give the time at which a name is in that column, or the end of the time for it."""
    while place not in program.screen.places(_NAME):
        arrived = program.pump(until)
        if arrived is None:
            return until
    return program.arrived_at
