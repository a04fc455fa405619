"""Writing to a terminal that may be stuck, or gone."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 8 * 1024 * 1024
"""Characters that may wait for a stuck terminal."""


def write_all(fd: int, data: bytes) -> None:
    """Write all of it, however long the terminal takes.

    Raises:
        OSError: where the terminal is gone.

    """
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:
            # Somebody else that has the same terminal open wants it so.
            select.select([], [fd], [])


class Output:
    """Writes on a thread of its own, so that the event loop never waits for the terminal.

    Args:
        lost: called, on that thread, when the terminal is gone.
        dropped: called, on that thread, when what was thrown away of too much must be drawn anew.

    """

    def __init__(self, fd: int, lost: Callable[[], None], dropped: Callable[[], None]) -> None:
        self._fd, self._lost, self._dropped = fd, lost, dropped
        self._waiting: deque[str] = deque()
        self._size = 0
        self._missing = self._closing = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="textual-output", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Have it written, in order; returns at once."""
        with self._news:
            if self._size > _MOST:
                self._waiting.clear()
                self._size, self._missing = 0, True
            self._waiting.append(text)
            self._size += len(text)
            self._news.notify()

    def close(self, timeout: float) -> None:
        """End when everything is written, or after so many seconds."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._closing)
                text, missing = "".join(self._waiting), self._missing
                self._waiting.clear()
                self._size, self._missing = 0, False
            if not text:
                return
            try:
                write_all(self._fd, text.encode(errors="replace"))
            except OSError:
                self._lost()
                return
            if missing:
                self._dropped()
