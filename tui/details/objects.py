"""A list of objects of one kind, whose rows take that kind's keys; panes and some tabs are such lists."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.details.gate import Gate
from tui.store.ranking import Ranking
from tui.store.view import View
from tui.widgets.table import Cell, Column, RowView, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tui.actions.model import Action, Kind, Row
    from tui.store.numbers import Level


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell may use beside its row.

    Args:
        now: seconds since 1970.
        notes: what is said beside a row, by its id: how many use it, or how it is used.
        news: what was found out about a row when that was asked for, in a word, by its id.
        levels: what running containers use, by id.
        ascii: whether only ASCII is drawn.

    """

    now: float
    notes: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    ascii: bool = False
    news: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectColumn:
    """A column: how it is laid out, what it shows of a row, and the order it stands for, if any.

    Args:
        order: the place of a row.
        live: whether it shows what a container uses, and so changes between two listings.
        rank: what it is ordered by where it is live, the highest first; None where it is not known.

    """

    column: Column
    cell: Callable[[Any, Look], Cell | str]
    order: Callable[[Any], Any] | None = None
    live: bool = False
    rank: Callable[[Level], float | None] | None = None

    @property
    def orders(self) -> bool:
        """Whether rows can be ordered by it."""
        return self.order is not None or self.rank is not None


@dataclass(frozen=True, slots=True)
class ListSpec:
    """The declaration of a list.

    Args:
        kind: what its rows are.
        order: their default place.
        stopped: what `hide stopped` hides; None where there is no such thing.
        faint: which rows step back.

    """

    kind: Kind
    columns: tuple[ObjectColumn, ...]
    order: Callable[[Any], Any]
    stopped: Callable[[Any], bool] | None = None
    faint: Callable[[Any], bool] = field(default=lambda row: False)


LIST_KEYS: list[BindingType] = [
    Binding("space", "mark", "mark", id="list.mark", priority=True),
    Binding("asterisk", "mark_all", "mark all shown", id="list.mark-all", priority=True),
    Binding("backslash", "unmark", "unmark all", id="list.unmark", priority=True),
    Binding("slash", "ask_filter", "filter", id="list.filter", priority=True),
    Binding("o", "sort", "sort by", id="list.sort", priority=True),
    Binding("O", "reverse", "reverse", id="list.reverse", priority=True),
    Binding("h", "hide_stopped", "hide stopped", id="list.hide-stopped", priority=True),
    Binding("m", "menu", "menu", id="list.menu", priority=True),
    Binding("y", "copy", "copy", id="list.copy", priority=True),
    Binding("l", "open_tab('Logs')", "logs", id="list.logs", priority=True),
    Binding("t", "open_tab('Stats')", "stats", id="list.stats", priority=True),
    Binding("i", "open_tab('Inspect')", "inspect", id="list.inspect", priority=True),
]


