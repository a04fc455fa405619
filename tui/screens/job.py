"""A job being watched: its steps, its output as it comes, and how it ended."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui import format as fmt
from tui.engine.jobs import JobState
from tui.engine.report import overall
from tui.terminal.loop import to_loop
from tui.widgets.bar import bar
from tui.widgets.cells import safe
from tui.widgets.log import Line, TextLog
from tui.widgets.table import Cell, Column, RowView, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from tui.engine.jobs import Job, Step

_BAR = 10
_SIGNS = {"waiting": "·", "running": "▸", "cached": "=", "done": "✓", "failed": "✗"}
_STYLES = {"waiting": "dim", "running": "accent", "cached": "dim", "done": "good", "failed": "bad"}


class JobScreen(Screen[None]):
    """Watch a job; leaving it lets it run on, ctrl+c ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,left", "leave", "back, it runs on", id="job.back"),
        Binding("ctrl+c", "cancel", "cancel", id="job.cancel", priority=True),
        Binding("tab", "app.focus_next", "steps or output", id="job.next"),
        Binding("f", "failed", "log of the failed step", id="job.failed"),
    ]

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job
        self._read = 0
        self._unsubscribe: Callable[[], object] = lambda: None
        self._picked: str | None = None

    def compose(self) -> ComposeResult:
        """Lay out the command, the steps, the output and the keys."""
        yield Static(Text(f"$ {safe(' '.join(self.job.words))}", "dim"), id="job-command")
        columns = (
            Column("sign", "", 1),
            Column("name", "STEP", 20, grow=1),
            # As wide as there is something in them: builds count no bytes.
            Column("bar", "", 1, priority=3, max_width=_BAR),
            Column("bytes", "", 1, priority=2, align="right", max_width=12),
            Column("state", "STATE", 8, priority=1, max_width=22),
            Column("time", "TIME", 6, align="right"),
        )
        yield Table(columns, id="job-steps", placeholder="no step yet")
        yield TextLog(id="job-output", placeholder="no output yet")
        yield Static(id="job-end")

    def on_mount(self) -> None:
        """Follow the job."""
        self.query_one("#job-output", TextLog).border_title = Content("Output")
        self.query_one("#job-steps", Table).border_title = Content("Steps")
        self.query_one("#job-output").focus()
        self._unsubscribe = self.job.subscribe(partial(to_loop(), self._update))
        self._update()

    def on_unmount(self) -> None:
        """Stop following; the job goes on."""
        self._unsubscribe()

    def _update(self) -> None:
        if not self.is_attached:
            return
        self._show_steps()
        if self._picked is None:
            lines, self._read = self.job.lines_since(self._read)
            self.query_one("#job-output", TextLog).feed([Line(line) for line in lines])
        self.query_one("#job-end", Static).update(self._ending())

    def _show_steps(self) -> None:
        table = self.query_one("#job-steps", Table)
        steps = self.job.snapshot().steps
        was_last = table.cursor_index is None or table.cursor_index >= len(table.rows) - 1
        table.set_rows([RowView(step.key, _cells(step, table.ascii)) for step in steps])
        table.display = bool(steps)
        table.styles.height = min(len(steps) + 1, max(3, self.size.height // 3))
        failed = next((step for step in steps if step.state == "failed"), None)
        if (
            failed is not None
            and self.job.state is not JobState.RUNNING
            and self._picked is None
            and was_last
        ):
            table.move_to(failed.key)
        elif was_last and steps and self.job.state is JobState.RUNNING:
            table.move_to(steps[-1].key)

    def _ending(self) -> Text:
        job = self.job
        if job.state is JobState.RUNNING:
            past = fmt.duration(max(0.0, time.time() - job.started))
            keys = "ctrl+c cancel · Esc back, it runs on · Tab steps, output"
            return Text(f"running since {past}{_so_far(job)} · {keys}")
        took = fmt.duration((job.ended or job.started) - job.started)
        if job.state is JobState.DONE:
            return Text(f"done in {took} · Esc back")
        if job.state is JobState.CANCELLED:
            return Text(f"cancelled after {took} · Esc back")
        log = " · f its log alone, f again: all" if self._failed_step else ""
        return Text(f"failed after {took}: {safe(job.failure)}{log} · Esc back", "bold")

    @property
    def _failed_step(self) -> str:
        """The key of the step that failed and said something, or nothing."""
        return next((step.key for step in self.job.steps if step.state == "failed" and step.lines), "")

    def on_table_selected(self, event: Table.Selected) -> None:
        """Show the output of one step, or of all again."""
        event.stop()
        self._pick(str(event.key))

    def action_failed(self) -> None:
        """Show the whole log of the step that failed, and nothing else; or all again."""
        if self._failed_step:
            self._pick(self._failed_step)

    def _pick(self, key: str) -> None:
        output = self.query_one("#job-output", TextLog)
        self._picked = None if self._picked == key else key
        if self._picked is None:
            self._read = 0
            output.clear()
            output.border_title = Content("Output")
        else:
            output.set_lines([Line(line) for line in self.job.output_of(key)])
            output.border_title = Content(f"Output of step {key}; Enter again: all")
        self._update()

    def action_cancel(self) -> None:
        """End the job."""
        self.job.cancel()

    def action_leave(self) -> None:
        """Go back; the job runs on."""
        self.dismiss(None)


def _cells(step: Step, ascii_only: bool) -> tuple[Cell, ...]:
    style = _STYLES[step.state]
    seconds = fmt.duration(step.seconds) if step.seconds is not None else ""
    drawn = bar(step.share, _BAR, ascii_only) if step.share is not None and step.state == "running" else ""
    return (
        Cell(_SIGNS[step.state], style),  # type: ignore[arg-type]
        Cell(step.name),
        Cell(drawn, "accent"),
        Cell(amount(step), "dim"),
        Cell(step.word or step.state, style),  # type: ignore[arg-type]
        Cell(seconds, "dim"),
    )


def amount(step: Step) -> str:
    """Write how much of a step is done: `12M of 40M`."""
    if step.current is None or not (step.current or step.total):
        return ""
    if not step.total or step.current >= step.total:
        return fmt.size(step.current)
    return f"{fmt.size(step.current)} of {fmt.size(step.total)}"


def _so_far(job: Job) -> str:
    current, total = overall(job.steps)
    if not current:
        return ""
    return f" · {fmt.size(current)} of {fmt.size(total)}" if total else f" · {fmt.size(current)}"
