"""Lines drawn from styled pieces of text, and the status line, which is one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from rich.segment import Segment as Drawn
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.cells import fit, text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.geometry import Size

    from tui.widgets.cells import Align, CellStyle

__all__ = ["Lines", "Piece", "Segment", "StatusLine"]

Piece: TypeAlias = tuple[str, str]
"""Text that was made safe, and the name of its look, empty for the plain one."""

MARGIN = 1
"""Blank cells at both ends of a line."""
GAP = 2
"""Blank cells between two things on a line."""


class Lines(Widget):
    """Draw lines of pieces; a subclass says which ones, and `redraw` repaints only what changed.

    A look's name is that of a component class without its `line--`.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line--good",
        "line--bad",
        "line--warn",
        "line--dim",
        "line--accent",
        "line--bold",
        "line--active",
    }

    ascii: reactive[bool] = reactive(False, repaint=False, init=False)
    """Whether only ASCII is drawn."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (the name every widget gives it)
        super().__init__(id=id, classes=classes)
        self._shown: list[list[Piece]] = []
        self._shown_width = -1

    def lines(self, width: int) -> list[list[Piece]]:
        """Return the pieces of each line, for a width in cells."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Repaint if something looks different now; lay the screen out if the height is another one."""
        if self._shown_width < 0:
            self.refresh(layout=True)
            return
        before, self._shown = self._shown, self.lines(self._shown_width)
        if len(before) != len(self._shown):
            self.refresh(layout=True)
        elif before != self._shown:
            self.refresh()

    def watch_ascii(self) -> None:
        """Draw with other characters."""
        self.redraw()

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 (Textual's)
        """Return the width of the widest line, in cells."""
        widths = [sum(text_width(text) for text, _ in line) for line in self.lines(container.width)]
        return max(widths, default=0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual's)
        """Return the number of lines at a width in cells."""
        return len(self.lines(width))

    def render_line(self, y: int) -> Strip:
        """Return one line as a strip as wide as the widget."""
        width = self.size.width
        if width != self._shown_width:
            self._shown, self._shown_width = self.lines(width), width
        pieces = self._shown[y] if y < len(self._shown) else []
        strip = Strip([Drawn(text, self._look(name)) for text, name in pieces if text])
        return strip.adjust_cell_length(width, self.rich_style)

    def _look(self, name: str) -> Style:
        """Return the style of a look: the widget's own, covered by what the component class declares."""
        look = self.rich_style
        if not name:
            return look
        declared, full = (
            self.get_component_styles(f"line--{name}"),
            self.get_component_rich_style(f"line--{name}"),
        )
        look += Style(
            color=full.color if declared.has_rule("color") else None,
            bgcolor=full.bgcolor if declared.has_rule("background") else None,
        )
        return look + declared.text_style


@dataclass(frozen=True, slots=True)
class Segment:
    """Hold one thing to say on a status line; the text is raw and never markup.

    Args:
        text: What is said; nothing is shown for an empty one.
        style_name: How it looks.
        priority: When the line is narrow, the highest number leaves first; 0 is cut, but never leaves.
        align: The end of the line that it keeps to.

    """

    text: str
    style_name: CellStyle = ""
    priority: int = 0
    align: Align = "left"


class StatusLine(Lines):
    """Show segments on one line, as many as there is room for."""

    def __init__(
        self,
        segments: Sequence[Segment] = (),
        *,
        id: str | None = None,  # noqa: A002 (the name every widget gives it)
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._segments = tuple(segments)

    def set_segments(self, segments: Sequence[Segment]) -> None:
        """Show these segments instead; repaints only when the line looks different then."""
        self._segments = tuple(segments)
        self.redraw()

    def lines(self, width: int) -> list[list[Piece]]:
        """Return the one line: left segments, blank, right segments."""
        room = width - 2 * MARGIN
        shown = _staying([segment for segment in self._segments if segment.text], room)
        widths = _squeezed([text_width(segment.text) for segment in shown], room)
        left: list[Piece] = []
        right: list[Piece] = []
        for segment, cells in zip(shown, widths, strict=True):
            side = right if segment.align == "right" else left
            if side:
                side.append((" " * GAP, ""))
            side.append((fit(segment.text, cells, ascii_only=self.ascii), segment.style_name))
        taken = sum(text_width(text) for text, _ in (*left, *right))
        return [[(" " * MARGIN, ""), *left, (" " * (room - taken), ""), *right, (" " * MARGIN, "")]]


def _staying(segments: list[Segment], room: int) -> list[Segment]:
    """Return the segments that stay when as many as needed have left."""
    while sum(text_width(segment.text) + GAP for segment in segments) - GAP > room:
        leaving = max(range(len(segments)), key=lambda index: (segments[index].priority, index))
        if segments[leaving].priority <= 0:
            break
        segments = [*segments[:leaving], *segments[leaving + 1 :]]
    return segments


def _squeezed(widths: list[int], room: int) -> list[int]:
    """Return the widths, the widest ones cut so far that all have room with the gaps between them."""
    room -= GAP * (len(widths) - 1)
    while widths and sum(widths) > room and max(widths) > 1:
        others = sorted(widths)[-2] if len(widths) > 1 else 1
        widest = widths.index(max(widths))
        excess = sum(widths) - room
        widths[widest] = max(1, widths[widest] - max(1, min(excess, widths[widest] - others)))
    return widths
