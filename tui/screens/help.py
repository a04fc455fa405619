"""Help: every key that there is, from the same declarations that the keys come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

_KEY_WIDTH = 14


class HelpScreen(ModalScreen[None]):
    """Show sections of keys; each section is a title and (key, words) pairs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter,left", "leave", "back", id="help.back"),
        Binding("j", "scroll(1)", "down", id="help.down"),
        Binding("k", "scroll(-1)", "up", id="help.up"),
    ]

    def __init__(self, sections: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> None:
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        """Lay out the sections."""
        with VerticalScroll(id="help") as box:
            box.border_title = Content("Keys; Esc back")
            yield Static(self._text())

    def on_mount(self) -> None:
        """Take the keyboard."""
        self.query_one("#help").focus()

    def _text(self) -> Text:
        text = Text()
        for title, keys in self._sections:
            text.append(f"{title}\n", "bold")
            for key, words in keys:
                text.append(f"  {key:<{_KEY_WIDTH}} ", "bold")
                text.append(f"{words}\n")
            text.append("\n")
        text.rstrip()
        return text

    def action_scroll(self, step: int) -> None:
        """Scroll by a line."""
        self.query_one("#help").scroll_relative(y=step, animate=False)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
