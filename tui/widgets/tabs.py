"""The line of tabs over a detail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tui.widgets.cells import fit, text_width
from tui.widgets.statusline import Lines, Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events


class TabBar(Lines):
    """Show titles on one line, the active one marked and always in sight.

    The active tab has brackets where there is no colour, or only ASCII.
    """

    @dataclass
    class Picked(Message):
        """Say that a tab was chosen with the mouse, by its place from 0."""

        index: int

    def __init__(
        self,
        titles: Sequence[str] = (),
        active: int = 0,
        *,
        id: str | None = None,  # noqa: A002 (the name every widget gives it)
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._titles: tuple[str, ...] = ()
        self._active = 0
        self._first = 0
        self._places: list[tuple[int, int]] = []
        self.set_tabs(titles, active)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles, from left to right."""
        return self._titles

    @property
    def active(self) -> int:
        """The place of the active tab, from 0; 0 also when there is none."""
        return self._active

    def set_tabs(self, titles: Sequence[str], active: int) -> None:
        """Show these titles instead, the active one by its place from 0; the nearest if it has none."""
        if self._titles != tuple(titles):
            self._titles, self._first = tuple(titles), 0
        self._active = max(0, min(active, len(self._titles) - 1))
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Make the tab clicked the active one; a sign of more tabs stands for the next one hidden."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for index, end in self._places:
            if offset.x < end:
                if index != self._active and 0 <= index < len(self._titles):
                    self.set_tabs(self._titles, index)
                    self.post_message(self.Picked(index))
                return

    def lines(self, width: int) -> list[list[Piece]]:
        """Return the one line: the tabs there is room for, and signs at the ends for more of them."""
        widths = [text_width(title) + 2 for title in self._titles]
        first, end = self._window(widths, width)
        line: list[Piece] = []
        self._places = []
        x = 0
        for index in range(first - 1 if first else first, end + 1 if end < len(widths) else end):
            hidden = index < first or index >= end
            piece = self._more(index < first) if hidden else self._tab(index, min(widths[index], width - x))
            line.append(piece)
            x += text_width(piece[0])
            self._places.append((index, x))
        return [line]

    def _more(self, before: bool) -> Piece:
        """Return the sign that there are more tabs on that side."""
        return ("<>" if self.ascii else "‹›")[0 if before else 1], "dim"

    def _tab(self, index: int, cells: int) -> Piece:
        """Return a tab that many cells wide."""
        title = fit(self._titles[index], cells - 2, ascii_only=self.ascii)
        if index != self._active:
            return f" {title} "[:cells], "dim"
        brackets = "[]" if self.ascii or self.app.no_color else "  "
        return f"{brackets[0]}{title}{brackets[1]}", "active"

    def _window(self, widths: list[int], width: int) -> tuple[int, int]:
        """Return the first tab shown and the one after the last, moved no further than needed."""
        first = min(self._first, self._active)
        while first < self._active and _end(widths, first, width) <= self._active:
            first += 1
        while first > 0 and _end(widths, first - 1, width) == len(widths):
            first -= 1
        self._first = first
        return first, max(_end(widths, first, width), min(first + 1, len(widths)))


def _end(widths: list[int], first: int, width: int) -> int:
    """Return the tab after the last one there is room for, when this is the first one shown."""
    room = width - (1 if first else 0)
    if sum(widths[first:]) <= room:
        return len(widths)
    end = first
    while end < len(widths) and sum(widths[first : end + 1]) <= room - 1:
        end += 1
    return end
