"""The scene with logs: a long one that is there, and one that floods."""

from __future__ import annotations

import time

from tests.benchmarks import cost, reactions
from tests.benchmarks.effects import Effect, learn
from tests.benchmarks.fleet import Fleet
from tests.benchmarks.launch import listed
from tests.benchmarks.marks import NEVER
from tests.benchmarks.options import Effort, Subject
from tests.benchmarks.program import Program
from tests.benchmarks.samples import median, milliseconds, percentile
from tests.benchmarks.table import OF_ALL, Figures
from tests.benchmarks.watch import Watch

_LINES = 300_000
_LAST = "0b-the-last-of-them"
_LONG = f"seq 1 {_LINES - 1} | sed 's/^/GET things 200 in 12 ms, number /'; echo {_LAST}; sleep 86400"
_SECONDS = 10
_BATCH = 10_000
_TENTHS = _SECONDS * 10
# Each tenth of a second waits for the clock and for its lines; uptime tells how long all of it took.
_FLOOD = f"""
set -e
trap 'go=1' USR1
seq 1 {_BATCH} | sed 's/^/GET things 200 in 12 ms, of a flood of lines this is one, /' > /batch
while [ -z "$go" ]; do usleep 20000; done
read begin rest < /proc/uptime
i=0
while [ $i -lt {_TENTHS} ]; do
  usleep 100000 &
  cat /batch
  wait
  i=$((i+1))
done
read end rest < /proc/uptime
echo flooded $begin $end
sleep 86400
"""
_CATCHES_UP = 60.0
"""Seconds that a program has, after it was watched, to show the end of a flood."""
_SHELL = ["sh", "-c"]
_OTHER = "0b-000-quiet"
_PAUSE = 0.25
"""Seconds between two keys of a flood, at the least."""


class LogScene:
    """Takes the measures of logs, of each program in turn."""

    def __init__(self, fleet: Fleet, effort: Effort, figures: Figures) -> None:
        self._fleet, self._effort, self._figures = fleet, effort, figures
        self._rates: list[float] = []

    def _put(self, measure: str, subject: Subject, value: float | None) -> None:
        self._figures.put("logs", measure, subject.name, value)

    def make(self) -> None:
        """Make the containers: a quiet one to begin at, then the one with the lines."""
        self._fleet.remove()
        self._fleet.run(_OTHER, ["sleep", "86400"])
        ident = self._fleet.run("0b-001-lines", [*_SHELL, _LONG])
        while self._fleet.last_line(ident) != _LAST:
            time.sleep(0.2)

    def long(self, subject: Subject) -> None:
        """Time how long it takes to see the end of a long log."""
        if not subject.keys.logs:
            return
        with listed(subject, self._effort.settle) as program:
            at = program.press(*subject.keys.logs)
            seen = program.until_shown(_LAST, 30.0)
            self._put("tail", subject, NEVER if seen is None else seen - at)
            program.run_for(self._effort.settle)
            self._put("tail_rss", subject, cost.memory(cost.tree(program.pid)).rss)

    def flood(self, subject: Subject) -> None:
        """Measure what a flood of lines does to a program that shows them."""
        if not subject.keys.logs:
            return
        self._fleet.remove()
        self._fleet.run(_OTHER, ["sleep", "86400"])
        ident = self._fleet.run("0b-001-flood", [*_SHELL, _FLOOD])
        with listed(subject, self._effort.settle) as program:
            program.press(*subject.keys.logs)
            program.run_for(2.0)
            effect = learn(program, *subject.keys.probe) if len(subject.keys.probe) == 2 else None
            before = cost.memory(cost.tree(program.pid)).rss
            self._fleet.kill(ident, "SIGUSR1")
            self._during(program, subject, before, effect if effect and effect.sure else None)
            shown = program.until_shown("flooded", _CATCHES_UP)
        ended = self._ended(ident)
        # Little CPU is no merit of a program that shows the lines long after they were written.
        self._put("flood_behind", subject, NEVER if shown is None else max(0.0, shown - ended))

    def _during(self, program: Program, subject: Subject, before: float, effect: Effect | None) -> None:
        watch = Watch(program)
        ends = time.monotonic() + _SECONDS
        probes = subject.keys.probe * _SECONDS * 2
        times = reactions.keys(program, probes, effect, pause=_PAUSE, until=ends) if effect else []
        program.run_for(ends - time.monotonic())
        seen = watch.seen()
        self._put("flood_cpu", subject, seen.cpu)
        self._put("flood_engine", subject, seen.engine)
        self._put("flood_bytes", subject, seen.bytes)
        self._put("flood_growth", subject, cost.memory(cost.tree(program.pid)).rss - before)
        self._put("flood_key", subject, milliseconds(median(times)))
        self._put("flood_key_p99", subject, milliseconds(percentile(times, 99)))

    def _ended(self, ident: str) -> float:
        """Note how fast the lines came, once all have come, and give the time when the last one had.

        Raises:
            TimeoutError: they did not all come.

        """
        until = time.monotonic() + 60
        while time.monotonic() < until:
            word, *times = self._fleet.last_line(ident).split() or [""]
            if word == "flooded":
                begin, end = (float(uptime) for uptime in times)
                self._rates.append(_BATCH * _TENTHS / (end - begin))
                self._figures.put("logs", "flood_rate", OF_ALL, median(self._rates))
                return end - time.clock_gettime(time.CLOCK_BOOTTIME) + time.monotonic()
            time.sleep(0.5)
        raise TimeoutError("the flood did not end")
