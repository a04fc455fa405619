"""Writing to the terminal for a loop that must not wait for it, and must not take more than it writes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tui.terminal.output import write_all

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 256 * 1024
"""Bytes that may wait before the loop should take no more."""


class BackgroundWriter:
    """Writes on a thread of its own: a terminal that is stuck must not keep wherry from ending.

    Args:
        fd: the terminal.
        wrote: called, on that thread, when some was written, or `lost` has become true.

    """

    def __init__(self, fd: int, wrote: Callable[[], None]) -> None:
        self._fd, self._wrote = fd, wrote
        self._waiting = bytearray()
        self._busy = self._closing = False
        self.lost = False
        self._news = threading.Condition()
        threading.Thread(target=self._run, name="passthrough", daemon=True).start()

    @property
    def full(self) -> bool:
        """Whether more waits than should."""
        return len(self._waiting) > _MOST

    @property
    def done(self) -> bool:
        """Whether all is written, or never will be."""
        with self._news:
            return self.lost or not (self._waiting or self._busy)

    def write(self, data: bytes) -> None:
        """Have it written, in order."""
        with self._news:
            self._waiting += data
            self._news.notify()

    def close(self) -> None:
        """End once all is written."""
        with self._news:
            self._closing = True
            self._news.notify()

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._closing)
                data, self._waiting = bytes(self._waiting), bytearray()
                self._busy = bool(data)
            if not data:
                return
            try:
                write_all(self._fd, data)
            except OSError:
                self.lost = True
            with self._news:
                self._busy = False
            self._wrote()
            if self.lost:
                return
