"""A form: fields declared as values, and the widget that has them filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.widgets.cells import fit, text_width, wrap
from tui.widgets.fields import CheckField, ChoiceField, Field, LinesField, TextField, Values
from tui.widgets.prompt import LineInput, pasted, pictures, to_ascii
from tui.widgets.statusline import Lines, Piece

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.strip import Strip

NARROW = 70
"""Below so many columns the labels stand above what is typed."""
_LABEL_MAX = 24
_EDGE = 2
_NOTE_LINES = 2


class LinesInput(TextArea):
    """Take several lines; they are drawn safely, not wrapped, and `↑ ↓` at their ends leave it."""

    ascii: reactive[bool] = reactive(False)
    """Whether only ASCII is drawn."""

    @dataclass
    class Left(Message):
        """Say that the cursor was moved on at the first line (-1) or the last (1)."""

        step: int

    def __init__(self, value: str = "") -> None:
        super().__init__(value, soft_wrap=False, compact=True, highlight_cursor_line=False)
        self.cursor_blink = False
        self.match_cursor_bracket = False

    @property
    def value(self) -> str:
        """What is in it."""
        return self.text

    def validate_virtual_size(self, size: Size) -> Size:
        """Give room to the pictures of characters that have no width of their own."""
        lines = self.text.split("\n")
        return Size(
            size.width + max(cell_len(pictures(line)) - cell_len(line) for line in lines), size.height
        )

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn."""
        line = "\t".join(pictures(part) for part in self.document.get_line(line_index).split("\t"))
        return Text(line, end="", no_wrap=True)

    def render_line(self, y: int) -> Strip:
        """Return one line as a strip."""
        strip = super().render_line(y)
        return to_ascii(strip) if self.ascii else strip

    def on_paste(self, event: events.Paste) -> None:
        """Take what is pasted without its control characters."""
        event.prevent_default()
        event.stop()
        self.replace(pasted(event.text, several_lines=True), *self.selection, maintain_selection_offset=False)

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up, or leave at the first line."""
        if self.cursor_at_first_line and not select:
            self.post_message(self.Left(-1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down, or leave at the last line."""
        if self.cursor_at_last_line and not select:
            self.post_message(self.Left(1))
        else:
            super().action_cursor_down(select)


class Chooser(Lines, can_focus=True):
    """Choose one of several words."""

    # Keys, not bindings: those are looked up late, when what was typed ahead may have moved the focus.
    KEYS: ClassVar[Mapping[str, int]] = {"space": 1, "right": 1, "left": -1}
    """How many places further each key goes."""

    @dataclass
    class Changed(Message):
        """Say that another one was chosen."""

    def __init__(self, choices: Sequence[str], chosen: str) -> None:
        super().__init__()
        self._lit = ""
        self._choices = tuple(choices)
        self._index = self._choices.index(chosen) if chosen in self._choices else 0

    @property
    def value(self) -> str | bool:
        """What is chosen."""
        return self._choices[self._index] if self._choices else ""

    def on_key(self, event: events.Key) -> None:
        """Choose another one."""
        if event.key in self.KEYS:
            event.stop()
            self.turn(self.KEYS[event.key])

    def turn(self, step: int) -> None:
        """Choose the one that many places further, the first one after the last."""
        if len(self._choices) > 1:
            self._index = (self._index + step) % len(self._choices)
            self.redraw()
            self.post_message(self.Changed())

    def on_click(self) -> None:
        """Choose the next one."""
        self.turn(1)

    def lines(self, width: int) -> list[list[Piece]]:
        """Return the one line: what is chosen, between signs that there is more."""
        left, right = "<>" if self.ascii else "‹›"
        text = fit(str(self.value), min(text_width(str(self.value)), width - 4), ascii_only=self.ascii)
        return [[(f"{left} {text} {right}", self._lit)]]

    def on_focus(self) -> None:
        """Show the focus."""
        self._lit = "active"
        self.redraw()

    def on_blur(self) -> None:
        """Show that the focus is gone."""
        self._lit = ""
        self.redraw()


class Toggle(Chooser):
    """Say yes or no."""

    KEYS: ClassVar[Mapping[str, int]] = {"space": 1}

    def __init__(self, value: bool) -> None:
        super().__init__(("", "x"), "x" if value else "")

    @property
    def value(self) -> bool:
        """Whether it is yes."""
        return self._index == 1

    def lines(self, width: int) -> list[list[Piece]]:  # noqa: ARG002 (the same at any width)
        """Return the one line: a box with or without its cross."""
        return [[("[x]" if self.value else "[ ]", self._lit)]]


