"""The last line of the screen: keys, a message, a question, or something to type."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.widgets.cells import safe
from tui.widgets.footer import KeyFooter, KeyHint
from tui.widgets.prompt import Prompt, QuestionLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from tui.widgets.footer import Kind

_MANY = 8
"""Lines of results that are shown at once; Activity has them all."""


class Bottom(Vertical):
    """Shows one thing at a time in one place; results of many acts stand above it until the next key.

    Args:
        listening: called when a question or a prompt takes the keys.

    """

    def __init__(self, listening: Callable[[], None]) -> None:
        super().__init__(id="bottom")
        self._listening = listening
        self.footer = KeyFooter()
        self._results = Static(id="results", markup=False)
        self._question: QuestionLine | None = None
        self._answer: asyncio.Future[bool] | None = None
        self._prompt: Prompt | None = None
        self._before: Widget | None = None
        self._typed: tuple[Callable[[str], None], Callable[[str | None], None]] | None = None

    def compose(self) -> ComposeResult:
        """Lay out results over keys."""
        yield self._results
        yield self.footer

    def on_mount(self) -> None:
        """Show no results yet."""
        self._results.display = False

    def say(self, text: str, kind: Kind = "info") -> None:
        """Say this in the place of the keys, until the next key or for a while."""
        self.footer.say(text, kind)

    def show_hints(self, hints: Sequence[KeyHint]) -> None:
        """Show these keys."""
        self.footer.set_hints(hints)

    def show_results(self, lines: Sequence[str]) -> None:
        """Show results, one a line, until the next key."""
        shown = list(lines[:_MANY])
        if len(lines) > _MANY:
            shown.append(f"and {len(lines) - _MANY} more; A shows all")
        self._results.update(Content("\n".join(safe(line) for line in shown)))
        self._results.display = bool(shown)

    def settle(self) -> None:
        """Take away messages and results: a key was pressed."""
        if self.footer.message:
            self.footer.dismiss()
        if self._results.display:
            self._results.display = False

    @property
    def busy(self) -> bool:
        """Whether a question or a prompt has the place."""
        return self._question is not None or self._prompt is not None

    async def ask(self, text: str, command: str, key: str) -> bool:
        """Ask on the line; gives the answer. The same key once more is a yes, as Enter is."""
        self.withdraw()
        await self._clear()
        self._before = self.screen.focused
        self._answer = asyncio.get_running_loop().create_future()
        self._question = QuestionLine(text, command, yes=(key,) if key else ())
        self.footer.display = False
        await self.mount(self._question)
        # Not focus(), which waits for the app, which may be waiting for this.
        self.screen.set_focus(self._question)
        self._listening()
        try:
            return await self._answer
        finally:
            await self._clear()

    def withdraw(self) -> None:
        """Take the question back; it counts as no."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(False)

    def on_question_line_answered(self, event: QuestionLine.Answered) -> None:
        """Take the answer."""
        event.stop()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(event.yes)

    async def prompt(
        self,
        label: str,
        value: str,
        changed: Callable[[str], None],
        ended: Callable[[str | None], None],
    ) -> None:
        """Have a line typed.

        Args:
            label: what stands before it.
            value: what is in it at the start.
            changed: called with each change.
            ended: called with what was typed on Enter, with None on Esc.

        """
        await self._clear()
        self._before = self.screen.focused
        self._typed = (changed, ended)
        self._prompt = Prompt(label, value)
        self.footer.display = False
        await self.mount(self._prompt)
        self.screen.set_focus(self._prompt.query_one(Input))
        self._listening()

    def on_prompt_changed(self, event: Prompt.Changed) -> None:
        """Pass on what was typed so far."""
        event.stop()
        if self._typed is not None:
            self._typed[0](event.value)

    async def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        """End with what was typed."""
        event.stop()
        await self._end_prompt(event.value)

    async def on_prompt_cancelled(self, event: Prompt.Cancelled) -> None:
        """End with nothing."""
        event.stop()
        await self._end_prompt(None)

    async def _end_prompt(self, value: str | None) -> None:
        typed, self._typed = self._typed, None
        await self._clear()
        if typed is not None:
            typed[1](value)

    async def _clear(self) -> None:
        # First, for Textual would give the focus of what is removed to whatever is next.
        before, self._before = self._before, None
        if before is not None and before.is_attached:
            self.screen.set_focus(before)
        for widget in (self._question, self._prompt):
            if widget is not None:
                await widget.remove()
        self._question = self._prompt = None
        self.footer.display = True
