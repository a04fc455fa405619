"""The application: theme, styles, keymap, the first screen, and the way in from the engine's threads."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES

from tui import paths, state
from tui.actions import building, remembering, running
from tui.actions.session import Session
from tui.details.objects import ObjectList
from tui.details.project_logs import ProjectLogsTab
from tui.engine import tools
from tui.engine.project_folders import find_projects, looked_at_again
from tui.panes import PANES
from tui.screens.main import MainScreen
from tui.store.activity import Activity, Outcome
from tui.store.store import Store
from tui.terminal import clipboard
from tui.terminal.driver import DiffDriver, driver_class
from tui.terminal.endings import OrderlyApp
from tui.terminal.handover import Ended, Loan, hand_over
from tui.terminal.loop import Deliver, to_loop
from tui.theme import THEME
from tui.widgets.log import TextLog
from tui.widgets.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from textual.app import App
    from textual.timer import Timer

    from tui.config import Config
    from tui.engine.connection import Connection
    from tui.engine.updates import Update
    from tui.screens.unreachable import UnreachableScreen


LATE_SHOWN = 5.0
"""Seconds without a late frame after which the way to the terminal is well again."""


class Wherry(OrderlyApp):
    """wherry.

    Args:
        connection: the way to the engine, opened already or not; it ends with the app.
        environ: the environment that child processes start from; this process's own by default.
        lend: gives the terminal to a program; another one where there is no terminal.

    """

    TITLE = "wherry"
    CSS_PATH: ClassVar[list[str | PurePath]] = sorted(paths.STYLES.glob("*.tcss"))
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "cancel", show=False, id="app.interrupt"),
        Binding("ctrl+z", "suspend_process", "stop until fg", id="app.suspend", priority=True),
    ]

    def __init__(
        self,
        connection: Connection,
        config: Config,
        *,
        folder: Path | None = None,
        environ: Mapping[str, str] | None = None,
        lend: Callable[[App[Any], Loan], Ended] = hand_over,
    ) -> None:
        super().__init__(
            driver_class=driver_class(os.environ),
            ansi_color=None if not os.environ.get("NO_COLOR") else True,
        )
        self.register_theme(THEME)
        self.theme = config.theme or THEME.name
        self._lend = lend
        self._deliver: Deliver | None = None
        self._arriving = threading.Lock()
        self._waiting: list[Update] = []
        store = Store()
        self.session = Session(
            connection=connection,
            store=store,
            activity=Activity(time.time),
            config=config,
            folder=folder or Path.cwd(),
            environ=dict(os.environ if environ is None else environ),
        )
        self.main = MainScreen(self.session)
        remembered = state.load(paths.state_file())
        self.main.remember(remembered.lists)
        self.session.answers.update(running.remembered(remembered.runs))
        self.session.builds.update(building.remembered_of(remembered.builds))
        self._projects = tuple(remembered.projects)
        self._recalled = False
        self.demo_wanted = False
        """Whether it ended so that the demo can be opened in its place."""
        self._unreachable: UnreachableScreen | None = None
        self._well_again: Timer | None = None

    def get_default_screen(self) -> MainScreen:
        """Open on the main screen."""
        return self.main

    def on_mount(self) -> None:
        """Follow the engine, and look at what this machine has."""
        self._deliver = to_loop()
        self.set_keymap(dict(self.session.config.keymap))
        self.session.connection.listen(self._arrived)
        self.session.connection.open()
        self.find_projects()
        # Not before something is on the screen: all this takes time from it.
        self.main.call_after_refresh(self._look_around)

    def _look_around(self) -> None:
        """Look at what this machine has."""
        if not gc.isenabled():
            # What was made while starting stays: looking for garbage in it again would only take time.
            gc.freeze()
            # What Textual makes for a frame lives as long as the frame: looking for garbage in it as often as
            # Python does takes a quarter of the processor.
            gc.set_threshold(20_000, 20, 50)
            gc.enable()
        self._on_thread(lambda: tools.find_tools(self.session.environ), self._take_tools)

    def on_unmount(self) -> None:
        """End everything that hangs off the connection, and the jobs."""
        for entry in self.session.activity.jobs:
            if entry.job is not None:
                entry.job.cancel()
        self.session.connection.close()
        # What can't be remembered is no reason to end badly.
        with suppress(OSError):
            kept = state.State(
                self.main.to_remember,
                running.to_remember(self.session.answers),
                self.session.builds,
                self._projects_to_remember(),
            )
            paths.write_private(paths.state_file(), state.write(kept))

    def _projects_to_remember(self) -> tuple[state.ProjectState, ...]:
        if not self._recalled:
            return self._projects
        return remembering.to_remember(self._engine_url, self.session.store.seen.values(), self._projects)

    @property
    def _engine_url(self) -> str:
        address = self.session.connection.address
        return address.url if address is not None else ""

    async def on_event(self, event: events.Event) -> None:
        """Take alt+letter for Esc and that letter: that is what was pressed, in quick succession."""
        if isinstance(event, events.InputEvent) and not self.screen_stack:
            return  # it comes while wherry ends, and there is nothing left to take it
        if isinstance(event, events.Key) and not event.is_forwarded and event.key.startswith("alt+"):
            key = event.key.removeprefix("alt+")
            await super().on_event(events.Key("escape", None))
            await super().on_event(events.Key(key, key if len(key) == 1 else None))
            return
        await super().on_event(event)

    def push_screen(self, screen: Any, *arguments: Any, **more: Any) -> Any:
        """Open a screen; keys that were typed ahead go to it."""
        opened = super().push_screen(screen, *arguments, **more)
        if isinstance(screen, Screen) and screen is not self.main:
            self.run_worker(self._listen(screen), group="listen")
        return opened

    # From threads

    def _arrived(self, updates: Sequence[Update]) -> None:
        """Take updates, on threads; those that come before earlier ones were shown are shown with them."""
        if self._deliver is None:
            return
        with self._arriving:
            first = not self._waiting
            self._waiting += updates
        if first:
            self._deliver(self._apply_waiting)

    def _apply_waiting(self) -> None:
        with self._arriving:
            updates, self._waiting = self._waiting, []
        self._apply(updates)

    def _apply(self, updates: Sequence[Update]) -> None:
        kinds = self.session.store.apply(updates)
        if not self.main.is_mounted:
            return
        with self.batch_update():
            if "link" in kinds:
                self._show_link()
            if kinds:
                self.main.store_changed(kinds)

    def _show_link(self) -> None:
        """Explain where there never was an engine; where one was lost, the lists stay."""
        link, store = self.session.store.link, self.session.store
        if link is None:
            return
        if link.live:
            self._recall_projects()
            if self._unreachable is not None:
                screen, self._unreachable = self._unreachable, None
                screen.dismiss()
        elif not store.listed:
            if self._unreachable is None:
                from tui.screens.unreachable import UnreachableScreen

                self._unreachable = UnreachableScreen(link, self.session.connection.address)
                self.push_screen(self._unreachable)
            elif self._unreachable.is_mounted:
                self._unreachable.explain(link, self.session.connection.address)

    def _on_thread(self, look: Callable[[], object], take: Callable[[object], None]) -> None:
        """Look something up on a thread and take the result here."""
        deliver = to_loop()

        def done(future: Future[object]) -> None:
            if not future.cancelled():
                deliver(lambda: take(future.result()))

        self.session.connection.reads.submit(look).add_done_callback(done)

    def _take_tools(self, found: object) -> None:
        self.session.tools = found  # type: ignore[assignment]  # what find_tools gave

    async def _listen(self, screen: Screen[Any]) -> None:
        """Let keys go on once a screen that was opened takes them."""
        mounted = asyncio.Event()
        screen.call_later(mounted.set)
        await mounted.wait()
        self.main.listening()

    # For screens

    def find_projects(self) -> None:
        """Look for compose files in the folder that wherry was started in, and in those of the config."""
        session = self.session
        self._on_thread(
            lambda: find_projects(session.folder, session.config.project_folders, dict(session.environ)),
            self._take_found,
        )

    def _take_found(self, found: object) -> None:
        first = self.session.store.local is None
        kinds = self.session.store.set_found(found)  # type: ignore[arg-type]  # what find_projects gave
        if kinds and self.main.is_mounted:
            self.main.store_changed(kinds)
            if first:
                self.main.point_to_local()

    def _recall_projects(self) -> None:
        """Have the projects listed that were on this engine in an earlier session."""
        if self._recalled:
            return
        seen = remembering.projects_of(self._engine_url, self._projects)
        if seen:
            self._on_thread(lambda: looked_at_again(seen), self._take_seen)
        else:
            self._recalled = True

    def _take_seen(self, seen: object) -> None:
        self._recalled = True
        kinds = self.session.store.remember(seen)  # type: ignore[arg-type]  # what looked_at_again gave
        if self.main.is_mounted:
            self.main.store_changed(kinds)

    def list_again(self) -> None:
        """List everything again; where the engine was lost, try it now."""
        self.session.connection.feed.list_again()
        self.find_projects()

    def keymap_of(self, action_id: str, default: str) -> str:
        """Give the key of a binding after the user's keymap."""
        return self.session.config.keymap.get(action_id, default)

    def copy(self, text: str) -> str:
        """Copy text to the clipboard; says how."""
        return clipboard.copy(self, text)

    def lend(self, loan: Loan) -> Ended:
        """Give the terminal to a program until it ends."""
        return self._lend(self, loan)

    def redraw(self) -> None:
        """Draw the whole screen again, whatever the terminal shows."""
        if isinstance(self._driver, DiffDriver):
            self._driver.redraw()
        self.refresh(repaint=True, layout=True)

    def on_diff_driver_late(self, event: DiffDriver.Late) -> None:
        """Go slower while the way to the terminal is slow, and say so."""
        self._be_late(event.seconds)
        if self._well_again is not None:
            self._well_again.stop()
        self._well_again = self.set_timer(LATE_SHOWN, partial(self._be_late, 0.0))

    def _be_late(self, seconds: float) -> None:
        self.session.late = seconds
        self.main.show_pace()

    def on_diff_driver_fell_back(self, event: DiffDriver.FellBack) -> None:
        """Draw with Textual's own frames from here on, and note why."""
        self.session.activity.note("draw with Textual's own frames", event.why, Outcome.FAILED)
        self.main.say("the screen takes more bytes than it should: A says why", "warn")
        self.refresh(repaint=True, layout=True)

    def stays(self) -> None:
        """Say that there is nobody who would continue wherry if it stopped."""
        self.main.say("no shell would continue wherry here: it does not stop", "warn")

    def action_leave(self) -> None:
        """Leave wherry."""
        self.main.leave() if self.screen is self.main else self.exit()

    def action_open_demo(self) -> None:
        """End, for the demo to be opened."""
        self.demo_wanted = True
        self.exit()

    def action_interrupt(self) -> None:
        """Cancel what is under way; never leave by surprise."""
        self.main.say("ctrl+c cancels; q leaves", "info")


def binding_ids() -> frozenset[str]:
    """Give every id that a keymap may name."""
    from tui.screens.chooser import ChooserScreen
    from tui.screens.job import JobScreen
    from tui.screens.question import QuestionScreen

    texts = (TextLog, ProjectLogsTab)
    widgets = (Wherry, MainScreen, ObjectList, Table, *texts, QuestionScreen, ChooserScreen, JobScreen)
    ids = {
        binding.id
        for widget in widgets
        for binding in (*widget.BINDINGS, *getattr(widget, "LIST_KEYS", ()))
        if isinstance(binding, Binding) and binding.id
    }
    return frozenset(ids | {action.id for pane in PANES for action in pane.SPEC.kind.actions if action.key})


def theme_names() -> frozenset[str]:
    """Give every theme that a config may name."""
    return frozenset({THEME.name, *BUILTIN_THEMES})
