"""Activity: what was done in this session, with its command, how it ended and its output."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tui import format as fmt
from tui.screens.job import JobScreen
from tui.store.activity import Outcome
from tui.terminal.loop import to_loop
from tui.widgets.bar import bar
from tui.widgets.cells import safe
from tui.widgets.log import Line, TextLog
from tui.widgets.table import Cell, Column, RowView, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.timer import Timer

    from tui.store.activity import Activity, Entry

_STYLES = {
    Outcome.RUNNING: "accent",
    Outcome.DONE: "good",
    Outcome.FAILED: "bad",
    Outcome.CANCELLED: "warn",
}
_BAR = 10
_OUTPUT_EVERY = 0.5
"""Seconds between two times that a running job's output is shown, at the least."""
_SIGNS = {Outcome.RUNNING: "▸", Outcome.DONE: "✓", Outcome.FAILED: "✗", Outcome.CANCELLED: "-"}


class ActivityScreen(Screen[None]):
    """Look through the acts; Enter opens a job, y copies a command."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,left,A", "leave", "back", id="activity.back"),
        Binding("y", "copy", "copy the command", id="activity.copy"),
        Binding("ctrl+c", "cancel", "cancel the job", id="activity.cancel", priority=True),
        Binding("tab", "app.focus_next", "list or output", id="activity.next"),
    ]

    class Copied(Message):
        """A command is to be copied."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, activity: Activity) -> None:
        super().__init__()
        self._activity = activity
        self._later: Timer | None = None
        self._following: dict[str, Callable[[], object]] = {}

    def compose(self) -> ComposeResult:
        """Lay out the entries over the output of the one under the cursor."""
        columns = (
            Column("sign", "", 1),
            Column("time", "TIME", 8),
            Column("took", "TOOK", 6, priority=2, align="right"),
            Column("bar", "", 1, priority=3, max_width=_BAR),
            Column("share", "", 1, priority=2, align="right", max_width=12),
            Column("target", "TARGET", 12, grow=1, priority=1),
            Column("command", "COMMAND", 24, grow=3),
        )
        yield Table(
            columns, id="activity-list", show_header=True, placeholder="Nothing was done yet in this session."
        )
        yield TextLog(id="activity-output", placeholder="no output")
        yield Static(
            Text("Enter opens a job · y copies the command · ctrl+c cancels a job · Esc back"), id="job-end"
        )

    def on_mount(self) -> None:
        """Show the entries."""
        self.query_one("#activity-list").border_title = Content("Activity")
        self.query_one("#activity-list").focus()
        self.show()

    def on_unmount(self) -> None:
        """Stop following the jobs; they go on."""
        for leave in self._following.values():
            leave()

    def show(self) -> None:
        """Show the entries as they are now, the latest on top."""
        self._show_list()
        self._follow()
        self._show_output()

    def _show_list(self) -> None:
        table = self.query_one("#activity-list", Table)
        on_top = table.cursor_index in {None, 0}
        entries = list(reversed(self._activity.entries))
        table.set_rows([RowView(entry.id, _cells(entry, table.ascii)) for entry in entries])
        if on_top and entries:
            table.move_to(entries[0].id)

    def _follow(self) -> None:
        """Hear of the jobs that run."""
        for entry in self._activity.jobs:
            if entry.job is not None and entry.id not in self._following:
                self._following[entry.id] = entry.job.subscribe(partial(to_loop(), self._progressed))

    def _progressed(self) -> None:
        if not self.is_attached:
            return
        self._show_list()
        if self._later is None:
            # All that a job wrote is shown anew each time: not as often as it writes.
            self._later = self.set_timer(_OUTPUT_EVERY, self._show_later)

    def _show_later(self) -> None:
        self._later = None
        self._show_output()

    @property
    def _entry(self) -> Entry | None:
        key = self.query_one("#activity-list", Table).cursor_key
        return next((entry for entry in self._activity.entries if entry.id == key), None)

    @on(Table.Highlighted)
    def _show_output(self) -> None:
        entry, output = self._entry, self.query_one("#activity-output", TextLog)
        if entry is None:
            output.clear()
            return
        lines = [f"$ {entry.command}"] if entry.command else []
        lines.append(f"{entry.label} {entry.target}: {entry.outcome.value}")
        lines += entry.output.splitlines()
        if entry.job is not None:
            lines += entry.job.snapshot().output
        output.border_title = Content(safe(f"{entry.label} {entry.target}"))
        output.set_lines([Line(line) for line in lines], keep_scroll=True)

    @on(Table.Selected)
    def _open(self) -> None:
        entry = self._entry
        if entry is not None and entry.job is not None:
            self.app.push_screen(JobScreen(entry.job))

    def action_copy(self) -> None:
        """Copy the command of the entry."""
        entry = self._entry
        if entry is not None and entry.command:
            self.post_message(self.Copied(entry.command))

    def action_cancel(self) -> None:
        """End the entry's job."""
        entry = self._entry
        if entry is not None and entry.job is not None:
            entry.job.cancel()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def _cells(entry: Entry, ascii_only: bool) -> tuple[Cell | str, ...]:
    style = _STYLES[entry.outcome]
    took = fmt.duration((entry.ended or time.time()) - entry.started)
    command = entry.command or f"{entry.label}: {entry.output}"
    return (
        Cell(_SIGNS[entry.outcome], style),  # type: ignore[arg-type]
        Cell(fmt.clock(entry.started), "dim"),
        Cell(took, "dim"),
        *_progress(entry, ascii_only),
        entry.target,
        command,
    )


def _progress(entry: Entry, ascii_only: bool) -> tuple[Cell, Cell]:
    """Draw how far a job is that runs: in bytes where it counts them, else in steps."""
    job = entry.job
    if job is None or not entry.running:
        return Cell(""), Cell("")
    share, words = job.progress
    return Cell(bar(share, _BAR, ascii_only) if share is not None else "", "accent"), Cell(words, "dim")
