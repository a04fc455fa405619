"""How much the way to the terminal can take, told by how long its answers take."""

from __future__ import annotations

import math
from collections import deque

NARROWEST = 1500
"""Bytes that may always be under way."""
WIDEST = 256 * 1024
ASK_EVERY = 1024
"""Bytes after which an answer is asked for again, where there was no pause."""
PATIENCE = 2.0
"""Seconds after which an answer is waited for no longer."""
_FIRST_PATIENCE = 0.5
"""The same for the first answer, where something else is waiting for it."""
_QUEUE = 0.08
"""Seconds of waiting along the way, beside the way itself, from which on less is sent."""
_FREE = 0.03
_AT_ONCE = 12
"""Questions under way at the most."""
_BITES = 0.25
"""Seconds that a screen is late, from which on the user should know why."""
_AGAIN = 0.5
"""Seconds after a late screen from which on another one tells of the link, and not of a busy machine."""
_OVER = 3.0
"""Seconds without a late screen after which the link is well again."""


class Link:
    """Keeps what is under way to the terminal so little that it never queues up.

    All times are seconds of one monotonic clock, given by the caller. Until the terminal has once
    answered, nothing is held back: it may be one that never does.
    """

    def __init__(self) -> None:
        self._asked: deque[tuple[float, int]] = deque()
        self._sent = 0
        self._arrived = 0
        self._since_question = 0
        self._expired = 0
        self.answers = False
        """Whether the terminal has ever answered."""
        self.window = float(3 * NARROWEST)
        """Bytes that may be under way at the same time."""
        self.round_trip = math.inf
        """The shortest time that an answer took lately, in seconds: the way itself."""
        self.delay = 0.0
        """How long the last answer took, in seconds."""
        self._limited = False
        self._held_since = math.inf
        self._first_late = self._late_at = -math.inf
        self._late = 0.0

    @property
    def under_way(self) -> int:
        """Bytes that were sent and are not known to have arrived."""
        return self._sent - self._arrived

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come, and not overdue."""
        return len(self._asked) > self._expired

    def expects(self, now: float) -> bool:
        """Say whether an answer may still come; of a terminal that never gave one, for a short time only."""
        patience = PATIENCE if self.answers else _FIRST_PATIENCE
        return self.waiting and now - self._asked[-1][0] < patience

    def opens(self, now: float) -> float:
        """Say when the next frame may be sent: now, when an answer is overdue, or (infinity) not before one.

        To be asked whenever there is something to send.
        """
        if not self.answers or self.under_way < self.window or not self.waiting:
            return now
        self._limited = True
        self._held_since = min(self._held_since, now)
        return self._asked[self._expired][0] + PATIENCE

    def give_up(self, now: float) -> None:
        """Wait no longer for answers that are overdue; they may still come."""
        while self.waiting and self._asked[self._expired][0] + PATIENCE <= now:
            self._arrived = max(self._arrived, self._asked[self._expired][1])
            self._expired += 1
            self.window = float(NARROWEST)
            self._note_late(now, PATIENCE)

    def sent(self, count: int, now: float) -> bool:
        """Note that a frame was sent; says whether to ask for an answer behind it."""
        self._sent += count
        self._since_question += count
        if self._held_since < math.inf:
            self._note_late(now, now - self._held_since)
            self._held_since = math.inf
        if len(self._asked) >= _AT_ONCE or (not self.answers and self._asked):
            return False
        if self._since_question < ASK_EVERY and self.waiting:
            return False
        self._since_question = 0
        self._asked.append((now, self._sent))
        return True

    def answered(self, now: float) -> bool:
        """Note an answer; says whether it was one to a question of this link's."""
        if not self._asked:
            return False
        asked_at, count = self._asked.popleft()
        overdue, self._expired = self._expired > 0, max(0, self._expired - 1)
        self.answers = True
        self._arrived = max(self._arrived, count)
        self.delay = now - asked_at
        # The way may have become longer: what was measured once is not for ever.
        self.round_trip = min(self.round_trip * 1.002, self.delay)
        if not overdue:
            self._adapt(now)
        return True

    def _adapt(self, now: float) -> None:
        queued = self.delay - self.round_trip
        if queued > _QUEUE:
            self.window = max(float(NARROWEST), self.window * 0.7)
        elif queued < _FREE and self._limited:
            self.window = min(float(WIDEST), self.window * 1.5)
            self._limited = False
        if self.delay > self.round_trip + _BITES:
            self._note_late(now, self.delay)

    def _note_late(self, now: float, seconds: float) -> None:
        if seconds < _BITES:
            return
        if now - self._late_at >= _OVER:
            self._first_late, self._late = now, 0.0
        elif now - self._first_late >= _AGAIN:
            self._late = seconds
        self._late_at = now

    def forget(self) -> None:
        """Drop what was under way: another program has had the terminal meanwhile."""
        self._asked.clear()
        self._expired = 0
        self._arrived = self._sent
        self._since_question = 0
        self._held_since = math.inf

    def late(self, now: float) -> float:
        """Say by how many seconds the screen was late within the last few; 0 where it was not."""
        return self._late if now - self._late_at < _OVER else 0.0
