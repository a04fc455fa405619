"""Rows of text on the screen: how they are scrolled, followed and repainted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.log_paint import LogPainter
from tui.widgets.log_view import LogView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.widgets.ring import Line, Ring


class TextRows(ScrollView, can_focus=True, inherit_bindings=False):
    """Show the rows of a view; what is read stays where it is, unless the end is followed.

    Args:
        ring: where the lines are.
        placeholder: what is said when there is no line.
        wrap: whether long lines go on in the next row.
        times: whether the time of each line is shown.
        time_format: how, in the form of `strftime`; local time.

    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--time",
        "log--sign",
        "log--error",
        "log--own",
        "log--hit",
        "log--current",
        "log--placeholder",
        "log--dimmed",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="text.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="text.up"),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False, id="text.half_down"),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False, id="text.half_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="text.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="text.page_up"),
        Binding("home,g", "top", "First", show=False, id="text.top"),
        Binding("end,G", "bottom", "Last", show=False, id="text.bottom"),
    ]

    following: reactive[bool] = reactive(True, repaint=False, init=False)
    """Whether the end stays on the screen as lines arrive."""
    wrap: reactive[bool] = reactive(True, repaint=False, init=False)
    """Whether long lines go on in the next row."""
    times: reactive[bool] = reactive(False, repaint=False, init=False)
    """Whether the time of each line is shown."""
    ascii: reactive[bool] = reactive(False)
    """Whether only ASCII is drawn."""
    dimmed: reactive[bool] = reactive(False)
    """Whether all text steps back, because it may be stale."""
    placeholder: reactive[str] = reactive("", repaint=False)
    """What is said when there is no line."""

    def __init__(
        self,
        ring: Ring,
        *,
        placeholder: str,
        wrap: bool,
        times: bool,
        time_format: str,
        id: str | None,  # noqa: A002 (the name every widget gives it)
        classes: str | None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._view = LogView(ring)
        self._painter = LogPainter(self._look, time_format)
        self._painter.wrap, self._painter.times = wrap, times
        self._base: Style | None = None
        self._placing = False
        self._deepest = 0
        self.set_reactive(TextRows.placeholder, placeholder)
        self.set_reactive(TextRows.wrap, wrap)
        self.set_reactive(TextRows.times, times)

    # Places

    @property
    def _height(self) -> int:
        """The rows that there are on the screen."""
        return self.scrollable_content_region.height

    @property
    def _row(self) -> int:
        """The row at the top of the screen."""
        return self.scroll_offset.y

    @property
    def _end(self) -> int:
        """The row at the top of the screen when the last one is at the bottom."""
        return max(0, self._view.rows - self._height)

    def _fit(self) -> None:
        """Tell how many rows there are; lay the screen out only if that can change it."""
        size = Size(1, self._view.rows)
        bar = (
            self.styles.overflow_y == "auto"
            and (size.height > self.size.height) != self.show_vertical_scrollbar
        )
        if size != self.virtual_size:
            if not self.size or self.styles.auto_dimensions or bar:
                self.virtual_size = size
            else:
                self.set_reactive(Widget.virtual_size, size)
                if self.show_vertical_scrollbar:
                    self.vertical_scrollbar.window_virtual_size = size.height
        self._deepest = self.max_scroll_y

    def _scroll(self, row: int) -> None:
        """Put a row at the top of the screen, and repaint."""
        self._placing = True
        self.scroll_to(y=max(0, min(row, self._end)), animate=False, force=True)
        self._placing = False

    def _shift(self, row: int) -> None:
        """Say that what is at the top of the screen is this row by now; it looks the same."""
        row = max(0, row)
        if row != self._row:
            self.set_scroll(None, row)
            self.set_reactive(Widget.scroll_target_y, row)
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.position = row

    def _move(self, row: int) -> None:
        """Put a row at the top of the screen as the user's wish; at the end begins following."""
        before = self._row
        self._scroll(row)
        if self._row != before or (row > before and self._end):
            self.following = self._row >= self._end

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the end where the mouse has scrolled to it, and not where it has left it."""
        super().watch_scroll_y(old_value, new_value)
        # With another depth than was known it was the layout that scrolled, not the user.
        if not self._placing and self.max_scroll_y == self._deepest:
            self.following = new_value >= self._deepest

    def _extend(self, lines: Sequence[Line], missed: int) -> None:
        """Add lines, and repaint what looks different by it."""
        view = self._view
        top, last, was_empty = view.gone + self._row, view.gone + view.rows, not view.rows
        view.extend(lines, missed)
        self._fit()
        if self.following:
            self._scroll(self._end)
        else:
            self._shift(top - view.gone)
        if was_empty or view.gone + self._row != top:
            self.refresh()
        elif last - top < self._height:
            self.refresh(Region(0, last - top, self.size.width, self._height - (last - top)))

    def _show_anew(self, row: int) -> None:
        """Show other lines than before, with this row at the top, or with the end where it is followed."""
        self._fit()
        self._scroll(self._end if self.following else row)
        self._repaint()

    def _lay_out(self) -> None:
        """Lay all lines out anew; the line at the top stays there, or the one that follows it."""
        view, painter = self._view, self._painter
        spot = view.spot(self._row)
        offset = spot.row * view.width if spot is not None else 0
        view.lay_out(painter.text_width if painter.wrap and painter.width else 0)
        row = 0
        if spot is not None:
            within = min(offset // view.width, view.rows_of(spot.number) - 1) if view.width else 0
            row = view.row_of(spot.number) + max(0, within)
        self._show_anew(row)

    def _measure(self) -> None:
        """Take the size of the screen."""
        width = self.scrollable_content_region.width
        if width != self._painter.width:
            self._painter.width = width
            self._lay_out()
        elif self.following:
            self._scroll(self._end)
        self._deepest = self.max_scroll_y

    def on_resize(self) -> None:
        """Keep what is read on the screen."""
        self._measure()

    def watch_show_vertical_scrollbar(self) -> None:
        """Make room for the bar, or take it back."""
        self.call_later(self._measure)

    # Keys

    def action_move(self, step: int) -> None:
        """Scroll by that many rows."""
        self._move(self._row + step)

    def action_half_page(self, direction: int) -> None:
        """Scroll by half of the rows on the screen."""
        self._move(self._row + direction * max(1, self._height // 2))

    def action_page(self, direction: int) -> None:
        """Scroll by as many rows as the screen has, less one."""
        self._move(self._row + direction * max(1, self._height - 1))

    def action_top(self) -> None:
        """Scroll to the first row."""
        self._move(0)

    def action_bottom(self) -> None:
        """Scroll to the last row, and follow."""
        self.following = True
        self._scroll(self._end)

    def watch_following(self, following: bool) -> None:
        """Go to the end."""
        if following:
            self._scroll(self._end)

    # Drawing

    def _repaint(self) -> None:
        """Draw everything anew."""
        self._painter.forget()
        self.refresh()

    def watch_wrap(self, wrap: bool) -> None:
        """Lay all lines out anew."""
        self._painter.wrap, self._painter.left = wrap, 0
        self._lay_out()

    def watch_times(self, times: bool) -> None:
        """Make room for the times, or give it back."""
        self._painter.times = times
        self._lay_out()

    def watch_ascii(self, ascii_only: bool) -> None:
        """Draw with other characters."""
        self._painter.ascii_only = ascii_only
        self._painter.forget()

    def watch_dimmed(self, dimmed: bool) -> None:
        """Draw in another style."""
        self._painter.dimmed = dimmed
        self._painter.forget()

    def watch_placeholder(self) -> None:
        """Repaint, if it is to be seen."""
        if not self._view.rows:
            self.refresh()

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old style."""
        super().notify_style_update()
        self._painter.forget()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows, after a look at whether width or style changed."""
        if self._painter.width != self.scrollable_content_region.width:
            # Textual tells no new size to who asked for his size before the layout that gave it to him.
            self.call_later(self._measure)
        if self.rich_style != self._base:
            self._base = self.rich_style
            self._painter.forget()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one row of the content; the cells below the scroll bar are blank."""
        view, base = self._view, self._base
        spot = view.spot(self._row + y)
        if spot is not None:
            strip = self._painter.row(spot.number, view.ring[spot.number], spot.row)
        elif not view.rows:
            strip = self._painter.placeholder(self._words_for_nothing(), y)
        else:
            strip = Strip.blank(self.size.width, base)
        return strip.adjust_cell_length(self.size.width, base)

    def _words_for_nothing(self) -> str:
        """Return what is said where no line is shown."""
        return self.placeholder

    def _look(self, names: tuple[str, ...]) -> Style:
        """Return the style of component classes put over each other, the last on top.

        Only what a class declares covers the ones below it; colours are blended with the background.
        """
        look = self.rich_style
        for name in names:
            declared, full = self.get_component_styles(name), self.get_component_rich_style(name)
            look += Style(
                color=full.color if declared.has_rule("color") else None,
                bgcolor=full.bgcolor if declared.has_rule("background") else None,
            )
            look += declared.text_style
        return look
