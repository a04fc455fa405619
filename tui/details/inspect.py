"""The Inspect tab: everything that the engine knows of an object, as it says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.details.text import TextTab
from tui.engine import containers, images, networks, volumes
from tui.widgets.json_text import json_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.actions.model import Row
    from tui.engine.connection import Connection

_INSPECTS: dict[str, Callable[[Connection, str], dict[str, Any]]] = {
    "container": containers.inspect,
    "image": images.inspect,
    "volume": volumes.inspect,
    "network": networks.inspect,
}


class InspectTab(TextTab):
    """What `docker inspect` prints."""

    TITLE = "Inspect"

    def load(self) -> None:
        """Ask for the object anew."""
        row, session = self.row, self.session
        if row is None:
            return
        look = _INSPECTS[row.kind]
        self.page(lambda: look(session.connection, row.id), json_lines)

    def changed(self, row: Row) -> None:
        """Ask again: an event said that something is different."""
        super().changed(row)
        self.load()
