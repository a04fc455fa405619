"""The Config tab of an image: what a container of it will be like, as a page to read."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from tui import format as fmt
from tui.details.text import TextTab
from tui.engine import images
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
    config = image.get("Config") or {}
    platform = "/".join(filter(None, (image.get("Os"), image.get("Architecture"), image.get("Variant"))))
    lines = _section("tags", image.get("RepoTags") or ())
    lines += _section("digests", image.get("RepoDigests") or ())
    lines += _section("id", [image.get("Id") or ""])
    lines += _section("created", [str(image.get("Created") or "")])
    lines += _section("size", [fmt.size(image.get("Size") or 0)])
    lines += _section("platform", [platform])
    lines += _section("entrypoint", [shlex.join(config.get("Entrypoint") or ())])
    lines += _section("command", [shlex.join(config.get("Cmd") or ())])
    lines += _section("workdir", [config.get("WorkingDir") or ""])
    lines += _section("user", [config.get("User") or ""])
    lines += _section("ports", config.get("ExposedPorts") or ())
    lines += _section("volumes", config.get("Volumes") or ())
    lines += _section("environment", config.get("Env") or ())
    labels = config.get("Labels") or {}
    return lines + _section("labels", [f"{key}={value}" for key, value in sorted(labels.items())])


def _section(title: str, values: Iterable[str]) -> list[Line]:
    """Write a title with its values below each other."""
    filled = [value for value in values if value]
    return [
        Line(f"{title if position == 0 else '':<{_WIDTH}} {value}") for position, value in enumerate(filled)
    ]
