"""Which builder builds: BuildKit needs the docker CLI's buildx here, and an engine that has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.engine.sockets import open_stream

if TYPE_CHECKING:
    from tui.engine.connection import Connection
    from tui.engine.tools import Tools

_TIMEOUT = 10.0
_CLASSIC_BY_HABIT = re.compile(r"Docker/(?:18|19|20)\.")
"""Engines that name the classic builder unless configured otherwise, and have BuildKit all the same."""
NO_BUILDKIT = "this engine does not offer BuildKit; the classic builder is used"


def why_classic(engine: Connection, tools: Tools) -> str:
    """Say why the classic builder must build, or nothing (GET /_ping).

    An engine with BuildKit says `Builder-Version: 2`; others say 1, or like Podman nothing.

    Raises:
        EngineError: when the engine does not answer.

    """
    if not tools.buildx:
        return tools.why_not("buildx")
    _, headers, stream = open_stream(engine.reached_at(), "/_ping", _TIMEOUT)
    stream.close()
    return _why(headers.get("builder-version", ""), headers.get("server", ""))


def _why(builder: str, server: str) -> str:
    if builder == "1" and _CLASSIC_BY_HABIT.match(server):
        return ""
    return NO_BUILDKIT if builder in {"", "1"} else ""
