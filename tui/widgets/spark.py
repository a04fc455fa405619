"""A small line of history, two values to a cell: pure."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEFT = (0x00, 0x40, 0x44, 0x46, 0x47)
_RIGHT = (0x00, 0x80, 0xA0, 0xB0, 0xB8)
_ASCII = " .:+#"
_STEPS = 4


def spark(values: Sequence[float | None], top: float, ascii_only: bool = False) -> str:
    """Draw values as bars between 0 and `top`; None is a gap, and what is above 0 always shows.

    In ASCII a cell shows the higher one of its two.
    """
    cells = []
    for pair in zip_longest(values[::2], values[1::2]):
        left, right = (_height(value, top) for value in pair)
        cells.append(_ASCII[max(left, right)] if ascii_only else chr(0x2800 + _LEFT[left] + _RIGHT[right]))
    return "".join(cells)


def _height(value: float | None, top: float) -> int:
    if value is None or value <= 0 or top <= 0:
        return 0
    return max(1, round(min(1.0, value / top) * _STEPS))


def ceiling(values: Sequence[float | None], least: float) -> float:
    """Give a top for values that changes seldom: 1, 2 or 5 times a power of ten, at least `least`."""
    highest = max((value for value in values if value is not None), default=0.0)
    top = least
    step = 0
    while top < highest:
        top *= (2, 2.5, 2)[step % 3]
        step += 1
    return top
