"""Follows one engine: subscribes, lists, lists again after events, and comes back when it was lost."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, TypeAlias

from tui.engine import containers, lists
from tui.engine.enrichment import Enrichment
from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.events import Event, EventStream
from tui.engine.lists import Arrived, Lists
from tui.engine.pulse import Pulse
from tui.engine.updates import Happened, Link, Linked, LinkState, Listed, Refused, Update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tui.engine.connection import Connection

KINDS = ("container", *lists.KINDS)
HEARTBEAT = 5.0
"""Seconds without a word from the engine after which it is asked for a sign of life."""
PACE = 0.05
"""Seconds between two batches at the least."""
RETRIES = (0.3, 0.5, 1.0, 2.0, 3.0)
"""Seconds between attempts to connect; the last one for ever."""
HISTORY = 600
"""Seconds before the start whose events are asked for: they fill the timeline and tell crash loops."""
PARTIAL = 100
"""Up to this many changed containers are listed by id, more of them by one whole list."""
REFUSED_PAUSE = 2.0
"""Seconds after which a list that was refused is asked for again."""


class _Lost(Exception):
    """The link broke while it was followed."""

    def __init__(self, error: EngineError) -> None:
        super().__init__(str(error))
        self.error = error


_Item: TypeAlias = Event | EngineError | Arrived | str | None


class Feed:
    """The thread that keeps lists true; everything it finds goes to `listener` in batches."""

    def __init__(self, engine: Connection, listener: Callable[[Sequence[Update]], None]) -> None:
        self._engine = engine
        self._listener = listener
        self._inbox: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self._stream: EventStream | None = None
        self._pulses = {kind: Pulse() for kind in KINDS}
        self._enrichment = Enrichment(engine, self._wake)
        self._dirty: dict[str, float] = {}
        self._whole = False
        self._lists = Lists(engine, self._inbox.put)
        self._events: list[Event] = []
        self._moment = int((time.time() - HISTORY) * 1e9)
        self._heard = 0.0
        self._published = 0.0
        self.link = Link(LinkState.CONNECTING, time.time())
        """The link as it was last told to the listener."""

    # From other threads

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End at once; the listener hears nothing more."""
        self._closing.set()
        self._wake()
        stream = self._stream
        if stream is not None:
            stream.close()

    def list_again(self, kinds: Iterable[str] = KINDS) -> None:
        """List these kinds anew, as after an event; where the link is lost, try to connect now."""
        for kind in kinds:
            self._inbox.put(kind)

    def watch(self, ids: Iterable[str]) -> None:
        """Name the containers on the screen: they are inspected for what the list does not carry."""
        if self._enrichment.watch(frozenset(ids)):
            self._wake()

    def _wake(self) -> None:
        self._inbox.put(None)

    # On the feed's thread

    def _run(self) -> None:
        attempt = 0
        while not self._closing.is_set():
            began = time.monotonic()
            try:
                self._establish()
                self._follow()
            except _Lost as lost:
                self._tell_lost(lost.error)
            except EngineError as error:
                self._tell_lost(error)
            finally:
                if self._stream is not None:
                    self._stream.close()
                    self._stream = None
            if time.monotonic() - began > HEARTBEAT:
                attempt = 0  # else it came back only to be lost at once, and may again
            self._wait_to_retry(RETRIES[min(attempt, len(RETRIES) - 1)])
            attempt += 1

    def _wait_to_retry(self, pause: float) -> None:
        """Wait for the pause to pass, or for somebody to ask for the lists."""
        end = time.monotonic() + pause
        while not self._closing.is_set() and (left := end - time.monotonic()) > 0:
            try:
                if isinstance(self._inbox.get(timeout=left), str):
                    return
            except queue.Empty:
                return

    def _establish(self) -> None:
        """Connect, subscribe, and list everything: in this order, so that nothing falls between."""
        self._engine.establish()
        self._drain_inbox()
        if self._engine.endpoint is None:
            raise Unreachable(Trouble.LOST, "the connection was closed")
        self._stream = EventStream(
            self._engine.endpoint,
            self._engine.path("/events"),
            self._moment,
            self._inbox.put,
            self._inbox.put,
        )
        self._enrichment.forget()
        self._dirty.clear()
        self._lists.restart()
        update = self._containers()
        self._heard = time.monotonic()
        self.link = Link(LinkState.LIVE, time.time(), version=self._engine.version)
        self._publish([Linked(self.link), update])

    def _drain_inbox(self) -> None:
        """Drop what belongs to the link before this one."""
        while True:
            try:
                self._inbox.get_nowait()
            except queue.Empty:
                return

    def _follow(self) -> None:
        while not self._closing.is_set():
            updates = self._take(self._wait())
            updates += self._refresh()
            now = time.monotonic()
            if self._events and (updates or now - self._published >= PACE):
                events, self._events = self._events, []
                updates.insert(0, Happened(tuple(events)))
            updates += self._enriched()
            if updates:
                self._publish(updates)
            if now - self._heard > HEARTBEAT:
                self._engine.ping()
                self._heard = time.monotonic()

    def _wait(self) -> list[_Item]:
        """Wait until something arrives or is due, and give all that arrived."""
        now = time.monotonic()
        due = min(
            self._heard + HEARTBEAT + 0.01,
            self._enrichment.due,
            *(pulse.due for pulse in self._pulses.values()),
            self._published + PACE if self._events else now + HEARTBEAT,
        )
        arrived: list[_Item] = []
        try:
            arrived.append(self._inbox.get(timeout=max(0.0, due - now)))
            while len(arrived) < 10_000:
                arrived.append(self._inbox.get_nowait())
        except queue.Empty:
            pass
        return arrived

    def _take(self, arrived: Iterable[_Item]) -> list[Update]:
        now = time.monotonic()
        updates: list[Update] = []
        for item in arrived:
            if isinstance(item, Event):
                self._heard = now
                self._note(item, now)
            elif isinstance(item, EngineError):
                raise _Lost(item)
            elif isinstance(item, Arrived):
                updates += self._answered(item)
            elif item is not None:
                self._note_whole(item, now)
        return updates

    def _note_whole(self, kind: str, now: float) -> None:
        self._whole = self._whole or kind == "container"
        self._pulses[kind].note(now)

    def _note(self, event: Event, now: float) -> None:
        self._events.append(event)
        self._moment = max(self._moment, event.moment)
        if self._stream is not None and event.moment < self._stream.began:
            # It happened before the lists were asked for, which show what came of it.
            self._enrichment.remember(event)
            return
        self._enrichment.note(event)
        if event.type not in self._pulses or not event.subject:
            # It does not say what it happened to: it may have been anything.
            for kind in KINDS:
                self._note_whole(kind, now)
            return
        self._pulses[event.type].note(now)
        container = event.subject if event.type == "container" else event.container
        if container:
            self._dirty[container] = now
            self._pulses["container"].note(now)

    def _refresh(self) -> list[Update]:
        """List what is due."""
        updates: list[Update] = []
        for kind, pulse in self._pulses.items():
            now = time.monotonic()
            if pulse.due > now:
                continue
            pulse.ran(now)
            if kind != "container":
                self._lists.ask(kind)
                continue
            some = not self._whole and len(self._dirty) <= PARTIAL
            if some and not self._dirty:
                continue
            updates.append(self._containers(frozenset(self._dirty) if some else None))
            self._whole = False
            settled = pulse.due
            self._dirty = {} if settled == float("inf") else self._dirty
        return updates

    def _containers(self, ids: frozenset[str] | None = None) -> Update:
        """List all containers, or what became of some."""
        try:
            rows = containers.rows(self._engine, sorted(ids) if ids is not None else None)
        except Unreachable:
            raise
        except EngineError as error:
            return self._refused("container", error)
        self._heard = time.monotonic()
        return Listed("container", tuple(self._enrichment.listed(rows, ids)), ids)

    def _answered(self, arrived: Arrived) -> list[Update]:
        """Take a list that was asked for, or what came instead."""
        try:
            rows = self._lists.take(arrived)
        except EngineError as error:
            if isinstance(error, Unreachable):
                # Whether the engine is gone, or does not come to the end of this one list, it says itself.
                self._engine.ping()
            return [self._refused(arrived.kind, error)]
        if rows is None:
            return []
        self._heard = time.monotonic()
        return [Listed(arrived.kind, tuple(rows))]

    def _refused(self, kind: str, error: EngineError) -> Update:
        again = threading.Timer(REFUSED_PAUSE, self.list_again, ((kind,),))
        again.daemon = True
        again.start()
        return Refused(kind, str(error))

    def _enriched(self) -> list[Update]:
        rows = self._enrichment.take(busy=frozenset(self._dirty))
        return [Listed("container", tuple(rows), frozenset(row.id for row in rows))] if rows else []

    def _publish(self, updates: Sequence[Update]) -> None:
        self._published = time.monotonic()
        if not self._closing.is_set():
            self._listener(updates)

    def _tell_lost(self, error: EngineError) -> None:
        if self._closing.is_set():
            return
        since = time.time()
        if self.link.state is LinkState.LOST:
            since = self.link.since
        self.link = Link(LinkState.LOST, since, error, self._engine.version)
        self._publish([Linked(self.link)])
