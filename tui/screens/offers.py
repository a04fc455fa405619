"""The palette, the menu, sorting and copying: shown, and what was picked carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.binding import Binding

from tui.details.objects import ObjectList
from tui.screens import finding
from tui.screens.chooser import ChooserScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.screens.chooser import Item
    from tui.screens.main import MainScreen


class Offers:
    """Offers lists to choose from for the main screen."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    async def _choose(self, title: str, items: Sequence[Item]) -> Any:
        return await self._screen.app.push_screen_wait(ChooserScreen(title, items))

    async def order(self, listing: ObjectList) -> None:
        """Have an order chosen."""
        key = await self._choose("Sort by", finding.orders(listing))
        if key is not None:
            listing.view.sort = key
            listing.show_again()

    async def menu(self, listing: ObjectList) -> None:
        """Have one of all acts on the list's object chosen."""
        row = listing.row
        title = f"{listing.kind.name} {row.name}" if row is not None else listing.kind.plural
        await self._do(await self._choose(title, finding.menu(listing, self._screen.session)))

    async def copy(self, listing: ObjectList) -> None:
        """Have chosen what of the list's object is copied."""
        if listing.row is None:
            self._screen.say(f"there is no {listing.kind.name} to copy from", "warn")
            return
        items = finding.copies(listing.row, self._screen.session)
        text = await self._choose(f"Copy of {listing.row.name}", items)
        if text is not None:
            self._screen.copy(text)

    async def find(self, current: ObjectList) -> None:
        """Have any act or any object found by name."""
        screen = self._screen
        bindings = [one for one in (*screen.BINDINGS, *ObjectList.LIST_KEYS) if isinstance(one, Binding)]
        items = finding.finds(screen.panes, current, screen.session, bindings)
        await self._do(await self._choose("Find an act or an object", items), current)

    async def _do(self, picked: Any, current: ObjectList | None = None) -> None:
        match picked:
            case finding.ActPick(action, listing):
                await self._screen.acts.perform([action], listing)
            case finding.RowPick(row):
                self._screen.show_row(row)
            case finding.KeyPick(action):
                name = f"action_{action.partition('(')[0]}"
                owner = current if hasattr(current, name) else self._screen
                await self._screen.app.run_action(action, owner)
