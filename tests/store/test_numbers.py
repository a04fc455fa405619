from __future__ import annotations

from typing import Any

import pytest

from tests.rows import container
from tui.engine.stats import Counters, Numbers
from tui.engine.updates import Link, Linked, LinkState, Listed, Sampled
from tui.store import ranking
from tui.store.numbers import LONG, Level, LiveNumbers, Steady
from tui.store.ranking import HOLDS, Ranking
from tui.store.store import Store


def read(cpu: float | None = 1.0, memory: int = 1000, limit: int = 0) -> Numbers:
    return Numbers(Counters(1.0, 1.0, memory, limit, 0, 0, 0, 0, 1), cpu)


def test_what_clearly_differs_is_followed_at_once() -> None:
    steady = Steady(0.15)
    assert [steady.follow(value) for value in (50, 80, 0, 3)] == [50, 80, 0, 3]


def test_what_trembles_stays_as_it_was_shown() -> None:
    steady = Steady(0.15)
    assert {steady.follow(value) for value in (0.0, 0.1, 0.05, 0.12, 0.0, 0.1) * 10} == {0.0}


def test_what_is_off_to_one_side_is_followed_in_time() -> None:
    steady = Steady(0.15)
    steady.follow(0.1)
    assert [steady.follow(0.0) for _ in range(LONG)] == [0.1] * (LONG - 1) + [0.0]


def test_what_trembles_about_another_value_than_was_shown_comes_to_rest_there() -> None:
    steady = Steady(0.15)
    steady.follow(0.02)
    shown = [steady.follow(value) for value in (0.1, 0.16, 0.11, 0.15, 0.13) * 20]
    assert {round(value, 2) for value in shown[-80:]} == {0.13}


def test_only_what_is_looked_at_is_kept() -> None:
    live = LiveNumbers()
    live.watch(["a", "b"])
    assert live.take({"a": read(), "b": read(), "c": read()})
    assert set(live.levels) == {"a", "b"}
    assert not live.take({"c": read()})
    assert live.watch(["b"])
    assert set(live.levels) == set(live.latest) == {"b"}
    assert live.take({"b": read()})


def test_the_share_is_of_the_limit() -> None:
    live = LiveNumbers()
    live.watch(["a"])
    live.take({"a": read(None, 500, 2000)})
    assert live.levels["a"] == Level(None, 500, 25.0)


@pytest.fixture
def store() -> Store:
    made = Store()
    made.apply([Listed("container", (container("a"), container("b")))])
    made.numbers.watch(["id-a", "id-b"])
    assert made.apply([Sampled({"id-a": read(), "id-b": read()})]) == {"numbers"}
    return made


@pytest.mark.parametrize("state", ["paused", "exited", "restarting"])
def test_numbers_go_when_it_does_not_run(store: Store, state: str) -> None:
    store.apply([Listed("container", (container("a", state),), frozenset({"id-a"}))])
    assert set(store.numbers.levels) == {"id-b"}
    # What was under way may still arrive.
    assert store.apply([Sampled({"id-a": read()})]) == frozenset()
    assert set(store.numbers.levels) == {"id-b"}


def test_numbers_go_with_their_container(store: Store) -> None:
    store.apply([Listed("container", (), frozenset({"id-a"}))])
    assert set(store.numbers.levels) == {"id-b"}


def test_numbers_of_before_are_not_shown_as_fresh_after_a_lost_link(store: Store) -> None:
    assert store.apply([Linked(Link(LinkState.LOST, 1.0))]) == {"link"}
    assert store.numbers.levels
    assert store.apply([Linked(Link(LinkState.LIVE, 2.0))]) == {"link", "numbers"}
    assert not store.numbers.levels


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(ranking, "time", made)
    return made


def order(made: Ranking, *names: str) -> list[str]:
    rows: list[Any] = sorted([container(name) for name in names], key=made.place)
    return [row.name for row in rows]


def levels(**cpu: float | None) -> dict[str, Level]:
    return {f"id-{name}": Level(value, 0, None) for name, value in cpu.items()}


def test_an_order_by_numbers_holds_for_a_while(clock: Clock) -> None:
    made = Ranking({"cpu": lambda level: level.cpu})
    assert made.renew("cpu", levels(a=1, b=5))
    assert order(made, "a", "b", "c") == ["b", "a", "c"]
    assert not made.renew("cpu", levels(a=9, b=5))
    assert order(made, "a", "b") == ["b", "a"]
    clock.now += HOLDS
    assert made.renew("cpu", levels(a=9, b=5))
    assert order(made, "a", "b") == ["a", "b"]


def test_what_had_no_number_takes_its_place_at_once(clock: Clock) -> None:
    made = Ranking({"cpu": lambda level: level.cpu})
    made.renew("cpu", levels(a=1, b=None))
    assert order(made, "b", "a") == ["a", "b"]
    assert made.renew("cpu", levels(a=99, b=5))
    assert order(made, "a", "b") == ["b", "a"]


def test_what_looks_the_same_keeps_its_place(clock: Clock) -> None:
    made = Ranking({"cpu": lambda level: level.cpu})
    made.renew("cpu", levels(a=0.01, b=0.02))
    assert order(made, "a", "b") == ["a", "b"]
    clock.now += HOLDS
    assert not made.renew("cpu", levels(a=0.04, b=0.03))


def test_another_order_takes_no_notice_of_numbers(clock: Clock) -> None:
    made = Ranking({"cpu": lambda level: level.cpu})
    assert not made.renew("name", levels(a=1))
    assert not made.renew("", levels(a=2))
