"""The log of one container, read on a thread of its own: raw HTTP, three times docker-py's speed."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.frames import LONGEST_LINE, FramedLines, LogLine, NotFramedError, RawLines
from tui.engine.sockets import Stream, end, open_socket, request

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tui.engine.address import Address

__all__ = ["LONGEST_LINE", "RESUME_TAIL", "LogLine", "LogMark", "LogStream"]

RESUME_TAIL = 100_000
"""Lines that may have been written while nobody read, beyond which a resumed log has a gap.

Without any tail the engine would search the whole file, which takes it half a second and more.
"""
_RATE = 20.0
_BURST = 4.0
_TIMEOUT = 10.0
_FLOOD = 500
"""Lines waiting to be handed over from which on more are gathered before they are read."""
_GATHERING = 0.002
"""Seconds of gathering: no more than a socket holds of a flood, in small pieces as the engine writes."""
_MARGIN = 100_000_000
"""Nanoseconds by which neighbouring lines of stdout and stderr may stand in the wrong order."""

_MANY = 100_000
_OLD_ENOUGH = 100
"""Lines in a row, all too old to matter, before which only older ones stand."""


class LogMark(NamedTuple):
    """How far a log has been read.

    Lines are not strictly in the order of their times, and engines differ in what `since` then leaves
    out, so the last time alone would not do. All times are nanoseconds since 1970.

    Args:
        settled: whatever is older has been read, or was never asked for, but for the lines of `begun`.
        latest: the newest time that was read.
        seen: how many lines were read of each time that is not older than `settled`.
        begun: times of lines that had begun and not ended.

    """

    settled: int
    latest: int
    seen: dict[int, int]
    begun: tuple[int, ...]

    @property
    def since(self) -> int:
        """The time to ask the engine from."""
        return min(self.settled, *self.begun) if self.begun else self.settled


class LogStream:
    """Read a container's log on a daemon thread until the engine or `close` ends it.

    Lines longer than LONGEST_LINE bytes are cut. A last line without a newline comes at the end of the
    stream, for the engine itself holds it until then.

    Args:
        address: where its sockets are opened; for ssh the near end of the tunnel.
        container_id: or its name.
        tty: the container's `Config.Tty`, for engines that do not say it in the answer.
        tail: how many of the latest lines to begin with.
        follow: whether to go on with new lines until the container stops.
        after: the mark of an earlier stream, to go on from there; `tail` is then not looked at.
        on_lines: called on the thread with lines in order, 20 times a second at the most but for the
            first few; while it runs, nothing is read.
        on_end: called on the thread once: None when the engine ended the log, Unreachable when the
            connection broke, EngineError with the engine's words when there is no log to read. Over
            HTTP/1.0 an engine that dies between two lines looks like a normal end.

    """

    def __init__(
        self,
        address: Address,
        container_id: str,
        *,
        tty: bool,
        tail: int = 1000,
        follow: bool = True,
        after: LogMark | None = None,
        on_lines: Callable[[list[LogLine]], None],
        on_end: Callable[[EngineError | None], None],
    ) -> None:
        self._address = address
        self._path = _path(container_id, tail, follow, after)
        self._tty = tty
        self._on_lines = on_lines
        self._on_end = on_end
        self._tally = _Tally(after, tail)
        self._pace = _Pace()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._flooding = False
        self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
        self._thread.start()

    @property
    def mark(self) -> LogMark | None:
        """How far the lines handed over reach; None before the first one."""
        return self._tally.mark()

    def close(self) -> None:
        """End the stream at once, from any thread; no call begins any more after this.

        One that runs already is not waited for: it may itself be waiting for who closes.
        """
        with self._lock:
            self._closing.set()
            if self._socket:
                end(self._socket)

    def _run(self) -> None:
        failure: EngineError | None = None
        try:
            self._read()
        except EngineError as error:
            failure = error
        if not self._closing.is_set():
            self._on_end(failure)

    def _read(self) -> None:
        sock = open_socket(self._address, _TIMEOUT)
        with sock:
            with self._lock:
                if self._closing.is_set():
                    return
                self._socket = sock
            _, headers, stream = request(sock, self._address, self._path, _TIMEOUT)
            kind = headers.get("content-type", "")
            tty = (self._tty or "raw-stream" in kind) and "multiplexed-stream" not in kind
            try:
                self._pump(stream, tty)
            except NotFramedError:
                text = "the log came in a form that this container should not have"
                raise EngineError(text) from None

    def _pump(self, stream: Stream, tty: bool) -> None:
        """Read, and hand over: at once while calls are few, else gathering for a twentieth second."""
        parser: FramedLines | RawLines = RawLines() if tty else FramedLines()
        began = False
        waiting: list[LogLine] = []
        while True:
            wait = self._pace.wait() if waiting else None
            if wait and self._flooding:
                # What comes meanwhile waits in the socket, and is read at once: for much less work.
                time.sleep(min(wait, _GATHERING))
            try:
                raw = stream.read(wait) if wait is None or wait > 0 else None
            except Unreachable:
                self._hand_over(waiting, parser)
                raise
            if self._closing.is_set():
                return
            if raw == b"":
                break
            if raw:
                if not began:
                    began, parser = True, _parser(raw, parser)
                self._flooding = len(waiting) > _FLOOD
                waiting += self._tally.unseen(parser.feed(raw))
            if waiting and self._pace.wait() <= 0:
                self._hand_over(waiting, parser)
                waiting = []
        if parser.cut_off():
            self._hand_over(waiting, parser)
            raise Unreachable(Trouble.LOST, "the connection broke in the middle of a line")
        self._hand_over(waiting + self._tally.unseen(parser.finish()), parser)

    def _hand_over(self, lines: list[LogLine], parser: FramedLines | RawLines) -> None:
        if lines and not self._closing.is_set():
            self._pace.take()
            self._on_lines(lines)
            # A call that was under way at the close may have been in vain: rather twice than never.
            if not self._closing.is_set():
                self._tally.count(lines, parser.open_times())


def _parser(raw: bytes, said: FramedLines | RawLines) -> FramedLines | RawLines:
    """Choose by the first byte, whatever engine or proxy say: a frame's is 0 to 3, a timestamp's a digit."""
    if raw[0] <= _LAST_STREAM:
        return FramedLines()
    return RawLines() if raw[:1].isdigit() else said


class _Pace:
    """A few calls at once, then so many a second."""

    def __init__(self) -> None:
        self._saved = _BURST
        self._then = time.monotonic()

    def _refill(self) -> None:
        now = time.monotonic()
        self._saved = min(_BURST, self._saved + (now - self._then) * _RATE)
        self._then = now

    def wait(self) -> float:
        """Say in how many seconds the next call may be made."""
        self._refill()
        return max(0.0, (1.0 - self._saved) / _RATE)

    def take(self) -> None:
        """Count a call."""
        self._refill()
        self._saved -= 1.0


_LAST_STREAM = 3
"""The highest number of a stream, which a frame begins with."""
_DOCKERS = len("2026-11-24T09:32:10.123456789Z")
"""Characters of a timestamp as Docker writes them."""


class _Tally:
    """Counts the lines around the end of what has been read, and drops those read before.

    Args:
        after: where reading goes on, if it does not begin.
        tail: how many lines reading begins with.

    """

    def __init__(self, after: LogMark | None, tail: int) -> None:
        self._left = dict(after.seen) if after else {}
        self._after = self._given = after
        self._lock = threading.Lock()
        self._seen = dict(self._left)
        self._latest = after.latest if after else 0
        self._begun = after.begun if after else ()
        self._first = 0
        self._room = tail

    def unseen(self, lines: list[LogLine]) -> list[LogLine]:
        """Drop the lines that the mark says were read before."""
        after = self._after
        if after is None:
            return lines
        fresh = [line for line in lines if not self._was_read(nanoseconds(line.time), after)]
        if lines and nanoseconds(lines[-1].time) > after.latest + _MARGIN:
            self._after = None
        return fresh

    def _was_read(self, moment: int, after: LogMark) -> bool:
        if self._left.get(moment):
            self._left[moment] -= 1
            return True
        return 0 < moment < after.settled and moment not in after.begun

    def count(self, lines: list[LogLine], open_times: list[str]) -> None:
        """Take notice of lines that have been handed over, and of those that have only begun."""
        with self._lock:
            self._begun = tuple(moment for moment in map(nanoseconds, open_times) if moment)
            self._first = self._first or next(filter(None, (nanoseconds(line.time) for line in lines)), 0)
            self._room -= len(lines)
            self._count_last(lines)
            settled = self._settled()
            if len(self._seen) > _MANY or min(self._seen, default=settled) < settled - _MARGIN:
                keep = (one for one in self._seen.items() if one[0] >= settled or one[0] in self._begun)
                self._seen = dict(keep)

    def _count_last(self, lines: list[LogLine]) -> None:
        """Count from the end backwards, as far as a mark could reach."""
        old = 0
        for line in reversed(lines):
            moment = nanoseconds(line.time)
            if not moment:
                continue
            self._latest = max(self._latest, moment)
            # A long line ends after younger ones, so a few old times in a row do not yet say enough.
            old = old + 1 if moment < self._latest - _MARGIN else 0
            if old > _OLD_ENOUGH:
                break
            self._seen[moment] = self._seen.get(moment, 0) + 1

    def _settled(self) -> int:
        settled = self._latest - _MARGIN
        if self._given is not None:
            return max(settled, self._given.settled)
        if self._room > 0:
            return settled
        # Before the first line stand others that were not asked for, perhaps some of the same time.
        return max(settled, self._first + 1 if self._latest > self._first else self._first)

    def mark(self) -> LogMark | None:
        """Make a mark, such that every line that was not read is told from those that were."""
        with self._lock:
            if not self._latest:
                return None
            settled = self._settled()
            seen = {
                time: number for time, number in self._seen.items() if time >= settled or time in self._begun
            }
            return LogMark(settled, self._latest, seen, self._begun)


def nanoseconds(stamp: str) -> int:
    """Turn a log's timestamp into nanoseconds since 1970; 0 for what is none."""
    if len(stamp) == _DOCKERS and stamp[-1] == "Z":
        # What Docker always writes, without the steps that others need.
        second, fraction = _second(stamp[:19], "Z"), stamp[20:29]
        return second * 1_000_000_000 + int(fraction) if second and fraction.isdecimal() else 0
    zone = stamp[19:].lstrip(".0123456789")
    fraction = stamp[20 : len(stamp) - len(zone)].ljust(9, "0")[:9]
    second = _second(stamp[:19], zone)
    return second * 1_000_000_000 + int(fraction) if second and fraction.isdecimal() else 0


@lru_cache(maxsize=64)
def _second(whole: str, zone: str) -> int:
    # Cached, since the lines of a flood share their seconds.
    try:
        return int(datetime.fromisoformat(whole + (zone or "Z")).timestamp())
    except ValueError:
        return 0


def _path(container_id: str, tail: int, follow: bool, after: LogMark | None) -> str:
    """Write the request: GET /containers/ID/logs, always with both streams and timestamps."""
    query = {"stdout": "1", "stderr": "1", "timestamps": "1", "follow": str(int(follow)), "tail": str(tail)}
    if after:
        query["since"] = f"{after.since // 1_000_000_000}.{after.since % 1_000_000_000:09d}"
        query["tail"] = str(sum(after.seen.values()) + RESUME_TAIL)
    return f"/containers/{quote(container_id, safe='')}/logs?{urlencode(query)}"
