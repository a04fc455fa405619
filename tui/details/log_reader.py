"""What brings the lines of one log from its thread to a tab."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tui.terminal.loop import to_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.connection import Connection
    from tui.engine.errors import EngineError
    from tui.engine.logs import LogLine, LogMark, LogStream

_AHEAD = 4
"""Batches that a reader may be ahead of the screen before it waits."""


class LogReader:
    """Hands lines from the stream's thread to the event loop; waits when the screen is behind.

    Args:
        connection: closes the stream when it ends itself.
        arrived: called on the event loop with lines in order.
        ended: called there once there is nothing more to read; not after `close`.

    """

    def __init__(
        self,
        connection: Connection,
        arrived: Callable[[list[LogLine]], None],
        ended: Callable[[EngineError | None], None],
    ) -> None:
        self._connection = connection
        self._arrived, self._ended = arrived, ended
        self._stream: LogStream | None = None
        self._deliver = to_loop()
        self._slots = threading.Semaphore(_AHEAD)
        self._closed = False

    def adopt(self, stream: LogStream) -> None:
        """Take care of the stream whose calls these are."""
        self._stream = stream
        self._connection.adopt(stream)

    def take(self, lines: list[LogLine]) -> None:
        """Take lines, on the stream's thread."""
        while not self._slots.acquire(timeout=0.1):
            if self._closed:
                break
        # Also when closed: the stream's mark counts these lines, so nobody would ask for them again.
        self._deliver(self._hand, lines)

    def _hand(self, lines: list[LogLine]) -> None:
        self._slots.release()
        self._arrived(lines)

    def end(self, error: EngineError | None) -> None:
        """Take the end, on the stream's thread."""
        if not self._closed:
            self._deliver(self._ended, error)

    def close(self) -> LogMark | None:
        """End the stream; gives how far it was read."""
        self._closed = True
        if self._stream is None:
            return None
        self._stream.close()
        self._connection.release(self._stream)
        return self._stream.mark
