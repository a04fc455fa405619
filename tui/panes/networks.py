"""The networks: who can reach whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import format as fmt
from tui.actions.networks import NETWORKS
from tui.details.containers import ContainersTab
from tui.details.inspect import InspectTab
from tui.details.objects import ListSpec, Look, ObjectColumn
from tui.panes.pane import Pane, PaneSpec
from tui.widgets.table import Cell, Column

if TYPE_CHECKING:
    from tui.engine.networks import Network
    from tui.store.store import Store


def _used(network: Network, look: Look) -> Cell:
    count = look.notes.get(network.id, "")
    return Cell(f"{count} on it" if count else "", "dim")


def _summary(network: Network, store: Store) -> str:
    users = store.users_of_network(network)
    parts = [network.driver, *network.subnets, "internal" if network.internal else ""]
    parts.append(", ".join(c.name for c in users) if users else "no container is on it")
    return " · ".join(part for part in parts if part)


class Networks(Pane):
    """All networks."""

    SPEC = ListSpec(
        kind=NETWORKS,
        columns=(
            ObjectColumn(Column("name", "NAME", 16, grow=3), lambda n, look: n.name, lambda n: n.name),
            ObjectColumn(Column("used", "USED", 8, priority=1, align="right"), _used),
            ObjectColumn(
                Column("driver", "DRIVER", 7, priority=2),
                lambda n, look: Cell(n.driver, "dim"),
                lambda n: n.driver,
            ),
            ObjectColumn(
                Column("subnet", "SUBNET", 15, priority=3), lambda n, look: Cell(" ".join(n.subnets), "dim")
            ),
            ObjectColumn(
                Column("age", "AGE", 4, priority=4, align="right"),
                lambda n, look: Cell(fmt.age(n.created, look.now), "dim"),
                lambda n: -n.created,
            ),
        ),
        order=lambda n: (n.built_in, not n.project, n.project, n.name),
        faint=lambda n: n.built_in,
    )
    PANE = PaneSpec(
        title="Networks",
        short="Net",
        tabs=(ContainersTab, InspectTab),
        summary=_summary,
        nothing="No networks. n makes one.",
    )
