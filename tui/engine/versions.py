"""The versions of the API that are spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.errors import Trouble, Unreachable
from tui.engine.reading import text

if TYPE_CHECKING:
    from collections.abc import Mapping

OLDEST_API = (1, 40)
"""API of Docker 19.03: what is older lacks fields that the rows are made of."""
ONE_SHOT_API = (1, 41)
"""API of Docker 20.10, the first that reads a container's numbers without waiting for a second reading."""
NEWEST_API = (1, 47)
"""Newest API that wherry was written against; a newer engine still speaks it."""


def agree(answer: Mapping[str, Any]) -> tuple[str, str]:
    """Choose a version by what an engine says of itself (GET /version).

    Returns:
        The API version to speak, and the engine's own version, as text.

    Raises:
        Unreachable: when it speaks no version known here, or what it says makes no sense.

    """
    try:
        newest = numbers_of(answer.get("ApiVersion") or "1.40")
        oldest = numbers_of(answer.get("MinAPIVersion") or "1.12")
    except (ValueError, AttributeError) as error:
        raise Unreachable(Trouble.LOST, "what answers there is no engine") from error
    if newest < OLDEST_API:
        raise Unreachable(
            Trouble.TOO_OLD,
            f"the engine speaks API {_text(newest)}; {_text(OLDEST_API)} (Docker 19.03) is the least",
        )
    return _text(max(min(newest, NEWEST_API), oldest)), text(answer.get("Version"))


def numbers_of(version: str) -> tuple[int, int]:
    """Take a version such as `1.45` apart."""
    major, _, minor = version.partition(".")
    return int(major), int(minor or 0)


def _text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
