"""How the lines of a log are drawn, a row at a time."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.cache import LRUCache
from textual.strip import Strip

from tui.widgets.ansi import Span, Styled, Window, parse, plain, row_starts, window
from tui.widgets.cells import fit, wrap
from tui.widgets.log_view import NARROWEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.style import Style

    from tui.widgets.log_search import Pattern
    from tui.widgets.ring import Line

GUTTER = 2
"""Cells at the left edge: the sign that says whose words a line is, and a blank."""

_STRIPS = 512
_PARSED = 8
_SAMPLE = datetime(2000, 12, 30, 23, 59, 59, 999_999)
_SIGNS = {"own": ("»", "*"), "error": ("▎", "!"), "cut": ("…", "~")}


def clock(stamp: str, form: str) -> str:
    """Return an RFC 3339 time as local time in a form of `strftime`; empty where it is none."""
    # Cached by the whole second, since neighbours share it; a form with fractions is not.
    return _clock(stamp if "%f" in form else stamp[:19] + "Z" * stamp.endswith("Z"), form)


@lru_cache(maxsize=512)
def _clock(stamp: str, form: str) -> str:
    try:
        return datetime.fromisoformat(stamp).astimezone().strftime(form)
    except (ValueError, OverflowError, OSError):
        return ""


def _laid_over(runs: Sequence[Span], spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the runs, cut where spans lie over them, with the style of both there; both in order."""
    place = bisect_right(spans, runs[0].start, key=lambda span: span.end) if runs else 0
    for start, end, style in runs:
        at = start
        while place < len(spans) and spans[place].start < end:
            first, behind, above = spans[place]
            first, last = max(first, at), min(behind, end)
            if first > at:
                yield Span(at, first, style)
            if last > first:
                yield Span(first, last, style + above)
            at = max(at, last)
            if behind > end:
                break
            place += 1
        if at < end:
            yield Span(at, end, style)


class LogPainter:
    """Draw rows of lines, and keep those drawn until `forget` is called.

    Args:
        look: gives the style of component classes put over each other, the last on top; the plain
            style for none.
        time_format: how times are written, in the form of `strftime`.

    """

    def __init__(self, look: Callable[[tuple[str, ...]], Style], time_format: str) -> None:
        self.width = 0
        self.left = 0
        self.wrap = True
        self.times = False
        self.ascii_only = False
        self.dimmed = False
        self.search: Pattern | None = None
        self.current: int | None = None
        self._time_format = time_format
        self._look_of = look
        self._looks: dict[tuple[str, ...], Style] = {}
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(_STRIPS)
        self._parsed: LRUCache[int, tuple[Styled, list[int]]] = LRUCache(_PARSED)

    @property
    def _time_width(self) -> int:
        return cell_len(_SAMPLE.strftime(self._time_format)) + 1 if self.times else 0

    @property
    def text_width(self) -> int:
        """The cells that there are for text."""
        return max(NARROWEST, self.width - GUTTER - self._time_width)

    def forget(self) -> None:
        """Draw everything anew: style, width or content are other ones now."""
        self._looks.clear()
        self._strips.clear()
        self._parsed.clear()

    def row(self, number: int, line: Line, row: int) -> Strip:
        """Return a row of a line, counted from 0, as a strip of the painter's width."""
        strip = self._strips.get((number, row))
        if strip is None:
            strip = self._strips[number, row] = self._draw(number, line, row)
        return strip

    def placeholder(self, text: str, row: int) -> Strip:
        """Return one row of what is said when there is no line, as a strip."""
        lines = wrap(text, self.width - 2 * GUTTER, self.ascii_only)
        shown = " " * GUTTER + lines[row] if row < len(lines) else ""
        return self._strip([Segment(shown, self._look("log--placeholder"))])

    def words(self, lines: Iterable[Line]) -> str:
        """Return lines as text to copy: without codes, with their times if those are shown."""
        return "\n".join(self._words(line) for line in lines)

    def _words(self, line: Line) -> str:
        time = clock(line.time, self._time_format) + " " if self.times and line.time else ""
        return (self._sign("own") + " ") * line.own + time + plain(line.text)

    def _draw(self, number: int, line: Line, row: int) -> Strip:
        styled, starts = self._parse(number, line)
        if self.wrap:
            end = starts[row + 1] if row + 1 < len(starts) else len(styled.text)
            part = Window(starts[row] if row < len(starts) else end, end, 0, False)
        else:
            part = window(styled.text, self.left, self.text_width)
            if part.cut:
                part = window(styled.text, self.left, self.text_width - 1)
        segments = [*self._margin(line, row), Segment(" " * part.blank, self._look())]
        segments += self._segments(styled, part, self._line_look(line), number)
        if part.cut:
            segments.append(Segment(self._sign("cut"), self._look("log--sign")))
        return self._strip(segments)

    def _parse(self, number: int, line: Line) -> tuple[Styled, list[int]]:
        """Return a line's text with its styles, and where its rows begin."""
        known = self._parsed.get(number)
        if known is None:
            styled = parse(line.text)
            starts = row_starts(styled.text, self.text_width) if self.wrap else []
            known = self._parsed[number] = styled, starts
        return known

    def _margin(self, line: Line, row: int) -> list[Segment]:
        """Return what stands before the text: the sign, and the time on the first row."""
        kind = "own" if line.own else "error" if line.error else ""
        sign = self._sign(kind) if kind else " "
        margin = [Segment(f"{sign} ", self._look(f"log--{kind}", "log--sign") if kind else self._look())]
        if self.times:
            time = clock(line.time, self._time_format) if line.time and not row else ""
            text = fit(time, self._time_width - 1, ascii_only=self.ascii_only) + " "
            margin.append(Segment(text, self._look("log--time")))
        return margin

    def _segments(self, styled: Styled, part: Window, look: Style, number: int) -> list[Segment]:
        """Return the text of a row, cut where the style changes."""
        runs = [Span(part.start, part.end, look)]
        if not self.dimmed:
            runs = list(_laid_over(runs, styled.spans))
        if self.search is not None:
            over = self._look("log--current" if number == self.current else "log--hit")
            found = self.search.spans(styled.text, part.start, part.end)
            runs = list(_laid_over(runs, [Span(*span, over) for span in found]))
        return [Segment(self._text(styled.text[start:end]), style) for start, end, style in runs]

    def _text(self, text: str) -> str:
        """Return text in the characters that may be drawn, with as many cells as before."""
        if not self.ascii_only or text.isascii():
            return text
        return "".join(one if one.isascii() else "?" * cell_len(one) for one in text)

    def _strip(self, segments: Sequence[Segment]) -> Strip:
        return Strip(segments).adjust_cell_length(self.width, self._look())

    def _sign(self, kind: str) -> str:
        return _SIGNS[kind][self.ascii_only]

    def _line_look(self, line: Line) -> Style:
        """Return the style of a line's text where its codes say nothing."""
        return self._look(*["log--own"] * line.own)

    def _look(self, *names: str) -> Style:
        """Return the style of component classes, from the ones known where possible."""
        if self.dimmed:
            names = (*names, "log--dimmed")
        look = self._looks.get(names)
        if look is None:
            look = self._looks[names] = self._look_of(names)
        return look
