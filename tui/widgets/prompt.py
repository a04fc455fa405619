"""What takes the footer's place to ask for something: a line to type, or a question."""

from __future__ import annotations

import asyncio
import time
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from rich.cells import cell_len, set_cell_size
from rich.highlighter import Highlighter
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.suggester import Suggester, SuggestFromList
from textual.widget import Widget
from textual.widgets import Input

from tui.widgets.cells import safe, text_width, wrap
from tui.widgets.statusline import Lines, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.text import Text
    from textual import events
    from textual.app import ComposeResult

__all__ = ["LineInput", "Prompt", "QuestionLine"]

DEAF_FOR = 0.3
"""Seconds after a question appeared in which no key answers it."""
HELD_FOR = 0.8
"""Seconds in which the key that asked does not answer: a keyboard repeats a held key sooner."""
_LONGEST = 32_768
_SHORTEST_COMMAND = 12
_SPACE = 3
_MARKS_IN_A_ROW = 2
_YES = frozenset({"y", "enter"})
_NO = frozenset({"n", "q", "escape", "ctrl+c"})


def pictures(text: str) -> str:
    """Return as many characters, none of which moves the cursor or hides: what an editor can show."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        if unicodedata.combining(character):
            marks += 1
            shown.append(character if marks <= _MARKS_IN_A_ROW else "·")
            continue
        marks = 0
        picture = safe(character)
        shown.append(picture if len(picture) == 1 else "·")
    return "".join(shown)


def to_ascii(strip: Strip) -> Strip:
    """Return a strip of the same width in which all that is not ASCII is `?`, and bullets are `*`."""

    def plain(character: str) -> str:
        if character.isascii():
            return character
        return "*" if character == "•" else "?" * cell_len(character)

    return Strip(
        Segment("".join(plain(each) for each in text), style, control) for text, style, control in strip
    )


def pasted(text: str, several_lines: bool = False) -> str:
    """Return text as it may go into an input: without control characters, by default on one line."""
    joint = "\n" if several_lines else " "
    lines = text.splitlines() if several_lines else [line for line in text.splitlines() if line.strip()]
    joined = joint.join(lines).replace("\t", " ")
    return "".join(each for each in joined if each == joint or unicodedata.category(each) != "Cc")


class _Pictures(Highlighter):
    """Let an input draw its value as pictures."""

    def __init__(self, value: Callable[[], str]) -> None:
        self._value = value

    def highlight(self, text: Text) -> None:
        """Replace the text, from which Rich took some control characters, by one of the value's length."""
        text.plain = pictures(self._value())


