"""The way between a program and the terminal that its user looks at, as SSH makes it."""

from __future__ import annotations

import math

SEGMENT = 1400
"""Bytes that travel together."""
WINDOW = 2_000_000
"""Bytes that SSH takes from a program before the far end has them."""


class Link:
    """Tells when what is sent arrives.

    All times are seconds of one monotonic clock, given by the caller; calls come in the order of
    their times.

    Args:
        rate: bytes/s that it carries towards the terminal; keys are too few to be held up.
        round_trip: seconds there and back.

    """

    def __init__(self, rate: float = math.inf, round_trip: float = 0.0) -> None:
        self.rate = rate
        self.round_trip = round_trip
        self._free_at = -math.inf

    @property
    def one_way(self) -> float:
        """Seconds that the way takes, beside the waiting for room."""
        return self.round_trip / 2

    def send(self, output: bytes, now: float) -> list[tuple[float, bytes]]:
        """Give the parts of a program's output, each with the time at which the terminal has it."""
        arrivals = []
        for start in range(0, len(output), SEGMENT):
            part = output[start : start + SEGMENT]
            self._free_at = max(self._free_at, now) + len(part) / self.rate
            arrivals.append((self._free_at + self.one_way, part))
        return arrivals

    def backlog(self, now: float) -> float:
        """Give the bytes that wait for room at this time."""
        return max(0.0, self._free_at - now) * self.rate if self.rate < math.inf else 0.0


def slow() -> Link:
    """Make the link of the marks: 30 KB/s, 150 ms there and back."""
    return Link(rate=30_000, round_trip=0.15)
