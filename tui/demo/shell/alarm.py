"""Waking what sleeps: one thread for all, and none while nothing sleeps."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE = 2.0


class Alarm:
    """Calls what is due; only between `open` and `close`, what falls due meanwhile is called after."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._opened = False
        self._thread: threading.Thread | None = None

    def after(self, seconds: float, call: Callable[[], None]) -> int:
        """Have something called after so many seconds; gives what `cancel` takes."""
        with self._changed:
            number = next(self._numbers)
            heapq.heappush(self._heap, (time.monotonic() + seconds, number, call))
            self._attend()
            return number

    def cancel(self, number: int) -> None:
        """Forget about a call; one that was made already is no error."""
        with self._changed:
            self._heap = [entry for entry in self._heap if entry[1] != number]
            heapq.heapify(self._heap)
            self._changed.notify()

    def open(self) -> None:
        """Begin to call."""
        with self._changed:
            self._opened = True
            self._attend()

    def close(self) -> None:
        """Stop calling; all that is asked for is kept."""
        with self._changed:
            self._opened = False
            self._changed.notify()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_PATIENCE)

    def _attend(self) -> None:
        if self._thread is None and self._opened and self._heap:
            self._thread = threading.Thread(target=self._run, name="demo-alarm", daemon=True)
            self._thread.start()
        self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._opened and self._heap and self._heap[0][0] > time.monotonic():
                    self._changed.wait(self._heap[0][0] - time.monotonic())
                if not self._opened or not self._heap:
                    self._thread = None
                    return
                _, _, call = heapq.heappop(self._heap)
            # Outside of the lock: what is woken may sleep again.
            call()
