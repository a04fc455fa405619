"""A child process as the work of a job: no terminal, no leftovers."""

from __future__ import annotations

import atexit
import codecs
import os
import select
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.engine.progress import PlainParser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tui.engine.progress import Parser
    from tui.engine.report import Report

INTERRUPTED = 130
"""Exit code of what was cancelled before it began."""
LINE_MOST = 16_384
"""Characters of one line; what is longer becomes several."""
_HARDER = ((3.0, signal.SIGTERM), (6.0, signal.SIGKILL))
"""Seconds after the first request to end, and what is sent then."""
_LOOK_EVERY = 0.2
_LINGER = 0.5
"""Seconds that output may still come for after the program itself has ended."""
_EXIT_GRACE = 0.5


class LineSplitter:
    r"""Makes lines of text that comes in pieces; of a line redrawn with `\r` the last drawing counts."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> Iterator[str]:
        """Take a piece, and give the lines that are complete."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            yield from _cut(_last_drawing(line))
        if len(self._rest) > LINE_MOST:
            self._rest = _last_drawing(self._rest)
        if len(self._rest) > LINE_MOST:
            rest, self._rest = self._rest, ""
            yield from _cut(rest)

    def end(self) -> Iterator[str]:
        """Give the last line, if it had no end."""
        rest, self._rest = self._rest, ""
        if rest:
            yield from _cut(_last_drawing(rest))


def _last_drawing(line: str) -> str:
    return line.rstrip("\r").rpartition("\r")[2]


def _cut(line: str) -> Iterator[str]:
    yield line[:LINE_MOST]
    for start in range(LINE_MOST, len(line), LINE_MOST):
        yield line[start : start + LINE_MOST]


class ProcessWork:
    """Runs a program to its end.

    Args:
        argv: the program and its arguments, for no shell.
        cwd: the folder to run it in.
        environ: its whole environment.
        parser: what reads its lines; they are standard output and standard error as they come.
        succeeded: called on the job's thread after exit code 0, for what came out.

    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: str,
        environ: Mapping[str, str],
        parser: Parser | None = None,
        succeeded: Callable[[Report], None] | None = None,
    ) -> None:
        self._argv, self._cwd, self._environ = list(argv), cwd, dict(environ)
        self._parser = parser or PlainParser()
        self._succeeded = succeeded
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._cancelled_at: float | None = None
        self._harder = list(_HARDER)

    def run(self, report: Report) -> int:
        """Run it, and give its exit code; 128 and the signal's number where a signal ended it.

        Raises:
            EngineError: when it cannot be started.

        """
        with self._lock:
            if self._cancelled_at is not None:
                return INTERRUPTED
            child = self._child = self._start()
        _ALIVE.add(self)
        try:
            self._read(child, report)
            code = self._end(child)
        finally:
            self.kill()
            _ALIVE.discard(self)
        self._parser.end(code, report)
        if code == 0 and self._succeeded is not None:
            self._succeeded(report)
        return code

    def cancel(self) -> None:
        """Interrupt it as ctrl+c would; harder after 3 s, and for good after 6 s."""
        with self._lock:
            if self._cancelled_at is not None:
                return
            self._cancelled_at = time.monotonic()
        self._signal(signal.SIGINT)

    def terminate(self) -> None:
        """Ask it to end at once."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it, and whatever it left running in its group."""
        with self._lock:
            child, self._child = self._child, None
            if child is None:
                return
            _signal_group(child, signal.SIGKILL)
        if child.stdout is not None:
            child.stdout.close()
        with suppress(subprocess.TimeoutExpired):
            child.wait(_EXIT_GRACE)

    def _start(self) -> subprocess.Popen[bytes]:
        program = self._argv[0]
        try:
            return subprocess.Popen(
                self._argv,
                cwd=self._cwd,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # A session of its own has no terminal, so nothing can ask or draw on the screen.
                start_new_session=True,
            )
        except FileNotFoundError as error:
            if not Path(self._cwd).is_dir():
                raise EngineError(f"the folder {self._cwd} is not there") from error
            raise EngineError(f"there is no {program} on this machine's PATH") from error
        except OSError as error:
            raise EngineError(f"{program} could not be started: {error.strerror}") from error
        except ValueError as error:
            raise EngineError(f"{program} could not be started: {error}") from error

    def _read(self, child: subprocess.Popen[bytes], report: Report) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        splitter = LineSplitter()
        for data in self._chunks(child):
            for line in splitter.feed(decoder.decode(data)):
                self._parser.read(line, report)
        for line in (*splitter.feed(decoder.decode(b"", final=True)), *splitter.end()):
            self._parser.read(line, report)

    def _chunks(self, child: subprocess.Popen[bytes]) -> Iterator[bytes]:
        """Give what it prints; the end does not wait for a grandchild that keeps the pipe open."""
        if child.stdout is None:
            return
        pipe = child.stdout.fileno()
        gone_at: float | None = None
        poll = select.poll()
        poll.register(pipe, select.POLLIN | select.POLLHUP)
        while True:
            if poll.poll(_LOOK_EVERY * 1000):
                data = os.read(pipe, 65536)
                if not data:
                    return
                yield data
            self._press(child)
            if child.poll() is not None:
                gone_at = gone_at or time.monotonic()
                if time.monotonic() - gone_at > _LINGER:
                    return

    def _end(self, child: subprocess.Popen[bytes]) -> int:
        while True:
            with suppress(subprocess.TimeoutExpired):
                code = child.wait(_LOOK_EVERY)
                return code if code >= 0 else 128 - code
            self._press(child)

    def _press(self, child: subprocess.Popen[bytes]) -> None:
        """Send the next harder signal where one is due."""
        if self._cancelled_at is None or not self._harder:
            return
        after, number = self._harder[0]
        if time.monotonic() - self._cancelled_at >= after:
            self._harder.pop(0)
            _signal_group(child, number)

    def _signal(self, number: signal.Signals) -> None:
        with self._lock:
            if self._child is not None:
                _signal_group(self._child, number)


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


_ALIVE: set[ProcessWork] = set()


def _end_all() -> None:
    """Leave no child behind when the interpreter ends, though the jobs' threads just stop."""
    works = list(_ALIVE)
    for work in works:
        work.terminate()
    deadline = time.monotonic() + _EXIT_GRACE
    while _ALIVE.intersection(works) and time.monotonic() < deadline:
        time.sleep(0.02)
    for work in works:
        work.kill()


atexit.register(_end_all)
