"""A list of rows known by their keys, drawn line by line; what did not change is not drawn again."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.cells import GUTTER, Cell, CursorState, LinePainter, RowView, text_width
from tui.widgets.columns import Column, Slot, content_widths, layout
from tui.widgets.keyed_rows import KeyedRows

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from textual import events

__all__ = ["Cell", "Column", "RowView", "Table"]


class Table(ScrollView, can_focus=True, inherit_bindings=False):
    """Show rows under columns, with a cursor and marks that belong to keys, not to places.

    Args:
        columns: The columns, from left to right.
        placeholder: What is said when there are no rows.
        show_header: Whether the titles stand above the rows.

    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--heading",
        "table--cursor",
        "table--cursor-blurred",
        "table--mark",
        "table--placeholder",
        "table--dimmed",
        "table--good",
        "table--bad",
        "table--warn",
        "table--dim",
        "table--accent",
        "table--bold",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("home,g", "top", "First", show=False, id="list.top"),
        Binding("end,G", "bottom", "Last", show=False, id="list.bottom"),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False, id="list.half-down"),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False, id="list.half-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page-up"),
        Binding("enter", "select", "Open", show=False, id="list.select"),
    ]

    ascii: reactive[bool] = reactive(False)
    """Whether only ASCII is drawn."""
    dimmed: reactive[bool] = reactive(False)
    """Whether all rows step back, because they may be stale."""
    placeholder: reactive[str] = reactive("", repaint=False)
    """What is said when there are no rows."""
    show_header: reactive[bool] = reactive(False)
    """Whether the titles stand above the rows."""
    sort_key: reactive[str] = reactive("", repaint=False)
    """The key of the column that the rows are sorted by."""
    reverse: reactive[bool] = reactive(False, repaint=False)
    """Whether they are sorted from the highest to the lowest."""

    @dataclass
    class Highlighted(Message):
        """Say that another key is under the cursor; None when there is no row."""

        table: Table
        key: Hashable | None

        @property
        def control(self) -> Table:
            """The table, for `@on` with a selector."""
            return self.table

        def can_replace(self, message: Message) -> bool:
            """Replace an earlier one of the same table that nobody has seen yet."""
            return isinstance(message, Table.Highlighted) and message.table is self.table

    @dataclass
    class Selected(Message):
        """Say that the row under the cursor was chosen, with Enter or the mouse."""

        table: Table
        key: Hashable

        @property
        def control(self) -> Table:
            """The table, for `@on` with a selector."""
            return self.table

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        placeholder: str = "",
        show_header: bool = False,
        id: str | None = None,  # noqa: A002 (the name every widget gives it)
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.columns = tuple(columns)
        self._places = {column.key: place for place, column in enumerate(self.columns)}
        self._list = KeyedRows()
        self._contents: tuple[int, ...] = ()
        self._slots: tuple[Slot, ...] = ()
        self._slots_for: tuple[int, tuple[int, ...]] | None = None
        self._base: Style | None = None
        self._painter = LinePainter(self._look)
        self._clicked: Hashable | None = None
        self.set_reactive(Table.placeholder, placeholder)
        self.set_reactive(Table.show_header, show_header)

    # The rows

    @property
    def rows(self) -> Sequence[RowView]:
        """The rows, in the order shown."""
        return tuple(self._list.rows)

    def set_rows(self, rows: Sequence[RowView]) -> None:
        """Show these rows instead; the cursor stays on its object and, if it can, on its line.

        Repaints the lines that look different now, and nothing when none does.

        Raises:
            ValueError: Two rows have the same key.

        """
        seen = [row.key for row, _ in self._on_screen()]
        line = seen.index(self.cursor_key) if self.cursor_key in seen else None
        index = self._list.index
        with self._repainting():
            self._list.set(rows)
            known = self._contents if self._list.index == index else self._title_widths()
            self._contents = content_widths(self.columns, rows, known)
            self._update_virtual_size()
            self._restore(line, seen)

    def update_cells(self, key: Hashable, cells: Mapping[str, Cell | str]) -> None:
        """Change cells of one row, by the columns' keys, and repaint those that look different.

        Does nothing when no row has the key.

        Raises:
            KeyError: There is no such column.

        """
        position = self._list.index.get(key)
        if position is None:
            return
        old = self._list.rows[position]
        values = [*old.cells, *[""] * (len(self.columns) - len(old.cells))]
        for column, cell in cells.items():
            values[self._places[column]] = cell
        new = self._list.rows[position] = replace(old, cells=tuple(values))
        self._contents = content_widths(self.columns, [new], self._contents)
        if self._lay_out():
            self.refresh()
        elif self._top <= position < self._top + self._height:
            self._refresh_regions(self._changes(position - self._top, old, new))

    # The cursor

    @property
    def cursor_key(self) -> Hashable | None:
        """The key under the cursor; None when there is no row."""
        return self._list.key

    @property
    def cursor_index(self) -> int | None:
        """The place of the cursor's row, from 0; None when there is no row."""
        return self._list.position

    @property
    def cursor_vanished_at(self) -> float | None:
        """When the cursor last moved on its own, its object being gone; `time.monotonic` seconds.

        None before that, and again once the user has moved the cursor.
        """
        return self._list.vanished_at

    def move_to(self, key: Hashable) -> bool:
        """Put the cursor on a key, as the user's wish; return whether a row has it."""
        position = self._list.index.get(key)
        if position is None or self._list.rows[position].heading:
            return False
        self._move(position, 1)
        return True

    def arrive_at(self, key: Hashable) -> bool:
        """Put the cursor on a key, but not as the user's wish: as if what was under it had vanished."""
        moved = self.move_to(key)
        if moved:
            self._list.vanished_at = time.monotonic()
        return moved

    def accept_cursor(self) -> None:
        """Take the cursor where it is: the user changed what is shown, and it did not vanish."""
        self._list.accept()

    def follow_to(self, old_key: Hashable, new_key: Hashable) -> None:
        """Let the cursor go from an object that was replaced to its successor, once that is shown."""
        with self._repainting():
            self._list.follow(old_key, new_key)

    def _move(self, position: int, step: int) -> None:
        """Put the cursor on the row there and scroll it into view."""
        with self._repainting():
            self._list.move(position, step)
            self._reveal()

    def action_move(self, step: int) -> None:
        """Move the cursor by that many rows."""
        self._move((self.cursor_index or 0) + step, step)

    def action_half_page(self, direction: int) -> None:
        """Move the cursor by half of the rows on the screen."""
        self.action_move(direction * max(1, self._height // 2))

    def action_page(self, direction: int) -> None:
        """Move the cursor by as many rows as the screen has, less one."""
        self.action_move(direction * max(1, self._height - 1))

    def action_top(self) -> None:
        """Move the cursor to the first row."""
        self._move(0, 1)

    def action_bottom(self) -> None:
        """Move the cursor to the last row."""
        self._move(len(self._list.rows) - 1, -1)

    def action_select(self) -> None:
        """Say that the row under the cursor was chosen."""
        if self.cursor_key is not None:
            self.post_message(self.Selected(self, self.cursor_key))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row clicked; choose the row that it is on already."""
        offset = event.get_content_offset(self)
        position = -1 if offset is None else self._top + offset.y - self._head
        if position < self._top or position >= len(self._list.rows):
            return
        row = self._list.rows[position]
        if row.heading:
            return
        if event.chain == 1 and row.key != self.cursor_key:
            self._move(position, 1)
            self._clicked = row.key
        elif event.chain == 1 or (event.chain == 2 and row.key == self._clicked == self.cursor_key):
            self._clicked = None
            self.action_select()

    # Scrolling

    @property
    def _head(self) -> int:
        """The lines above the rows."""
        return 1 if self.show_header else 0

    @property
    def _height(self) -> int:
        """The lines there are for rows."""
        return max(0, self.size.height - self._head)

    @property
    def _top(self) -> int:
        """The place of the row on the first line."""
        return self.scroll_offset.y

    def _update_virtual_size(self) -> None:
        """Tell how many lines there are; lay the screen out only if the scroll bar comes or goes."""
        size = Size(1, len(self._list.rows) + self._head)
        needs_bar = size.height > self.size.height
        if size == self.virtual_size:
            return
        if not self.size or self.styles.auto_dimensions or needs_bar != self.show_vertical_scrollbar:
            self.virtual_size = size
            return
        self.set_reactive(Widget.virtual_size, size)
        if needs_bar:
            self.vertical_scrollbar.window_virtual_size = size.height

    def _scroll_to_top(self, top: int) -> None:
        """Put the row at that place on the first line, as far as there are rows."""
        top = max(0, min(top, len(self._list.rows) - self._height))
        if self._height and top != self._top:
            self.scroll_to(y=top, animate=False, force=True)

    def _reveal(self) -> None:
        """Scroll so that the cursor's row is on the screen, with the headings right above it."""
        position = self.cursor_index
        if position is None:
            return
        first = position
        while first > 0 and self._list.rows[first - 1].heading:
            first -= 1
        top = max(min(self._top, first), position - self._height + 1)
        self._scroll_to_top(top)

    def _restore(self, line: int | None, seen: Sequence[Hashable]) -> None:
        """Put the cursor's row on the line it had, or else the first of the keys seen that is left."""
        if line is not None and self.cursor_index is not None:
            self._scroll_to_top(self.cursor_index - line)
            return
        for seen_at, key in enumerate(seen):
            if key in self._list.index:
                self._scroll_to_top(self._list.index[key] - seen_at)
                return
        self._scroll_to_top(self._top)

    def on_resize(self) -> None:
        """Keep the cursor's row on the screen."""
        self._reveal()

    # Repainting

    @contextmanager
    def _repainting(self) -> Iterator[None]:
        """Repaint what looks different after the block, and say so when another key has the cursor."""
        key, before, top = self.cursor_key, self._on_screen(), self._top
        yield
        after = self._on_screen()
        if self._lay_out() or (not before) != (not after):
            self.refresh()
        elif self._top == top:  # scrolling repaints by itself
            self._refresh_regions(self._differences(before, after))
        if self.cursor_key != key:
            self.post_message(self.Highlighted(self, self.cursor_key))

    def _refresh_regions(self, regions: Iterable[Region]) -> None:
        """Repaint these regions of the content, and nothing when there are none."""
        if found := list(regions):
            self.refresh(*found)

    def _on_screen(self) -> list[tuple[RowView, bool]]:
        """Return the rows on the screen, each with whether the cursor is on it."""
        key = self.cursor_key
        return [(row, row.key == key) for row in self._list.rows[self._top : self._top + self._height]]

    def _differences(
        self, before: list[tuple[RowView, bool]], after: list[tuple[RowView, bool]]
    ) -> Iterator[Region]:
        """Yield the regions of the content that look different."""
        for line, (old, new) in enumerate(zip_longest(before, after)):
            if old is None or new is None or old[1] != new[1]:
                yield self._line(line)
            else:
                yield from self._changes(line, old[0], new[0])

    def _changes(self, line: int, old: RowView, new: RowView) -> Iterator[Region]:
        """Yield the regions of one line that look different."""
        if old is new:
            return
        if (old.mark, old.dim, old.heading) != (new.mark, new.dim, new.heading):
            yield self._line(line)
        elif new.heading:
            if old.cells[:1] != new.cells[:1]:
                yield self._line(line)
        else:
            for slot in self._slots:
                cell = slice(slot.index, slot.index + 1)
                if old.cells[cell] != new.cells[cell]:
                    yield Region(GUTTER + slot.x, line + self._head, slot.width, 1)

    def _line(self, line: int) -> Region:
        """Return the region of a line of rows."""
        return Region(0, line + self._head, self.size.width, 1)

    def _title_widths(self) -> tuple[int, ...]:
        """Return how wide the titles are, with room for the sign of sorting; 0 where none are shown."""
        if not self.show_header:
            return ()
        return tuple(
            min(column.max_width, text_width(column.title) + 1) if column.fitted else 0
            for column in self.columns
        )

    def _lay_out(self) -> bool:
        """Place the columns anew when width or content ask for it; return whether any moved."""
        wanted = (self.scrollable_content_region.width, self._contents)
        if wanted == self._slots_for:
            return False
        slots = self._slots
        self._slots_for = wanted
        self._slots = layout(self.columns, max(0, wanted[0] - GUTTER), self._contents)
        self._painter.forget()
        return self._slots != slots

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old style."""
        super().notify_style_update()
        self._painter.forget()

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
        if not self._list.rows:
            self.refresh()

    def watch_show_header(self) -> None:
        """Make room for the titles, or give it back."""
        self._contents = content_widths(self.columns, self._list.rows, self._title_widths())
        self._update_virtual_size()
        self._reveal()

    def watch_sort_key(self) -> None:
        """Repaint the titles."""
        if self.show_header:
            self.refresh(self._line(-1))

    def watch_reverse(self) -> None:
        """Repaint the titles."""
        self.watch_sort_key()

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines, after a look at whether style or width changed."""
        base = self.rich_style
        if base != self._base:
            self._base = base
            self._painter.forget()
        self._lay_out()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the content; the cells below the scroll bar are blank."""
        strip = self._strip(y - self._head, self.scrollable_content_region.width)
        return strip.adjust_cell_length(self.size.width, self._base)

    def _strip(self, line: int, width: int) -> Strip:
        """Draw one line: -1 is the titles, the rows begin at 0."""
        rows = self._list.rows
        if line < 0:
            order = self._places.get(self.sort_key, -1)
            return self._painter.titles(self.columns, self._slots, width, order, self.reverse)
        if not rows:
            return self._painter.placeholder(self.placeholder, line, width)
        position = self._top + line
        if position >= len(rows):
            return Strip.blank(width, self._base)
        row = rows[position]
        cursor: CursorState = "" if row.key != self.cursor_key else "focused" if self.has_focus else "blurred"
        return self._painter.row(row, cursor, self._slots, width)

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
