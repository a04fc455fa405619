"""Compose projects whose files are on this machine, whether anything of them runs or not."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine import compose_files
from tui.engine.projects import Project

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_FOLDERS_MOST = 500
"""Folders that are looked at; a pattern that has more was a mistake."""


def find_projects(folder: Path, patterns: Sequence[str], environ: Mapping[str, str]) -> tuple[Project, ...]:
    """Find the project of a folder, as Compose does in it, and then those of other folders.

    Args:
        folder: where wherry was started; where it has no compose file, its parents are looked at.
        patterns: further folders, with `~` and `*`; each counts, and so do the folders in it.
        environ: what COMPOSE_FILE and COMPOSE_PROJECT_NAME are taken from, for the first alone.

    """
    found: dict[str, Project] = {}
    for each in (folder, *folder.parents):
        if files := compose_files.find_files(each, environ if each == folder else None):
            found[str(each)] = replace(_project(each, files, environ), here=True)
            break
    for each in _folders(patterns):
        if str(each) not in found and (files := compose_files.find_files(each)):
            found[str(each)] = _project(each, files, {})
    return tuple(found.values())


def looked_at_again(projects: Iterable[Project]) -> tuple[Project, ...]:
    """Give remembered projects with the services that their files have now, where those are here."""
    return tuple(_again(project) for project in projects)


def _again(project: Project) -> Project:
    files = [Path(project.folder, file) for file in project.files]
    return replace(project, wanted=compose_files.services(files) or project.wanted)


def _project(folder: Path, files: Sequence[Path], environ: Mapping[str, str]) -> Project:
    return Project(
        name=compose_files.project_name(folder, files, environ),
        folder=str(folder),
        files=tuple(str(file) for file in files),
        services=(),
        wanted=compose_files.services(files),
    )


def _folders(patterns: Sequence[str]) -> Iterator[Path]:
    left = _FOLDERS_MOST
    for pattern in patterns:
        try:
            whole = Path(pattern).expanduser()
        except RuntimeError:
            continue  # the home of nobody
        for outer in _glob(whole):
            for each in (outer, *_inside(outer)):
                if left == 0:
                    return
                left -= 1
                yield each


def _glob(whole: Path) -> list[Path]:
    if not whole.is_absolute():
        return []
    if "*" not in whole.name:
        return [whole]
    try:
        found = sorted(whole.parent.glob(whole.name))
    except (OSError, ValueError):
        return []
    return [each for each in found if whole.name.startswith(".") or not each.name.startswith(".")]


def _inside(folder: Path) -> list[Path]:
    """Give the folders in a folder; none where it can't be looked into."""
    try:
        return sorted(
            each for each in folder.iterdir() if os.path.isdir(each) and not each.name.startswith(".")
        )
    except OSError:
        return []
