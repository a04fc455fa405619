from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.screens.layout import is_wide, list_width, pane_heights


def test_the_lists_are_44_wide_at_120_and_at_most_84() -> None:
    assert list_width(120, 0) == 44
    assert list_width(100, 0) == 44
    assert list_width(200, 0) == 80
    assert list_width(400, 0) == 84


def test_a_screen_is_wide_from_100_by_28() -> None:
    assert is_wide(100, 28)
    assert not is_wide(99, 28)
    assert not is_wide(160, 27)


@given(st.integers(0, 200), st.lists(st.integers(0, 500), min_size=6, max_size=6), st.integers(0, 5))
def test_heights_fill_the_room_and_every_pane_keeps_its_title(
    room: int, rows: list[int], focused: int
) -> None:
    heights = pane_heights(room, rows, focused)
    assert min(heights) >= 1
    assert sum(heights) == max(room, 6)


def test_the_focused_pane_gets_what_it_needs_and_the_others_a_few_rows() -> None:
    heights = pane_heights(43, [2, 300, 9, 4, 5, 100], 1)
    assert heights[1] > 20
    assert min(heights) >= 3


def test_a_short_focused_pane_leaves_the_room_to_the_others() -> None:
    heights = pane_heights(43, [1, 2, 40, 0, 3, 100], 1)
    assert heights[2] > 10
    assert heights[5] > 10
