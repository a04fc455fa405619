"""What links to a container: links follow the container and its new name, never the one in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.reading import listed, sensible, texts

if TYPE_CHECKING:
    from tui.engine.connection import Connection


def linked_from(engine: Connection, container_id: str) -> list[str]:
    """Name the containers that link to one on the bridge (`--link`), running or not.

    Where all have the bridge, a link is a further name of the container: `/other/alias` (GET
    /containers/json). In other networks links go by names, and find the one in its place.

    Raises:
        EngineError: in the engine's words.

    """
    answer = engine.ask("/containers/json", all=True, filters={"id": [container_id]})
    with sensible("containers"):
        names = [name for row in listed(answer) for name in texts(row.get("Names"))]
    return sorted({name.split("/")[1] for name in names if name.count("/") > 1})
