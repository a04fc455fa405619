"""A storm of events, such as a loop of `docker run --rm` and a busy orchestrator make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.faults.load import Load
from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.demo.acts.things import Container, Image
    from tui.demo.world import World


class Storm(Load):
    """So many events a second, of kinds that there are: short jobs, volumes, tags, signals, pauses.

    What they tell of is true: jobs are gone again when they say so, and who is paused is paused.
    """

    def __init__(self, rate: float = 2000, *, seconds: float | None = None) -> None:
        super().__init__(rate, seconds=seconds)
        self._steps: Iterator[Callable[[], None]] = iter(())
        self._number = 0
        self._paused = ""

    def words(self) -> tuple[str, ...]:
        """Give the rate."""
        return (f"{self.rate:g}",)

    def do(self, world: World, count: int) -> None:
        """Let so many events happen."""
        for _ in range(count):
            step = next(self._steps, None)
            if step is None:
                self._steps = self._round(world)
                step = next(self._steps)
            step()

    def settle(self, world: World) -> None:
        """Come to the end of the round, so that nobody stays paused and no job half done."""
        for step in self._steps:
            step()

    def _round(self, world: World) -> Iterator[Callable[[], None]]:
        """Give one round of events; each step is one."""
        self._number += 1
        running = [one for one in world.containers.values() if one.state == "running"]
        images = [one for one in world.images.values() if one.tags]
        job = world.ids.digest("storm")
        yield from self._job(world, job, images)
        yield from self._volume(world, job)
        if images:
            yield from self._tag(world, images[self._number % len(images)])
        if running:
            yield from self._signal(world, running[self._number % len(running)])

    def _job(self, world: World, one: str, images: list[Image]) -> Iterator[Callable[[], None]]:
        name = f"storm-{self._number:06}"
        image = images[0].tags[0] if images else "busybox:latest"
        bridge = next((key for key, net in world.networks.items() if net.name == "bridge"), "")
        about = {"image": image, "name": name}
        place = {"container": one, "name": "bridge", "type": "bridge"}
        yield lambda: world.emit("container", "create", one, about)
        yield lambda: world.emit("network", "connect", bridge, place)
        yield lambda: world.emit("container", "start", one, about)
        yield lambda: world.emit("container", "die", one, {**about, "execDuration": "0", "exitCode": "0"})
        yield lambda: world.emit("network", "disconnect", bridge, place)
        yield lambda: world.emit("container", "destroy", one, about)

    def _volume(self, world: World, job: str) -> Iterator[Callable[[], None]]:
        name = f"storm_{self._number:06}"
        used = {"container": job, "driver": "local"}
        mounted = {**used, "destination": "/data", "propagation": "", "read/write": "true"}
        yield lambda: world.emit("volume", "create", name, {"driver": "local"})
        yield lambda: world.emit("volume", "mount", name, mounted)
        yield lambda: world.emit("volume", "unmount", name, used)
        yield lambda: world.emit("volume", "destroy", name, {"driver": "local"})

    def _tag(self, world: World, image: Image) -> Iterator[Callable[[], None]]:
        name = f"storm:{self._number}"
        yield lambda: world.emit("image", "tag", image.id, {"name": name})
        yield lambda: world.emit("image", "untag", image.id, {"name": name})

    def _signal(self, world: World, one: Container) -> Iterator[Callable[[], None]]:
        yield lambda: world.emit_container(one, "kill", signal="10")
        yield lambda: self._pause(world, one)
        yield lambda: self._unpause(world)

    def _pause(self, world: World, one: Container) -> None:
        try:
            world.pause(one.id)
        except RefusalError:
            return  # it was stopped meanwhile
        self._paused = one.id

    def _unpause(self, world: World) -> None:
        one, self._paused = self._paused, ""
        if one:
            try:
                world.unpause(one)
            except RefusalError:
                return  # somebody else did
