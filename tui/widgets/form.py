"""A form: fields declared as values, and the widget that has them filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from rich.text import Text
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.widgets.cells import fit, safe, text_width, wrap
from tui.widgets.prompt import LineInput, pasted, pictures, to_ascii
from tui.widgets.statusline import Lines, Piece

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.strip import Strip

__all__ = ["CheckField", "ChoiceField", "Field", "Form", "LinesField", "TextField", "Values", "filled"]

NARROW = 70
"""Below so many columns the labels stand above what is typed."""
_LABEL_MAX = 24
_NOTE_LINES = 2

Values: TypeAlias = dict[str, str | bool]
"""What is filled in, by the fields' keys."""


@dataclass(frozen=True, slots=True)
class TextField:
    """Declare a field for one line.

    Args:
        key: Its name among the values.
        label: What stands beside it.
        value: What is in it at the start.
        hint: What is said while it has the focus.
        required: Whether it can't be left blank.
        suggestions: What may be completed with `→`.
        secret: Whether it is drawn as bullets.
        check: Returns a sentence that says what is wrong with a value, empty when nothing is.

    """

    key: str
    label: str
    value: str = field(default="", repr=False)
    hint: str = ""
    required: bool = False
    suggestions: tuple[str, ...] = ()
    secret: bool = False
    check: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class CheckField:
    """Declare a field for yes or no; see `TextField`."""

    key: str
    label: str
    value: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """Declare a field for one of several words; the first one is chosen if `value` is none of them."""

    key: str
    label: str
    choices: tuple[str, ...]
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class LinesField:
    """Declare a field for several lines, as in `NAME=value` on each; see `TextField`."""

    key: str
    label: str
    value: str = field(default="", repr=False)
    hint: str = ""


Field: TypeAlias = TextField | CheckField | ChoiceField | LinesField


def filled(fields: Sequence[Field], values: Mapping[str, str | bool]) -> tuple[Field, ...]:
    """Return the fields with the values of an earlier time, but for secrets and what does not fit."""
    return tuple(_filled(each, values.get(each.key)) for each in fields)


def _filled(spec: Field, value: str | bool | None) -> Field:
    """Return one field with a value, if it is of its kind."""
    if isinstance(spec, CheckField):
        return replace(spec, value=value) if isinstance(value, bool) else spec
    if not isinstance(value, str) or (isinstance(spec, TextField) and spec.secret):
        return spec
    if isinstance(spec, ChoiceField) and value not in spec.choices:
        return spec
    return replace(spec, value=value)


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

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "turn(1)", "Next", show=False, id="form.next_choice"),
        Binding("left", "turn(-1)", "Previous", show=False, id="form.previous_choice"),
    ]

    @dataclass
    class Changed(Message):
        """Say that another one was chosen."""

    def __init__(self, choices: Sequence[str], chosen: str) -> None:
        super().__init__()
        self._choices = tuple(choices)
        self._index = self._choices.index(chosen) if chosen in self._choices else 0

    @property
    def value(self) -> str | bool:
        """What is chosen."""
        return self._choices[self._index] if self._choices else ""

    def action_turn(self, step: int) -> None:
        """Choose the one that many places further, the first one after the last."""
        if len(self._choices) > 1:
            self._index = (self._index + step) % len(self._choices)
            self.redraw()
            self.post_message(self.Changed())

    def on_click(self) -> None:
        """Choose the next one."""
        self.action_turn(1)

    def lines(self, width: int) -> list[list[Piece]]:
        """Return the one line: what is chosen, between signs that there is more."""
        left, right = "<>" if self.ascii else "‹›"
        text = fit(str(self.value), min(text_width(str(self.value)), width - 4), ascii_only=self.ascii)
        return [[(f"{left} {text} {right}", "active" if self.has_focus else "")]]

    def on_focus(self) -> None:
        """Show the focus."""
        self.redraw()

    def on_blur(self) -> None:
        """Show that the focus is gone."""
        self.redraw()


class Toggle(Chooser):
    """Say yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "turn(1)", "Change", show=False, id="form.toggle"),
    ]

    def __init__(self, value: bool) -> None:
        super().__init__(("", "x"), "x" if value else "")

    @property
    def value(self) -> bool:
        """Whether it is yes."""
        return self._index == 1

    def lines(self, width: int) -> list[list[Piece]]:
        """Return the one line: a box with or without its cross."""
        return [[("[x]" if self.value else "[ ]", "active" if self.has_focus else "")]]


Editor: TypeAlias = LineInput | LinesInput | Chooser


class Words(Lines):
    """Show a text broken into lines, or cut to one line; nothing for an empty one."""

    def __init__(self, text: str = "", look: str = "", *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._text, self._look_name = text, look

    def say(self, text: str, look: str) -> None:
        """Show this text instead, in this look."""
        self._text, self._look_name = text, look
        self.redraw()

    def lines(self, width: int) -> list[list[Piece]]:
        """Return the lines."""
        text = self._text
        return [[(line, self._look_name)] for line in wrap(text, width, self.ascii)] if text else []
