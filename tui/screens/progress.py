"""How far jobs are, and what they made: the status line and the list follow, without haste."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.engine.jobs import JobState

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.engine.jobs import Job
    from tui.panes.pane import Pane
    from tui.screens.main import MainScreen

EVERY = 1.0
"""Seconds between two looks at the jobs, at the least; none while they say nothing."""
PATIENCE = 5.0
"""Seconds after the end of a job in which what it made is still gone to."""


class Progress:
    """Has the status line say how far jobs are, at most once a second."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._later: Timer | None = None
        self._shown = 0.0

    def came(self) -> None:
        """Hear that a job went on."""
        if self._later is not None:
            return
        wait = self._shown + EVERY - time.monotonic()
        if wait <= 0:
            self._show()
        else:
            self._later = self._screen.set_timer(wait, self._show)

    def _show(self) -> None:
        self._later, self._shown = None, time.monotonic()
        self._screen.show_status()


def written(job: Job) -> str:
    """Write how far one job is: `pull postgres:16 43%`."""
    return f"{job.title} {job.progress[1]}".rstrip()


def all_written(jobs: list[Job]) -> str:
    """Write how far several jobs are: `3 jobs 43%`, of those that know how much there is to do."""
    shares = [share for share, _ in (job.progress for job in jobs) if share is not None]
    percent = f" {int(100 * sum(shares) / len(shares))}%" if shares else ""
    return f"{len(jobs)} jobs{percent}"


def give_up(jobs: list[Job], seconds: float = 2.0) -> None:
    """Cancel jobs and wait until they have tidied up, all together not longer than `seconds`."""
    until = time.monotonic() + seconds
    for job in jobs:
        job.cancel()
    for job in jobs:
        job.wait(max(0.0, until - time.monotonic()))


class Arrivals:
    """Puts the cursor on what a job made once that is listed, unless the user moved it meanwhile."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._awaited: dict[str, tuple[frozenset[str], object, float]] = {}

    def expect(self, kind: str, job: Job) -> None:
        """Wait for the first of what the job's result names, or for its target."""
        result = job.result.partition(", ")[0].strip()
        # An id is of one image alone; a name may still be that of the one before.
        names = frozenset({result} if result.startswith("sha256:") else {result, job.target}) - {""}
        pane = self._pane(kind)
        if job.state is JobState.DONE and pane is not None:
            self._awaited[kind] = (names, pane.cursor_key, time.monotonic() + PATIENCE)
            self.look(kind)

    def look(self, kind: str) -> None:
        """Look whether it is listed."""
        pane = self._pane(kind)
        if kind not in self._awaited or pane is None:
            return
        names, before, until = self._awaited[kind]
        if pane.cursor_key != before or time.monotonic() > until:
            del self._awaited[kind]
            return
        for row in pane.view.shown:
            # A name may still be that of the object before, which the next list gives to the new one.
            if row.id != before and not names.isdisjoint({row.id, row.name, *getattr(row, "tags", ())}):
                del self._awaited[kind]
                pane.arrive_at(row.id)
                return

    def _pane(self, kind: str) -> Pane | None:
        return next((pane for pane in self._screen.panes if pane.kind.name == kind), None)
