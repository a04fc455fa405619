"""A container that writes more than anybody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.things import Record
from tui.demo.faults.load import Load
from tui.demo.refusal import RefusalError
from tui.demo.words import SECOND

if TYPE_CHECKING:
    from tui.demo.server import DemoEngine
    from tui.demo.world import World

MOST = 2_000_000
"""Lines after which it is over: the engine keeps them all."""
_ALIKE = 1000
"""Different lines, written over and over, so that two million of them fit into memory."""


class Flood(Load):
    """So many lines a second in the log of one container, while it runs; `done` counts them."""

    def __init__(self, container: str, rate: float = 100_000, *, seconds: float | None = None) -> None:
        super().__init__(rate, seconds=seconds)
        if not container:
            raise ValueError("a container is needed")
        self.container = container
        self._lines: list[bytes] = []
        self._engine: DemoEngine | None = None

    def words(self) -> tuple[str, ...]:
        """Give container and rate."""
        return (self.container, f"{self.rate:g}")

    def begin(self, engine: DemoEngine) -> None:
        """Begin."""
        self._engine = engine
        super().begin(engine)

    def prepare(self, world: World) -> None:
        """Find the container, and think of lines."""
        try:
            one = world.find(self.container)
        except RefusalError as error:
            raise ValueError(error.message) from error
        if not one.alive:
            raise ValueError(f"{self.container} does not run, so it writes nothing")
        end = "\r\n" if one.tty else "\n"
        self._lines = [
            f"GET /api/v1/items/{number:04} 200 {number % 97} ms client=10.0.{number % 7}.12{end}".encode()
            for number in range(_ALIKE)
        ]

    def do(self, world: World, count: int) -> None:
        """Write so many lines, spread over the time since the latest one."""
        if self.done >= MOST:
            if self._engine is not None:
                self._engine.faults.remove(self)
            return
        try:
            one = world.find(self.container)
        except RefusalError:
            return  # it was removed
        if one.state != "running":
            return
        now = world.now()
        earlier = max(one.log[-1].moment if one.log else 0, now - SECOND)
        step = max(1, (now - earlier) // count)
        one.log += [
            Record(earlier + step * (place + 1), "stdout", self._lines[(self.done + place) % _ALIKE])
            for place in range(count)
        ]
        one.ring()
