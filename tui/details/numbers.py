"""Columns that show what containers use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import format as fmt
from tui.details.objects import ObjectColumn
from tui.widgets.cells import Cell
from tui.widgets.table import Column

if TYPE_CHECKING:
    from tui.details.objects import Look
    from tui.engine.containers import Container
    from tui.widgets.cells import CellStyle

TIGHT, FULL = 80, 95
"""Percent of a memory limit from which on it is a warning, and from which on it is bad."""


def cpu(container: Container, look: Look) -> Cell:
    """Write percent of one core."""
    level = look.levels.get(container.id)
    if level is None or level.cpu is None:
        return Cell("")
    text = fmt.percent(level.cpu)
    return Cell(text, "dim" if text == "0%" else "")


def memory(container: Container, look: Look) -> Cell:
    """Write the memory in use, coloured where the limit is near."""
    level = look.levels.get(container.id)
    return Cell("") if level is None else Cell(fmt.size(level.memory), share_style(level.share))


def share(container: Container, look: Look) -> Cell:
    """Write percent of the memory limit; nothing where there is none."""
    level = look.levels.get(container.id)
    if level is None or level.share is None:
        return Cell("")
    return Cell(fmt.percent(level.share), share_style(level.share))


def share_style(percent: float | None) -> CellStyle:
    """Name the style of memory that takes so much of its limit."""
    if percent is None or percent < TIGHT:
        return ""
    return "warn" if percent < FULL else "bad"


def number_columns(priority: int, share_priority: int) -> tuple[ObjectColumn, ...]:
    """Give the columns of numbers, with the priorities of CPU and memory, and of the limit's share."""
    return (
        ObjectColumn(
            Column("cpu", "CPU", 4, priority=priority, align="right", max_width=5),
            cpu,
            live=True,
            rank=lambda level: level.cpu,
        ),
        ObjectColumn(
            Column("memory", "MEM", 4, priority=priority, align="right"),
            memory,
            live=True,
            rank=lambda level: level.memory,
        ),
        ObjectColumn(Column("limit", "LIM", 4, priority=share_priority, align="right"), share, live=True),
    )
