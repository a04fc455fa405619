from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.report import Output, Report, Step, overall, share_of


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class TestOutput:
    def test_drops_the_oldest_lines_and_counts_them(self) -> None:
        output = Output(lines=3)
        for number in range(5):
            output.append(str(number), "", 0)
        assert (output.lines(), output.dropped) == (("2", "3", "4"), 2)

    def test_keeps_no_more_bytes_than_allowed(self) -> None:
        output = Output(size=10_000)
        for _ in range(20):
            output.append("x" * 1000, "", 0)
        assert 5 <= len(output.lines()) <= 9

    def test_keeps_the_last_line_however_long_it_is(self) -> None:
        output = Output(size=10)
        output.append("x" * 1000, "", 0)
        assert len(output.lines()) == 1

    def test_counts_a_steps_lines_that_are_still_there(self) -> None:
        output = Output(lines=2)
        for step in ("a", "a", "b"):
            output.append("x", step, 0)
        assert (output.by_step["a"], output.by_step["b"]) == (1, 1)

    @given(st.lists(st.integers(0, 8)))
    def test_a_reader_gets_each_kept_line_once(self, bursts: list[int]) -> None:
        output, read, number, written = Output(lines=8), list[str](), 0, 0
        for burst in bursts:
            for _ in range(burst):
                output.append(str(written), "", 0)
                written += 1
            lines, number = output.since(number)
            read += lines
        assert read == [str(one) for one in range(written)]
        assert output.since(number) == ((), written)

    def test_a_reader_that_is_late_gets_what_is_left(self) -> None:
        output = Output(lines=2)
        for number in range(5):
            output.append(str(number), "", 0)
        assert output.since(1) == (("3", "4"), 5)


class TestSteps:
    def test_a_running_step_shows_its_time_so_far(self) -> None:
        clock = Clock()
        report = Report(clock=clock)
        report.step("1", name="one", state="running")
        clock.now += 2
        assert report.steps() == (Step("1", "one", "running", 2.0, 0),)

    def test_an_ended_step_keeps_the_time_it_took(self) -> None:
        clock = Clock()
        report = Report(clock=clock)
        report.step("1", state="running")
        clock.now += 2
        report.step("1", state="done")
        clock.now += 5
        assert report.steps()[0].seconds == 2.0

    def test_a_step_that_goes_on_counts_from_its_first_beginning(self) -> None:
        clock = Clock()
        report = Report(clock=clock)
        for state in ("running", "done", "running", "done"):
            report.step("1", state=state)
            clock.now += 1
        assert report.steps()[0].seconds == 3.0

    def test_steps_stay_in_the_order_in_which_they_appeared(self) -> None:
        report = Report()
        for key in ("2", "1", "2"):
            report.step(key)
        assert [step.key for step in report.steps()] == ["2", "1"]

    def test_what_still_runs_at_the_end_is_closed(self) -> None:
        report = Report()
        report.step("1", state="running")
        report.step("2", state="cached")
        report.close_steps("waiting")
        assert [step.state for step in report.steps()] == ["waiting", "cached"]

    def test_counts_the_lines_of_a_step(self) -> None:
        report = Report()
        report.step("1")
        report.line("#1 text", "1", 3)
        report.line("other")
        assert report.steps()[0].lines == 1
        assert report.output_of("1") == ("text",)


class TestBytes:
    def test_a_step_counts_them_and_says_its_share(self) -> None:
        report = Report()
        report.count("layer", 25, 100)
        (step,) = report.steps()
        assert (step.current, step.total, step.share) == (25, 100, 0.25)
        report.count("layer", 120, 100)
        assert report.steps()[0].share == 1.0

    def test_all_steps_are_added_up_and_unknown_is_unknown(self) -> None:
        report = Report()
        report.step("words")
        report.count("one", 25, 100)
        report.count("two", 5, 50)
        assert overall(report.steps()) == (30, 150)
        report.count("three", 7, 0)
        assert overall(report.steps()) == (37, 0)

    def test_what_has_not_begun_is_taken_for_as_large_as_the_others(self) -> None:
        report = Report()
        assert share_of(report.steps()) is None
        for layer in ("one", "two", "three", "here"):
            report.count(layer, 0, 0)
            report.step(layer, state="waiting")
        assert share_of(report.steps()) is None
        report.step("here", state="cached")
        report.count("one", 100, 100)
        assert share_of(report.steps()) == pytest.approx(1 / 3)
        assert overall(report.steps()) == (100, 0)
        report.count("two", 100, 300)
        assert share_of(report.steps()) == pytest.approx(200 / 600)
        report.count("three", 5, 0)
        assert share_of(report.steps()) is None
        report.count("three", 5, 10)
        assert overall(report.steps()) == (205, 410)

    def test_the_same_again_is_no_change(self) -> None:
        told: list[int] = []
        report = Report(lambda: told.append(1))
        for _ in range(3):
            report.count("layer", 25, 100)
        assert len(told) == 1
