from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.cells import RowView
from tui.widgets.columns import GAP, Column, content_widths, layout

small = st.integers(0, 40)
column = st.builds(
    Column,
    key=st.text(max_size=3),
    title=st.text(max_size=8),
    width=st.integers(1, 40),
    grow=st.integers(0, 3),
    priority=st.integers(0, 4),
    min_width=small,
    max_width=small,
)


def keys(columns: list[Column], width: int) -> list[str]:
    return [columns[slot.index].key for slot in layout(columns, width)]


@given(st.lists(column, max_size=8), st.integers(0, 250), st.lists(st.integers(0, 200), max_size=8))
def test_no_layout_is_wider_than_the_width_or_overlaps(
    columns: list[Column], width: int, contents: list[int]
) -> None:
    end = -GAP
    last = -1
    for slot in layout(columns, width, contents):
        assert slot.width > 0
        assert slot.x == end + GAP
        assert slot.index > last
        last, end = slot.index, slot.x + slot.width
    assert end <= width


@given(st.lists(column, min_size=1, max_size=8), st.integers(0, 250))
def test_a_column_that_left_is_no_more_important_than_one_that_stayed(
    columns: list[Column], width: int
) -> None:
    slots = layout(columns, width)
    shown = {slot.index for slot in slots}
    gone = [columns[i].priority for i in range(len(columns)) if i not in shown and columns[i].priority]
    stayed = [columns[i].priority for i in shown]
    if gone and stayed:
        assert min(gone) >= max(stayed)


@given(st.lists(column, min_size=1, max_size=8), st.integers(1, 250))
def test_growing_columns_use_the_whole_width(columns: list[Column], width: int) -> None:
    slots = layout(columns, width)
    if any(columns[slot.index].grow for slot in slots):
        end = slots[-1].x + slots[-1].width
        # Unless those that never leave are too many already.
        assert end == width or sum(one.floor + GAP for one in columns if not one.priority) - GAP > width


def test_columns_leave_by_priority_the_highest_number_first() -> None:
    columns = [
        Column("name", "Name", 10),
        Column("image", "Image", 10, priority=3),
        Column("state", "State", 8, priority=1),
        Column("ports", "Ports", 8, priority=2),
    ]
    assert keys(columns, 39) == ["name", "image", "state", "ports"]
    assert keys(columns, 38) == ["name", "state", "ports"]
    assert keys(columns, 27) == ["name", "state"]
    assert keys(columns, 18) == ["name"]
    assert keys(columns, 3) == ["name"]


def test_of_two_with_one_priority_the_right_one_leaves_first() -> None:
    columns = [Column("a", "", 5), Column("b", "", 5, priority=1), Column("c", "", 5, priority=1)]
    assert keys(columns, 16) == ["a", "b"]


def test_columns_shrink_to_their_least_width_before_one_leaves() -> None:
    columns = [Column("name", "", 20, min_width=8), Column("age", "", 4, priority=1)]
    assert [slot.width for slot in layout(columns, 25)] == [20, 4]
    assert [slot.width for slot in layout(columns, 15)] == [10, 4]
    assert [slot.width for slot in layout(columns, 12)] == [12]


def test_what_is_left_goes_to_the_growing_columns_by_their_share() -> None:
    columns = [Column("a", "", 5, grow=2), Column("b", "", 5), Column("c", "", 5, grow=1)]
    assert [slot.width for slot in layout(columns, 17 + 10)] == [12, 5, 8]


def test_fitted_columns_follow_their_content_up_to_the_limit() -> None:
    columns = [Column("a", "", 4, max_width=10), Column("b", "", 4)]
    assert [slot.width for slot in layout(columns, 80, [0, 0])] == [4, 4]
    assert [slot.width for slot in layout(columns, 80, [7, 70])] == [7, 4]
    assert [slot.width for slot in layout(columns, 80, [70, 0])] == [10, 4]
    assert [slot.width for slot in layout(columns, 11, [70, 0])] == [6, 4]


def test_content_is_measured_in_cells_up_to_the_limit() -> None:
    columns = [Column("a", "", 1, max_width=10), Column("b", "", 1), Column("c", "", 1, max_width=5)]
    rows = [
        RowView(1, ("日本", "xxxx", "x" * 99)),
        RowView(2, ("abc",)),
        RowView(3, ("x" * 50,), heading=True),
    ]
    assert content_widths(columns, rows) == (4, 0, 5)


def test_known_content_widths_only_grow() -> None:
    columns = [Column("a", "", 1, max_width=10)]
    assert content_widths(columns, [RowView(1, ("ab",))], (6,)) == (6,)
    assert content_widths(columns, [RowView(1, ("abcdefgh",))], (6,)) == (8,)


@pytest.mark.parametrize(
    ("width", "grow", "priority", "min_width", "max_width"),
    [(0, 0, 0, 0, 0), (3, -1, 0, 0, 0), (3, 0, -2, 0, 0), (3, 0, 0, -1, 0), (3, 0, 0, 0, -1)],
)
def test_a_column_of_impossible_numbers_is_refused(
    width: int, grow: int, priority: int, min_width: int, max_width: int
) -> None:
    with pytest.raises(ValueError, match="'name'"):
        Column("name", "Name", width, grow, priority, min_width=min_width, max_width=max_width)
