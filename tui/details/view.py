"""The detail: the selected object's name, one line about it, and its tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from tui.details.logs import LogsTab
from tui.widgets.cells import safe
from tui.widgets.log import TextLog
from tui.widgets.tabs import TabBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from tui.actions.model import Row
    from tui.actions.session import Session
    from tui.details.tab import Tab

REST = 0.12
"""Seconds for which the cursor must rest on an object before its detail is loaded."""


class DetailView(Vertical):
    """Shows one object at a time; each kind of tab is made once, when it is first needed."""

    def __init__(self, session: Session) -> None:
        super().__init__(id="detail")
        self._session = session
        self._tabs: dict[type[Tab], Tab] = {}
        self._kinds: tuple[type[Tab], ...] = ()
        self._chosen: dict[tuple[type[Tab], ...], type[Tab]] = {}
        self._row: Row | None = None
        self._timer: Timer | None = None
        self._loaded: Tab | None = None
        self._shown = ("", "")

    def compose(self) -> ComposeResult:
        """Lay out the bar of tabs, the summary and the place of the tabs."""
        yield TabBar(id="detail-tabs")
        yield Static(id="detail-summary", markup=False)
        yield ContentSwitcher(id="detail-body")

    @property
    def row(self) -> Row | None:
        """The object that is shown."""
        return self._row

    @property
    def tab(self) -> Tab | None:
        """The tab that is shown."""
        kind = self._chosen.get(self._kinds)
        return self._tabs.get(kind) if kind is not None else None

    def show(self, row: Row | None, kinds: Sequence[type[Tab]], summary: str) -> None:
        """Show an object: its name at once, its tab when the cursor has rested."""
        if row is None:
            self.clear()
            return
        same = self._row is not None and (self._row.kind, self._row.id) == (row.kind, row.id)
        before, self._row = self._row, row
        self._kinds = tuple(kinds)
        self._chosen.setdefault(self._kinds, self._kinds[0])
        self._entitle(row, summary)
        if not same:
            self._leave()
            self._rest()
        elif self._loaded is not None and before != row:
            self._loaded.changed(row)

    def succeed(self, row: Row) -> None:
        """Go on with the object that took the shown one's place."""
        self._row = row
        if isinstance(self._loaded, LogsTab):
            self._loaded.succeed(row)
        else:
            self._leave()
            self._rest()

    def clear(self) -> None:
        """Show nothing."""
        self._leave()
        self._row, self._kinds, self._shown = None, (), ("", "")
        self.border_title = None
        self.query_one(TabBar).set_tabs((), 0)
        self.query_one("#detail-summary", Static).update("")
        self.query_one(ContentSwitcher).current = None

    def store_changed(self, kinds: frozenset[str]) -> None:
        """Tell the tab that rows or the link changed."""
        if self._loaded is not None:
            self._loaded.store_changed(kinds)

    def _entitle(self, row: Row, summary: str) -> None:
        titles = [kind.TITLE for kind in self._kinds]
        active = self._kinds.index(self._chosen[self._kinds])
        self.query_one(TabBar).set_tabs(titles, active)
        if (row.name, summary) != self._shown:
            self._shown = (row.name, summary)
            self.border_title = Content(safe(row.name))
            self.query_one("#detail-summary", Static).update(
                Text(safe(summary), no_wrap=True, overflow="ellipsis")
            )

    def _show_status(self) -> None:
        """Say on the frame how the text is shown: paused, filtered, searched."""
        body = self._loaded.body if self._loaded is not None else None
        self.border_subtitle = Content(safe(body.status)) if isinstance(body, TextLog) else None

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(REST, self._load)

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._loaded is not None:
            self._loaded.leave()
            self._loaded = None

    async def _load(self) -> None:
        """Load the chosen tab of the object that the cursor came to rest on."""
        self._timer = None
        row, kind = self._row, self._chosen.get(self._kinds)
        if row is None or kind is None:
            return
        switcher = self.query_one(ContentSwitcher)
        tab = self._tabs.get(kind)
        if tab is None:
            tab = self._tabs[kind] = kind(self._session)
            tab.id = f"tab-{kind.__name__.lower()}"
            await switcher.mount(tab)
            if isinstance(tab.body, TextLog):
                self.watch(tab.body, "status", self._show_status, init=False)
        if not tab.is_attached:
            return  # wherry ended meanwhile
        if row is not self._row and (self._row is None or row.id != self._row.id):
            return
        switcher.current = tab.id
        self._leave()
        self._loaded = tab
        tab.show(self._row or row)
        self._show_status()

    async def open_tab(self, title: str) -> bool:
        """Show the tab of that title; says whether the object has one."""
        kind = next((kind for kind in self._kinds if title == kind.TITLE), None)
        if kind is None:
            return False
        await self._choose(kind)
        return True

    async def turn(self, step: int) -> None:
        """Show the next tab, or the one before."""
        if self._kinds:
            place = self._kinds.index(self._chosen[self._kinds])
            await self._choose(self._kinds[(place + step) % len(self._kinds)])

    async def _choose(self, kind: type[Tab]) -> None:
        if self._chosen[self._kinds] is kind and self._loaded is not None:
            return
        self._chosen[self._kinds] = kind
        titles = [one.TITLE for one in self._kinds]
        self.query_one(TabBar).set_tabs(titles, self._kinds.index(kind))
        self._leave()
        await self._load()

    async def on_tab_bar_picked(self, event: TabBar.Picked) -> None:
        """Show the tab that was clicked."""
        event.stop()
        if event.index < len(self._kinds):
            await self._choose(self._kinds[event.index])

    async def take_focus(self) -> None:
        """Give the keyboard to the tab, loading it now if it waits."""
        if self._loaded is None and self._row is not None:
            if self._timer is not None:
                self._timer.stop()
            await self._load()
        if self._loaded is not None:
            self.screen.set_focus(self._loaded.body)
