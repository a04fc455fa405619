from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tui.engine.errors import EngineError
from tui.engine.jobs import Job, JobState, Report

if TYPE_CHECKING:
    from collections.abc import Callable


class Script:
    """Work that does what a test says, and waits to be let go where asked."""

    def __init__(self, *acts: Callable[[Report], object], code: int = 0, waits: bool = False) -> None:
        self.acts, self.code, self.waits = acts, code, waits
        self.go, self.at_wait = threading.Event(), threading.Event()
        self.cancels = 0

    def run(self, report: Report) -> int:
        for act in self.acts:
            act(report)
        self.at_wait.set()
        if self.waits:
            assert self.go.wait(10)
        return self.code

    def cancel(self) -> None:
        self.cancels += 1
        self.code = 130
        self.go.set()


def run(work: Script) -> Job:
    return Job("a title", ("docker", "x"), "web", work).start()


def ended(work: Script) -> Job:
    job = run(work)
    assert job.wait(10), "the job did not end"
    return job


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.002)


def test_success() -> None:
    job = ended(Script(lambda report: report.line("hello"), lambda report: report.came_out("sha256:1")))
    assert (job.state, job.exit_code, job.output) == (JobState.DONE, 0, ["hello"])
    assert (job.failure, job.result) == ("", "sha256:1")
    assert job.ended is not None
    assert job.started <= job.ended <= time.time()


def test_every_job_has_a_number_of_its_own() -> None:
    jobs = [Job("", (), "", Script()) for _ in range(3)]
    assert len({job.id for job in jobs}) == 3


def test_failure_keeps_the_words_of_the_work() -> None:
    job = ended(Script(lambda report: report.fail("step 2 failed with exit code 3"), code=3))
    assert (job.state, job.exit_code) == (JobState.FAILED, 3)
    assert job.failure == "step 2 failed with exit code 3"


def test_failure_without_words_says_the_exit_code() -> None:
    assert ended(Script(code=7)).failure == "it ended with exit code 7"


@pytest.mark.parametrize("error", [EngineError("no engine"), OSError("no engine")])
def test_an_error_is_a_failure_with_its_words(error: Exception) -> None:
    def act(report: Report) -> None:
        raise error

    job = ended(Script(act))
    assert (job.state, job.failure) == (JobState.FAILED, "no engine")


def test_a_fault_ends_the_job_too(monkeypatch: pytest.MonkeyPatch) -> None:
    told = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda args: told.set())

    def act(report: Report) -> None:
        raise KeyError("x")

    job = ended(Script(act))
    assert job.state is JobState.FAILED
    assert "fault" in job.failure
    assert told.wait(10)


def test_cancelling() -> None:
    work = Script(lambda report: report.step("1", state="running"), waits=True)
    job = run(work)
    work.at_wait.wait(10)
    job.cancel()
    assert job.wait(10)
    assert (job.state, job.failure) == (JobState.CANCELLED, "cancelled")
    assert [step.state for step in job.steps] == ["waiting"]


def test_cancelling_what_has_ended_does_nothing() -> None:
    work = Script()
    job = ended(work)
    job.cancel()
    assert (job.state, work.cancels) == (JobState.DONE, 0)


def test_what_succeeded_before_the_cancel_reached_it_is_done() -> None:
    work = Script(waits=True)
    work.cancel = work.go.set  # type: ignore[method-assign]  # it ends well all the same
    job = run(work)
    job.cancel()
    assert job.wait(10)
    assert job.state is JobState.DONE


def test_steps_that_ran_when_it_succeeded_are_done() -> None:
    job = ended(Script(lambda report: report.step("1", state="running")))
    assert [step.state for step in job.steps] == ["done"]


def test_a_snapshot_does_not_change() -> None:
    work = Script(lambda report: report.line("one"), waits=True)
    job = run(work)
    assert work.at_wait.wait(10)
    before = job.snapshot()
    work.go.set()
    assert job.wait(10)
    assert (before.state, before.output, before.ended) == (JobState.RUNNING, ("one",), None)
    assert job.snapshot().state is JobState.DONE


def test_lines_are_read_on_from_where_one_stopped() -> None:
    def act(report: Report) -> None:
        for number in range(3):
            report.line(str(number))

    job = ended(Script(act))
    lines, at = job.lines_since(1)
    assert (lines, at) == (("1", "2"), 3)
    assert job.lines_since(at) == ((), 3)


def test_subscribers_are_told_and_see_the_end() -> None:
    work = Script(waits=True)
    job = run(work)
    seen: list[JobState] = []
    job.subscribe(lambda: seen.append(job.state))
    work.go.set()
    until(lambda: JobState.DONE in seen)


def test_subscribers_are_called_at_most_20_times_a_second() -> None:
    def chatter(report: Report) -> None:
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            report.line("x")

    job = Job("", (), "", Script(chatter))
    calls: list[float] = []
    job.subscribe(lambda: calls.append(time.monotonic()))
    job.start()
    assert job.wait(10)
    until(lambda: len(calls) >= 2)
    # The call after the end comes at once.
    assert all(later - earlier >= 0.04 for earlier, later in pairwise(calls[:-1]))
    assert len(calls) <= 13


def test_who_unsubscribed_is_not_called() -> None:
    work = Script(waits=True)
    job = run(work)
    ours, theirs = list[int](), list[int]()
    job.subscribe(lambda: ours.append(1))()
    job.subscribe(lambda: theirs.append(1))
    work.go.set()
    until(lambda: bool(theirs))
    assert not ours


def test_a_closed_loop_does_not_keep_others_from_being_told() -> None:
    work = Script(waits=True)
    job = run(work)

    def closed() -> None:
        raise RuntimeError("Event loop is closed")

    told = threading.Event()
    job.subscribe(closed)
    job.subscribe(told.set)
    work.go.set()
    assert told.wait(10)