Editor: TypeAlias = LineInput | LinesInput | Chooser


class FieldLabel(Lines):
    """Show what a field is for, and with a sign at the edge that it has the focus."""

    def __init__(self, spec: Field) -> None:
        super().__init__()
        required = isinstance(spec, TextField) and spec.required
        self.text = f"{spec.label} *" if required else spec.label
        self.marked = False

    def mark(self, marked: bool) -> None:
        """Show whether the field has the focus."""
        self.marked = marked
        self.redraw()

    def lines(self, width: int) -> list[list[Piece]]:
        """Return the one line."""
        sign = ">" if self.ascii else "▸"
        text = fit(self.text, min(text_width(self.text), width - _EDGE), ascii_only=self.ascii)
        return [[(f"{sign if self.marked else ' '} ", "accent"), (text, "bold" if self.marked else "")]]


class Words(Lines):
    """Show a text broken into lines; nothing for an empty one."""

    def __init__(self, look: str = "", most: int = 4) -> None:
        super().__init__()
        self.text = ""
        self._look_name, self._most = look, most

    def say(self, text: str, look: str) -> None:
        """Show this text instead, in this look."""
        self.text, self._look_name = text, look
        self.redraw()

    def lines(self, width: int) -> list[list[Piece]]:
        """Return the lines, as many as are allowed at the most."""
        if not self.text:
            return []
        return [[(line, self._look_name)] for line in wrap(self.text, width, self.ascii)[: self._most]]


class FieldRow(Widget):
    """Put together what belongs to one field: the label, what is filled in, and what is wrong with it."""

    def __init__(self, spec: Field) -> None:
        super().__init__(classes="-short" if isinstance(spec, CheckField | ChoiceField) else "")
        self.spec = spec
        self.label = FieldLabel(spec)
        self.editor = _editor(spec)
        self.fault = ""
        self._words = Words("bad")

    def compose(self) -> ComposeResult:
        """Put the label first; the style sheet says whether the rest is beside it or below."""
        yield self.label
        with Vertical():
            yield self.editor
            yield self._words

    @property
    def note(self) -> str:
        """What is said while it has the focus."""
        match self.spec:
            case CheckField():
                keys = "(space: change)"
            case ChoiceField():
                keys = "(left, right: choose)"
            case LinesField():
                keys = "(Enter: new line, ctrl+s: done)"
            case TextField():
                completes = self.spec.suggestions or self.spec.complete
                keys = "(right: complete)" if completes else ""
        return f"{self.spec.hint} {keys}".strip()

    def judge(self) -> str:
        """Return what is wrong with the value, empty when nothing is."""
        spec, value = self.spec, self.editor.value
        if not isinstance(spec, TextField) or not isinstance(value, str):
            return ""
        if spec.required and not value.strip():
            return "This can't be left empty."
        return spec.check(value) if spec.check is not None else ""

    def complain(self, fault: str) -> None:
        """Show what is wrong, or nothing for an empty text."""
        self.fault = fault
        sign = "x" if self.ascii_only else "✗"
        self._words.say(f"{sign} {fault}" if fault else "", "bad")
        self.set_class(bool(fault), "-wrong")

    @property
    def ascii_only(self) -> bool:
        """Whether only ASCII is drawn."""
        return self.label.ascii

    def draw_in_ascii(self, ascii_only: bool) -> None:
        """Say whether only ASCII is drawn."""
        self.label.ascii = self.editor.ascii = self._words.ascii = ascii_only
        self.complain(self.fault)


def _editor(spec: Field) -> Editor:
    """Return what a field is filled in with."""
    match spec:
        case TextField():
            return LineInput(
                spec.value, secret=spec.secret, suggestions=spec.suggestions, complete=spec.complete
            )
        case LinesField():
            return LinesInput(spec.value)
        case CheckField():
            return Toggle(spec.value)
        case ChoiceField():
            return Chooser(spec.choices, spec.value)


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
        self._fault = " ".join(text for key, text in errors.items() if text and key not in self._rows)
        self._show_note()

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
            row.label.styles.width = min(widest, _LABEL_MAX) + _EDGE + 2
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
