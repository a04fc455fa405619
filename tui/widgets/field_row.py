"""One field of a form on the screen: its label, what is filled in, and what is said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.widget import Widget

from tui.widgets.cells import fit, text_width, wrap
from tui.widgets.editors import Chooser, Editor, LinesInput, Toggle
from tui.widgets.fields import CheckField, ChoiceField, Field, LinesField, TextField
from tui.widgets.prompt import LineInput
from tui.widgets.statusline import Lines, Piece

if TYPE_CHECKING:
    from textual.app import ComposeResult

EDGE = 2
"""Columns at the left for the sign of the focus."""


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
        text = fit(self.text, min(text_width(self.text), width - EDGE), ascii_only=self.ascii)
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
        self._remark = ""
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
                keys = f"({'right: complete, ' if self.spec.complete else ''}Enter: new line, ctrl+s: done)"
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
        self._say()

    def remark(self, text: str) -> None:
        """Show what should be known of the value, though it is not wrong; an empty text is nothing."""
        if text != self._remark:
            self._remark = text
            self._say()

    def _say(self) -> None:
        sign = "x" if self.ascii_only else "✗"
        text = f"{sign} {self.fault}" if self.fault else self._remark
        self._words.say(text, "bad" if self.fault else "warn")
        self.set_class(bool(self.fault), "-wrong")

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
            return LinesInput(spec.value, grows=spec.grows, complete=spec.complete)
        case CheckField():
            return Toggle(spec.value)
        case ChoiceField():
            return Chooser(spec.choices, spec.value)
