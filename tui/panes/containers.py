"""The containers: what runs, what stopped, and what is wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.actions.containers import CONTAINERS
from tui.details.cells import condition, container_age, container_ports, sign, state
from tui.details.inspect import InspectTab
from tui.details.logs import LogsTab
from tui.details.numbers import number_columns
from tui.details.objects import ListSpec, Look, ObjectColumn
from tui.details.stats import StatsTab
from tui.panes.pane import Pane, PaneSpec
from tui.store.view import by_project
from tui.widgets.table import Cell, Column

if TYPE_CHECKING:
    from tui.engine.containers import Container
    from tui.store.store import Store


KILLED = 137


def _summary(container: Container, store: Store) -> str:
    facts = container.facts
    look = Look(time.time())
    since = container_age(container, look).text
    parts = [
        _older(container) if container.older else container.image,
        f"{condition(container, look).text} {'for' if container.up else 'since'} {since}",
    ]
    parts += [str(port) for port in container.ports]
    parts += [*container.addresses, *sorted(container.volumes)]
    if facts is not None and facts.error:
        parts.insert(0, facts.error)
    if facts is not None and container.health == "unhealthy" and facts.health_output:
        parts.insert(0, facts.health_output)
    return " · ".join(part for part in parts if part)


def _image(container: Container, look: Look) -> Cell:
    return Cell(f"older {container.older}", "warn") if container.older else Cell(container.image)


def _older(container: Container) -> str:
    """Say that the image's name leads to a newer one, and which key brings the container up to it."""
    how = "u in projects" if container.service else "R"
    return f"older image: {container.older} is a newer one by now; {how} recreates it"


def _may_be_hidden(container: Container) -> bool:
    """Say whether `hide stopped` hides it: never what is broken, nor what may turn out to be.

    Whether one that was killed ran out of memory only inspect tells, and only what is shown is inspected.
    """
    in_doubt = container.exit_code == KILLED and container.facts is None
    return not container.up and not container.broken and not in_doubt


class Containers(Pane):
    """All containers."""

    SPEC = ListSpec(
        kind=CONTAINERS,
        columns=(
            ObjectColumn(Column("sign", "", 1), sign),
            ObjectColumn(Column("name", "NAME", 14, grow=3), lambda c, look: c.name, lambda c: c.name),
            ObjectColumn(Column("state", "STATE", 9, priority=1, max_width=16), state, lambda c: c.condition),
            *number_columns(2, share_priority=5),
            ObjectColumn(Column("ports", "PORTS", 5, grow=1, priority=3), container_ports),
            ObjectColumn(
                Column("age", "AGE", 4, priority=4, align="right"),
                container_age,
                lambda c: -(c.facts.started or c.facts.finished if c.facts else c.created),
            ),
            ObjectColumn(
                Column("image", "IMAGE", 14, grow=2, priority=6), _image, lambda c: c.older or c.image
            ),
        ),
        order=by_project,
        stopped=_may_be_hidden,
        faint=lambda c: not c.up and not c.broken,
    )
    PANE = PaneSpec(
        title="Containers",
        short="Cont",
        tabs=(LogsTab, StatsTab, InspectTab),
        summary=_summary,
        nothing="No containers. In images, x runs one; in projects, u brings a project up.",
    )
