"""What an image says of the containers that are made from it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.engine import images
from tui.engine.reading import mapping, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.connection import Connection


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What an image's config gives to a container that says nothing else.

    Args:
        ports: as in `80/tcp`, in order.
        env: as in `NAME=value`.
        volumes: paths inside, each of which becomes a volume.

    """

    ports: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    workdir: str = ""
    user: str = ""

    @property
    def starts(self) -> str:
        """What runs where nothing else is said, as in a shell."""
        return shlex.join((*self.entrypoint, *self.command))


def facts_of(inspected: Mapping[str, Any]) -> ImageFacts:
    """Take the facts from GET /images/NAME/json."""
    config = mapping(inspected.get("Config"))
    return ImageFacts(
        ports=tuple(sorted(mapping(config.get("ExposedPorts")), key=_place)),
        env=tuple(texts(config.get("Env"))),
        volumes=tuple(sorted(mapping(config.get("Volumes")))),
        command=tuple(texts(config.get("Cmd"))),
        entrypoint=tuple(texts(config.get("Entrypoint"))),
        workdir=text(config.get("WorkingDir")),
        user=text(config.get("User")),
    )


def _place(port: str) -> tuple[int, str]:
    number = port.partition("/")[0]
    return (int(number) if number.isdecimal() else 0, port)


def look_at(engine: Connection, image: str) -> ImageFacts:
    """Ask for the facts of an image (GET /images/NAME/json).

    Raises:
        EngineError: where there is none of that name here.

    """
    return facts_of(images.inspect(engine, image))
