"""What a pane is: a list with a number, a title, and the tabs of its objects' detail."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.content import Content

from tui.details.objects import Look, ObjectList
from tui.widgets.cells import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.actions.model import Row
    from tui.actions.session import Session
    from tui.details.tab import Tab
    from tui.store.store import Store


@dataclass(frozen=True, slots=True)
class PaneSpec:
    """The declaration of a pane.

    Args:
        title: its name.
        short: its name where there is little room.
        tabs: the tabs of its objects' detail, the first one shown first.
        summary: one line about an object, over its tabs.
        about: what stands beside the count in the title, such as a total size.
        nothing: what is said when there is no row, and which key makes one.

    """

    title: str
    short: str
    tabs: tuple[type[Tab], ...]
    summary: Callable[[Any, Store], str]
    nothing: str
    about: Callable[[Store], str] = lambda store: ""


class Pane(ObjectList):
    """One of the panes on the left; subclasses declare SPEC and PANE, and nothing more."""

    PANE: ClassVar[PaneSpec]

    def __init__(self, number: int, session: Session) -> None:
        live = session.config.stats_interval is not None
        super().__init__(live=live, id=f"pane-{self.SPEC.kind.name}", classes="pane")
        self.number = number
        self.session = session
        self.title_text = ""
        self.about_text = ""

    def refresh_rows(self) -> None:
        """Show the store's latest rows, and say how many there are."""
        store, kind = self.session.store, self.kind.name
        notes = {one: str(count) for one, count in self._uses(store).items()}
        lost = store.link is not None and not store.link.live
        self.dimmed = lost or kind in store.refused
        news = self.session.newer.words(store.rows(kind)) if kind == "image" else {}
        look = Look(time.time(), notes, store.numbers.levels, self.session.config.ascii, news)
        self.show(store.rows(kind), look)
        self.show_title(store)

    def _uses(self, store: Store) -> dict[str, int]:
        return store.use_counts(self.kind.name) if self.kind.name in {"image", "volume", "network"} else {}

    def _why_empty(self) -> str:
        refused = self.session.store.refused.get(self.kind.name)
        if refused:
            return f"Docker would not list them: {refused}"
        if self.view.total and self.view.filter_text:
            return f"nothing matches {self.view.filter_text}; / changes the filter"
        if self.view.total:
            return f"all {self.view.total} are stopped and hidden; h shows them"
        return self.PANE.nothing

    def show_again(self) -> None:
        """Show the rows anew, and what the title says of them."""
        super().show_again()
        self.placeholder = self._why_empty()
        self.show_count()

    def show_title(self, store: Store) -> None:
        """Write the title's right side."""
        self._write(self.title_text, self.PANE.about(store))

    def show_count(self) -> None:
        """Write number, name, counts, filter and order into the title."""
        view = self.view
        count = str(view.total) if len(view.shown) == view.total else f"{len(view.shown)}/{view.total}"
        parts = [f"{self.number} {self.PANE.title} {count}"]
        if refused := self.session.store.refused.get(self.kind.name):
            parts.append(f"stale: {refused}")
        if view.marks:
            hidden = view.hidden_marks
            parts.append(f"{len(view.marks)} marked" + (f", {hidden} of them hidden" if hidden else ""))
        if view.filter_text:
            parts.append(f"/{view.filter_text}")
        if view.hide_stopped:
            parts.append("running only")
        if view.sort or view.reverse:
            parts.append(f"by {view.sort or 'default'}{' reversed' if view.reverse else ''}")
        self._write(" · ".join(parts), self.about_text)

    def _write(self, title: str, about: str) -> None:
        """Write the title line where it differs: setting it repaints the pane."""
        if title != self.title_text:
            self.title_text = title
            self.border_title = Content(safe(title))
        if about != self.about_text:
            self.about_text = about
            self.border_subtitle = Content(safe(about))

    def summary(self, row: Row, store: Store) -> str:
        """Write one line about an object."""
        return self.PANE.summary(row, store)
