"""Whose numbers are read, and how often: by what can be seen, the terminal's focus, and the link's pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import ModalScreen

from tui.details.objects import ObjectList

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

UNSEEN = 10.0
"""Seconds between two readings, at the least, while the terminal does not have the focus."""


class Sampling:
    """Tells the connection's sampler what the main screen shows."""

    def __init__(self, main: MainScreen) -> None:
        self._main = main
        self._session = main.session
        self._factor = 1.0
        self._lent = False

    def start(self) -> None:
        """Begin, once the screen is there."""
        app = self._main.app
        self._main.watch(app, "app_focus", self._set_interval, init=False)
        app.app_suspend_signal.subscribe(self._main, lambda _: self._lend(True), immediate=True)
        app.app_resume_signal.subscribe(self._main, lambda _: self._lend(False), immediate=True)
        self._set_interval()

    def pace(self, factor: float) -> None:
        """Stretch the interval by a factor, for a slow way to the terminal; 1 is as configured."""
        self._factor = factor
        self._set_interval()

    def _set_interval(self) -> None:
        wanted = self._session.config.stats_interval
        if wanted is not None:
            wanted *= self._factor
            wanted = wanted if self._main.app.app_focus else max(UNSEEN, wanted)
        self._session.connection.sampler.interval = wanted

    def _lend(self, lent: bool) -> None:
        """Read nothing while another program has the terminal."""
        self._lent = lent
        self.look()

    def look(self) -> bool:
        """Look at what can be seen; says whether numbers had to go."""
        store = self._session.store
        running = {container.id for container in store.containers if container.state == "running"}
        seen, rarely = self._seen()
        seen = [one for one in seen if one in running]
        rarely = [one for one in rarely if one in running]
        self._session.connection.sampler.watch(seen, rarely)
        return store.numbers.watch([*seen, *rarely])

    def _seen(self) -> tuple[list[str], list[str]]:
        """Give the containers that can be seen, the selected one first, and those an order depends on."""
        top = self._main.app.screen
        covered = top is not self._main and not isinstance(top, ModalScreen)
        if self._lent or covered or self._session.config.stats_interval is None:
            return [], []
        row = self._main.detail.row
        seen = [row.id] if row is not None and row.kind == "container" else []
        rarely: list[str] = []
        for listing in self._main.query(ObjectList):
            if listing.kind.name == "container":
                seen += listing.seen
                rarely += listing.ranked
        return seen, rarely
