"""Text to be read, searched and followed while it grows: logs, pages, output of jobs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from tui.widgets.ansi import cells, plain
from tui.widgets.log_rows import TextRows
from tui.widgets.log_search import Pattern
from tui.widgets.ring import MAX_BYTES, MAX_LINES, Line, Ring

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Line", "TextLog"]

_INTERVAL = 1 / 15
"""Seconds between two paintings while lines keep coming."""
_FLOOD_INTERVAL = 1 / 6
"""The same where so many come that nobody can read them."""
_FLOOD = 1000
"""Lines between two paintings that are a flood."""
"""Seconds between two paintings of what arrives."""


@dataclass
class _OfLog(Message):
    """Say something of a text."""

    log: TextLog

    @property
    def control(self) -> TextLog:
        """The text, for `@on` with a selector."""
        return self.log


class TextLog(TextRows, can_focus=True, inherit_bindings=False):
    """Show lines; what is being read stays where it is while others arrive and old ones are dropped.

    Args:
        placeholder: what is said when there is no line.
        wrap: whether long lines go on in the next row.
        times: whether the time of each line is shown.
        time_format: how, in the form of `strftime`; local time.
        max_lines: the most lines that are held.
        max_bytes: the most memory that their text takes; as much again while paused.

    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "ask_search", "Search", show=False, id="text.search"),
        Binding("n", "next_hit(1)", "Next", show=False, id="text.next"),
        Binding("N", "next_hit(-1)", "Previous", show=False, id="text.previous"),
        Binding("ampersand", "ask_filter", "Filter lines", show=False, id="text.filter"),
        Binding("F", "follow", "Follow", show=False, id="text.follow"),
        Binding("space", "pause", "Pause", show=False, id="text.pause"),
        Binding("w", "wrap", "Wrap", show=False, id="text.wrap"),
        Binding("t", "times", "Times", show=False, id="text.times"),
        Binding("e", "errors", "Only stderr", show=False, id="text.errors"),
        Binding("y", "copy", "Copy", show=False, id="text.copy"),
        Binding("C", "clear", "Clear", show=False, id="text.clear"),
        *TextRows.BINDINGS,
        Binding("shift+right", "sideways(1)", "Right", show=False, id="text.right"),
        Binding("shift+left", "sideways(-1)", "Left", show=False, id="text.left"),
    ]

    paused: reactive[bool] = reactive(False, repaint=False, init=False)
    """Whether arriving lines are held back."""
    held: reactive[int] = reactive(0, repaint=False)
    """The lines that arrived since the pause began."""
    matches: reactive[int] = reactive(0, repaint=False)
    """The lines shown that the search finds."""
    filter_text: reactive[str] = reactive("", repaint=False)
    """The pattern that lines must have to be shown; empty when all are."""
    search_text: reactive[str] = reactive("", repaint=False)
    """The pattern that is searched for; empty when there is none."""
    status: reactive[str] = reactive("", repaint=False)
    """All of that in a few words, for a line of status."""
    errors_only: reactive[bool] = reactive(False, repaint=False, init=False)
    """Whether only lines from stderr are shown."""

    @dataclass
    class SearchAsked(_OfLog):
        """Say that the user wants to type what to search for; the answer goes to `search`."""

    @dataclass
    class FilterAsked(_OfLog):
        """Say that the user wants to type what lines must have; the answer goes to `filter_lines`."""

    @dataclass
    class Copied(_OfLog):
        """Hand over text for the clipboard."""

        text: str

    @dataclass
    class Said(_OfLog):
        """Say in one line why a key did nothing, or not what one might expect."""

        text: str

    def __init__(
        self,
        *,
        placeholder: str = "",
        wrap: bool = True,
        times: bool = False,
        time_format: str = "%H:%M:%S",
        max_lines: int = MAX_LINES,
        max_bytes: int = MAX_BYTES,
        id: str | None = None,  # noqa: A002 (the name every widget gives it)
        classes: str | None = None,
    ) -> None:
        super().__init__(
            Ring(max_lines, max_bytes),
            placeholder=placeholder,
            wrap=wrap,
            times=times,
            time_format=time_format,
            id=id,
            classes=classes,
        )
        self._arriving = Ring(max_lines, max_bytes)
        self._ready = False
        self._scheduled = False
        self._shown_at = 0.0
        self._interval = _INTERVAL

    # The lines

    @property
    def line_count(self) -> int:
        """How many lines are held, whether shown or not; those that arrive on a pause not counted."""
        return len(self._view.ring)

    def feed(self, lines: Sequence[Line]) -> None:
        """Add lines at the end; they are painted a moment later, together with others."""
        self._arriving.extend(lines)
        self._schedule()

    def note(self, text: str) -> None:
        """Add a word of wherry's own, drawn so that it can't be taken for the program's."""
        self.feed([Line(part, own=True) for part in text.splitlines()])

    def set_lines(self, lines: Iterable[Line], *, keep_scroll: bool = False) -> None:
        """Show these lines instead, from the top.

        Args:
            lines: the new ones.
            keep_scroll: the text is the same one in a newer state: what is read stays on the screen
                as far as row numbers go, and the end does where the end was followed. Does nothing
                where the lines are the same.

        """
        new, view = list(lines), self._view
        if keep_scroll and len(view.ring) and not len(self._arriving) and new == list(view.ring):
            return
        row = self._row if keep_scroll else 0
        following = keep_scroll and len(view.ring) > 0 and self.following
        self._forget_arriving()
        view.clear()
        view.extend(new)
        self.following = following
        self._show_anew(row)

    def clear(self) -> None:
        """Drop all lines, end the pause and follow what comes; search and filter stay."""
        self._forget_arriving()
        self._view.clear()
        self.following = True
        self._show_anew(0)

    def _forget_arriving(self) -> None:
        self._arriving = Ring(self._arriving.max_lines, self._arriving.max_bytes)
        self.paused = False
        self.held = 0

    def on_mount(self) -> None:
        """Take in what came before there was a screen."""
        self._ready = True
        self._schedule()

    def _schedule(self) -> None:
        """See to it that what arrived is painted soon; there is one such call at a time."""
        if self._scheduled or not self._ready or not self._arriving.end:
            return
        self._scheduled = True
        wait = self._shown_at + self._interval - time.monotonic()
        if wait > 0:
            self.set_timer(wait, self._arrive)
        else:
            self.call_later(self._arrive)

    def _arrive(self) -> None:
        """Show what arrived, or only count it on a pause."""
        self._scheduled = False
        self._interval = _FLOOD_INTERVAL if len(self._arriving) > _FLOOD else _INTERVAL
        if self.paused:
            self.held = self._arriving.end
        else:
            self._take_in()
        self._shown_at = time.monotonic()

    def _take_in(self) -> None:
        """Add what arrived."""
        arrived = self._arriving
        if arrived.end:
            self._arriving = Ring(arrived.max_lines, arrived.max_bytes)
            self._extend(list(arrived), arrived.base)
            self.matches = len(self._view.hits)

    # Searching and filtering

    def search(self, pattern: str) -> int:
        """Look for something, go to where it is next, and return how many lines have it.

        Small letters stand for capitals too, unless there is a capital; `re:` stands before a regular
        expression; nothing ends the search.

        Raises:
            ValueError: it is no regular expression, with the reason in words.

        """
        found = Pattern(pattern) if pattern else None
        self._view.search_for(found)
        self._painter.search, self._painter.current = found, None
        self._repaint()
        self.search_text, self.matches = pattern, len(self._view.hits)
        self._go_to_first_hit()
        return self.matches

    def _go_to_first_hit(self) -> None:
        """Go to the first hit from the top of the screen on, else to the last one above it."""
        top, view = self._view.spot(self._row), self._view
        if top is not None and view.hits:
            hit = view.hit(top.number, 1, past=False)
            self._go_to(view.hits[-1] if hit is None or hit < top.number else hit)

    def filter_lines(self, pattern: str | None) -> None:
        """Show only the lines that have this, and all again for none; see `search` for patterns.

        The others are kept. wherry's own words are always shown.

        Raises:
            ValueError: it is no regular expression, with the reason in words.

        """
        self._view.filter = Pattern(pattern) if pattern else None
        self._lay_out()
        self.filter_text = pattern or ""

    def action_ask_search(self) -> None:
        """Ask for what to search for."""
        self.post_message(self.SearchAsked(self))

    def action_ask_filter(self) -> None:
        """Ask for what lines must have."""
        self.post_message(self.FilterAsked(self))

    def action_next_hit(self, step: int) -> None:
        """Go to the next line that the search finds, or the one before."""
        view, current, top = self._view, self._painter.current, self._view.spot(self._row)
        if view.search is None:
            self.post_message(self.SearchAsked(self))
            return
        on_screen = current is not None and self._is_shown(current)
        start = current if on_screen else top.number if top is not None else None
        hit = view.hit(start, step, past=on_screen) if start is not None else None
        if start is None or hit is None:
            self.post_message(self.Said(self, f"no line has {self.search_text}"))
            return
        if (hit < start) if step > 0 else (hit >= start):
            self.post_message(self.Said(self, f"went on from the {'top' if step > 0 else 'end'}"))
        # What was asked for is to be read; what arrives would push it off the screen.
        self.following = False
        self._go_to(hit)

    def _go_to(self, number: int | None) -> None:
        """Make a line the current hit, and bring it onto the screen."""
        self._painter.current = number
        if number is not None and not self._is_shown(number):
            self._move(self._view.row_of(number) - self._height // 3)
        self._repaint()

    def _is_shown(self, number: int) -> bool:
        """Return whether the beginning of a line is on the screen."""
        row = self._view.row_of(number) - self._row
        return 0 <= row < self._height and self._view.rows_of(number) > 0

    # Copying

    def text_of_visible(self) -> str:
        """Return the lines on the screen, whole and without codes, with their times if those are shown."""
        start = self._row
        return self._painter.words(self._view.lines_between(start, start + self._height))

    def all_text(self) -> str:
        """Return all lines that pass the filter, as `text_of_visible` does."""
        return self._painter.words(self._view.lines_between(0, self._view.rows))

    def action_copy(self) -> None:
        """Hand over the lines on the screen for the clipboard."""
        text = self.text_of_visible()
        self.post_message(self.Copied(self, text) if text else self.Said(self, "there is nothing to copy"))

    # Keys that change how it is shown

    def action_follow(self) -> None:
        """Follow the end, which ends a pause as well, or stop following."""
        self.following = self.paused or not self.following
        self.paused = False

    def action_pause(self) -> None:
        """Hold back what arrives, or show what was held back."""
        self.paused = not self.paused

    def action_wrap(self) -> None:
        """Let long lines go on in the next row, or not."""
        self.wrap = not self.wrap

    def action_times(self) -> None:
        """Show the time of each line, or not."""
        self.times = not self.times

    def action_errors(self) -> None:
        """Show only lines from stderr, or all."""
        self.errors_only = not self.errors_only

    def action_clear(self) -> None:
        """Drop all lines from the screen; nothing is changed where they come from."""
        self.clear()

    def action_sideways(self, direction: int) -> None:
        """Scroll by half of the cells on the screen, as far as the lines there reach."""
        painter = self._painter
        if painter.wrap:
            self.post_message(self.Said(self, "long lines are wrapped; w shows each in one row"))
            return
        lines = self._view.lines_between(self._row, self._row + self._height)
        widest = max((cells(plain(line.text)) for line in lines), default=0)
        left = painter.left + direction * max(1, painter.text_width // 2)
        painter.left = max(0, min(left, widest - painter.text_width))
        self._repaint()

    def watch_following(self, following: bool) -> None:
        """Go to the end, and say it."""
        super().watch_following(following)
        self._say_status()

    def watch_paused(self, paused: bool) -> None:
        """Show what was held back."""
        self.held = 0
        if not paused and self._ready:
            self._take_in()
        self._say_status()

    def watch_errors_only(self, errors_only: bool) -> None:
        """Choose anew which lines are shown."""
        self._view.errors_only = errors_only
        self._lay_out()
        self._say_status()

    def watch_held(self) -> None:
        """Say it."""
        self._say_status()

    def watch_matches(self) -> None:
        """Say it."""
        self._say_status()

    def watch_search_text(self) -> None:
        """Say it."""
        self._say_status()

    def watch_filter_text(self) -> None:
        """Say it."""
        self._say_status()

    def _say_status(self) -> None:
        words = [f"paused, {self.held} more"] if self.paused else ["following"] if self.following else []
        words += ["stderr only"] * self.errors_only
        words += [f"& {self.filter_text}"] if self.filter_text else []
        words += [f"/ {self.search_text}: {self.matches}"] if self.search_text else []
        self.status = " · ".join(words)

    def _show_anew(self, row: int) -> None:
        """Show other lines than before, and count hits among them."""
        super()._show_anew(row)
        self.matches = len(self._view.hits)

    def _words_for_nothing(self) -> str:
        """Return what is said where no line is shown, though there may be some."""
        if not self.line_count:
            return self.placeholder
        kind = "line from stderr" if self.errors_only else "line"
        return f"no {kind} has {self.filter_text}" if self.filter_text else "no line from stderr"
