"""A program that goes on step by step, whenever there is something for it; it has no thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.shell.console import Input, InterruptError, Terminal

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from tui.demo.shell.alarm import Alarm
    from tui.demo.shell.console import Steps

_INTERRUPTED = 130
_BROKEN = 2


class Process:
    """A running program; all of it happens under its world's lock.

    Args:
        lock: that lock; only what sleeps takes it by itself.
        out: takes what it writes, as (stream, bytes).
        done: called once with its exit code when it ends by itself.
        tty: whether it has a terminal, on which both streams are one.
        stdin: whether anybody can write to it.
        deaf: whether ctrl+c does nothing, as for a container's first process that is no shell.

    """

    def __init__(
        self,
        alarm: Alarm,
        lock: threading.RLock,
        out: Callable[[str, bytes], None],
        done: Callable[[int], None],
        *,
        tty: bool = False,
        stdin: bool = False,
        deaf: bool = False,
    ) -> None:
        self._alarm = alarm
        self._lock = lock
        self._out = out
        self._done = done
        self._deaf = deaf
        self.input = Input(ended=not stdin and not tty)
        self.terminal = (
            Terminal(self.input, lambda data: out("stdout", data), self._interrupt) if tty else None
        )
        self.paused = False
        self._steps: Steps | None = None
        self._wait: float | None = None
        self._ringing: int | None = None
        self._interrupted = False
        self._busy = False

    def write(self, stream: str, data: bytes) -> None:
        """Take what the program writes."""
        if not data:
            return
        if self.terminal is not None:
            self.terminal.show(data)
        else:
            self._out(stream, data)

    def begin(self, steps: Steps) -> None:
        """Start."""
        self._steps = steps
        self._wait = 0
        self.go_on()

    def feed(self, data: bytes) -> None:
        """Type, or write into its input."""
        if self.terminal is not None:
            self.terminal.type(data)
        elif not self.input.ended:
            self.input.push(data)
        self.go_on()

    def end_input(self) -> None:
        """Close its input; on a terminal there is no such thing."""
        if self.terminal is None:
            self.input.ended = True
            self.go_on()

    def resize(self, rows: int, columns: int) -> None:
        """Tell the size of the terminal."""
        terminal = self.terminal
        if terminal is not None and (terminal.rows, terminal.columns) != (rows, columns):
            terminal.rows, terminal.columns = rows, columns
            terminal.resized = terminal.raw
            self.go_on()

    def kill(self) -> None:
        """Let it be gone, without a word."""
        steps, self._steps = self._steps, None
        self._silence()
        if steps is not None and not self._busy:
            steps.close()

    def pause(self, *, paused: bool) -> None:
        """Halt it, or let it go on."""
        self.paused = paused
        self.go_on()

    def _interrupt(self) -> None:
        self.input.take()
        if not self._deaf:
            self._interrupted = True
            self.go_on()

    def _silence(self) -> None:
        if self._ringing is not None:
            self._alarm.cancel(self._ringing)
            self._ringing = None

    def _rung(self) -> None:
        with self._lock:
            self._ringing = None
            self._wait = 0
            self.go_on()

    def go_on(self) -> None:
        """Run until it waits for something that is not there yet."""
        if self._busy:
            return
        self._busy = True
        try:
            while self._steps is not None and not self.paused and self._has_cause():
                self._step(self._steps)
        finally:
            self._busy = False

    def _has_cause(self) -> bool:
        if self._interrupted or self._wait == 0:
            return True
        resized = self.terminal is not None and self.terminal.resized
        return self._wait is None and (self.input.ready or resized)

    def _step(self, steps: Steps) -> None:
        self._silence()
        try:
            if self._interrupted:
                self._interrupted = False
                self._wait = steps.throw(InterruptError())
            else:
                self._wait = next(steps)
        except StopIteration as end:
            self._end(int(end.value or 0))
        except InterruptError:
            self._end(_INTERRUPTED)
        except RecursionError:
            # A script that calls itself for ever.
            self.write("stderr", b"sh: out of stack space\n")
            self._end(_BROKEN)
        else:
            if self._wait:
                self._ringing = self._alarm.after(self._wait, self._rung)

    def _end(self, code: int) -> None:
        if self._steps is not None:
            self._steps = None
            self._done(code)
