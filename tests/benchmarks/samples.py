"""What a number of times have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float | None:
    """Give the least value that so many percent of them do not exceed; None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * share / 100) - 1)]


def median(values: Sequence[float]) -> float | None:
    """Give the middle one, the lower of two; a time that was taken, and no mean of two."""
    return percentile(values, 50)


def milliseconds(seconds: float | None) -> float | None:
    """Convert."""
    return None if seconds is None else seconds * 1000
