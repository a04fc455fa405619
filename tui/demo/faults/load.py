"""What a load is: something that goes on by itself at a rate, on a thread of its own."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from tui.demo.faults.fault import Fault

if TYPE_CHECKING:
    from tui.demo.server import DemoEngine
    from tui.demo.world import World

_BEAT = 0.01
_MOST_BEHIND = 0.25
"""Seconds of what could not be done in time that are made up for; the rest never happens."""


class Load(Fault):
    """Does so many things a second; `done` counts them.

    Args:
        rate: things a second.
        seconds: after which it is over; None for never.

    """

    def __init__(self, rate: float, *, seconds: float | None = None) -> None:
        super().__init__(seconds=seconds)
        if not 0 < rate <= 1e6:
            raise ValueError("a rate is more than 0, and a million at the most")
        self.rate = rate
        self.done = 0
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def meets(self, method: str, path: str) -> bool:
        """Say no: it does nothing to requests."""
        return False

    def begin(self, engine: DemoEngine) -> None:
        """Begin."""
        self.prepare(engine.world)
        self._thread = threading.Thread(
            target=self._run, args=(engine,), name=f"demo-{type(self).__name__.lower()}", daemon=True
        )
        self._thread.start()

    def end(self) -> None:
        """End; what was begun is brought to its end."""
        super().end()
        self._closing.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(2)

    def prepare(self, world: World) -> None:
        """Look for what is needed; for subclasses.

        Raises:
            ValueError: where the world does not have it.

        """

    def do(self, world: World, count: int) -> None:
        """Do so many things, under the world's lock; for subclasses."""
        raise NotImplementedError

    def settle(self, world: World) -> None:
        """Leave the world as it was found; for subclasses."""

    def _run(self, engine: DemoEngine) -> None:
        world = engine.world
        then, owed = time.monotonic(), 0.0
        while not self._closing.wait(_BEAT):
            now = time.monotonic()
            owed = min(owed + (now - then) * self.rate, _MOST_BEHIND * self.rate + 1)
            then = now
            count = int(owed)
            owed -= count
            if count:
                with world.lock:
                    self.do(world, count)
                self.done += count
        with world.lock:
            self.settle(world)
