from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import format as fmt


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0B"),
        (999, "999B"),
        (1000, "1K"),
        (41_200_000, "41M"),
        (2_100_000_000, "2.1G"),
        (9_960_000, "10M"),
    ],
)
def test_sizes_are_in_thousands_as_dockers(number: int, text: str) -> None:
    assert fmt.size(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0%"), (0.04, "0%"), (0.3, "0.3%"), (9.94, "9.9%"), (9.96, "10%"), (49.6, "50%"), (1600, "1600%")],
)
def test_a_percentage_is_short_and_trembles_little(number: float, text: str) -> None:
    assert fmt.percent(number) == text


@given(st.floats(0, 1e15))
def test_a_size_never_needs_more_than_five_cells(number: float) -> None:
    assert len(fmt.size(number)) <= 5


@pytest.mark.parametrize(
    ("past", "text"),
    [
        (0, "<1m"),
        (59, "<1m"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h"),
        (86400 * 6, "6d"),
        (86400 * 400, "1y"),
    ],
)
def test_an_age_has_one_unit(past: float, text: str) -> None:
    assert fmt.age(1e9 - past, 1e9) == text


def test_no_moment_has_no_age_and_a_clock_that_is_ahead_is_no_error() -> None:
    assert fmt.age(0, 1e9) == ""
    assert fmt.age(1e9 + 50, 1e9) == "<1m"


@pytest.mark.parametrize(("seconds", "text"), [(0.31, "0.3s"), (12, "12s"), (185, "3m05s"), (7800, "2h10m")])
def test_durations(seconds: float, text: str) -> None:
    assert fmt.duration(seconds) == text
