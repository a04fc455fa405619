"""The screen around a form: title, fields, and the command that the values stand for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.terminal.loop import to_loop
from tui.widgets.cells import safe
from tui.widgets.form import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult

    from tui.actions.model import Fill

_PARTS = "Form, #form-command, #form-notes"
_KEYS = "Enter go · Tab next · Esc back, kept for next time"


class FormScreen(ModalScreen[dict[str, Any] | None]):
    """Have a form filled in; gives the values, or None. What was typed is in `values` all the same."""

    def __init__(self, fill: Fill, answers: Mapping[str, Any], error: str = "") -> None:
        super().__init__()
        self.fill = fill
        self.values: dict[str, Any] = {}
        self._error = error
        self._notes = Text()
        self._end_following: Callable[[], None] = lambda: None
        self._fields = tuple(
            replace(field, value=answers[field.key]) if field.key in answers else field
            for field in fill.fields
        )

    def compose(self) -> ComposeResult:
        """Lay out the form over its command."""
        with Vertical(id="form") as box:
            box.border_title = Content(self.fill.title)
            yield Static(Text(safe(self._error), "bold"), id="form-error")
            yield Form(self._fields, first=self.fill.first or None)
            with Vertical(id="form-foot"):
                yield Static(id="form-command")
                yield Static(id="form-notes")
                yield Static(_KEYS, id="form-keys", markup=False)

    def on_mount(self) -> None:
        """Show the command of the first values."""
        self.query_one("#form-error").display = bool(self._error)
        form = self.query_one(Form)
        self.values = dict(form.values)
        self._preview()
        if self.fill.follow is not None:
            self._end_following = self.fill.follow(partial(to_loop(), self._preview))

    def on_unmount(self) -> None:
        """Look at nothing any more."""
        self._end_following()

    def _preview(self) -> None:
        if len(self.query(_PARTS)) < _PARTS.count(",") + 1:
            return  # it closes, and its parts are being taken down
        text = Text("$ " + safe(self.fill.preview(self.values)))
        self.query_one("#form-command", Static).update(text)
        self.query_one(Form).show_remarks(self.fill.remarks(self.values))
        notes = Text("\n", no_wrap=True, overflow="ellipsis").join(
            Text(safe(note), "bold" if note.startswith("!") else "dim")
            for note in self.fill.notes(self.values)
        )
        below = self.query_one("#form-notes", Static)
        below.display = bool(notes)
        if notes != self._notes:
            self._notes = notes
            below.update(notes)

    def on_form_changed(self, event: Form.Changed) -> None:
        """Show the command as it is now."""
        event.stop()
        self.values = dict(event.values)
        self._preview()

    def on_form_submitted(self, event: Form.Submitted) -> None:
        """Go, unless something is wrong."""
        event.stop()
        self.values = dict(event.values)
        wrong = self.fill.check(self.values)
        if wrong:
            self.query_one(Form).show_errors(dict(wrong))
            return
        self.dismiss(self.values)

    def on_form_cancelled(self, event: Form.Cancelled) -> None:
        """Go back; what was typed is kept by who opened the form."""
        event.stop()
        self.values = dict(event.values)
        self.dismiss(None)
