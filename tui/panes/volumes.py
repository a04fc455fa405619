"""The volumes: data that outlives its containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import format as fmt
from tui.actions.volumes import VOLUMES
from tui.details.containers import ContainersTab
from tui.details.inspect import InspectTab
from tui.details.objects import ListSpec, Look, ObjectColumn
from tui.panes.pane import Pane, PaneSpec
from tui.widgets.table import Cell, Column

if TYPE_CHECKING:
    from tui.engine.volumes import Volume
    from tui.store.store import Store


def _used(volume: Volume, look: Look) -> Cell:
    count = look.notes.get(volume.id, "")
    return Cell(f"{count} used" if count else "unused", "" if count else "dim")


def _summary(volume: Volume, store: Store) -> str:
    users = store.users_of_volume(volume)
    used = f"used by {', '.join(c.name for c in users)}" if users else "used by no container"
    return f"{volume.driver} · {used} · {volume.mountpoint}"


class Volumes(Pane):
    """All volumes."""

    SPEC = ListSpec(
        kind=VOLUMES,
        columns=(
            ObjectColumn(Column("name", "NAME", 16, grow=3), lambda v, look: v.name, lambda v: v.name),
            ObjectColumn(Column("used", "USED", 7, priority=1, align="right"), _used),
            ObjectColumn(
                Column("age", "AGE", 4, priority=2, align="right"),
                lambda v, look: Cell(fmt.age(v.created, look.now), "dim"),
                lambda v: -v.created,
            ),
            ObjectColumn(
                Column("driver", "DRIVER", 8, priority=3),
                lambda v, look: Cell(v.driver, "dim"),
                lambda v: v.driver,
            ),
        ),
        order=lambda v: (v.anonymous, not v.project, v.project, v.name),
        faint=lambda v: v.anonymous,
    )
    PANE = PaneSpec(
        title="Volumes",
        short="Vol",
        tabs=(ContainersTab, InspectTab),
        summary=_summary,
        nothing="No volumes. n makes one.",
    )
