"""Whether an image is of a platform, by the engine's own rules: then it is not pulled again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine import images
from tui.engine.reading import text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tui.engine.connection import Connection

_SYSTEMS = frozenset({"linux", "windows", "darwin", "freebsd"})
_SAME = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "i386": "386",
    "aarch64": "arm64",
    "armhf": "arm",
    "armel": "arm",
}
"""Machines by their other names."""


def fits(platform: str, inspected: Mapping[str, Any]) -> bool:
    """Say whether an image is of a platform.

    Args:
        platform: as in linux/arm64, arm64 or linux/arm/v7.
        inspected: GET /images/NAME/json.

    """
    first, *rest = platform.lower().split("/")
    system = text(inspected.get("Os")).lower()
    machine, variant = text(inspected.get("Architecture")), text(inspected.get("Variant"))
    if not rest:
        # Alone, it is a system or a machine; a system's machine is the engine's own, which decides then.
        return first == system if first in _SYSTEMS else _SAME.get(first, first) == machine
    if first != system or _SAME.get(rest[0], rest[0]) != machine:
        return False
    # The engine takes an image that names no variant for any.
    return not (rest[1:] and variant) or rest[1] == variant


def is_of(engine: Connection, image: str, platform: str) -> bool:
    """Ask whether an image that is here is of a platform (GET /images/NAME/json).

    Raises:
        EngineError: where there is none of that name any more.

    """
    return fits(platform, images.inspect(engine, image))
