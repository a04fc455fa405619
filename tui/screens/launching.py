"""Jobs that acts want: started, recorded, shown as they go, and where need be waited for."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.engine.jobs import JobState
from tui.store.activity import Outcome
from tui.terminal.loop import to_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.actions.model import Launch, Want
    from tui.actions.session import Session
    from tui.engine.jobs import Job
    from tui.screens.main import MainScreen

_OUTCOMES = {
    JobState.DONE: Outcome.DONE,
    JobState.FAILED: Outcome.FAILED,
    JobState.CANCELLED: Outcome.CANCELLED,
}


class Launching:
    """Starts jobs for the main screen, which tells how they ended."""

    def __init__(self, screen: MainScreen, session: Session, offer: Callable[[Want, str, str], None]) -> None:
        self._screen = screen
        self._at = session
        self._offer = offer

    async def launch(self, launch: Launch, label: str, target: str) -> tuple[Job | None, str]:
        """Start a job; gives it, or None and why it could not be started."""
        try:
            job = await asyncio.wrap_future(self._at.connection.reads.submit(launch.make))
        except EngineError as problem:
            entry = self._at.activity.begin(label, launch.command, target)
            self._at.activity.end(entry, Outcome.FAILED, str(problem))
            self._screen.say(str(problem), "error")
            return None, str(problem)
        # What a job is done to is not always the row that its key was pressed on.
        entry = self._at.activity.begin(label, launch.command, job.target or target, job)

        def ended() -> None:
            if job.state is not JobState.RUNNING and entry.running:
                self._at.activity.end(entry, _OUTCOMES[job.state], job.failure or job.result)
                if job.state is JobState.DONE:
                    launch.succeeded()
                self._screen.job_ended(entry, launch.selects)
                if job.state is JobState.FAILED and launch.failed is not None:
                    self._offer(launch.failed(), label, entry.target)
            elif entry.running:
                self._screen.progress.came()

        job.subscribe(partial(to_loop(), ended))
        ended()
        if launch.watch:
            from tui.screens.job import JobScreen

            self._screen.app.push_screen(JobScreen(job))
        return job, ""

    async def see_through(self, launch: Launch, label: str, target: str) -> tuple[str, bool]:
        """Do a job to its end; gives how it failed, and whether the user has turned away from it."""
        job, error = await self.launch(launch, label, target)
        if job is None:
            return error, False
        error = await self._ended(job)
        from tui.screens.job import JobScreen

        shown = self._screen.app.screen
        looked_at = isinstance(shown, JobScreen) and shown.job is job
        if looked_at and not error:
            shown.dismiss()
        return error, launch.watch and not looked_at

    async def _ended(self, job: Job) -> str:
        """Wait for a job's end; gives how it failed, or nothing."""
        over = asyncio.Event()

        def look() -> None:
            if job.state is not JobState.RUNNING:
                over.set()

        unsubscribe = job.subscribe(partial(to_loop(), look))
        look()
        await over.wait()
        unsubscribe()
        return "" if job.state is JobState.DONE else job.failure or "cancelled"