class ObjectList(Table):
    """A table of objects with a filter, an order and marks of its own.

    Args:
        live: whether live columns are shown.

    """

    SPEC: ClassVar[ListSpec]
    LIST_KEYS: ClassVar[list[BindingType]] = LIST_KEYS

    @dataclass
    class Acted(Message):
        """A key of an action was pressed; `actions` are all that this key stands for."""

        list: ObjectList
        actions: Sequence[Action]

    @dataclass
    class Asked(Message):
        """Something that needs more than this list: filter, sort, menu or copy."""

        list: ObjectList
        what: str

    @dataclass
    class TabWanted(Message):
        """The key of a detail tab was pressed."""

        list: ObjectList
        title: str

    @dataclass
    class Said(Message):
        """A key could not apply, and this is why."""

        text: str

    @dataclass
    class OnScreen(Message):
        """Other rows may be on the screen now, or other numbers may be wanted."""

        list: ObjectList

        def can_replace(self, message: Message) -> bool:
            """Replace an earlier one of the same list that nobody has seen yet."""
            return isinstance(message, ObjectList.OnScreen) and message.list is self.list

    def __init_subclass__(cls, **kwargs: Any) -> None:
        spec = cls.__dict__.get("SPEC")
        if spec is not None:
            own = [
                Binding(action.key, f"act('{action.id}')", action.label, id=action.id, priority=True)
                for action in spec.kind.actions
                if action.key
            ]
            # All alike with priority, so that keys work in the order in which they were pressed.
            moves = [replace(one, priority=True) for one in Table.BINDINGS if isinstance(one, Binding)]
            cls.BINDINGS = [*own, *LIST_KEYS, *moves]
        super().__init_subclass__(**kwargs)

    def __init__(self, *, live: bool = True, **kwargs: Any) -> None:
        self.declared = tuple(one for one in self.SPEC.columns if live or not one.live)
        """The columns, as far as they are shown in this session."""
        super().__init__([one.column for one in self.declared], **kwargs)
        self.ranking = Ranking({one.column.key: one.rank for one in self.declared if one.rank is not None})
        orders = {one.column.key: one.order for one in self.declared if one.order is not None}
        orders |= dict.fromkeys(self.ranking.ranks, self.ranking.place)
        self.view = View(self.SPEC.order, orders, self.SPEC.stopped)
        self.gate = Gate()
        """Shut while something that a key of this list asked for is opening."""
        self._everything: tuple[Any, ...] = ()
        self._drawn_with = Look(0.0)
        self._shown: dict[str, Row] = {}
        self._views: dict[str, tuple[Row, object, RowView]] = {}
        """How each row was drawn last, and with what."""
        self._with_numbers: set[str] = set()

    @property
    def kind(self) -> Kind:
        """What the rows are."""
        return self.SPEC.kind

    @property
    def row(self) -> Row | None:
        """The object under the cursor."""
        return next((row for row in self.view.shown if row.id == self.cursor_key), None)

    def show(self, rows: Iterable[Row], look: Look) -> None:
        """Show these rows, as far as filter and `hide stopped` let them."""
        self._everything, self._drawn_with = tuple(rows), look
        self.show_again()

    def show_again(self) -> None:
        """Show the latest rows under the list's present filter, order and marks."""
        self.sort_key, self.reverse = self.view.sort, self.view.reverse
        self.ranking.renew(self.view.sort, self._drawn_with.levels)
        shown = self.view.update(self._everything)
        self._shown = {row.id: row for row in shown}
        self._with_numbers = self._drawn_with.levels.keys() & self._shown.keys()
        self._views = {row.id: self._draw(row) for row in shown}
        self.set_rows([view for _, _, view in self._views.values()])
        self._look_out()

    def show_levels(self, levels: Mapping[str, Level]) -> None:
        """Show what containers use now: only cells whose text differs are drawn."""
        self._drawn_with = replace(self._drawn_with, levels=levels)
        if self.ranking.renew(self.view.sort, levels):
            # What is on top is looked at: it stays there, as far as the cursor can still be seen.
            top = self._top
            self.show_again()
            self._scroll_to_top(top)
            self._reveal()
            return
        with_numbers = levels.keys() & self._shown.keys()
        for one in with_numbers | self._with_numbers:
            self._show_level(self._shown[one])
        self._with_numbers = with_numbers

    def _show_level(self, row: Row) -> None:
        drawn = self._list.rows[self._list.index[row.id]].cells
        changed = {
            one.column.key: cell
            for place, one in enumerate(self.declared)
            if one.live and (cell := one.cell(row, self._drawn_with)) != drawn[place]
        }
        if changed:
            self.update_cells(row.id, changed)

    def _draw(self, row: Row) -> tuple[Row, object, RowView]:
        """Draw a row anew where it, or what is said beside it, is not what it was."""
        look, one = self._drawn_with, row.id
        mark = one in self.view.marks
        given = (mark, look.now // AGES_APART, look.notes.get(one), look.levels.get(one), look.news.get(one))
        before = self._views.get(one)
        if before is not None and before[1] == given and (before[0] is row or before[0] == row):
            return before
        cells = tuple(column.cell(row, look) for column in self.declared)
        return row, given, RowView(one, cells, mark=mark, dim=self.SPEC.faint(row))

    def set_filter(self, text: str) -> None:
        """Filter by what was typed."""
        if text != self.view.filter_text:
            self.view.filter_text = text
            self.show_again()
            self.accept_cursor()

    @property
    def on_screen(self) -> tuple[str, ...]:
        """The ids of the rows that are on the screen now."""
        top = self.scroll_offset.y
        return tuple(row.id for row in self.view.shown[top : top + max(1, self.size.height)])

    @property
    def seen(self) -> tuple[str, ...]:
        """The ids of the rows that can be seen now; none while the list, or what holds it, is hidden."""
        if not self.is_attached or not all(one.display for one in self.ancestors_with_self):
            return ()
        return tuple(str(row.key) for row, _ in self._on_screen())

    @property
    def ranked(self) -> tuple[str, ...]:
        """The ids of all rows where their numbers decide on their order, and the list can be seen."""
        return tuple(self._shown) if self.view.sort in self.ranking.ranks and self.seen else ()

    def _look_out(self) -> None:
        if self.is_attached:
            self.post_message(self.OnScreen(self))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scroll, and say so."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._look_out()

    def on_resize(self) -> None:
        """Say that other rows may be seen."""
        self._look_out()

    def on_show(self) -> None:
        """Say that rows can be seen again."""
        self._look_out()

    def on_hide(self) -> None:
        """Say that rows can't be seen any more."""
        self._look_out()

    @property
    def vanished_just_now(self) -> bool:
        """Whether the cursor came to its row because the one before vanished a moment ago."""
        at = self.cursor_vanished_at
        return at is not None and time.monotonic() - at < VANISHED_HOLD

    def key_of(self, action_id: str, default: str) -> str:
        """Give the key that an action has after the user's keymap."""
        return str(self.app.keymap_of(action_id, default)) if hasattr(self.app, "keymap_of") else default

    async def action_act(self, action_id: str) -> None:
        """Pass on an action's key, with all actions that share it."""
        pressed = next(action for action in self.kind.actions if action.id == action_id)
        key = self.key_of(pressed.id, pressed.key)
        same = [action for action in self.kind.actions if self.key_of(action.id, action.key) == key]
        self.post_message(self.Acted(self, same))
        await self.gate.wait()

    def action_mark(self) -> None:
        """Mark the object, or take its mark away, and go on to the next."""
        if self.cursor_key is not None:
            self.view.toggle(str(self.cursor_key))
            self.show_again()
            self.action_move(1)

    def action_mark_all(self) -> None:
        """Mark all that is shown."""
        self.view.mark_shown()
        self.show_again()

    def action_unmark(self) -> None:
        """Take all marks away."""
        self.view.unmark()
        self.show_again()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.view.reverse = not self.view.reverse
        self.show_again()

    def action_hide_stopped(self) -> None:
        """Hide what is stopped, or show it again."""
        if self.view.stopped is None:
            self.post_message(self.Said(f"{self.kind.plural} do not stop: there is nothing to hide"))
            return
        self.view.hide_stopped = not self.view.hide_stopped
        self.show_again()
        self.accept_cursor()

    async def action_ask_filter(self) -> None:
        """Ask for a filter."""
        self.post_message(self.Asked(self, "filter"))
        await self.gate.wait()

    async def action_sort(self) -> None:
        """Ask for an order."""
        self.post_message(self.Asked(self, "sort"))
        await self.gate.wait()

    async def action_menu(self) -> None:
        """Open the menu of every act on this object."""
        self.post_message(self.Asked(self, "menu"))
        await self.gate.wait()

    async def action_copy(self) -> None:
        """Ask what to copy."""
        self.post_message(self.Asked(self, "copy"))
        await self.gate.wait()

    def action_open_tab(self, title: str) -> None:
        """Open a tab of the object's detail."""
        self.post_message(self.TabWanted(self, title))


AGES_APART = 10.0
"""Seconds after which the age of a row that did not change is looked at again."""
VANISHED_HOLD = 0.5
"""Seconds for which act keys do nothing after the object under the cursor vanished."""
