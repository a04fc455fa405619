"""A few daemon threads for short calls; the interpreter never waits for them at its end."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Pool:
    """Runs calls on up to `size` threads, which are started when they are first needed."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._busy = 0
        self._closed = False

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Run `call` on a thread; its result or exception is the future's."""
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001  # the future carries it to who asked
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._lock:
            if self._closed:
                future.cancel()
                return future
            self._busy += 1
            if self._busy > self._threads < self._size:
                self._threads += 1
                threading.Thread(target=self._work, name=f"{self._name}-{self._threads}", daemon=True).start()
        self._queue.put(run)
        return future

    def _work(self) -> None:
        while (run := self._queue.get()) is not None:
            run()
            with self._lock:
                self._busy -= 1

    def close(self) -> None:
        """Take no more calls; threads end when what they run has ended."""
        with self._lock:
            self._closed = True
            threads = self._threads
        for _ in range(threads):
            self._queue.put(None)
