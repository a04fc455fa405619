"""The dialog that asks before something is removed or lost."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.actions.model import Asks, Option
from tui.widgets.cells import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

DEAF = 0.3
"""Seconds for which a new question ignores every key: what was typed ahead does not answer it."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """What a question says under the options chosen so far.

    Args:
        level: how it must be answered.
        lost: what goes for good.
        warnings: what else to know.
        commands: the docker commands it stands for.

    """

    level: Asks
    lost: Sequence[str] = ()
    warnings: Sequence[str] = ()
    commands: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its targets.

    Args:
        title: one sentence with the act, the number and the host.
        targets: the name of each, with its state.
        stakes: says what is at stake for the options chosen.
        typed: what must be typed to agree, where losing data wants that.

    """

    title: str
    targets: Sequence[str]
    stakes: Callable[[dict[str, Any]], Stakes]
    options: Sequence[Option] = ()
    typed: str = ""
    chosen: dict[str, Any] = field(default_factory=dict)


class QuestionScreen(ModalScreen[dict[str, Any] | None]):
    """Ask; gives the options chosen, or None for no."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q,enter", "refuse", "no", id="question.no"),
    ]

    def __init__(self, question: Question, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.question = question
        self.chosen = {
            option.name: option.choices[0] if option.choices else False for option in question.options
        }
        self._clock = clock
        self._opened = clock()
        self._said = ""

    def compose(self) -> ComposeResult:
        """Lay out the question, what is at stake, and how to answer."""
        with Vertical(id="question"):
            yield Static(Text(safe(self.question.title), "bold"), id="question-title")
            with VerticalScroll(id="question-body", can_focus=False):
                yield Static(id="question-text")
            yield Input(id="question-typed", compact=True)
            yield Static(id="question-answer")

    def on_mount(self) -> None:
        """Show what is at stake before anything is chosen."""
        self._draw()

    @property
    def _stakes(self) -> Stakes:
        return self.question.stakes(self.chosen)

    @property
    def _wants_typing(self) -> bool:
        return bool(self.question.typed) and self._stakes.level is Asks.LOSS

    def _draw(self) -> None:
        stakes = self._stakes
        typed = self.query_one("#question-typed", Input)
        typed.display = self._wants_typing
        self.query_one("#question-text", Static).update(self._text(stakes))
        self.query_one("#question-answer", Static).update(self._answers(stakes))
        if self._wants_typing:
            typed.focus()
        else:
            self.set_focus(None)

    def _text(self, stakes: Stakes) -> Text:
        text = Text()
        for target in self.question.targets:
            text.append(f"  {safe(target)}\n")
        for lost in stakes.lost:
            text.append(f"Lost for good: {safe(lost)}\n", "bold")
        for warning in stakes.warnings:
            text.append(f"Note: {safe(warning)}\n")
        for option in self.question.options:
            value = self.chosen[option.name]
            mark = str(value) if option.choices else ("x" if value else " ")
            text.append(f"  {option.key}  [{mark}] {option.label}\n")
        for command in stakes.commands:
            text.append(f"$ {safe(command)}\n", "dim")
        text.rstrip()
        return text

    def _answers(self, stakes: Stakes) -> Text:
        if self._said:
            return Text(self._said, "bold")
        if self._wants_typing:
            return Text(f"Type {safe(self.question.typed)} and Enter to agree · Esc no")
        text = Text()
        text.append("Y" if stakes.level is Asks.LOSS else "y", "bold")
        text.append(" (capital) yes   " if stakes.level is Asks.LOSS else " yes   ")
        text.append(" Enter no ", "reverse")
        return text

    async def on_event(self, event: events.Event) -> None:
        """Swallow every key of the first moment, before anything else sees it."""
        from textual import events as kinds

        if isinstance(event, (kinds.Key, kinds.Paste)) and self._clock() - self._opened < DEAF:
            event.stop()
            event.prevent_default()
            return
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """Answer yes, or choose an option."""
        if self._wants_typing:
            return
        yes = "Y" if self._stakes.level is Asks.LOSS else "y"
        option = next((one for one in self.question.options if one.key == event.character), None)
        if event.character == yes:
            event.stop()
            self.dismiss(dict(self.chosen))
        elif option is not None:
            event.stop()
            self._choose(option)
        elif event.character == "y":
            event.stop()
            self._said = "Data is lost: capital Y agrees · Enter no"
            self._draw()

    def _choose(self, option: Option) -> None:
        value = self.chosen[option.name]
        if option.choices:
            place = option.choices.index(str(value)) + 1
            self.chosen[option.name] = option.choices[place % len(option.choices)]
        else:
            self.chosen[option.name] = not value
        self._said = ""
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Agree where the right name was typed."""
        event.stop()
        if event.value.strip() == self.question.typed:
            self.dismiss(dict(self.chosen))
            return
        self._said = f"That is not {safe(self.question.typed)}: nothing is done · Esc no"
        self._draw()

    def action_refuse(self) -> None:
        """Say no."""
        self.dismiss(None)
