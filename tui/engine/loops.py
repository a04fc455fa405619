"""Crash loops, which the engine does not name: between two restarts it says `running`, exit code 0."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.engine.events import Event

WINDOW = 300.0
"""Seconds in which deaths are counted: longer than Docker's longest pause between restarts."""
ENOUGH = 3
"""Deaths in the window that make a loop."""
ASKED = 60 * 10**9
"""Nanoseconds after a `kill` in which a `die` is its consequence."""


class Loops:
    """Counts how often each container died without anybody having asked for it."""

    def __init__(self) -> None:
        self._deaths: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=100))
        self._asked: dict[str, int] = {}

    def note(self, event: Event) -> None:
        """Take notice of an event; a `die` that follows a `kill` was asked for."""
        if event.type != "container":
            return
        if event.action == "kill":
            self._asked[event.subject] = event.moment
        elif event.action == "die":
            # A signal that does not end the process is no reason for a death long after it.
            if event.moment - self._asked.pop(event.subject, 0) < ASKED:
                self._deaths.pop(event.subject, None)
            else:
                self._deaths[event.subject].append(event.moment / 1e9)
        elif event.action == "destroy":
            self._asked.pop(event.subject, None)
            self._deaths.pop(event.subject, None)

    def deaths(self, container_id: str, now: float) -> int:
        """Say how often it died in the window before `now` (seconds since 1970); 0 below a loop's number."""
        times = self._deaths.get(container_id)
        if not times:
            return 0
        while times and times[0] < now - WINDOW:
            times.popleft()
        return len(times) if len(times) >= ENOUGH else 0

    def looping(self, now: float) -> frozenset[str]:
        """Name the containers that are in a loop."""
        return frozenset(one for one in list(self._deaths) if self.deaths(one, now))
