"""The lists of what hardly changes, each asked for on a thread: one that takes long makes no other late."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.engine import images, networks, volumes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from tui.engine.connection import Connection

_ROWS: dict[str, Callable[[Connection], Sequence[Any]]] = {
    "image": images.rows,
    "volume": volumes.rows,
    "network": networks.rows,
}
KINDS = tuple(_ROWS)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A list that was asked for, over the link of this turn; `rows` raises what asking raised."""

    kind: str
    turn: int
    rows: Callable[[], Sequence[Any]]


class Lists:
    """Asks for lists, one of a kind at a time; used by the feed's thread alone.

    Args:
        hand_in: takes what arrived, on any thread.

    """

    def __init__(self, engine: Connection, hand_in: Callable[[Arrived], None]) -> None:
        self._engine = engine
        self._hand_in = hand_in
        self._turn = 0
        self._asked: set[str] = set()
        self._again: set[str] = set()
        """Kinds that changed since their list was asked for."""

    def restart(self) -> None:
        """Ask for all, over a new link."""
        self._turn += 1
        self._asked.clear()
        self._again.clear()
        for kind in KINDS:
            self.ask(kind)

    def ask(self, kind: str) -> None:
        """Ask for a list; while the one before is under way, once more after it."""
        if kind in self._asked:
            self._again.add(kind)
            return
        self._asked.add(kind)
        future = self._engine.lists.submit(partial(_ROWS[kind], self._engine))
        future.add_done_callback(partial(self._done, kind, self._turn))

    def _done(self, kind: str, turn: int, future: Future[Sequence[Any]]) -> None:
        if not future.cancelled():
            self._hand_in(Arrived(kind, turn, future.result))

    def take(self, arrived: Arrived) -> Sequence[Any] | None:
        """Give the rows of what arrived; None where it came over an earlier link.

        Raises:
            EngineError: in the engine's own words, when it refused.
            Unreachable: when the connection broke, or the answer took too long.

        """
        if arrived.turn != self._turn:
            return None
        self._asked.discard(arrived.kind)
        again = arrived.kind in self._again
        self._again.discard(arrived.kind)
        rows = arrived.rows()
        if again:
            self.ask(arrived.kind)
        return rows
