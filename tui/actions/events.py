"""What can be done to events: nothing; they can only be read."""

from __future__ import annotations

from tui.actions.model import Kind

EVENTS = Kind("event", "events")
