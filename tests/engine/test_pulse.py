from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from tui.engine.pulse import APART, SETTLED, SOON, Pulse


def runs(notes: list[float]) -> list[float]:
    """Play events at these moments and give the moments of the listings."""
    pulse, done, now = Pulse(), [], 0.0
    todo = sorted(notes)
    while todo or pulse.due != math.inf:
        if todo and todo[0] <= pulse.due:
            now = todo.pop(0)
            pulse.note(now)
        else:
            now = max(now, pulse.due)
            pulse.ran(now)
            done.append(now)
    return done


def test_one_event_is_listed_soon_and_once_more_when_it_has_settled() -> None:
    assert runs([1.0]) == [1.0 + SOON, 1.0 + SETTLED]


def test_a_burst_becomes_a_few_listings_that_do_not_wait_for_its_end() -> None:
    listings = runs([n * 0.008 for n in range(120)])
    assert listings[0] < 0.05
    assert 3 <= len(listings) <= 7


@given(st.lists(st.floats(0, 10), min_size=1, max_size=60))
def test_every_event_is_seen_in_time_and_after_it_has_settled(notes: list[float]) -> None:
    listings = runs(notes)
    for note in notes:
        assert any(note <= listing <= note + APART + SOON for listing in listings)
    assert max(listings) >= max(notes) + SETTLED - 1e-9


@given(st.lists(st.floats(0, 5), min_size=2, max_size=200))
def test_listings_while_events_come_are_apart(notes: list[float]) -> None:
    listings = runs(notes)
    assert len(listings) <= 2 * (max(notes) - min(notes)) / APART + 2 * len({round(n, 1) for n in notes}) + 2
