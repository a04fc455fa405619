"""Taking a container out of the way for one that comes in its place."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.engine import containers

if TYPE_CHECKING:
    from tui.engine.connection import Connection

_PATIENCE = 15.0
_PAUSE = 0.1


def stop(engine: Connection, container_id: str) -> None:
    """Stop a container with its own signal and grace time.

    One that was run with `--rm` goes by itself once it has stopped, which is waited for.

    Raises:
        EngineError: in the engine's words.

    """
    host = containers.inspect(engine, container_id).get("HostConfig") or {}
    containers.stop(engine, container_id)
    if not host.get("AutoRemove"):
        return
    end = time.monotonic() + _PATIENCE
    while containers.rows(engine, [container_id]) and time.monotonic() < end:
        time.sleep(_PAUSE)


def remove(engine: Connection, container_id: str) -> None:
    """Remove a container that was stopped, unless it has gone by itself; volumes stay.

    Raises:
        EngineError: in the engine's words.

    """
    if containers.rows(engine, [container_id]):
        containers.remove(engine, container_id, force=False, volumes=False)
