"""The Config tab of an image: what a container of it will be like, as a page to read."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from tui import format as fmt
from tui.details.text import TextTab
from tui.engine import images
from tui.engine.reading import mapping, number, text, texts, words
from tui.widgets.log import Line

if TYPE_CHECKING:
    from collections.abc import Iterable

_WIDTH = 12


class ConfigTab(TextTab):
    """Entrypoint, command, environment, ports, volumes, user, labels and platform."""

    TITLE = "Config"

    def load(self) -> None:
        """Ask for the image."""
        row, session = self.row, self.session
        if row is None:
            return
        self.page(lambda: images.inspect(session.connection, row.id), draw)


def draw(image: dict[str, Any]) -> list[Line]:
    """Write what inspect says of an image, one subject after the other; what is not set is left out."""
    config = mapping(image.get("Config"))
    platform = "/".join(filter(None, (text(image.get(name)) for name in ("Os", "Architecture", "Variant"))))
    lines = _section("tags", texts(image.get("RepoTags")))
    lines += _section("digests", texts(image.get("RepoDigests")))
    lines += _section("id", [text(image.get("Id"))])
    lines += _section("created", [text(image.get("Created"))])
    lines += _section("size", [fmt.size(number(image.get("Size")))])
    lines += _section("platform", [platform])
    lines += _section("entrypoint", [shlex.join(texts(config.get("Entrypoint")))])
    lines += _section("command", [shlex.join(texts(config.get("Cmd")))])
    lines += _section("workdir", [text(config.get("WorkingDir"))])
    lines += _section("user", [text(config.get("User"))])
    lines += _section("ports", mapping(config.get("ExposedPorts")))
    lines += _section("volumes", mapping(config.get("Volumes")))
    lines += _section("environment", texts(config.get("Env")))
    labels = words(config.get("Labels"))
    return lines + _section("labels", [f"{key}={value}" for key, value in sorted(labels.items())])


def _section(title: str, values: Iterable[str]) -> list[Line]:
    """Write a title with its values below each other."""
    filled = [value for value in values if value]
    return [
        Line(f"{title if position == 0 else '':<{_WIDTH}} {value}") for position, value in enumerate(filled)
    ]
