"""Somebody who is connected to a program's output."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.demo.wire.bell import Bell


class Tap:
    """What a program writes piles up here, and the bell rings; `ended` once there will be no more."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._waiting: deque[tuple[str, bytes]] = deque()
        self.ended = False

    def tell(self, stream: str, content: bytes) -> None:
        """Take a piece of output; called from any thread."""
        self._waiting.append((stream, content))
        self._bell.ring()

    def end(self) -> None:
        """Say that this was all; called from any thread."""
        self.ended = True
        self._bell.ring()

    def take(self) -> list[tuple[str, bytes]]:
        """Give what came since the last time."""
        return [self._waiting.popleft() for _ in range(len(self._waiting))]
