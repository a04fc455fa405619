"""How the main screen is shared out between lists and detail, and how far either has been grown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.layout import STEPS, is_wide, list_width, pane_heights
from tui.widgets.tabs import TabBar

if TYPE_CHECKING:
    from tui.screens.main import MainScreen


class Arranging:
    """Arranges the main screen: both side by side where it is wide, one of them where it is small."""

    def __init__(self, main: MainScreen) -> None:
        self._main = main
        self._step = 0
        self._heights: list[int] = []
        self._in_detail = False

    def to_lists(self) -> None:
        """Show the lists; a detail that was grown to the whole screen gives way."""
        self._in_detail = False
        self._step = max(self._step, -1)
        self.arrange()

    def to_detail(self) -> None:
        """Show the detail; lists that were grown to the whole screen give way."""
        self._in_detail = True
        self._step = min(self._step, 1)
        self.arrange()

    def grow(self, step: int, *, inside: bool) -> None:
        """Give the lists, or where the focus is inside it the detail, more of the screen, or less."""
        wanted = self._step - step if inside else self._step + step
        low, high = (STEPS[0], 0) if inside else (0, STEPS[-1])
        self._step = max(low, min(high, wanted))
        self.arrange()

    def arrange(self) -> None:
        """Share the screen out anew."""
        main = self._main
        if not main.query("#panes, #pane-bar"):
            return
        size = main.app.size
        wide = is_wide(size.width, size.height)
        main.set_class(not wide, "small")
        panes, bar = main.query_one("#panes"), main.query_one("#pane-bar")
        bar.display = not wide
        if wide:
            width = list_width(size.width, self._step)
            panes.display, main.detail.display = width > 0, width < size.width
            panes.styles.width = width
            self.share_heights()
        else:
            panes.display, main.detail.display = not self._in_detail, self._in_detail
            panes.styles.width = "1fr"
            self._heights = []
            for pane in main.panes:
                pane.display, pane.styles.height = pane is main.pane, "1fr"
        self.show_bar()

    def share_heights(self) -> None:
        """Share the lists' column out among the panes, by how many rows each has."""
        main = self._main
        if main.has_class("small"):
            return
        room, focused = main.app.size.height - 2, main.panes.index(main.pane)
        heights = pane_heights(room, [len(pane.rows) or 1 for pane in main.panes], focused)
        if heights != self._heights:
            self._heights = heights
            for pane, height in zip(main.panes, heights, strict=True):
                pane.display, pane.styles.height = True, height

    def show_bar(self) -> None:
        """Write the bar of panes of a small screen."""
        main = self._main
        titles = [f"{pane.number} {pane.PANE.short} {pane.view.total}" for pane in main.panes]
        # There is none any more where wherry ends, and its parts are being taken down.
        for bar in main.query("#pane-bar").results(TabBar):
            bar.set_tabs(titles, main.panes.index(main.pane))
