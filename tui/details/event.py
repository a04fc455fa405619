"""The tab of an event: when, what, to whom, and everything that the engine added."""

from __future__ import annotations

from tui import format as fmt
from tui.details.text import TextTab
from tui.widgets.log import Line


class EventTab(TextTab):
    """One event with its attributes."""

    TITLE = "Event"

    def load(self) -> None:
        """Write it down."""
        event = self.row
        if event is None:
            return
        lines = [
            Line(f"{fmt.stamp(event.moment / 1e9)}  {event.type} {event.what}"),
            Line(""),
            Line(f"{event.type}: {event.name}"),
            Line(f"id: {event.subject}"),
            Line(""),
        ]
        lines += [Line(f"{key}={value}") for key, value in sorted(event.attributes.items())]
        self.text.set_lines(lines)
