"""The scenes with many containers: a list, its cursor, its numbers."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.benchmarks import cost, engine, reactions
from tests.benchmarks.effects import Effect
from tests.benchmarks.fleet import Fleet
from tests.benchmarks.launch import environment, first_list, import_seconds, launched, listed
from tests.benchmarks.link import slow
from tests.benchmarks.marks import BY_ID
from tests.benchmarks.options import Effort, Subject
from tests.benchmarks.program import EndedError, Program
from tests.benchmarks.samples import median, milliseconds, percentile
from tests.benchmarks.table import OF_ALL, Figures
from tests.benchmarks.watch import Watch

_CHURN = 1000


class ListScene:
    """Takes the measures of one such scene, of each program in turn."""

    def __init__(self, scene: str, fleet: Fleet, effort: Effort, figures: Figures) -> None:
        self._scene, self._fleet, self._effort, self._figures = scene, fleet, effort, figures
        self._rates: list[float] = []

    def _put(self, measure: str, subject: Subject, value: float | None) -> None:
        self._figures.put(self._scene, measure, subject.name, value)

    def starts(self, subjects: tuple[Subject, ...]) -> None:
        """Time the first list, a start of each program after the other, again and again."""
        imports: list[float] = []
        taken: dict[str, list[float]] = {subject.name: [] for subject in subjects}
        import_seconds(environment(Path.home()))  # once for the files to be in memory
        for _ in range(self._effort.starts):
            imports.append(import_seconds(environment(Path.home())))
            for subject in subjects:
                with launched(subject) as program:
                    try:
                        taken[subject.name].append(first_list(program))
                    except EndedError as error:
                        self._figures.notes.append(f"{subject.name}: {error}")
        base = median(imports)
        self._figures.put(self._scene, "import", OF_ALL, base)
        for subject in subjects:
            first = median(taken[subject.name])
            self._put("first", subject, first)
            self._put("first_ratio", subject, first / base if first and base else None)

    def at_rest(self, subject: Subject) -> None:
        """Measure what it costs to look at the list, and how soon it reacts."""
        without = Watch.of_engine(self._effort.idle / 2)
        with listed(subject, self._effort.settle) as program:
            watch = Watch(program)
            program.run_for(self._effort.idle)
            seen = watch.seen()
            self._put("idle_bytes", subject, seen.bytes)
            self._put("idle_cpu", subject, seen.cpu)
            self._engine(subject, seen.engine, without)
            memory = cost.memory(cost.tree(program.pid))
            self._put("rss", subject, memory.rss)
            self._put("pss", subject, memory.pss)
            self._key("key", subject, program, reactions.learnt_arrows(program, subject))
            self._hold(subject, program)
            events = reactions.outside_events(program, self._fleet, self._effort.outside_events)
            self._put("event", subject, milliseconds(median(events)))
            self._put("event_p99", subject, milliseconds(percentile(events, 99)))

    def _engine(self, subject: Subject, seen: float | None, without: float | None) -> None:
        """Note what the engine does for a program, unless it did more without it: others use it too."""
        if seen is None or without is None:
            return
        if seen >= without:
            self._put("idle_engine", subject, seen - without)
        else:
            where = f"{subject.name}, {self._scene}, {BY_ID['idle_engine'].title}"
            self._figures.notes.append(f"{where}: {seen:.1f} %, but {without:.1f} % just before it started.")

    def _key(self, measure: str, subject: Subject, program: Program, effect: Effect | None) -> None:
        if effect is None:
            return
        times = reactions.keys(program, reactions.arrows(subject, self._effort.key_presses), effect)
        self._put(measure, subject, milliseconds(median(times)))
        self._put(f"{measure}_p99", subject, milliseconds(percentile(times, 99)))
        if missed := reactions.without_effect(times):
            where = f"{subject.name}, {self._scene}, {BY_ID[measure].title}"
            self._figures.notes.append(
                f"{where}: {missed} of {len(times)} keys had no effect in {reactions.LOOKS:g} s."
            )

    def _hold(self, subject: Subject, program: Program) -> None:
        before = program.written
        reactions.hold(program, subject)
        program.until_still(0.2, 1.0)
        self._put("hold_bytes", subject, program.written - before)

    def under_events(self, subject: Subject) -> None:
        """Measure the keys while the engine has a lot to tell."""
        with listed(subject, self._effort.settle) as program:
            effect = reactions.learnt_arrows(program, subject)
            with self._churning():
                program.run_for(1.0)
                watch = Watch(program)
                # A change of text may be any event's.
                self._key("churn_key", subject, program, effect if effect and effect.sure else None)
                self._put("churn_cpu", subject, watch.seen().cpu)
        self._figures.put(self._scene, "churn_rate", OF_ALL, median(self._rates))

    @contextmanager
    def _churning(self) -> Iterator[None]:
        # The last ones: the cursor is among the first, and a renamed row under it is another measure.
        words = [str(engine.socket_path()), str(_CHURN), *self._fleet.running()[-20:]]
        argv = [sys.executable, "-m", "tests.benchmarks.churn", *words]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as churn:
            try:
                yield
            finally:
                rate, _ = churn.communicate("", timeout=30)
                if rate:
                    self._rates.append(float(rate))

    def on_slow_link(self, subject: Subject) -> None:
        """Measure how far behind the screen is when a held arrow is let go."""
        lags: list[float] = []
        rests: list[float] = []
        with listed(subject, self._effort.settle, slow()) as program:
            effect = reactions.learnt_arrows(program, subject)
            for _ in range(self._effort.holds):
                last, moved = reactions.lag(program, subject, effect)
                lags.append(last)
                rests += [moved] if moved is not None else []
                program.run_for(2.0)
        self._put("slow_lag", subject, median(lags))
        self._put("slow_rest", subject, median(rests))

    def calm(self, subject: Subject) -> None:
        """Measure what it costs to look at the list with the numbers turned off."""
        if not subject.calm:
            return
        with listed(replace(subject, argv=subject.calm), self._effort.settle) as program:
            watch = Watch(program)
            program.run_for(self._effort.idle)
            seen = watch.seen()
            self._put("calm_bytes", subject, seen.bytes)
            self._put("calm_cpu", subject, seen.cpu)

    def busy(self, subject: Subject) -> None:
        """Measure what goes over the wire while every container's numbers change."""
        idle, settle = self._effort.idle, self._effort.settle
        until = time.monotonic() + settle + idle + 4
        self._fleet.keep_busy(until - time.monotonic())
        with listed(subject, settle) as program:
            watch = Watch(program)
            program.run_for(idle)
            self._put("busy_bytes", subject, watch.seen().bytes)
        time.sleep(max(0.0, until - time.monotonic() + 0.5))
