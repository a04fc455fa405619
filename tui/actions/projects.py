"""What can be done to Compose projects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.actions.model import Asks, Fill, Kind, Launch, Option, Values, Want
from tui.engine import compose
from tui.engine.compose import ComposeProject
from tui.widgets.form import TextField

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.actions.session import Session
    from tui.engine.jobs import Job
    from tui.engine.projects import Project

PROJECTS = Kind("project", "projects")


def _must_have_compose(at: Session, project: Project) -> str:
    return at.without_compose()


def _must_have_files(at: Session, project: Project) -> str:
    return at.without_compose() or compose.check_project(_reference(project))


def _must_be_up(at: Session, project: Project) -> str:
    return at.without_compose() or ("" if project.up else f"nothing of {project.name} is running")


def _must_have_containers(at: Session, project: Project) -> str:
    return at.without_compose() or ("" if project.containers else f"{project.name} has no containers")


def _reference(project: Project) -> ComposeProject:
    return ComposeProject(project.name, project.folder, project.files, project.env_files)