class _Completing(Suggester):
    """Offer the first of what a function finds, which may take its time."""

    def __init__(self, complete: Callable[[str], Sequence[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """Return the first that goes on from what is typed, and can be drawn."""
        offered = await asyncio.to_thread(self._complete, value)
        return next(
            (each for each in offered if each != value and each.startswith(value) and pictures(each) == each),
            None,
        )


async def edit_at_once(editor: Widget, event: events.Key) -> None:
    """Do at once what a key means to an editor.

    Textual looks its keys up when they have bubbled all the way up: text that was typed behind them,
    or comes in one piece with them, would be there first.
    """
    for binding in editor._bindings.key_to_bindings.get(event.key, ()):  # noqa: SLF001 (it has no other way)
        if await editor.app.run_action(binding.action, editor):
            event.stop()
            event.prevent_default()
            return


class LineInput(Input):
    """Take one line; what is in it is drawn safely, and it takes pasted lines as one.

    Args:
        value: What is in it, raw.
        secret: Whether it is drawn as bullets.
        suggestions: What may be completed with `→`; those that can't be drawn are not offered.
        complete: Returns such suggestions for what is typed, called on a thread; they take the place
            of the others.

    """

    ascii: reactive[bool] = reactive(False)
    """Whether only ASCII is drawn."""

    def __init__(
        self,
        value: str = "",
        *,
        secret: bool = False,
        suggestions: Sequence[str] = (),
        complete: Callable[[str], Sequence[str]] | None = None,
    ) -> None:
        offered = [each for each in suggestions if pictures(each) == each]
        known = SuggestFromList(offered, case_sensitive=False) if offered else None
        super().__init__(
            password=secret,
            highlighter=_Pictures(lambda: self.value),
            max_length=_LONGEST,
            suggester=_Completing(complete) if complete is not None else known,
            select_on_focus=False,
            compact=True,
        )
        self.cursor_blink = False
        self.set_reactive(Input.value, value)

    async def on_key(self, event: events.Key) -> None:
        """Edit at once, in the order of the keys."""
        await edit_at_once(self, event)

    def on_mount(self) -> None:
        """Let the value count as typed."""
        self.mutate_reactive(Input.value)

    def on_focus(self) -> None:
        """Bring the cursor into view."""
        self._reveal()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._reveal()

    def _reveal(self) -> None:
        """Scroll to the cursor once the width is known."""
        self.call_after_refresh(self.mutate_reactive, Input.selection)

    def render_line(self, y: int) -> Strip:
        """Return the line in the look of the input up to its end, so that an empty one is seen."""
        strip = super().render_line(y).extend_cell_length(self.size.width, self.rich_style)
        return to_ascii(strip) if self.ascii else strip

    def on_paste(self, event: events.Paste) -> None:
        """Take all the lines as one, where Textual takes the first."""
        event.prevent_default()
        event.stop()
        self.replace(pasted(event.text), *self.selection)

    def action_paste(self) -> None:
        """Paste what was copied in here."""
        self.replace(pasted(self.app.clipboard), *self.selection)


class PromptLabel(Lines):
    """Show what is asked for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def lines(self, width: int) -> list[list[Piece]]:  # noqa: ARG002 (the same at any width)
        """Return the one line."""
        return [[(f" {safe(self._text, self.ascii)} ", "bold")]]


class Prompt(Widget):
    """Ask for one line in the footer's place.

    Args:
        label: What is asked for.
        value: What is in it at the start.

    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "cancel", "Cancel", show=False, id="prompt.cancel"),
    ]

    ascii: reactive[bool] = reactive(False, repaint=False)
    """Whether only ASCII is drawn."""

    @dataclass
    class Changed(Message):
        """Say what is typed now."""

        value: str

        def can_replace(self, message: Message) -> bool:
            """Replace an earlier one that nobody has seen yet."""
            return isinstance(message, Prompt.Changed)

    @dataclass
    class Submitted(Message):
        """Say what was typed when Enter was pressed."""

        value: str

    @dataclass
    class Cancelled(Message):
        """Say that Esc was pressed."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        id: str | None = None,  # noqa: A002 (the name every widget gives it)
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._label = PromptLabel(label)
        self._input = LineInput(value)
        self._said = value

    @property
    def value(self) -> str:
        """What is in the line now."""
        return self._input.value

    def compose(self) -> ComposeResult:
        """Put the line beside the label."""
        yield self._label
        yield self._input

    def on_mount(self) -> None:
        """Be ready for typing."""
        self.focus()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the line."""
        self._input.focus(scroll_visible)
        return self

    def watch_ascii(self, ascii_only: bool) -> None:
        """Draw with other characters."""
        self._label.ascii = self._input.ascii = ascii_only

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is typed, if it is something else than before."""
        event.stop()
        if event.value != self._said:
            self._said = event.value
            self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Say what was typed."""
        event.stop()
        self.post_message(self.Submitted(event.value))

    def action_cancel(self) -> None:
        """Say that nothing is wanted."""
        self.post_message(self.Cancelled())


class QuestionLine(Lines, can_focus=True):
    """Ask yes or no in the footer's place; no key does anything else meanwhile.

    What is asked is never cut: the command is, in its middle, then it goes, then more lines are taken.

    Args:
        question: What is asked, with the names of host and target; raw.
        command: The command that yes stands for; raw.
        yes: Further keys that mean yes, such as the one that asked; held down, it answers nothing.
        clock: Gives seconds, for the time in which keys do nothing.

    """

    @dataclass
    class Answered(Message):
        """Say whether the answer was yes; said once."""

        yes: bool

    def __init__(
        self,
        question: str,
        command: str = "",
        *,
        yes: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
        id: str | None = None,  # noqa: A002 (the name every widget gives it)
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._question = question
        self._command = command
        self._also_yes = frozenset(yes)
        self._clock = clock
        self._appeared: float | None = None
        self._last_key: float | None = None
        self._answered = False

    def on_mount(self) -> None:
        """Take the keys."""
        self.focus()

    def render_line(self, y: int) -> Strip:
        """Return one line, and note when the first one was drawn."""
        if self._appeared is None:
            self._appeared = self._clock()
        return super().render_line(y)

    def on_key(self, event: events.Key) -> None:
        """Answer, or swallow the key."""
        event.stop()
        event.prevent_default()
        now = self._clock()
        before, self._last_key = self._last_key, now
        if self._answered or self._appeared is None or now - self._appeared < DEAF_FOR:
            return
        held = now - self._appeared < HELD_FOR or (before is not None and now - before < DEAF_FOR)
        if event.key in _NO:
            self._answer(False)
        elif event.key in _YES or (event.key in self._also_yes and not held):
            self._answer(True)

    def _answer(self, yes: bool) -> None:
        """Say what was answered."""
        self._answered = True
        self.post_message(self.Answered(yes))

    def on_paste(self, event: events.Paste) -> None:
        """Swallow what is pasted."""
        event.stop()

    def lines(self, width: int) -> list[list[Piece]]:
        """Return question, keys and command on one line, or without the command on as many as needed."""
        room = width - 2
        asked = wrap(self._question, room, self.ascii) or [""]
        keys = "Enter yes, Esc no" if self.ascii else "Enter yes · Esc no"
        head: list[list[Piece]] = [[(" " + line, "bold")] for line in asked]
        left = room - text_width(asked[-1]) - _SPACE - text_width(keys)
        if left < 0:
            return [*head, [(" " + keys, "accent")]]
        head[-1] += [(" " * _SPACE, ""), (keys, "accent")]
        if self._command and len(asked) == 1 and left >= _SPACE + _SHORTEST_COMMAND:
            head[-1] += [(" " * _SPACE, ""), (self._cut(left - _SPACE), "dim")]
        return head

    def _cut(self, room: int) -> str:
        """Return the command in that many cells at the most, without its middle where it is longer."""
        command = safe(self._command, self.ascii)
        if cell_len(command) <= room:
            return command
        sign = "~" if self.ascii else "…"
        back = (room - 1) // 2
        return set_cell_size(command, room - 1 - back) + sign + _tail(command, back)


def _tail(text: str, room: int) -> str:
    """Return the end of the text, in that many cells at the most."""
    start, taken = len(text), 0
    while start > 0 and taken + cell_len(text[start - 1]) <= room:
        start -= 1
        taken += cell_len(text[start])
    return text[start:]
