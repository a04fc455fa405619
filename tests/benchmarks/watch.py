"""What a program costs for as long as it is watched."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.benchmarks import cost
from tests.benchmarks.program import Program


@dataclass(frozen=True)
class Seen:
    """Rates, per second."""

    bytes: float
    cpu: float
    """Percent of one core, children included."""
    engine: float | None
    """Percent of one core, dockerd and containerd; None where they are out of sight."""


class Watch:
    """Counts from now on."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._engine = cost.engine_pids()
        self._started = time.monotonic()
        self._before = self._counts()

    def _counts(self) -> tuple[float, float, float]:
        return self._program.written, cost.cpu_of_tree(self._program.pid), cost.cpu_of(self._engine)

    def seen(self) -> Seen:
        """Give what was seen until now."""
        seconds = time.monotonic() - self._started
        written, own, engine = (
            (now - then) / seconds for now, then in zip(self._counts(), self._before, strict=True)
        )
        return Seen(written, 100 * own, 100 * engine if self._engine else None)

    @staticmethod
    def of_engine(seconds: float) -> float | None:
        """Give the engine's CPU in percent while none of the programs runs."""
        pids = cost.engine_pids()
        before = cost.cpu_of(pids)
        time.sleep(seconds)
        return 100 * (cost.cpu_of(pids) - before) / seconds if pids else None
