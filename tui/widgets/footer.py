"""The line at the bottom: the keys that work now, or for a while what just happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from tui.widgets.cells import fit, safe, text_width
from tui.widgets.statusline import GAP, MARGIN, Lines, Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.timer import Timer

__all__ = ["KeyFooter", "KeyHint", "Kind"]

Kind: TypeAlias = Literal["info", "warn", "error"]

_LOOKS: dict[Kind, str] = {"info": "", "warn": "warn", "error": "bad"}
_SIGNS: dict[Kind, str] = {"info": "", "warn": "! ", "error": "✗ "}
_ASCII_SIGNS: dict[Kind, str] = {"info": "", "warn": "! ", "error": "x "}


@dataclass(frozen=True, slots=True)
class KeyHint:
    """Hold a key and what it does.

    Args:
        key: The key, as it is shown.
        label: What it does.
        enabled: Whether it works now; it is not shown otherwise.
        keep: Whether it stays when there is not room for all.

    """

    key: str
    label: str
    enabled: bool = True
    keep: bool = False


class KeyFooter(Lines):
    """Show the keys that work now, as many as there is room for, and short messages in their place."""

    def __init__(
        self,
        hints: Sequence[KeyHint] = (),
        *,
        id: str | None = None,  # noqa: A002 (the name every widget gives it)
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._hints = tuple(hints)
        self._message = ""
        self._kind: Kind = "info"
        self._timer: Timer | None = None

    @property
    def message(self) -> str:
        """What is said in place of the keys; empty when the keys are shown."""
        return self._message

    def set_hints(self, hints: Sequence[KeyHint]) -> None:
        """Show these keys instead; repaints only when the line looks different then."""
        self._hints = tuple(hints)
        self.redraw()

    def say(self, text: str, kind: Kind = "info", seconds: float = 6) -> None:
        """Say this in place of the keys, for that long or until `dismiss`; 0 seconds is until `dismiss`."""
        self._stop_timer()
        self._message, self._kind = text, kind
        if text and seconds > 0:
            self._timer = self.set_timer(seconds, self.dismiss)
        self.redraw()

    def dismiss(self) -> None:
        """Show the keys again; for the next key that is pressed while there is a message."""
        self._stop_timer()
        self._message = ""
        self.redraw()

    def _stop_timer(self) -> None:
        """Let no timer run that nothing waits for."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def lines(self, width: int) -> list[list[Piece]]:
        """Return the one line: the message, or the keys."""
        room = width - MARGIN
        line: list[Piece] = [(" " * MARGIN, "")]
        if self._message:
            signs = _ASCII_SIGNS if self.ascii else _SIGNS
            text = fit(signs[self._kind] + self._message, room, ascii_only=self.ascii)
            return [[*line, (text, _LOOKS[self._kind])]]
        for hint in self._staying(room):
            if len(line) > 1:
                line.append((" " * GAP, ""))
            line.append((safe(hint.key, self.ascii), "accent"))
            if hint.label:
                line.append((" " + safe(hint.label, self.ascii), ""))
        return [line]

    def _staying(self, room: int) -> list[KeyHint]:
        """Return the hints there is room for, with a sign where some were left out."""
        enabled = [hint for hint in self._hints if hint.enabled]
        if _width(enabled) <= room:
            return enabled
        kept = [hint for hint in enabled if hint.keep]
        while len(kept) > 1 and _width(kept) > room:
            del kept[0]
        more = KeyHint("..." if self.ascii else "…", "")
        first = [hint for hint in enabled if not hint.keep]
        while first and _width([*first, more, *kept]) > room:
            del first[-1]
        return [*first, more, *kept] if _width([*first, more, *kept]) <= room else kept


def _width(hints: Sequence[KeyHint]) -> int:
    """Return how many cells the hints take, with the gaps between them."""
    widths = [text_width(hint.key) + (text_width(hint.label) + 1 if hint.label else 0) for hint in hints]
    return sum(widths) + GAP * max(0, len(hints) - 1)
