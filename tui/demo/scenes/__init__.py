"""Worlds to begin with: a believable one, bare ones, and big ones."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias

from tui.demo.acts.things import Temper
from tui.demo.scenes import odds, shop, taxi
from tui.demo.scenes.compose import labels
from tui.demo.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    Scene: TypeAlias = Callable[[World], None]

_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def stack(world: World) -> None:
    """Fill a world with what somebody has who learns Docker by building a small data stack."""
    steps = [*taxi.STEPS, *shop.STEPS, *odds.STEPS]
    # In the order in which it all happened, so that the events tell one story.
    for ago, act in sorted(steps, key=lambda step: -step[0]):
        world.rewind(ago)
        act(world)


def empty(world: World) -> None:
    """Leave a world as an engine is after its first start."""
    world.rewind(0)


def bare(world: World) -> None:
    """Give a world nothing but a busybox, as `bb:2`."""
    world.rewind(_HOUR)
    add_busybox(world)


def add_busybox(world: World) -> None:
    """Bring in the image that tests make containers of."""
    world.add_image(
        "bb:2",
        [
            ("COPY busybox /bin/busybox # buildkit", 1_982_256),
            ("RUN /bin/busybox --install -s /bin # buildkit", 0),
            ('CMD ["/bin/sh"]', 0),
        ],
        command=["/bin/sh"],
    )


def scale(running: int, stopped: int) -> Scene:
    """Make a scene with so many running and stopped containers, in projects of eight services each."""

    def fill(world: World) -> None:
        world.rewind(2 * _DAY)
        add_busybox(world)
        for number in range(running + stopped):
            world.rewind(2 * _DAY - number)
            _one_of_many(world, number, runs=number < running)

    return fill


def _one_of_many(world: World, number: int, *, runs: bool) -> None:
    project, service = f"stack{number // 8:03}", f"service{number % 8}"
    known = labels(project, service, f"/srv/{project}")
    name = f"{project}-{service}-1"
    world.create_container(name, "bb:2", ["sleep", "86400"], labels=known, temper=Temper())
    world.start(name)
    world.log(name, f"{service} of {project} is ready")
    if not runs:
        world.die(name, number % 3 if number % 5 == 0 else 0)


def filled(scene: Scene, clock: Callable[[], float] = time.time, seed: int = 1) -> World:
    """Make a world and fill it; `clock` tells seconds since 1970, `seed` decides all ids."""
    world = World(clock, seed)
    scene(world)
    world.rewind(0)
    return world


def data_stack(clock: Callable[[], float] = time.time) -> World:
    """Make the believable world; with a clock that stands still, it is the same in all its times."""
    return filled(stack, clock)


def many(running: int, stopped: int, clock: Callable[[], float] = time.time) -> World:
    """Make a world with so many running and stopped containers, all of bb:2."""
    return filled(scale(running, stopped), clock)


SCENES: dict[str, Scene] = {"stack": stack, "bare": bare, "empty": empty, "many": scale(200, 100)}
"""All scenes by name."""
