"""The events: what happened to Docker, the latest on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import format as fmt
from tui.actions.events import EVENTS
from tui.details.event import EventTab
from tui.details.objects import ListSpec, Look, ObjectColumn
from tui.panes.pane import Pane, PaneSpec
from tui.widgets.table import Cell, Column

if TYPE_CHECKING:
    from tui.engine.events import Event
    from tui.store.store import Store

_BAD = ("oom", "unhealthy")
_FAINT = frozenset({"mount", "unmount", "connect", "disconnect", "create", "kill"})


def _what(event: Event, look: Look) -> Cell:
    bad = event.what in _BAD or (
        event.action == "die" and event.attributes.get("exitCode") not in {"0", "143"}
    )
    if bad:
        return Cell(event.what, "bad")
    return Cell(event.what, "good" if event.what in {"start", "healthy"} else "")


def _summary(event: Event, store: Store) -> str:
    return f"{fmt.stamp(event.moment / 1e9)} · {event.type} {event.name} {event.what}"


class Events(Pane):
    """The engine's stream as a timeline."""

    SPEC = ListSpec(
        kind=EVENTS,
        columns=(
            ObjectColumn(Column("time", "TIME", 8), lambda e, look: Cell(fmt.clock(e.moment / 1e9), "dim")),
            ObjectColumn(
                Column("type", "TYPE", 9, priority=1), lambda e, look: Cell(e.type, "dim"), lambda e: e.type
            ),
            ObjectColumn(Column("name", "NAME", 12, grow=2), lambda e, look: e.name, lambda e: e.name),
            ObjectColumn(Column("what", "WHAT", 10, grow=1), _what, lambda e: e.what),
        ),
        order=lambda e: -e.moment,
        faint=lambda e: e.action in _FAINT,
    )
    PANE = PaneSpec(
        title="Events",
        short="Evnt",
        tabs=(EventTab,),
        summary=_summary,
        nothing="Nothing happened lately.",
    )

    def show_again(self) -> None:
        """Show the latest; a cursor that is on top stays on top."""
        on_top = self.cursor_index in {None, 0} and not self.view.reverse
        super().show_again()
        if on_top and self.view.shown:
            self.move_to(self.view.shown[0].id)
