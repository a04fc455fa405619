"""Cells that panes and tabs share: how a state, an age or ports are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui import format as fmt
from tui.widgets.cells import Cell

if TYPE_CHECKING:
    from tui.details.objects import Look
    from tui.engine.containers import Container
    from tui.widgets.cells import CellStyle

_STATUS = re.compile(r"(?:Up|Exited \(-?\d+\)|Restarting \(-?\d+\)) (?:About )?(an?|\d+|Less than a) (\w+)")
_UNITS = {"second": "<1m", "minute": "m", "hour": "h", "day": "d", "week": "w", "month": "mo", "year": "y"}

_SIGNS = {
    "running": "●",
    "paused": "‖",
    "restarting": "↻",
    "loop": "↻",
    "unhealthy": "◍",
    "starting": "◌",
    "created": "○",
    "exited": "○",
    "removing": "×",
    "dead": "×",
}
_ASCII = {"●": "*", "‖": "=", "↻": "@", "◍": "!", "◌": "~", "○": "o", "×": "x", "✗": "x"}


def sign(container: Container, look: Look) -> Cell:
    """Give the one-cell sign of a container's condition."""
    text = "✗" if container.broken and not container.up else _SIGNS.get(container.condition, "○")
    return Cell(_ASCII[text] if look.ascii else text, style(container))


def style(container: Container) -> CellStyle:
    """Name the style that goes with a container's condition."""
    if container.broken:
        return "bad"
    if container.condition in {"starting", "paused"}:
        return "warn"
    return "good" if container.condition == "running" else "dim"


def condition(container: Container, look: Look) -> Cell:
    """Write a container's condition."""
    text = container.condition
    if container.deaths:
        code = container.exit_code
        text = f"loop {container.deaths}x" + (f" exit {code}" if code else "")
    return Cell(text, style(container))


def state(container: Container, look: Look) -> Cell:
    """Write a container's condition, and whether its image's name leads to a newer one by now."""
    cell = condition(container, look)
    return Cell(f"{cell.text} older", cell.style) if container.older else cell


def container_age(container: Container, look: Look) -> Cell:
    """Write since when a container is in its state, or when it was made."""
    facts = container.facts
    if facts is not None:
        moment = facts.started if container.up else facts.finished
        return Cell(fmt.age(moment or container.created, look.now), "dim")
    # Not inspected yet: the list's own sentence is as exact as one unit.
    found = _STATUS.match(container.status)
    if not found:
        return Cell(fmt.age(container.created, look.now), "dim")
    number, unit = found[1], _UNITS.get(found[2].rstrip("s"), "")
    if unit == "<1m":
        return Cell(unit, "dim")
    return Cell(f"{number if number.isdigit() else '1'}{unit}", "dim")


def container_ports(container: Container, look: Look) -> Cell:
    """Write the published ports, or those that only other containers reach, stepped back."""
    published = [port for port in container.ports if port.public]
    if published:
        return Cell(" ".join(str(port.public) for port in published))
    return Cell(" ".join(str(port) for port in container.ports), "dim")
