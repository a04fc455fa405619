from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.spark import ceiling, spark


def test_two_values_to_a_cell() -> None:
    assert spark([0, 100, 50, 25, 100], 100) == "⢸⣄⡇"
    assert spark([], 100) == ""


def test_what_is_above_nothing_shows_and_a_gap_does_not() -> None:
    assert spark([0.001, None], 100) == "⡀"
    assert spark([None, 0], 100) == "⠀"


def test_ascii_shows_the_higher_of_two() -> None:
    assert spark([0, 100, 50, 25, None, 1, 0, 0], 100, ascii_only=True) == "#:. "


@given(st.lists(st.none() | st.floats(allow_nan=False), max_size=9), st.floats(0, 1e12))
def test_any_values_have_their_cells(values: list[float | None], top: float) -> None:
    assert len(spark(values, top)) == len(spark(values, top, ascii_only=True)) == (len(values) + 1) // 2


def test_the_top_changes_seldom() -> None:
    assert [ceiling([value], 10) for value in (0, 10, 11, 21, 51, 101, 380)] == [
        10,
        10,
        20,
        50,
        100,
        200,
        500,
    ]
    assert ceiling([None], 10) == 10
