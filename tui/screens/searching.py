"""Searching in a text, and filtering its lines, by what is typed on the bottom line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.screens.main import MainScreen
    from tui.widgets.log import TextLog


async def ask_in_text(screen: MainScreen, log: TextLog, *, filtering: bool) -> None:
    """Have typed what to look for, and go to it; or what the lines shown must hold."""

    def ended(value: str | None) -> None:
        screen.set_focus(log)
        if value is None and not filtering:
            return
        try:
            if filtering:
                log.filter_lines(value or None)
            else:
                screen.say(f"{log.search(value or '')} found; n next, N previous")
        except ValueError as error:
            screen.say(str(error), "warn")

    await screen.bottom.prompt("&" if filtering else "/", "", lambda typed: None, ended)
