"""What all acts stand on: the things there are, the clock, and the events."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tui.demo.acts.events import Event, EventLog
from tui.demo.acts.ids import Ids
from tui.demo.refusal import RefusalError
from tui.demo.registry.registry import Registry
from tui.demo.words import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.demo.acts.caching import Cached
    from tui.demo.acts.things import Container, Image, Network, Temper, Volume


class Base:
    """The state of an engine; all of it is read and changed under `lock` alone.

    Args:
        clock: tells seconds since 1970.
        seed: decides all ids.

    """

    def __init__(self, clock: Callable[[], float], seed: int) -> None:
        self.lock = threading.RLock()
        self.events = EventLog()
        self.ids = Ids(seed)
        self.containers: dict[str, Container] = {}
        """By id, oldest first."""
        self.images: dict[str, Image] = {}
        """By id, oldest first."""
        self.volumes: dict[str, Volume] = {}
        """By name."""
        self.networks: dict[str, Network] = {}
        """By id, oldest first."""
        self.tempers: dict[str, Temper] = {}
        """By image: how the containers behave that are made of it."""
        self.registry = Registry()
        """What can be pulled."""
        self.build_cache: dict[str, Cached] = {}
        """By id, oldest first: what BuildKit keeps."""
        self.pace = 1.0
        """How long pulls, pushes and builds take, as a share of what is usual; 0 is no time at all."""
        self.hurry = threading.Event()
        """Set while the engine ends: nothing waits any longer."""
        self._clock = clock
        self._back = 0.0
        self._last = 0

    def now(self) -> int:
        """Give the time in nanoseconds since 1970."""
        return int((self._clock() - self._back) * SECOND)

    def rewind(self, seconds: float) -> None:
        """Set the clock back by so much from its true time, so that a scene can have a past."""
        self._back = seconds

    def tick(self) -> int:
        """Give the time, later than all times that were given before."""
        self._last = max(self._last + 1, self.now())
        return self._last

    def emit(self, kind: str, action: str, actor: str, attributes: Mapping[str, str]) -> None:
        """Let everybody know that something happened."""
        self.events.add(Event(self.tick(), kind, action, actor, attributes))

    def emit_container(self, container: Container, action: str, **extra: str) -> None:
        """Emit an event of a container, which carries its labels, name and image."""
        attributes = {**container.labels, **extra, "image": container.image, "name": container.name}
        self.emit("container", action, container.id, attributes)
        container.ring()

    def emit_image(self, image: Image, action: str, name: str = "", actor: str = "") -> None:
        """Emit an event of an image, with its labels; `name` and `actor` are its id where not given."""
        self.emit("image", action, actor or image.id, {**image.labels, "name": name or image.id})

    def emit_prune(self, kind: str, reclaimed: int) -> None:
        """Emit that all was pruned of a kind that could be, which freed so many bytes."""
        self.emit(kind, "prune", "", {"reclaimed": str(reclaimed)})

    def find(self, reference: str) -> Container:
        """Find a container by id, name or the start of its id.

        Raises:
            RefusalError: 404 where there is none, 400 where several ids begin so.

        """
        wanted = reference.removeprefix("/")
        if wanted in self.containers:
            return self.containers[wanted]
        for container in self.containers.values():
            if container.name == wanted:
                return container
        found = [one for key, one in self.containers.items() if wanted and key.startswith(wanted)]
        if len(found) > 1:
            raise RefusalError(400, f"Multiple IDs found with provided prefix: {reference}")
        if not found:
            raise RefusalError(404, f"No such container: {reference}")
        return found[0]

    def running(self, reference: str) -> Container:
        """Find a container that runs; 409 where it does not."""
        one = self.find(reference)
        if one.state == "restarting":
            raise RefusalError(409, f"Container {one.id} is restarting, wait until the container is running")
        if not one.up:
            raise RefusalError(409, f"container {one.id} is not running")
        return one

    def users_of_image(self, image_id: str) -> list[Container]:
        """List the containers that were made of an image."""
        return [one for one in self.containers.values() if one.image_id == image_id]

    def nap(self, seconds: float) -> None:
        """Wait as long as a process would take, but not once the engine ends."""
        if seconds > 0:
            self.hurry.wait(seconds)
