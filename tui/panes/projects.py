"""The Compose projects: from the labels of containers, from compose files, and from before."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tui.actions.projects import PROJECTS
from tui.details.objects import ListSpec, Look, ObjectColumn
from tui.details.project_file import FileTab
from tui.details.project_logs import ProjectLogsTab
from tui.details.services import ServicesTab
from tui.panes.pane import Pane, PaneSpec
from tui.widgets.table import Cell, Column

if TYPE_CHECKING:
    from tui.engine.projects import Project
    from tui.store.store import Store
    from tui.widgets.cells import CellStyle


_STYLES: dict[str, CellStyle] = {"running": "good", "partial": "warn", "stopped": "dim", "down": "dim"}


def _state(project: Project, look: Look) -> Cell:
    if project.broken:
        return Cell("trouble", "bad")
    return Cell(project.state, _STYLES[project.state])


def _files(project: Project) -> str:
    return " ".join(PurePosixPath(file).name for file in project.files)


def _summary(project: Project, store: Store) -> str:
    parts = [f"{project.up} of {project.total} up", project.folder, _files(project)]
    return " · ".join(part for part in parts if part)


class Projects(Pane):
    """All Compose projects that have or had containers, and those of the folders that are looked at."""

    SPEC = ListSpec(
        kind=PROJECTS,
        columns=(
            ObjectColumn(Column("name", "NAME", 12, grow=2), lambda p, look: p.name, lambda p: p.name),
            ObjectColumn(
                Column("up", "UP", 5, align="right"), lambda p, look: f"{p.up}/{p.total}", lambda p: -p.up
            ),
            ObjectColumn(Column("state", "STATE", 8, priority=1), _state, lambda p: p.state),
            ObjectColumn(
                Column("files", "FILES", 12, grow=1, priority=2), lambda p, look: Cell(_files(p), "dim")
            ),
            ObjectColumn(
                Column("folder", "FOLDER", 16, grow=2, priority=3), lambda p, look: Cell(p.folder, "dim")
            ),
        ),
        order=lambda p: (not p.here, p.name),
        stopped=lambda p: not p.up and not p.broken,
        faint=lambda p: not p.up,
    )
    PANE = PaneSpec(
        title="Projects",
        short="Proj",
        tabs=(ServicesTab, ProjectLogsTab, FileTab),
        summary=_summary,
        nothing="No Compose projects. u asks for a compose file and brings it up.",
    )
