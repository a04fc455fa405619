"""Which Compose projects are remembered from one session to the next, and on which engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.compose import check_project, reference
from tui.engine.projects import Project
from tui.state import ProjectState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_KEPT = 100


def projects_of(engine: str, states: Iterable[ProjectState]) -> tuple[Project, ...]:
    """Give the projects that were on an engine, by its address."""
    return tuple(
        Project(
            name=one.name,
            folder=one.folder,
            files=one.files,
            services=(),
            env_files=one.env_files,
            wanted=one.services,
            seen=True,
        )
        for one in states
        if one.engine == engine
    )


def to_remember(
    engine: str, seen: Iterable[Project], states: Sequence[ProjectState]
) -> tuple[ProjectState, ...]:
    """Add the projects of an engine to those of others.

    One whose files are not on this machine is remembered only if it was before: they may come back.
    """
    others = [one for one in states if one.engine != engine]
    before = {one.name for one in states if one.engine == engine}
    mine = [
        ProjectState(engine, one.name, one.folder, one.files, one.env_files, one.wanted)
        for one in seen
        if one.name in before or not check_project(reference(one))
    ]
    return tuple([*others, *mine][-_KEPT:])
