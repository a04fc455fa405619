"""What the status line says of jobs, and how seldom."""

from __future__ import annotations

from typing import Any, cast

from tui.engine.jobs import Job, Report
from tui.screens.main import MainScreen
from tui.screens.progress import Progress, all_written, written


class Counting:
    """Work that has said how far it is, and goes no further."""

    def __init__(self, *counts: tuple[int, int]) -> None:
        self._counts = counts

    def run(self, report: Report) -> int:
        """Say it."""
        for place, (current, total) in enumerate(self._counts):
            report.count(str(place), current, total)
        return 1

    def cancel(self) -> None:
        """End."""


def job(title: str, *counts: tuple[int, int]) -> Job:
    made = Job(title, (), title, Counting(*counts)).start()
    assert made.wait(10)
    return made


def test_one_job_is_named_with_its_share_and_several_are_counted():
    half, tenth, unknown = job("pull a:1", (1, 2)), job("load b", (0, 5), (1, 5)), job("export c", (7, 0))
    assert written(half) == "pull a:1 50%"
    assert written(unknown) == "export c"
    assert all_written([half, tenth, unknown]) == "3 jobs 30%"
    assert all_written([unknown, unknown]) == "2 jobs"


def test_the_line_is_written_at_most_once_a_second_and_never_by_itself(monkeypatch):
    now, shown, timers = [100.0], list[float](), list[tuple[float, Any]]()
    monkeypatch.setattr("tui.screens.progress.time.monotonic", lambda: now[0])

    class Screen:
        def show_status(self) -> None:
            shown.append(now[0])

        def set_timer(self, wait: float, call: Any) -> object:
            timers.append((wait, call))
            return call

    follow = Progress(cast("MainScreen", Screen()))
    follow.came()
    assert (shown, timers) == ([100.0], [])
    now[0] = 100.25
    follow.came()
    follow.came()
    assert len(timers) == 1
    wait, call = timers[0]
    assert (shown, wait) == ([100.0], 0.75)
    now[0] = 101.0
    call()
    assert shown == [100.0, 101.0]
    assert len(timers) == 1
