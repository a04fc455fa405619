"""How the screen is shared out: pure arithmetic on columns and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE_COLUMNS, WIDE_ROWS = 100, 28
"""From this size on lists and detail stand beside each other."""
STEPS = (-2, -1, 0, 1, 2)
"""Sizes of the lists, from none (the detail has it all) to all."""
TITLE = 1
"""Rows of a pane that is only its title."""


def is_wide(columns: int, rows: int) -> bool:
    """Say whether lists and detail fit beside each other."""
    return columns >= WIDE_COLUMNS and rows >= WIDE_ROWS


def list_width(columns: int, step: int) -> int:
    """Give the columns of the lists on a wide screen: 44 at 120, 40% at 200, at most 84."""
    usual = max(44, min(84, 44 + (columns - 120) * 9 // 20))
    return {
        -2: 0,
        -1: 30,
        0: usual,
        1: min(columns * 3 // 5, columns - 40),
        2: columns,
    }[step]


def pane_heights(room: int, rows: Sequence[int], focused: int) -> list[int]:
    """Share `room` lines among panes that have that many rows, the focused one first.

    Every pane keeps its title; the focused one gets what it can use, but leaves the others up to
    three rows each where there is room; what is left over goes to the others in order, and last to
    the focused one.

    Returns:
        Lines of each pane, its title included; their sum is `room` where that is possible.

    """
    heights = [TITLE] * len(rows)
    left = room - sum(heights)
    if left <= 0:
        return heights
    others = [index for index in range(len(rows)) if index != focused]
    modest = sum(min(3, rows[index]) for index in others)
    most = max(left - modest, left * 3 // 5)
    given = min(rows[focused], most, left)
    heights[focused] += given
    left -= given
    # One line each in turn, so that the first does not take all.
    wants = {index: rows[index] for index in others}
    while left > 0 and any(wants.values()):
        for index in others:
            if left > 0 and wants[index] > 0:
                heights[index] += 1
                wants[index] -= 1
                left -= 1
    heights[focused] += left
    return heights
