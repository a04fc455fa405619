"""Far more containers than anybody meant to have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.demo.acts.things import Endpoint, Temper
from tui.demo.faults.fault import Fault
from tui.demo.refusal import RefusalError
from tui.demo.scenes.compose import labels
from tui.demo.words import SECOND

if TYPE_CHECKING:
    from tui.demo.acts.things import Container
    from tui.demo.server import DemoEngine
    from tui.demo.world import World

MOST = 100_000
_SERVICES = 8
_RUNS = 10
"""One in so many runs."""


class Crowd(Fault):
    """So many more containers, in Compose projects of eight services; one in ten runs.

    They go with the fault.
    """

    def __init__(self, count: int = 10_000, *, seconds: float | None = None) -> None:
        super().__init__(seconds=seconds)
        if not 0 < count <= MOST:
            raise ValueError(f"a crowd is 1 to {MOST} containers")
        self.count = count
        self._ids: list[str] = []
        self._world: World | None = None

    def words(self) -> tuple[str, ...]:
        """Give their number."""
        return (str(self.count),)

    def meets(self, method: str, path: str) -> bool:
        """Say no: it does nothing to requests."""
        return False

    def begin(self, engine: DemoEngine) -> None:
        """Make them all of one; one by one would take ten times as long."""
        world = self._world = engine.world
        image = next((tag for one in world.images.values() for tag in one.tags), "")
        if not image:
            raise ValueError("there is no image to make containers of")
        with world.lock:
            model = world.find(world.create_container("", image, ["sleep", "86400"], temper=Temper()))
            for number in range(self.count):
                one = _one(world, model, number)
                self._ids.append(one.id)
                world.containers[one.id] = one
                world.emit_container(one, "create")
            world.remove(model.id)

    def end(self) -> None:
        """Remove them."""
        super().end()
        if self._world is None:
            return
        for one in self._ids:
            try:
                self._world.remove(one, force=True)
            except RefusalError:
                continue  # somebody removed it already


def _one(world: World, model: Container, number: int) -> Container:
    project, service = f"crowd{number // _SERVICES:05}", f"worker{number % _SERVICES}"
    known = labels(project, service, f"/srv/{project}")
    runs, now = number % _RUNS == 0, world.tick()
    return replace(
        model,
        id=world.ids.digest("crowd"),
        name=f"{project}-{service}-1",
        created=now,
        config={**model.config, "Labels": {**model.labels, **known}},
        endpoints={
            name: Endpoint(end.network, network_id=end.network_id) for name, end in model.endpoints.items()
        },
        state="running" if runs else "exited",
        pid=100_000 + number if runs else 0,
        started=now,
        finished=0 if runs else now + SECOND // 1000,
        log=[],
        bells=set(),
    )
