"""What the list of containers does not carry: facts from inspect, and crash loops from events."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.engine import containers
from tui.engine.errors import EngineError
from tui.engine.loops import Loops

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future

    from tui.engine.connection import Connection
    from tui.engine.containers import Container, Facts
    from tui.engine.events import Event

AT_ONCE = 4
"""Inspects under way at the same time."""
_LOOP_CHECK = 30.0
_KILLED = 137
"""The exit code of who was killed, for its memory or by hand."""


class Enrichment:
    """Inspects the containers that are on the screen, and those killed that an event named, a few at a time.

    What it learnt is kept until the container's next event. All methods but `watch` are called by
    the feed's thread alone.

    Args:
        wake: called from any thread when there is something to take.

    """

    def __init__(self, engine: Connection, wake: Callable[[], None]) -> None:
        self._engine = engine
        self._wake = wake
        self._loops = Loops()
        self._lock = threading.Lock()
        self._watched: frozenset[str] = frozenset()
        self._rows: dict[str, Container] = {}
        self._facts: dict[str, Facts] = {}
        self._stale: set[str] = set()
        self._turn: dict[str, int] = {}
        self._running: set[str] = set()
        self._refused: set[str] = set()
        self._arrived: list[tuple[str, int, Facts | None]] = []
        self._looping: frozenset[str] = frozenset()
        self.due = float("inf")
        """When crash loops should be looked at again (monotonic seconds)."""

    def watch(self, ids: frozenset[str]) -> bool:
        """Name the containers on the screen; says whether that is news."""
        news, self._watched = ids != self._watched, ids
        return news

    def forget(self) -> None:
        """Drop all facts: after a reconnect nothing is known."""
        self._facts.clear()
        self._stale.clear()
        self._refused.clear()
        self._rows.clear()

    def remember(self, event: Event) -> None:
        """Take notice of an event that is over, and had its effect before anything was listed."""
        self._loops.note(event)

    def note(self, event: Event) -> None:
        """Take notice of an event: what was known of its container is out of date."""
        self._loops.note(event)
        if event.type == "container":
            self._stale.add(event.subject)
            self._refused.discard(event.subject)
            self._turn[event.subject] = self._turn.get(event.subject, 0) + 1

    def listed(self, rows: Sequence[Container], ids: frozenset[str] | None) -> list[Container]:
        """Take a listing and give it back with what is known of each row."""
        if ids is None:
            gone = set(self._rows) - {row.id for row in rows}
        else:
            gone = set(ids) - {row.id for row in rows}
        for one in gone:
            for known in (self._rows, self._facts, self._turn):
                known.pop(one, None)
            self._stale.discard(one)
            self._refused.discard(one)
        for row in rows:
            before = self._rows.get(row.id)
            if before is not None and before.state != row.state:
                self._facts.pop(row.id, None)
            self._rows[row.id] = row
        return [self._enrich(row) for row in rows]

    def take(self, busy: frozenset[str]) -> list[Container]:
        """Give rows that changed by what was learnt, and start inspecting what is missing.

        Args:
            busy: containers whose state may still change under an inspect.

        """
        with self._lock:
            arrived, self._arrived = self._arrived, []
        changed: set[str] = set()
        for one, turn, facts in arrived:
            self._running.discard(one)
            if facts is None:
                # Not asked again before its next event: a row in doubt is no reason to spin.
                self._refused.add(one)
            if facts is None or turn != self._turn.get(one, 0) or one not in self._rows:
                continue
            self._stale.discard(one)
            if self._facts.get(one) != facts:
                self._facts[one] = facts
                changed.add(one)
        changed.update(self._changed_loops())
        self._start(busy)
        return [self._enrich(self._rows[one]) for one in changed if one in self._rows]

    def _changed_loops(self) -> frozenset[str]:
        looping = self._loops.looping(time.time())
        changed = looping ^ self._looping
        self._looping = looping
        self.due = time.monotonic() + _LOOP_CHECK if looping else float("inf")
        return changed

    def _start(self, busy: frozenset[str]) -> None:
        for one in self._missing():
            if len(self._running) >= AT_ONCE:
                return
            if one not in busy | self._running | self._refused:
                self._running.add(one)
                turn = self._turn.get(one, 0)
                future = self._engine.reads.submit(lambda one=one: self._inspect(one))  # type: ignore[misc]
                future.add_done_callback(lambda done, one=one, turn=turn: self._finish(one, turn, done))  # type: ignore[misc]

    def _missing(self) -> Iterable[str]:
        for one in self._watched:
            if one in self._rows and (one in self._stale or one not in self._facts):
                yield one
        for one in tuple(self._stale):
            row = self._rows.get(one)
            if row is None or one in self._watched:
                continue
            # Of what nobody looks at the list tells whether it is well, but for who was killed: for memory?
            if row.exit_code == _KILLED and not row.up:
                yield one
            else:
                self._facts.pop(one, None)

    def _inspect(self, one: str) -> Facts | None:
        try:
            return containers.parse_facts(containers.inspect(self._engine, one))
        except EngineError:
            # It is gone, or the link is: the next listing says which.
            return None

    def _finish(self, one: str, turn: int, done: Future[Facts | None]) -> None:
        facts = None if done.cancelled() else done.result()
        with self._lock:
            self._arrived.append((one, turn, facts))
        self._wake()

    def _enrich(self, row: Container) -> Container:
        facts, deaths = self._facts.get(row.id), self._loops.deaths(row.id, time.time())
        if facts is None and not deaths:
            return row
        return replace(row, facts=facts, deaths=deaths)
