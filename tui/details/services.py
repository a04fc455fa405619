"""The Services tab of a project: its containers by service, replicas together."""

from __future__ import annotations

import time
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tui import format as fmt
from tui.actions.containers import CONTAINERS
from tui.details.cells import container_age, container_ports, state
from tui.details.containers import ContainersTab
from tui.details.numbers import number_columns
from tui.details.objects import ListSpec, Look, ObjectColumn, ObjectList
from tui.widgets.table import Cell, Column, RowView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.containers import Container
    from tui.store.numbers import Level


class ServiceList(ObjectList):
    """The containers of a project by service; a service without any is a line of its own."""

    SPEC = ListSpec(
        kind=CONTAINERS,
        columns=(
            ObjectColumn(
                Column("service", "SERVICE", 12, grow=2), lambda c, look: c.service, lambda c: c.service
            ),
            ObjectColumn(Column("number", "#", 2, priority=5), lambda c, look: c.number),
            ObjectColumn(Column("state", "STATE", 9, max_width=16), state, lambda c: c.condition),
            *number_columns(2, share_priority=6),
            ObjectColumn(Column("age", "AGE", 4, priority=3, align="right"), container_age),
            ObjectColumn(Column("ports", "PORTS", 10, grow=1, priority=1), container_ports),
            ObjectColumn(Column("image", "IMAGE", 14, grow=1, priority=4), lambda c, look: c.image),
        ),
        order=lambda c: (c.service, int(c.number) if c.number.isdigit() else 0, c.name),
        faint=lambda c: not c.up,
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.absent: tuple[str, ...] = ()
        """Services that have no container."""
        self._several: dict[str, tuple[Container, ...]] = {}
        """Services whose replicas stand under a line of their own, by the key of that line."""

    def show_again(self) -> None:
        """Show containers, a line over the replicas of a service, and one for each service without any."""
        super().show_again()
        usual = not (self.view.filter_text or self.view.sort or self.view.reverse)
        by_service = (
            {name: tuple(found) for name, found in groupby(self.view.shown, _service)} if usual else {}
        )
        self._several = {_key(name): found for name, found in by_service.items() if len(found) > 1}
        if not self._several and not (self.absent and usual):
            return
        lines = []
        for view in self.rows:
            row = self._shown[str(view.key)]
            key = _key(row.service)
            if key in self._several and self._several[key][0] is row:
                lines.append(RowView(key, (self._sum(key),), heading=True))
            lines.append(view)
        lines += [
            RowView(f"absent {name}", (Cell(f"{name}: no container", "dim"),), heading=True)
            for name in self.absent
        ]
        self.set_rows(lines)

    def show_levels(self, levels: Mapping[str, Level]) -> None:
        """Show what containers use now, and what the replicas of a service use together."""
        super().show_levels(levels)
        for key in self._several:
            self.update_cells(key, {"service": self._sum(key)})

    def _sum(self, key: str) -> Cell:
        """Write of replicas together: how many are up, the worst state, what they use."""
        replicas, levels = self._several[key], self._drawn_with.levels
        up = sum(one.up for one in replicas)
        parts = [f"{replicas[0].service}: {up} of {len(replicas)} up"]
        parts += sorted({one.condition for one in replicas if one.broken or one.older} - {"running"})
        known = [levels[one.id] for one in replicas if one.id in levels]
        if known:
            cpu = fmt.percent(sum(level.cpu or 0.0 for level in known))
            parts.append(f"{cpu} {fmt.size(sum(level.memory for level in known))} together")
        bad = any(one.broken for one in replicas)
        return Cell(" · ".join(parts), "bad" if bad else "dim" if not up else "")


class ServicesTab(ContainersTab):
    """A project's services."""

    TITLE = "Services"
    NOBODY = "nothing of it is there; u brings it up"

    def make_list(self) -> ObjectList:
        """Make the list that the tab is."""
        return ServiceList(live=self.live, placeholder=self.NOBODY, show_header=True)

    def load(self) -> None:
        """List the services."""
        row, session = self.row, self.session
        if row is None:
            return
        if isinstance(self.list, ServiceList):
            self.list.absent = tuple(service.name for service in row.services if not service.containers)
        self.list.show(row.containers, Look(time.time(), levels=session.store.numbers.levels))
        self.list.dimmed = session.store.link is not None and not session.store.link.live


def _service(container: Container) -> str:
    return container.service


def _key(service: str) -> str:
    return f"replicas {service}"
