"""The one screen that the user lives in: panes, detail, status, keys."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from tui.details.gate import Gate
from tui.details.objects import ObjectList
from tui.details.view import DetailView
from tui.panes import PANES
from tui.panes.pane import Pane
from tui.screens import keys, progress, status
from tui.screens.acts import Acts, outcome_line
from tui.screens.arranging import Arranging
from tui.screens.asking import Asking
from tui.screens.bottom import Bottom
from tui.screens.offers import Offers
from tui.screens.progress import Arrivals, Progress
from tui.screens.sampling import Sampling
from tui.screens.searching import ask_in_text
from tui.state import ListState
from tui.widgets.log import TextLog
from tui.widgets.statusline import StatusLine
from tui.widgets.table import Table
from tui.widgets.tabs import TabBar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.timer import Timer

    from tui.actions.model import Row
    from tui.actions.session import Session
    from tui.details.project_logs import ProjectLogsTab
    from tui.screens.activity import ActivityScreen
    from tui.screens.acts import Result
    from tui.store.activity import Entry
    from tui.terminal.handover import Ended, Loan
    from tui.widgets.footer import Kind

SLOW, SLOWER = 2.5, 5.0
"""By how much numbers come less often where the screen is late, and where it is late by over a second."""
EVENTS_APART = 0.25
"""Seconds between two looks at the timeline while events keep coming."""
AGES = 60.0
"""Seconds between two looks at the ages that are shown."""


class MainScreen(Screen[None]):
    """Panes on the left, the detail of what is selected on the right; one of both on a small screen."""

    AUTO_FOCUS = "#pane-container"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                str(n),
                f"pane({n})",
                f"go to {pane.PANE.title.lower()}",
                id=f"pane.{pane.SPEC.kind.name}",
                priority=True,
            )
            for n, pane in enumerate(PANES, 1)
        ),
        Binding("tab", "next_pane(1)", "next pane", id="pane.next", priority=True),
        Binding("shift+tab", "next_pane(-1)", "previous pane", id="pane.previous", priority=True),
        Binding("enter,right", "enter", "into the detail", id="main.enter", priority=True),
        Binding("escape,left", "back", "back", id="main.back", priority=True),
        Binding("q", "quit", "back; at the top leave", id="main.quit", priority=True),
        Binding("left_square_bracket", "turn(-1)", "previous tab", id="main.previous-tab", priority=True),
        Binding("right_square_bracket", "turn(1)", "next tab", id="main.next-tab", priority=True),
        Binding("colon,ctrl+p", "find", "find", id="main.find", priority=True),
        Binding("A", "activity", "activity", id="main.activity", priority=True),
        Binding("plus", "grow(1)", "grow", id="main.grow", priority=True),
        Binding("underscore", "grow(-1)", "shrink", id="main.shrink", priority=True),
        Binding("ctrl+r", "list_again", "list again", id="main.list-again", priority=True),
        Binding("ctrl+l", "redraw", "redraw", id="main.redraw", priority=True),
        Binding("question_mark", "help", "help", id="main.help", priority=True),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.acts = Acts(self, session)
        self.panes = [pane(number, session) for number, pane in enumerate(PANES, 1)]
        self.detail = DetailView(session)
        self.bottom = Bottom(self.listening)
        self._pane = self.panes[1]
        self._arranging = Arranging(self)
        self._events_shown = 0.0
        self._events_waiting: Timer | None = None
        self._gate = Gate()
        self.asking = Asking(self)
        self.offers = Offers(self)
        self.sampling = Sampling(self)
        self.progress = Progress(self)
        self._arrivals = Arrivals(self)

    def compose(self) -> ComposeResult:
        """Lay out status, panes and detail, and the bottom line."""
        yield StatusLine(id="status")
        yield TabBar(id="pane-bar")
        with Horizontal(id="body"):
            with Vertical(id="panes"):
                yield from self.panes
            yield self.detail
        yield self.bottom

    def on_mount(self) -> None:
        """Show what there is, and look at the ages once a minute."""
        self._pane.focus()
        self.set_interval(AGES, self._tick)
        self.session.activity.changed = self.show_status
        for widget in (*self.panes, self.bottom.footer, *self.query(TabBar), *self.query(StatusLine)):
            widget.ascii = self._ascii
        self.sampling.start()
        self._arranging.arrange()
        self._show_all()
        # Once more: what arrives before this screen counts as mounted is not shown to it.
        self.call_later(self._show_all)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave keys to what is typed into, and Enter to lists within the detail.

        The keys of this screen have priority, as those of lists do: else a key that was pressed later
        could work before one that was pressed earlier, and act on the wrong object.
        """
        if self.bottom.busy:
            return False
        if action == "enter" and self.focused is not self._pane:
            return False
        return super().check_action(action, parameters)

    @property
    def pane(self) -> Pane:
        """The pane that the keys go to, or came from."""
        return self._pane

    def remember(self, lists: Mapping[str, ListState]) -> None:
        """Order the lists as they were ordered in the last session."""
        for pane in self.panes:
            was = lists.get(pane.kind.name, ListState())
            pane.view.sort = was.sort if was.sort in pane.view.orders else ""
            pane.view.reverse = was.reverse
            pane.view.hide_stopped = was.hide_stopped

    @property
    def to_remember(self) -> dict[str, ListState]:
        """How the lists are ordered now."""
        return {
            pane.kind.name: ListState(pane.view.sort, pane.view.reverse, pane.view.hide_stopped)
            for pane in self.panes
        }

    # What the engine tells

    def store_changed(self, kinds: frozenset[str]) -> None:
        """Show what became of the store: only the panes whose rows changed are looked at."""
        if not self.query("#pane-bar"):
            return  # wherry ends, and its parts are being taken down
        if "numbers" in kinds:
            self._show_numbers()
            kinds -= {"numbers"}
            if not kinds:
                return
        link = "link" in kinds
        if "event" in kinds and not link and not self._events_are_due():
            kinds -= {"event"}
            if not kinds:
                return
        for succession in self.session.store.successions:
            self._succeed(succession.old, succession.new)
        for pane in self.panes:
            if link or pane.kind.name in kinds:
                pane.refresh_rows()
                self._arrivals.look(pane.kind.name)
        if link or "container" in kinds:
            # Not now: inspects would take time from what is about to be drawn.
            self.call_after_refresh(self._watch)
        self._arranging.share_heights()
        self.show_status()
        self._arranging.show_bar()
        self._show_detail()
        self.detail.store_changed(kinds)
        self.asking.check()
        self._show_hints()

    def _events_are_due(self) -> bool:
        """Say whether the timeline is to be shown now; in a burst it is, in a moment."""
        now = time.monotonic()
        if now - self._events_shown >= EVENTS_APART:
            self._events_shown = now
            return True
        if self._events_waiting is None:
            self._events_waiting = self.set_timer(EVENTS_APART, self._show_events)
        return False

    def _show_events(self) -> None:
        self._events_waiting = None
        self.store_changed(frozenset({"event"}))

    def _succeed(self, old: str, new: str) -> None:
        """Let cursor, marks and the followed log go from a container to the one in its place."""
        row = self.session.store.get("container", new)
        for listing in self.query(ObjectList):
            if listing.kind.name == "container":
                listing.follow_to(old, new)
                listing.view.succeed(old, new)
        shown = self.detail.row
        if row is not None and shown is not None and shown.id == old:
            self.detail.succeed(row)

    def show_pace(self) -> None:
        """Say that the way to the terminal is slow, or that it no longer is; numbers come at its pace."""
        late = self.session.late
        self.sampling.pace(1.0 if not late else SLOW if late < 1 else SLOWER)
        self.show_status()

    def _show_numbers(self) -> None:
        """Show what containers use in the cells that show it, and touch nothing else."""
        for pane in self.panes:
            if pane.kind.name == "container":
                pane.show_levels(self.session.store.numbers.levels)
        self.detail.store_changed(frozenset({"numbers"}))

    def _tick(self) -> None:
        for pane in self.panes:
            pane.refresh_rows()
        self.show_status()

    def _show_all(self) -> None:
        self.store_changed(frozenset({"link"}))

    def show_status(self) -> None:
        """Say how things stand, if it is something else now."""
        if self.is_mounted:
            self.query_one("#status", StatusLine).set_segments(status.segments(self.session, self._ascii))

    @property
    def _ascii(self) -> bool:
        return self.session.config.ascii

    def _watch(self) -> None:
        """Tell the feed which containers are looked at."""
        ids = list(self.query_one("#pane-container", Pane).on_screen)
        row = self.detail.row
        if row is not None:
            ids += [row.id] if row.kind == "container" else [c.id for c in getattr(row, "containers", ())]
        self.session.connection.feed.watch(ids)
        if self.sampling.look():
            self._show_numbers()

    def on_screen_suspend(self) -> None:
        """Read no numbers while another screen covers all of this one."""
        self._watch()

    def on_screen_resume(self) -> None:
        """Read numbers again."""
        self._watch()

    @on(ObjectList.OnScreen)
    def _on_screen(self, event: ObjectList.OnScreen) -> None:
        event.stop()
        if event.list.kind.name == "container":
            self._watch()

    def _show_detail(self) -> None:
        if not self.detail.query(TabBar):
            # Its parts are being taken down: wherry ends.
            return
        row = self._pane.row
        summary = self._pane.summary(row, self.session.store) if row is not None else ""
        self.detail.show(row, self._pane.PANE.tabs, summary)

    # Where things are

    def on_resize(self, event: events.Resize) -> None:
        """Share the screen out anew; a size that is no longer the terminal's is passed over.

        Laying out makes Textual post the size again. Two of them in the queue with anything in between
        would chase each other for ever.
        """
        if event.size != self.app.size:
            event.prevent_default()
            return
        self._arranging.arrange()
        self.call_after_refresh(self._watch)

    def _go_to(self, pane: Pane) -> None:
        changed, self._pane = pane is not self._pane, pane
        self._arranging.to_lists()
        # Not focus(), which waits for its turn: the next key must find the focus moved.
        self.set_focus(pane)
        if changed and pane.kind.name in {"image", "project"}:
            self._look_again(pane.kind.name)
        self._show_detail()
        self._show_hints()

    def _look_again(self, kind: str) -> None:
        """List what no event tells of: images that a build left untagged, the folder's compose file."""
        if kind == "image":
            self.session.connection.feed.list_again(["image"])
        else:
            self.app.find_projects()  # type: ignore[attr-defined]  # wherry's own app

    def action_pane(self, number: int) -> None:
        """Go to a pane by its number."""
        self._go_to(self.panes[number - 1])

    def action_next_pane(self, step: int) -> None:
        """Go to the next pane, or the one before."""
        self._go_to(self.panes[(self.panes.index(self._pane) + step) % len(self.panes)])

    def on_tab_bar_picked(self, event: TabBar.Picked) -> None:
        """Go to the pane that was clicked in the bar."""
        self._go_to(self.panes[event.index])

    async def action_enter(self) -> None:
        """Go into the detail."""
        if self.focused is not self._pane or self.detail.row is None:
            return
        self._arranging.to_detail()
        await self.detail.take_focus()

    @on(Table.Selected)
    async def _selected(self, event: Table.Selected) -> None:
        event.stop()
        if event.table is self._pane:
            await self.action_enter()
        elif isinstance(event.table, ObjectList) and event.table.row is not None:
            self.show_row(event.table.row)

    def action_back(self) -> None:
        """Go back: out of the detail, or drop the filter."""
        if self.focused is not self._pane:
            self._go_to(self._pane)
        elif self._pane.view.filter_text:
            self._filter(self._pane, "")

    def action_quit(self) -> None:
        """Go back; at the top leave wherry."""
        if self.focused is not self._pane:
            self._go_to(self._pane)
        else:
            self.leave()

    def leave(self) -> None:
        """Leave wherry; asks while jobs run."""
        self.run_worker(self._leave(), group="leave", exclusive=True)

    async def _leave(self) -> None:
        jobs = self.session.activity.jobs
        if jobs:
            names = ", ".join(f"{entry.label} {entry.target}" for entry in jobs)
            text = f"{len(jobs)} running: {names}. Leave and cancel?"
            if not await self.bottom.ask(text, "", ""):
                return
            await asyncio.to_thread(progress.give_up, [entry.job for entry in jobs if entry.job is not None])
        self.app.exit()

    async def action_turn(self, step: int) -> None:
        """Show the next tab of the detail, or the one before."""
        inside = self.focused is not self._pane
        await self.detail.turn(step)
        if inside:
            await self.detail.take_focus()

    def action_grow(self, step: int) -> None:
        """Give what has the focus more of the screen, or less."""
        self._arranging.grow(step, inside=self.focused is not self._pane)

    # What was pressed

    def on_key(self) -> None:
        """Take messages away with the next key."""
        self.bottom.settle()

    @on(Table.Highlighted)
    def _highlighted(self, event: Table.Highlighted) -> None:
        event.stop()
        if event.table is self._pane:
            self._show_detail()
        self._show_hints()
        self._watch()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the keys of what has the focus now; a click on a pane goes to it."""
        widget = event.widget
        # The focus may have moved on since this was said.
        if isinstance(widget, Pane) and widget is not self._pane and widget is self.focused:
            self._go_to(widget)
        self._show_hints()

    def _show_hints(self) -> None:
        widget = self.focused
        if isinstance(widget, ObjectList):
            self.bottom.show_hints(keys.hints_of_list(widget, self.session))
        elif widget is not None and not self.bottom.busy:
            self.bottom.show_hints(keys.hints_of_widget(widget))

    @on(ObjectList.Acted)
    def _acted(self, event: ObjectList.Acted) -> None:
        event.stop()
        self._open_by(event.list, self.acts.perform(event.actions, event.list), "acts")

    def _open_by(self, listing: ObjectList, work: Coroutine[Any, Any, None], group: str) -> None:
        """Do what a key of a list asked for; keys go on when something listens, or all is done."""
        self._gate = listing.gate

        async def run() -> None:
            try:
                await work
            finally:
                listing.gate.open()

        self.run_worker(run(), group=group)

    def listening(self) -> None:
        """Let keys go on: what was opened takes them now."""
        self._gate.open()

    @on(ObjectList.Said)
    def _said(self, event: ObjectList.Said) -> None:
        event.stop()
        self.say(event.text, "warn")

    @on(ObjectList.TabWanted)
    async def _tab_wanted(self, event: ObjectList.TabWanted) -> None:
        event.stop()
        if event.list is not self._pane and event.list.row is not None:
            self.show_row(event.list.row)
        if await self.detail.open_tab(event.title):
            await self.action_enter()
        else:
            self.say(f"a {self._pane.kind.name} has no {event.title.lower()}", "warn")

    @on(ObjectList.Asked)
    def _asked_for(self, event: ObjectList.Asked) -> None:
        event.stop()
        ask = {
            "filter": self._ask_filter,
            "sort": self.offers.order,
            "menu": self.offers.menu,
            "copy": self.offers.copy,
        }
        self._open_by(event.list, ask[event.what](event.list), "ask")

    async def _ask_filter(self, listing: ObjectList) -> None:
        before = listing.view.filter_text

        def ended(value: str | None) -> None:
            self._filter(listing, "" if value is None else value.strip())
            self.set_focus(listing)

        await self.bottom.prompt("/", before, lambda typed: self._filter(listing, typed), ended)

    def _filter(self, listing: ObjectList, text: str) -> None:
        listing.set_filter(text)
        if isinstance(listing, Pane):
            listing.refresh_rows()
            self._arranging.show_bar()
            self._show_detail()
        self._show_hints()

    def copy(self, text: str) -> None:
        """Copy text, and say so with its beginning."""
        how = self.app.copy(text)  # type: ignore[attr-defined]  # wherry's own app
        self.say(f"{how}: {' '.join(text.split())}")

    def action_find(self) -> None:
        """Find every act and every object by name."""
        current = self.focused if isinstance(self.focused, ObjectList) else self._pane
        self.run_worker(self.offers.find(current), group="ask", exclusive=True)

    def point_to_local(self) -> None:
        """Put the cursor of the projects on this folder's, unless the user is among them already."""
        pane, local = self.panes[0], self.session.store.local
        if local is not None and pane is not self._pane:
            pane.move_to(local.id)

    def show_row(self, row: Row) -> None:
        """Go to an object, wherever it is; a filter that hides it is dropped."""
        pane = next(pane for pane in self.panes if pane.kind.name == row.kind)
        if all(one.id != row.id for one in pane.view.shown):
            pane.view.hide_stopped = False
            self._filter(pane, "")
            pane.show_again()
        self._go_to(pane)
        pane.move_to(row.id)

    def action_activity(self) -> None:
        """Show what was done in this session."""
        from tui.screens.activity import ActivityScreen

        self.app.push_screen(ActivityScreen(self.session.activity))

    def on_activity_screen_copied(self, event: ActivityScreen.Copied) -> None:
        """Copy a command of Activity."""
        self.copy(event.text)

    def action_list_again(self) -> None:
        """List everything again, or try to connect now."""
        self.app.list_again()  # type: ignore[attr-defined]  # wherry's own app
        self.say("listing again …")

    def action_redraw(self) -> None:
        """Draw the whole screen again."""
        self.app.redraw()  # type: ignore[attr-defined]  # wherry's own app

    def action_help(self) -> None:
        """Show every key."""
        from tui.screens.help import HelpScreen

        sections = [keys.help_of_bindings("Everywhere", [*self.BINDINGS, *self.app.BINDINGS])]
        sections.append(keys.help_of_bindings("Lists", [*Table.BINDINGS, *ObjectList.LIST_KEYS]))
        sections += [
            keys.help_of_actions(pane.PANE.title, pane.kind.actions, pane)
            for pane in self.panes
            if pane.kind.actions
        ]
        sections.append(keys.help_of_bindings("Text: logs, inspect", TextLog.BINDINGS))
        self.app.push_screen(HelpScreen(sections))

    # Search in a text

    @on(TextLog.SearchAsked)
    def _search_asked(self, event: TextLog.SearchAsked) -> None:
        event.stop()
        self.run_worker(ask_in_text(self, event.log, filtering=False), group="ask", exclusive=True)

    @on(TextLog.FilterAsked)
    def _filter_asked(self, event: TextLog.FilterAsked) -> None:
        event.stop()
        self.run_worker(ask_in_text(self, event.log, filtering=True), group="ask", exclusive=True)

    def on_project_logs_tab_sources(self, event: ProjectLogsTab.Sources) -> None:
        """Have it chosen whose lines a merged log shows."""
        from tui.screens.sources import choose_sources

        event.stop()
        self.run_worker(choose_sources(self, event.tab), group="ask", exclusive=True)

    @on(TextLog.Said)
    def _text_said(self, event: TextLog.Said) -> None:
        event.stop()
        self.say(event.text, "warn")

    @on(TextLog.Copied)
    def _text_copied(self, event: TextLog.Copied) -> None:
        event.stop()
        self.copy(event.text)

    # What acts need

    def say(self, text: str, kind: Kind = "info") -> None:
        """Say something in one line, until the next key or for a while."""
        self.bottom.say(text, kind)
        self.listening()

    def report(self, results: Sequence[Result]) -> None:
        """Tell how acts ended: one line for one or for all that went well, one for each that failed."""
        failed = [result for result in results if result.error]
        if len(results) == 1:
            self.say(outcome_line(results[0]), "error" if failed else "info")
            if failed:
                self.bottom.show_results([outcome_line(results[0])])
            return
        done = len(results) - len(failed)
        self.say(
            f"{done} of {len(results)} done" + (", A shows all" if failed else ""),
            "error" if failed else "info",
        )
        self.bottom.show_results([f"✗ {outcome_line(result)}" for result in failed])

    def lend(self, loan: Loan) -> Ended:
        """Give the terminal to a program."""
        return self.app.lend(loan)  # type: ignore[attr-defined, no-any-return]  # wherry's own app

    def job_ended(self, entry: Entry, selects: str = "") -> None:
        """Tell how a job ended, list what no event tells of, and go to what it made of a kind, if any."""
        how = {"done": "info", "failed": "error", "cancelled": "warn"}[entry.outcome.value]
        text = f"{entry.label} {entry.target}: {entry.outcome.value}"
        if selects == "image" and entry.outcome.value == "done":
            text += ", x among the images runs it"
        self.say(f"{text}: {entry.output}" if entry.output else text, how)  # type: ignore[arg-type]
        self.session.connection.feed.list_again()
        for pane in self.panes:
            pane.refresh_rows()  # what a job found out stands beside rows that did not change
        if selects and entry.job is not None:
            self._arrivals.expect(selects, entry.job)
        from tui.screens.activity import ActivityScreen

        for screen in self.app.screen_stack:
            if isinstance(screen, ActivityScreen):
                screen.show()
