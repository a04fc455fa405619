from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from tui.engine.schedule import SLOW, SOON, Schedule


def started(*ids: str, now: float = 100.0, rarely: tuple[str, ...] = ()) -> Schedule:
    schedule = Schedule(2.0)
    schedule.watch(ids, rarely, now)
    return schedule


def test_nothing_is_due_where_nothing_is_looked_at() -> None:
    assert Schedule(2.0).next == math.inf


def test_nothing_is_due_where_it_is_off() -> None:
    schedule = started("a")
    schedule.pace(None, 100.0)
    assert (schedule.next, schedule.due(1000.0)) == (math.inf, [])


def test_what_comes_on_the_screen_is_read_at_once_soon_again_and_then_on_the_beat() -> None:
    schedule = started("a")
    assert schedule.due(100.0) == ["a"]
    schedule.read("a", 100.0, again_soon=True)
    assert schedule.next == 100.0 + SOON
    schedule.read("a", 100.7)
    assert schedule.next == 102.0


def test_all_are_read_on_the_same_beat() -> None:
    schedule = started("a")
    schedule.read("a", 100.3)
    schedule.watch(("a", "b"), (), 100.6)
    assert schedule.due(100.6) == ["b"]
    schedule.read("b", 100.9)
    assert schedule.due(102.0) == ["a", "b"]


def test_what_was_away_for_a_moment_is_not_read_before_its_time() -> None:
    schedule = started("a")
    schedule.read("a", 100.0)
    schedule.watch((), (), 100.5)
    assert schedule.next == math.inf
    assert "a" not in schedule
    schedule.watch(("a",), (), 101.0)
    assert schedule.next == 102.0
    assert not schedule.is_old("a", 101.0)
    assert schedule.is_old("a", 130.0)


def test_what_is_off_the_screen_is_read_rarely_and_more_often_once_it_is_on_it() -> None:
    schedule = started("a", rarely=("b",))
    for one in ("a", "b"):
        schedule.read(one, 102.0)
    assert schedule.due(104.0) == ["a"]
    assert schedule.due(108.0) == ["a", "b"]
    schedule.watch(("b",), (), 103.0)
    assert schedule.next == 104.0


def test_another_interval_counts_from_the_last_reading() -> None:
    schedule = started("a")
    schedule.read("a", 100.0)
    schedule.pace(10.0, 101.0)
    assert schedule.next == 110.0
    schedule.pace(1.0, 105.0)
    assert schedule.next == 105.0


def test_what_could_not_be_read_is_tried_on_the_next_beat() -> None:
    schedule = started("a", "b")
    schedule.read("a", 100.0)
    schedule.put_off(["a", "b"], 100.0)
    assert schedule.next >= 101.0


def test_where_answers_are_slow_the_first_few_are_read() -> None:
    names = tuple(f"c{number}" for number in range(20))
    schedule = started(*names)
    schedule.slow = True
    assert schedule.due(100.0) == list(names[:SLOW])
    schedule.watch(names[10:], (), 101.0)
    assert schedule.due(101.0) == list(names[10 : 10 + SLOW])


def test_old_readings_are_forgotten_unless_they_are_looked_at() -> None:
    schedule = started("a", "b")
    for one in ("a", "b"):
        schedule.read(one, 100.0)
    schedule.watch(("a",), (), 101.0)
    assert schedule.forget_old(105.0) == set()
    assert schedule.forget_old(1000.0) == {"b"}


@given(st.floats(1, 60), st.floats(0, 1e6))
def test_the_next_reading_is_never_at_once_and_never_late(interval: float, now: float) -> None:
    schedule = Schedule(interval)
    schedule.watch(("a",), (), now)
    schedule.read("a", now)
    assert now + interval * 0.499 <= schedule.next <= now + interval * 1.501
