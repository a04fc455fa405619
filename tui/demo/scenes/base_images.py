"""Images that were pulled some time ago: the first editions of what the registry has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.registry import catalogue

if TYPE_CHECKING:
    from tui.demo.registry.offer import Offer
    from tui.demo.world import World


def postgres(world: World, major: int) -> None:
    """Pull postgres:`major`."""
    _pull(world, f"postgres:{major}", catalogue.postgres(major))


def pgadmin(world: World) -> None:
    """Pull dpage/pgadmin4."""
    _pull(world, "dpage/pgadmin4:latest", catalogue.pgadmin())


def python(world: World) -> None:
    """Pull python:3.13-slim."""
    _pull(world, "python:3.13-slim", catalogue.python())


def nginx(world: World) -> None:
    """Pull nginx:1.29-alpine."""
    _pull(world, "nginx:1.29-alpine", catalogue.nginx())


def redis(world: World) -> None:
    """Pull redis:8-alpine."""
    _pull(world, "redis:8-alpine", catalogue.redis())


def hello_world(world: World) -> None:
    """Pull hello-world."""
    _pull(world, "hello-world:latest", catalogue.hello_world())


def _pull(world: World, tag: str, offer: Offer) -> None:
    world.add_image(tag, offer.steps, **offer.config, pulled=True)
