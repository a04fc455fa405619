"""When to list again after an event."""

from __future__ import annotations

import math

SOON = 0.02
"""Seconds from an event to the first listing: the engine's state lags its events."""
SETTLED = 0.12
"""Seconds from the last event to the last listing, by when the state has caught up."""
APART = 0.25
"""Seconds between two listings while events keep coming."""


class Pulse:
    """The times at which one kind is listed: soon, at a steady pace in a burst, and once it is over.

    All times are seconds of one monotonic clock, given by the caller.
    """

    def __init__(self) -> None:
        self._last = -math.inf
        self._next = math.inf
        self._final = math.inf

    def note(self, now: float) -> None:
        """Take notice of an event."""
        if self._next == math.inf:
            self._next = max(now + SOON, self._last + APART)
        self._final = now + SETTLED

    @property
    def due(self) -> float:
        """When the next listing should be; infinity where nothing happened."""
        return min(self._next, self._final)

    def ran(self, now: float) -> None:
        """Take notice that a listing began."""
        self._last = now
        self._next = math.inf
        if self._final <= now:
            self._final = math.inf
