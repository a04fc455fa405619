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
            if isinstance(found, EngineError):
                self.text.clear()
                self.text.placeholder = str(found)
            else:
                self.text.set_lines(draw(found), keep_scroll=True)

        self.ask(look, arrived)

    def leave(self) -> None:
        """Forget the text."""
        super().leave()
        self.text.clear()
        self.text.placeholder = "loading …"
