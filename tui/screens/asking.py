"""Questions before acts: asked on the line or in a dialog, and withdrawn when their objects change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.actions.model import Row
    from tui.screens.main import MainScreen
    from tui.screens.question import QuestionScreen


class Asking:
    """Asks one question at a time for the main screen."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._rows: tuple[Row, ...] = ()
        self._withdraw: Callable[[], object] = lambda: None

    async def on_line(self, text: str, command: str, rows: Sequence[Row], key: str) -> bool:
        """Ask on the footer's line; `key` once more is a yes, as Enter is."""
        bottom = self._screen.bottom
        self._rows, self._withdraw = tuple(rows), bottom.withdraw
        try:
            return await bottom.ask(text, command, key)
        finally:
            self._rows = ()

    async def in_dialog(self, dialog: QuestionScreen, rows: Sequence[Row]) -> dict[str, Any] | None:
        """Ask in a dialog; gives the options chosen, or None for no."""
        self._rows = tuple(rows)
        self._withdraw = lambda: dialog.dismiss(None) if dialog.is_current else None
        try:
            return await self._screen.app.push_screen_wait(dialog)
        finally:
            self._rows = ()

    def check(self) -> None:
        """Withdraw the question when one of its objects is gone or another than it was."""
        for row in self._rows:
            now = self._screen.session.store.get(row.kind, row.id)
            if now is None or _meaning(now) != _meaning(row):
                self._rows = ()
                self._withdraw()
                state = "is gone" if now is None else f"changed: {_meaning(now)[0]}"
                self._screen.say(f"the question was withdrawn: {row.name} {state}", "warn")
                return


def _meaning(row: Row) -> tuple[object, ...]:
    """Give what of a row a question is about: when it changes, the question is another one."""
    return (getattr(row, "state", ""), row.name, getattr(row, "up", ""))
