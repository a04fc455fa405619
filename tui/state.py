"""What wherry remembers from one session to the next: how lists are ordered, and no more than that."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ListState:
    """How one list is ordered; the empty sort is the usual one."""

    sort: str = ""
    reverse: bool = False
    hide_stopped: bool = False


def parse(text: str) -> dict[str, ListState]:
    """Read the text of a state file; what is not as it should be is forgotten, for it is only comfort."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    lists = content.get("lists") if isinstance(content, dict) else None
    if not isinstance(lists, dict):
        return {}
    return {str(kind): _list(found) for kind, found in lists.items() if isinstance(found, dict)}


def _list(found: Mapping[str, Any]) -> ListState:
    sort = found.get("sort")
    return ListState(
        sort if isinstance(sort, str) else "",
        found.get("reverse") is True,
        found.get("hide_stopped") is True,
    )


def load(path: Path) -> dict[str, ListState]:
    """Read the state file; none, or one that can't be read, is an empty one."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def write(lists: Mapping[str, ListState]) -> str:
    """Write the text of a state file."""
    return json.dumps({"lists": {kind: asdict(one) for kind, one in lists.items()}}, indent=2) + "\n"
