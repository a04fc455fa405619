"""The slow link: nothing arrives sooner than the wire allows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.link import Link, slow

SENDINGS = st.lists(
    st.tuples(st.floats(0, 0.5), st.integers(0, 9000)), min_size=1, max_size=30
)  # seconds since the one before, bytes


@given(SENDINGS)
def test_all_bytes_arrive_in_order_and_no_faster_than_the_rate(sendings):
    link = Link(rate=30_000, round_trip=0.15)
    now, arrivals, sent = 0.0, [], b""
    for pause, size in sendings:
        now += pause
        output = bytes(number % 251 for number in range(size))
        sent += output
        for at, part in link.send(output, now):
            assert at >= now + 0.075 + len(part) / 30_000 - 1e-9
            arrivals.append((at, part))
    assert b"".join(part for _, part in arrivals) == sent
    for (before, _), (at, part) in pairwise(arrivals):
        assert at - before >= len(part) / 30_000 - 1e-9


def test_a_second_of_bytes_takes_a_second_and_half_the_round_trip():
    arrivals = Link(rate=30_000, round_trip=0.15).send(b"x" * 30_000, 100.0)
    assert arrivals[-1][0] == pytest.approx(101.075)


def test_a_wire_that_was_quiet_saves_nothing_up():
    link = Link(rate=1000, round_trip=0)
    link.send(b"x" * 1000, 0.0)
    assert link.send(b"x" * 100, 50.0)[-1][0] == pytest.approx(50.1)


def test_what_waits_for_room_is_the_backlog():
    link = Link(rate=1000, round_trip=1)
    assert link.backlog(0.0) == 0
    link.send(b"x" * 5000, 0.0)
    assert link.backlog(2.0) == pytest.approx(3000)
    assert link.backlog(9.0) == 0


def test_without_a_link_it_is_there_at_once():
    link = Link()
    assert link.send(b"x" * 3000, 7.0)[-1][0] == 7.0
    assert link.backlog(7.0) == 0
    assert link.one_way == 0


def test_the_slow_link_is_the_one_of_the_marks():
    assert (slow().rate, slow().round_trip) == (30_000, 0.15)
