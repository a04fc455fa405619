"""Tabs that list containers: who uses an image, a volume or a network."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tui.actions.containers import CONTAINERS
from tui.details.cells import container_age, state
from tui.details.numbers import number_columns
from tui.details.objects import ListSpec, Look, ObjectColumn, ObjectList
from tui.details.tab import Tab
from tui.store.view import by_project
from tui.widgets.table import Column

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.actions.model import Row
    from tui.actions.session import Session
    from tui.engine.containers import Container


class ContainerList(ObjectList):
    """Containers beside another object; the container keys work on them."""

    SPEC = ListSpec(
        kind=CONTAINERS,
        columns=(
            ObjectColumn(Column("name", "NAME", 16, grow=2), lambda c, look: c.name, lambda c: c.name),
            ObjectColumn(Column("state", "STATE", 9, max_width=16), state, lambda c: c.condition),
            *number_columns(2, share_priority=4),
            ObjectColumn(Column("age", "AGE", 4, priority=3, align="right"), container_age),
            ObjectColumn(
                Column("place", "WHERE", 18, grow=1, priority=1), lambda c, look: look.notes.get(c.id, "")
            ),
        ),
        order=by_project,
        faint=lambda c: not c.up,
    )


class ContainersTab(Tab):
    """The containers that use the shown object, and how."""

    TITLE = "Containers"
    NOBODY = "no container uses it"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.list: ObjectList = self.make_list()
        self.list.ascii = session.config.ascii

    @property
    def live(self) -> bool:
        """Whether numbers are shown."""
        return self.session.config.stats_interval is not None

    def make_list(self) -> ObjectList:
        """Make the list that the tab is."""
        return ContainerList(live=self.live, placeholder=self.NOBODY, show_header=True)

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield self.list

    @property
    def body(self) -> ObjectList:
        """The list."""
        return self.list

    def load(self) -> None:
        """List the users."""
        row, session = self.row, self.session
        if row is None:
            return
        users = session.store.users(row)
        where = {container.id: _where(row, container) for container in users}
        self.list.show(users, Look(time.time(), where, session.store.numbers.levels))
        self.list.dimmed = session.store.link is not None and not session.store.link.live

    def changed(self, row: Row) -> None:
        """List again."""
        super().changed(row)
        self.load()

    def store_changed(self, kinds: frozenset[str]) -> None:
        """List again where containers changed; where only numbers did, show those."""
        if kinds & {"container", "link"}:
            self.load()
        elif "numbers" in kinds:
            self.list.show_levels(self.session.store.numbers.levels)

    def leave(self) -> None:
        """Forget the filter and the marks: they belonged to another object's users."""
        super().leave()
        self.list.view.filter_text = ""
        self.list.view.marks.clear()


def _where(row: Any, container: Container) -> str:
    """Say how a container uses an image, a volume or a network."""
    if row.kind == "volume":
        found = [m for m in container.mounts if m.name == row.name]
        return " ".join(f"{mount.target}{'' if mount.writable else ' ro'}" for mount in found)
    if row.kind == "network":
        return container.addresses.get(row.name) or "no address"
    return container.image
