"""What wherry remembers from one session to the next: how lists are ordered, images run and built."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ListState:
    """How one list is ordered; the empty sort is the usual one."""

    sort: str = ""
    reverse: bool = False
    hide_stopped: bool = False


@dataclass(frozen=True, slots=True)
class ProjectState:
    """Where a Compose project came from; what is needed to bring it up again.

    Args:
        engine: the address of the engine that it was on.
        services: the names of those that it had.

    """

    engine: str
    name: str
    folder: str
    files: tuple[str, ...]
    env_files: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """All of it.

    Args:
        lists: by kind.
        runs: the answers with which each image was run last, by its name.
        builds: likewise those with which it was built.
        projects: Compose projects that were there, the latest last.

    """

    lists: Mapping[str, ListState] = field(default_factory=dict)
    runs: Mapping[str, Mapping[str, str | bool]] = field(default_factory=dict)
    builds: Mapping[str, Mapping[str, str | bool]] = field(default_factory=dict)
    projects: Sequence[ProjectState] = ()


def parse(text: str) -> State:
    """Read the text of a state file; what is not as it should be is forgotten, for it is only comfort."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return State()
    found = content if isinstance(content, dict) else {}
    return State(
        lists={kind: _list(one) for kind, one in _mappings(found.get("lists"))},
        runs={image: _answers(one) for image, one in _mappings(found.get("runs"))},
        builds={image: _answers(one) for image, one in _mappings(found.get("builds"))},
        projects=_projects(found.get("projects")),
    )


def _mappings(found: object) -> list[tuple[str, Mapping[str, Any]]]:
    items = found.items() if isinstance(found, dict) else ()
    return [(str(key), one) for key, one in items if isinstance(one, dict)]


def _list(found: Mapping[str, Any]) -> ListState:
    sort = found.get("sort")
    return ListState(
        sort if isinstance(sort, str) else "",
        found.get("reverse") is True,
        found.get("hide_stopped") is True,
    )


def _projects(found: object) -> tuple[ProjectState, ...]:
    projects = (_project(one) for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))
    return tuple(one for one in projects if one.name and one.files)


def _project(found: Mapping[str, Any]) -> ProjectState:
    def text(key: str) -> str:
        return found[key] if isinstance(found.get(key), str) else ""

    def texts(key: str) -> tuple[str, ...]:
        listed = found.get(key)
        return tuple(str(one) for one in listed) if isinstance(listed, list) else ()

    return ProjectState(
        text("engine"), text("name"), text("folder"), texts("files"), texts("env_files"), texts("services")
    )


def _answers(found: Mapping[str, Any]) -> dict[str, str | bool]:
    return {str(key): value for key, value in found.items() if isinstance(value, str | bool)}


def load(path: Path) -> State:
    """Read the state file; none, or one that can't be read, is an empty one."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return State()


def write(state: State) -> str:
    """Write the text of a state file."""
    return json.dumps(asdict(state), indent=2) + "\n"
