"""The scene's odds and ends: hello-world, and a volume that nobody uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.things import Temper
from tui.demo.scenes import base_images

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.world import World

_DAY = 86_400.0
_HELLO = """
Hello from Docker!
This message shows that your installation appears to be working correctly.

To generate this message, Docker took the following steps:
 1. The Docker client contacted the Docker daemon.
 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.
    (amd64)
 3. The Docker daemon created a new container from that image which runs the
    executable that produces the output you are currently reading.
 4. The Docker daemon streamed that output to the Docker client, which sent it
    to your terminal.
"""


def _hello(world: World) -> None:
    base_images.hello_world(world)
    world.tempers["hello-world:latest"] = Temper(lasts=0, opening=[("stdout", _HELLO)])
    world.create_container("hello", "hello-world")
    world.start("hello")


def _scratch(world: World) -> None:
    world.create_volume("scratch", size=52_428_800)


STEPS: list[tuple[float, Callable[[World], None]]] = [(12 * _DAY, _hello), (6 * _DAY, _scratch)]
"""What happened, each with how many seconds ago."""
