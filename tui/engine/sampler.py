"""Reads the numbers of the containers that are looked at, at an interval, over a few kept connections."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.engine.errors import EngineError, Unreachable
from tui.engine.keepalive import KeptAlive
from tui.engine.schedule import Schedule
from tui.engine.stats import Numbers, numbers, parse, took_two
from tui.engine.updates import Sampled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tui.engine.address import Address
    from tui.engine.stats import Counters
    from tui.engine.updates import Update

AT_ONCE = 4
"""Connections, and so questions under way at the same time."""
INTERVAL = 2.0
"""Seconds between two readings of a container, unless it is set otherwise."""
PIECE = 0.25
"""Seconds after which what was read of a long round is handed over."""
_TIMEOUT = 10.0
_SLOW_ANSWER = 0.8


class Sampler:
    """The thread that reads numbers; it sleeps, without a tick, while there is nothing to read.

    All public methods may be called from any thread.

    Args:
        listener: takes what was read, on the sampler's thread.

    """

    def __init__(self, listener: Callable[[Sequence[Update]], None]) -> None:
        self._listener = listener
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._address: Address | None = None
        self._turn = 0
        self._connections: tuple[int, list[KeptAlive]] = (0, [])
        self._schedule = Schedule(INTERVAL)
        self._last: dict[str, Counters] = {}
        self._host_memory: float | None = None
        self._closed = False

    # What others want

    @property
    def interval(self) -> float | None:
        """Seconds between two readings of a container; None reads nothing. Can be set at any time."""
        return self._schedule.interval

    @interval.setter
    def interval(self, seconds: float | None) -> None:
        with self._changed:
            if self._schedule.pace(seconds, time.monotonic()):
                self._begin()

    def watch(self, ids: Iterable[str], rarely: Iterable[str] = ()) -> None:
        """Name the running containers whose numbers are looked at, the most important first.

        Args:
            ids: those on the screen.
            rarely: those that are not, whose numbers decide on the order of what is.

        """
        seen = tuple(dict.fromkeys(ids))
        rare = tuple(dict.fromkeys(one for one in rarely if one not in seen))
        now = time.monotonic()
        with self._changed:
            if self._schedule.watch(seen, rare, now):
                for old in self._schedule.forget_old(now):
                    self._last.pop(old, None)
                self._begin()

    def attach(self, address: Address) -> None:
        """Read from this engine from now on."""
        with self._changed:
            self._address = address
            self._turn += 1
            self._schedule.restart(time.monotonic())
            self._begin()

    def detach(self) -> None:
        """Read from no engine until the next one is there; what is under way ends at once."""
        with self._changed:
            self._address = None
            self._turn += 1
            self._last.clear()
            self._host_memory = None
            for connection in self._connections[1]:
                connection.close()
            self._changed.notify_all()

    def close(self) -> None:
        """End at once; the listener hears nothing more."""
        with self._changed:
            self._closed = True
        self.detach()

    def _begin(self) -> None:
        """Wake the thread, and start it when there is something to do for the first time."""
        self._changed.notify_all()
        something = self._address is not None and self._schedule.due(time.monotonic())
        if something and self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
            self._thread.start()

    # On the sampler's thread

    def _run(self) -> None:
        while (found := self._wait()) is not None:
            ids, connections = found
            try:
                self._round(ids, connections)
            except Unreachable:
                # Whether the link is lost is for the feed to say; until then the next round may do.
                for connection in connections:
                    connection.hang_up()
                with self._changed:
                    self._schedule.put_off(ids, time.monotonic())
        for connection in self._connections[1]:
            connection.hang_up()

    def _wait(self) -> tuple[list[str], list[KeptAlive]] | None:
        """Wait until something is due; gives what, and the connections to ask over, or None at the end."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                if self._address is None or self._schedule.next == float("inf"):
                    self._changed.wait()
                elif (left := self._schedule.next - now) > 0:
                    self._changed.wait(left)
                else:
                    return self._schedule.due(now), self._connect(self._address)
        return None

    def _connect(self, address: Address) -> list[KeptAlive]:
        """Give the connections to the present engine, new ones where it was attached anew."""
        turn, connections = self._connections
        if turn != self._turn:
            for old in connections:
                old.hang_up()
            connections = [KeptAlive(address, _TIMEOUT) for _ in range(AT_ONCE)]
            self._connections = (self._turn, connections)
        return connections

    def _round(self, ids: Sequence[str], connections: Sequence[KeptAlive]) -> None:
        """Read all of these; each connection is asked anew as soon as its answer was read."""
        if self._host_memory is None:
            total = _host_memory(connections[0])
            with self._changed:
                if connections is self._connections[1] and self._connections[0] == self._turn:
                    self._host_memory = total
        waiting, free = deque(ids), deque(connections)
        asked: deque[tuple[KeptAlive, str, float]] = deque()
        found: dict[str, Numbers] = {}
        told = time.monotonic()
        while waiting or asked:
            while waiting and free:
                one = waiting.popleft()
                if one in self._schedule:  # it may have been scrolled away meanwhile
                    connection = free.popleft()
                    connection.send(f"/containers/{one}/stats?stream=false&one-shot=true")
                    asked.append((connection, one, time.monotonic()))
            if not asked:
                break
            connection, one, since = asked.popleft()
            answer = _answer(connection)
            free.append(connection)
            read = self._take(one, answer, since)
            if read is not None:
                found[one] = read
            if time.monotonic() - told > PIECE:
                told = time.monotonic()
                self._tell(found)
                found = {}
        self._tell(found)

    def _take(self, one: str, answer: Any, since: float) -> Numbers | None:
        counters, now = parse(answer), time.monotonic()
        with self._changed:
            if now - since > _SLOW_ANSWER and took_two(answer):
                self._schedule.slow = True
            old = self._schedule.is_old(one, now)
            before = None if old else self._last.get(one)
            self._schedule.read(one, now, again_soon=counters is not None and before is None)
            if counters is None:
                self._last.pop(one, None)
                return None
            if before is not None and before.moment == counters.moment:
                return None  # the engine gave the same reading again, which tells nothing new
            told = numbers(before, counters)
            self._last[one] = counters
        if counters.limit >= (self._host_memory or 0.0):
            told = replace(told, counters=replace(counters, limit=0))
        return told

    def _tell(self, found: dict[str, Numbers]) -> None:
        if found and not self._closed:
            self._listener([Sampled(found)])


def _answer(connection: KeptAlive) -> Any:
    try:
        return json.loads(connection.receive())
    except Unreachable:
        raise
    except (EngineError, ValueError, RecursionError):
        # The container is gone, which the feed tells of; or what came is no JSON, and tells no numbers.
        return None


def _host_memory(connection: KeptAlive) -> float:
    """Give the bytes of the engine's machine: a limit of as many is none (GET /info).

    Infinity where the engine does not tell: any limit counts then, as it does for `docker stats`.
    """
    try:
        total = json.loads(connection.get("/info")).get("MemTotal")
    except Unreachable:
        raise
    except (EngineError, ValueError, AttributeError, RecursionError):
        total = None
    return float(total) if isinstance(total, int) and total > 0 else float("inf")
