"""A list to choose one line from, narrowed by typing: the palette, the menu, sorting, copying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.widgets.table import Cell, Column, RowView, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what it is, a word beside it, and what choosing it gives."""

    label: str
    detail: str
    value: Any
    dim: bool = False


class _Lines(Table, can_focus=False):
    """The lines; the keyboard stays with the input above."""


class ChooserScreen(ModalScreen[Any]):
    """Choose one of the items; gives its value, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="chooser.back"),
        Binding("down,ctrl+n,ctrl+j", "move(1)", "down", id="chooser.down", priority=True),
        Binding("up,ctrl+p,ctrl+k", "move(-1)", "up", id="chooser.up", priority=True),
        Binding("pagedown", "page(1)", "page down", id="chooser.page-down", priority=True),
        Binding("pageup", "page(-1)", "page up", id="chooser.page-up", priority=True),
    ]

    def __init__(self, title: str, items: Sequence[Item], empty: str = "nothing matches") -> None:
        super().__init__()
        self._title = title
        self._items = tuple(items)
        self._empty = empty

    def compose(self) -> ComposeResult:
        """Lay out the input and the lines."""
        with Vertical(id="chooser") as box:
            box.border_title = Content(self._title)
            yield Input(placeholder="type to narrow", compact=True)
            columns = (Column("label", "", 20, grow=3), Column("detail", "", 10, grow=2, priority=1))
            yield _Lines(columns, placeholder=self._empty)

    def on_mount(self) -> None:
        """Show all lines."""
        self.query_one(Input).focus()
        self._narrow("")

    def _narrow(self, typed: str) -> None:
        words = typed.casefold().split()
        found = [
            (place, item)
            for place, item in enumerate(self._items)
            if all(word in f"{item.label} {item.detail}".casefold() for word in words)
        ]
        if words:
            found.sort(key=lambda pair: (_rank(pair[1], words), pair[0]))
        lines = self.query_one(_Lines)
        lines.set_rows(
            [RowView(place, (item.label, Cell(item.detail, "dim")), dim=item.dim) for place, item in found]
        )
        if found:
            lines.move_to(found[0][0])

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(event.value)

    @on(Input.Submitted)
    @on(Table.Selected)
    def _chosen(self, event: Input.Submitted | Table.Selected) -> None:
        event.stop()
        key = self.query_one(_Lines).cursor_key
        if isinstance(key, int):
            self.dismiss(self._items[key].value)

    def action_move(self, step: int) -> None:
        """Move to another line."""
        self.query_one(_Lines).action_move(step)

    def action_page(self, step: int) -> None:
        """Move by a page."""
        self.query_one(_Lines).action_page(step)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


def _rank(item: Item, words: Sequence[str]) -> int:
    """Put what begins with the first word before what only holds it."""
    label = item.label.casefold()
    if label.startswith(words[0]):
        return 0
    return 1 if words[0] in label else 2
