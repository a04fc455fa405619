"""Work that takes its time: what it does now, what it said, and how it ended."""

from __future__ import annotations

import itertools
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from tui.engine.errors import EngineError
from tui.engine.report import Report, Step, share_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Job", "JobState", "Report", "Snapshot", "Step", "Work"]

TELL_EVERY = 0.05
"""Seconds between two calls of a subscriber, at the least."""

_NUMBERS = itertools.count(1)


class JobState(Enum):
    """Whether a job runs, or how it ended."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A job at one moment.

    Args:
        ended: seconds since 1970; None while it runs.
        output: the kept lines, raw, oldest first.
        dropped: how many older lines are no longer kept.

    """

    state: JobState
    exit_code: int | None
    ended: float | None
    steps: tuple[Step, ...]
    output: tuple[str, ...]
    dropped: int
    failure: str
    result: str


class _End(NamedTuple):
    """What changes all at once when a job ends."""

    state: JobState
    exit_code: int | None
    time: float | None


class Work(Protocol):
    """What a job runs."""

    def run(self, report: Report) -> int:
        """Do it, on the job's thread, and give the exit code; 0 is success.

        Raises:
            EngineError: with the words to show.
            OSError: likewise.

        """

    def cancel(self) -> None:
        """Make `run` end soon; called from any thread, at any time, more than once too."""


class Job:
    """One piece of work on its own daemon thread, to be watched from any other.

    Args:
        title: what it is, in a few words.
        words: the docker command that it stands for, secrets masked.
        target: what it is done to.

    """

    def __init__(self, title: str, words: tuple[str, ...], target: str, work: Work) -> None:
        self.id = next(_NUMBERS)
        self.title, self.words, self.target = title, words, target
        self.started = time.time()
        """Seconds since 1970."""
        self._work = work
        self._news, self._over = threading.Event(), threading.Event()
        self._report = Report(self._news.set)
        self._lock = threading.Lock()
        self._end = _End(JobState.RUNNING, None, None)
        self._cancelled = False
        self._highest = 0.0
        self._subscribers: dict[int, Callable[[], None]] = {}

    def start(self) -> Self:
        """Begin, once."""
        self.started = time.time()
        threading.Thread(target=self._run, name=f"job-{self.id}", daemon=True).start()
        threading.Thread(target=self._tell, name=f"job-{self.id}-news", daemon=True).start()
        return self

    def cancel(self) -> None:
        """Ask it to end; it ends as CANCELLED, unless it was about to succeed."""
        with self._lock:
            if self._end.state is not JobState.RUNNING:
                return
            self._cancelled = True
        self._work.cancel()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it ended, `timeout` seconds at the most, and say whether it did."""
        return self._over.wait(timeout)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have `callback` called after changes, and give the function that ends this.

        It is called on a thread of the job's own, at most 20 times a second, and once more after the
        end. Who subscribes later than that is not called: look at `state` after subscribing.
        """
        number = next(_NUMBERS)
        with self._lock:
            self._subscribers[number] = callback
        return lambda: self._unsubscribe(number)

    def _unsubscribe(self, number: int) -> None:
        with self._lock:
            self._subscribers.pop(number, None)

    # What it looks like now

    @property
    def state(self) -> JobState:
        """Whether it runs, or how it ended."""
        return self._end.state

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs."""
        return self._end.exit_code

    @property
    def ended(self) -> float | None:
        """When it ended, in seconds since 1970; None while it runs."""
        return self._end.time

    @property
    def steps(self) -> list[Step]:
        """Its steps so far."""
        return list(self._report.steps())

    @property
    def output(self) -> list[str]:
        """The lines that are kept, raw, oldest first."""
        return list(self._report.lines()[0])

    @property
    def failure(self) -> str:
        """What failed, in one line, or nothing."""
        return self._report.failure

    @property
    def result(self) -> str:
        """What came out, such as the id of an image, or nothing."""
        return self._report.result

    @property
    def progress(self) -> tuple[float | None, str]:
        """How much is done, from 0 to 1 where that is known, and the same in a word or two.

        In bytes where its steps count them (`43%`), else in steps (`3 of 7`). The share never falls: where
        there turns out to be more to do, it stays until the rest has caught up.
        """
        state, steps = self.state, self._report.steps()
        share = share_of(steps)
        if share is not None:
            with self._lock:
                self._highest = share = max(share, self._highest)
            # What has come is still to be unpacked, or to be answered for: all is done when it has ended.
            share = share if state is JobState.DONE else min(0.99, share)
            return share, f"{int(100 * share)}%"
        if not steps or any(step.current for step in steps):
            return None, ""
        over = sum(step.state in {"done", "cached"} for step in steps)
        return None, f"{over} of {len(steps)}"

    def snapshot(self) -> Snapshot:
        """Take what it looks like now; what ended stays as it is."""
        # The end first, or a snapshot that says ended might lack the last line.
        end, steps, (output, dropped) = self._end, self._report.steps(), self._report.lines()
        return Snapshot(end.state, end.exit_code, end.time, steps, output, dropped, self.failure, self.result)

    def output_of(self, step_key: str) -> tuple[str, ...]:
        """Give the kept output of one step, without the marks that say it is that step's."""
        return self._report.output_of(step_key)

    def lines_since(self, number: int) -> tuple[tuple[str, ...], int]:
        """Give the lines from number `number` on that are still kept, and the number to ask for next."""
        return self._report.lines_since(number)

    # Its threads

    def _run(self) -> None:
        code, failure = 1, "it was ended by a fault in wherry"
        try:
            code = self._work.run(self._report)
            failure = f"it ended with exit code {code}"
        except (EngineError, OSError) as error:
            failure = str(error)
        finally:
            self._settle(code, failure)

    def _settle(self, code: int, failure: str) -> None:
        with self._lock:
            cancelled = self._cancelled
        state = JobState.DONE if code == 0 else JobState.CANCELLED if cancelled else JobState.FAILED
        self._report.close_steps("done" if state is JobState.DONE else "waiting")
        if state is JobState.CANCELLED:
            self._report.fail("cancelled")
        elif state is JobState.FAILED and not self._report.failure:
            self._report.fail(failure)
        with self._lock:
            self._end = _End(state, code, time.time())
        self._over.set()
        self._news.set()

    def _tell(self) -> None:
        over = False
        while not over:
            self._news.wait()
            self._news.clear()
            over = self._over.is_set()
            with self._lock:
                callbacks = list(self._subscribers.values())
            for callback in callbacks:
                # An event loop that was closed in the meantime raises it.
                with suppress(RuntimeError):
                    callback()
            self._over.wait(TELL_EVERY)
