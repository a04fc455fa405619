"""Tabs that are a page of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tui.details.tab import Tab
from tui.engine.errors import EngineError
from tui.widgets.log import Line, TextLog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from tui.actions.session import Session

T = TypeVar("T")


class TextTab(Tab):
    """A page of text that is loaded anew when the object changes."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.text = TextLog(placeholder="loading …")
        self.text.ascii = session.config.ascii
        self._refused = False

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        yield self.text

    @property
    def body(self) -> TextLog:
        """The text."""
        return self.text

    def page(self, look: Callable[[], T], draw: Callable[[T], Sequence[Line]]) -> None:
        """Look something up and draw it as lines; a refusal is shown in the engine's words."""

        def arrived(found: T | EngineError) -> None:
            self._refused = isinstance(found, EngineError)
            if isinstance(found, EngineError):
                self.text.clear()
                self.text.placeholder = str(found)
            else:
                self.text.set_lines(draw(found), keep_scroll=True)

        self.ask(look, arrived)

    def store_changed(self, kinds: frozenset[str]) -> None:
        """Ask again for what was not to be had, once a lost connection is back."""
        link = self.session.store.link
        if self._refused and "link" in kinds and link is not None and link.live:
            self._refused = False
            self.load()

    def leave(self) -> None:
        """Forget the text."""
        super().leave()
        self._refused = False
        self.text.clear()
        self.text.placeholder = "loading …"
