"""What was done in this session: one entry an act, with its command, how it ended and its output."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.jobs import Job

ENTRIES_KEPT = 500
_NUMBERS = itertools.count(1)


class Outcome(Enum):
    """How an act ended, or that it has not."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass
class Entry:
    """One act.

    Args:
        label: what it was, as the key says it.
        command: the docker command, secrets masked, ready to copy.
        target: what it was done to.
        started: seconds since 1970.
        job: what runs it, where it is a job with output of its own.

    """

    label: str
    command: str
    target: str
    started: float
    job: Job | None = None
    outcome: Outcome = Outcome.RUNNING
    ended: float | None = None
    output: str = ""
    number: int = field(default_factory=lambda: next(_NUMBERS))

    @property
    def id(self) -> str:
        """Its number, as text."""
        return str(self.number)

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.outcome is Outcome.RUNNING


class Activity:
    """The entries, newest last; the oldest that have ended go first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.entries: deque[Entry] = deque()
        self.changed: Callable[[], None] = lambda: None
        """Called after each change; set by who shows it."""

    def begin(self, label: str, command: str, target: str, job: Job | None = None) -> Entry:
        """Record that an act began."""
        entry = Entry(label, command, target, self._clock(), job)
        self.entries.append(entry)
        self._forget()
        self.changed()
        return entry

    def end(self, entry: Entry, outcome: Outcome, output: str = "") -> None:
        """Record how an act ended."""
        entry.outcome = outcome
        entry.ended = self._clock()
        entry.output = output
        self.changed()

    def note(self, label: str, text: str, outcome: Outcome = Outcome.DONE) -> None:
        """Record something that was no act, such as a fall-back, with a word on why."""
        entry = Entry(label, "", "", self._clock())
        self.entries.append(entry)
        self.end(entry, outcome, text)

    def _forget(self) -> None:
        while len(self.entries) > ENTRIES_KEPT:
            old = next((entry for entry in self.entries if not entry.running), None)
            if old is None:
                return
            self.entries.remove(old)

    @property
    def running(self) -> list[Entry]:
        """Acts that have not ended."""
        return [entry for entry in self.entries if entry.running]

    @property
    def jobs(self) -> list[Entry]:
        """Jobs that have not ended: leaving asks about them."""
        return [entry for entry in self.running if entry.job is not None]
