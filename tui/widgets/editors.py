"""What the fields of a form are filled in with, beside one line: several lines, a choice, yes or no."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import TextArea

from tui.widgets.cells import fit, text_width
from tui.widgets.prompt import LineInput, edit_at_once, pasted, pictures, to_ascii
from tui.widgets.statusline import Lines, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual import events
    from textual.strip import Strip
    from textual.worker import WorkType

_LINES_MOST = 4
"""Lines that an editor which grows takes at the most."""


class LinesInput(TextArea):
    """Take several lines; they are drawn safely, not wrapped, and `↑ ↓` at their ends leave it.

    Args:
        value: What is in it, raw.
        grows: Whether it begins as one line, and grows with what is typed.
        complete: Returns what the line with the cursor may become; it is called on a thread.

    """

    ascii: reactive[bool] = reactive(False)
    """Whether only ASCII is drawn."""

    @dataclass
    class Left(Message):
        """Say that the cursor was moved on at the first line (-1) or the last (1)."""

        step: int

    def __init__(
        self, value: str = "", *, grows: bool = False, complete: Callable[[str], Sequence[str]] | None = None
    ) -> None:
        self._complete = complete
        super().__init__(value, soft_wrap=False, compact=True, highlight_cursor_line=False)
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self._grows = grows
        self._fit()

    def _fit(self) -> None:
        """Take as many lines as are needed, within limits."""
        if self._grows:
            self.styles.height = min(_LINES_MOST, self.document.line_count)

    def on_text_area_changed(self) -> None:
        """Grow or shrink with the text."""
        self._fit()

    def on_focus(self) -> None:
        """Offer how the line may go on."""
        self.update_suggestion()

    async def on_key(self, event: events.Key) -> None:
        """Edit at once, in the order of the keys."""
        await edit_at_once(self, event)

    def update_suggestion(self) -> None:
        """Look, on a thread, how the line with the cursor may go on."""
        self.suggestion = ""
        if self._complete is not None and self.is_attached:
            row, column = self.cursor_location
            line = self.document.get_line(row)
            if column == len(line):
                # Not the coroutine: one that is replaced before its turn would never be awaited.
                offer: WorkType[None] = partial(self._offer, row, line)
                self.run_worker(offer, group="complete", exclusive=True)

    async def _offer(self, row: int, line: str) -> None:
        if self._complete is None:
            return
        offered = await asyncio.to_thread(self._complete, line)
        if self.cursor_location == (row, len(line)) and self.document.get_line(row) == line:
            self.suggestion = next(
                (
                    each[len(line) :]
                    for each in offered
                    if each != line and each.startswith(line) and pictures(each) == each
                ),
                "",
            )

    @property
    def value(self) -> str:
        """What is in it."""
        return self.text

    def validate_virtual_size(self, size: Size) -> Size:
        """Give room to what is drawn: pictures of characters without a width, and what is offered."""
        lines = self.text.split("\n")
        more = max(cell_len(pictures(line)) - cell_len(line) for line in lines)
        return Size(size.width + more + cell_len(self.suggestion), size.height)

    def watch_suggestion(self) -> None:
        """Make room for what is offered."""
        if self.is_attached:
            self._refresh_size()

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
