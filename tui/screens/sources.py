"""Choosing whose lines a merged log shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.chooser import ChooserScreen, Item

if TYPE_CHECKING:
    from tui.details.project_logs import ProjectLogsTab
    from tui.screens.main import MainScreen


async def choose_sources(screen: MainScreen, tab: ProjectLogsTab) -> None:
    """Turn services on and off, one after the other, until Esc."""
    while tab.sources:
        items = [
            Item(name, "shown: Enter hides it" if shown else "hidden: Enter shows it", name)
            for name, shown in tab.sources.items()
        ]
        chosen = await screen.app.push_screen_wait(ChooserScreen("Whose lines? Esc when done", items))
        if chosen is None:
            return
        tab.turn(chosen)
