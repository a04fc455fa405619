"""A form: fields declared as values, and the widget that has them filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.widgets.cells import text_width, wrap
from tui.widgets.editors import Chooser, LinesInput, Toggle
from tui.widgets.field_row import EDGE, FieldRow, Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui.widgets.fields import Field, Values

__all__ = ["Form", "LinesInput", "Toggle"]

NARROW = 70
"""Below so many columns the labels stand above what is typed."""
_LABEL_MAX = 24
_NOTE_LINES = 2


class FieldRows(Widget):
    """Hold the rows, and scroll them when there is not room for all."""


class Form(Widget):
    """Have fields filled in.

    Tab and the arrows go from field to field, Enter on one line and ctrl+s anywhere hand in the
    values, Esc gives up. A field that is wrong keeps the form from being handed in.

    Args:
        fields: The fields, from top to bottom; their keys differ.
        first: The key of the field that has the focus at the start; the first one if None.

    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, so that what was typed ahead goes into the field that it was meant for.
        Binding("tab", "step(1, True)", "Next", show=False, priority=True, id="form.next"),
        Binding("shift+tab", "step(-1, True)", "Previous", show=False, priority=True, id="form.previous"),
        Binding("down", "arrow(1)", "Next", show=False, priority=True, id="form.down"),
        Binding("up", "arrow(-1)", "Previous", show=False, priority=True, id="form.up"),
        Binding("enter", "submit", "Done", show=False, id="form.enter"),
        Binding("ctrl+s", "submit", "Done", show=False, id="form.submit"),
        Binding("escape,ctrl+c", "cancel", "Cancel", show=False, id="form.cancel"),
    ]

    ascii: reactive[bool] = reactive(False, repaint=False, init=False)
    """Whether only ASCII is drawn."""

    @dataclass
    class Changed(Message):
        """Say what is filled in now."""

        values: Values = field(repr=False)

        def can_replace(self, message: Message) -> bool:
            """Replace an earlier one that nobody has seen yet."""
            return isinstance(message, Form.Changed)

    @dataclass
    class Submitted(Message):
        """Say that these values were handed in; no field was wrong by its own check."""

        values: Values = field(repr=False)

    @dataclass
    class Cancelled(Message):
        """Say that the form was given up, and what was filled in."""

        values: Values = field(repr=False)

    def __init__(
        self,
        fields: Sequence[Field],
        *,
        first: str | None = None,
        id: str | None = None,  # noqa: A002 (the name every widget gives it)
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._rows = {each.key: FieldRow(each) for each in fields}
        self._first = first or ""
        self._focused: FieldRow | None = None
        self._fault = ""
        self._note = Words("dim", _NOTE_LINES)
        self._said = self.values

    def compose(self) -> ComposeResult:
        """Put the rows above the note."""
        with FieldRows():
            yield from self._rows.values()
        yield self._note

    @property
    def values(self) -> Values:
        """What is filled in now, raw, by the fields' keys."""
        return {key: row.editor.value for key, row in self._rows.items()}

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Show what is wrong, by the fields' keys, and focus the first such field.

        What belongs to no field stands in the note's place; a field is right that is not named.
        """
        for key, row in self._rows.items():
            row.complain(errors.get(key, ""))
        wrong = next((row for row in self._rows.values() if row.fault), None)
        if wrong is not None:
            self._focus(wrong)
            self._reveal()
        self._fault = " ".join(text for key, text in errors.items() if text and key not in self._rows)
        self._show_note()

    def show_remarks(self, remarks: Mapping[str, str]) -> None:
        """Show what should be known, by the fields' keys, where nothing is wrong."""
        for key, row in self._rows.items():
            row.remark(remarks.get(key, ""))

    def action_submit(self) -> None:
        """Hand in the values, or show what is wrong with them."""
        errors = {key: row.judge() for key, row in self._rows.items()}
        self.show_errors(errors)
        if not any(errors.values()):
            self.post_message(self.Submitted(self.values))

    def action_cancel(self) -> None:
        """Give up."""
        self.post_message(self.Cancelled(self.values))

    def action_step(self, step: int, around: bool = False) -> None:
        """Focus the field that many places further; from the last one, if wished, the first."""
        rows = list(self._rows.values())
        there = (
            next((index for index, row in enumerate(rows) if row.editor is self.screen.focused), -1) + step
        )
        if around and rows:
            there %= len(rows)
        if 0 <= there < len(rows):
            self._focus(rows[there])

    def action_arrow(self, step: int) -> None:
        """Focus the next field in that direction; where there are several lines, move in them."""
        if isinstance(self.screen.focused, LinesInput):
            raise SkipAction
        self.action_step(step)

    def _focus(self, row: FieldRow) -> None:
        """Focus a field, at once: `Widget.focus` would let keys typed ahead go into the one before."""
        self.screen.set_focus(row.editor, scroll_visible=False)

    def on_mount(self) -> None:
        """Focus the first field."""
        row = self._rows.get(self._first) or next(iter(self._rows.values()), None)
        if row is not None:
            self._focus(row)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Mark the field that has the focus, say its hint and bring it into view."""
        for row in self._rows.values():
            row.label.mark(row.editor is event.widget)
            if row.editor is event.widget:
                self._focused = row
        self._show_note()
        self._reveal()

    def on_resize(self, event: events.Resize) -> None:
        """Put the labels beside or above, and keep the field with the focus in view."""
        self.set_class(event.size.width < NARROW, "-narrow")
        widest = max((text_width(row.label.text) for row in self._rows.values()), default=0)
        for row in self._rows.values():
            row.label.styles.width = min(widest, _LABEL_MAX) + EDGE + 2
        hints = [wrap(row.note, event.size.width) for row in self._rows.values()]
        self._note.styles.height = min(_NOTE_LINES, max(map(len, hints), default=1))
        self._reveal()

    def _reveal(self) -> None:
        """Bring the field with the focus into view, once the places are known."""
        if self._focused is not None:
            self.call_after_refresh(self._focused.scroll_visible, animate=False, immediate=True)

    def _show_note(self) -> None:
        """Say what is wrong with the whole, or the hint of the field that has the focus."""
        if self._fault:
            self._note.say(f"{'x' if self.ascii else '✗'} {self._fault}", "bad")
        elif self._focused is not None:
            self._note.say(self._focused.note, "dim")

    def watch_ascii(self, ascii_only: bool) -> None:
        """Draw with other characters."""
        self._note.ascii = ascii_only
        for row in self._rows.values():
            row.draw_in_ascii(ascii_only)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand in the values."""
        event.stop()
        self.action_submit()

    def on_lines_input_left(self, event: LinesInput.Left) -> None:
        """Focus the next field in that direction."""
        event.stop()
        self.action_step(event.step)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Chooser.Changed)
    def _changed(self, event: Message) -> None:
        """Look again at what was wrong, and say what is filled in if that is something else now."""
        event.stop()
        values = self.values
        if values == self._said:
            return
        for key, row in self._rows.items():
            if row.fault and values[key] != self._said[key]:
                row.complain(row.judge())
        self._said = values
        if self._fault:
            self._fault = ""
            self._show_note()
        self.post_message(self.Changed(values))
