"""The terminal for a program that is no child of ours: keys go to a stream, and what comes is shown."""

from __future__ import annotations

import os
import select
import signal
import socket
import termios
import threading
import tty
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

from tui.terminal.writer import BackgroundWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

_T = TypeVar("_T")
_PIECE = 64 * 1024
_MOST = 256 * 1024
"""Bytes that may wait in either direction before no more are taken."""
_INTERRUPTED = 130
_HUNG_UP = -signal.SIGHUP

Ending = tuple[int, str, str]
"""How a program ended: its exit code, what went wrong, and what else is to be said, or nothing."""


class Program(Protocol):
    """A program elsewhere; `open`, `outcome` and `close` are called from any thread.

    `raw` and `takes_input` are known after `open`: whether it has a terminal of its own, so that every
    key goes to it as it is, and whether it takes any.
    """

    @property
    def raw(self) -> bool:
        """Whether keys go to it as they are."""

    @property
    def takes_input(self) -> bool:
        """Whether it takes what is typed."""

    def open(self, columns: int, rows: int, /) -> Ending | None:
        """Have it begin on a terminal of that size; blocks. Gives why it did not, or None."""

    def fileno(self) -> int:
        """Give what to select on for `receive` and `send`."""

    def receive(self) -> bytes | None:
        """Give what it said, empty where nothing has come, None at the end; never waits."""

    def send(self, data: bytes, /) -> int:
        """Take as much as fits, and give how many bytes that was; never waits."""

    def finish(self) -> None:
        """Take it that nothing more will be typed."""

    def resize(self, columns: int, rows: int, /) -> None:
        """Take another size of the terminal; returns at once."""

    def interrupt(self) -> bool:
        """Pass a ctrl+c on that was no key to it; says whether it was. Returns at once."""

    def outcome(self) -> Ending:
        """Wait until it has ended, and give how; blocks."""

    def close(self) -> None:
        """End what `open` and `outcome` wait for, and the stream."""


class _LeftError(Exception):
    """The terminal is taken back though the program has not ended."""

    def __init__(self, code: int, note: str = "") -> None:
        super().__init__(note)
        self.ending: Ending = (code, "", note)


class PassThrough:
    """One program on the terminal, from its beginning to its end.

    Args:
        source: the terminal, for reading.
        out: the terminal, for writing.
        told: can be read once wherry was told to end.
        own_interrupt: whether ctrl+c ends it from here, because the program must not get it.

    """

    def __init__(
        self, program: Program, source: TextIO, out: TextIO, told: int, *, own_interrupt: bool = False
    ) -> None:
        self._program = program
        self._in, self._out, self._told = source.fileno(), out.fileno(), told
        self._own_interrupt = own_interrupt
        self._woken, self._wake = socket.socketpair()
        self._woken.setblocking(False)
        self._wake.setblocking(False)
        self._interrupted = self._resized = False
        self._writer = BackgroundWriter(self._out, self._nudge)

    def run(self) -> Ending:
        """Have the program begin, and let it have the terminal until it ends or wherry must."""
        try:
            with self._signals():
                ending = self._meanwhile(lambda: self._program.open(*self._size()))
                if ending is not None:
                    return ending
                with self._mode():
                    self._converse()
                return self._meanwhile(self._program.outcome)
        except _LeftError as left:
            return left.ending
        finally:
            self._program.close()
            self._writer.close()
            self._woken.close()
            self._wake.close()

    # Signals

    def _nudge(self) -> None:
        # Full: it was woken often enough. Closed: nobody is there to be woken.
        with suppress(OSError):
            self._wake.send(b"x")

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def interrupted(*_: object) -> None:
            self._interrupted = True
            self._nudge()

        def resized(*_: object) -> None:
            self._resized = True
            self._nudge()

        before = [
            (number, signal.signal(number, take))
            for number, take in ((signal.SIGINT, interrupted), (signal.SIGWINCH, resized))
        ]
        try:
            yield
        finally:
            for number, was in before:
                signal.signal(number, was)

    def _look_up(self) -> None:
        """Take note of what a signal, or the writer, woke us for."""
        with suppress(BlockingIOError):
            self._woken.recv(4096)
        if self._writer.lost:
            raise _LeftError(_HUNG_UP)

    def _wait(
        self, reading: list[Any], writing: list[Any], timeout: float | None = None
    ) -> tuple[list[Any], list[Any]]:
        """Wait for any of these, or a signal.

        Raises:
            _LeftError: when wherry was told to end, or the terminal is gone.

        """
        readable, writable, _ = select.select([*reading, self._told, self._woken], writing, [], timeout)
        if self._told in readable:
            raise _LeftError(-signal.SIGTERM)
        if self._woken in readable:
            self._look_up()
        return readable, writable

    def _size(self) -> tuple[int, int]:
        try:
            size = os.get_terminal_size(self._out)
        except OSError:
            return 80, 24
        return size.columns or 80, size.lines or 24

    # Waiting for what blocks

    def _meanwhile(self, work: Callable[[], _T]) -> _T:
        """Do something that blocks, on a thread, and leave it where it lies on ctrl+c."""
        result: list[_T] = []
        failed: list[BaseException] = []

        def do() -> None:
            try:
                result.append(work())
            except BaseException as error:  # noqa: BLE001  # it is raised again by whoever waits
                failed.append(error)
            self._nudge()

        threading.Thread(target=do, name="passthrough-wait", daemon=True).start()
        while not result and not failed:
            self._wait([], [])
            if self._interrupted and not result:
                self._leave()
        if failed:
            raise failed[0]
        return result[0]

    def _leave(self) -> NoReturn:
        raise _LeftError(_INTERRUPTED, "left with ctrl+c; what was started may run on")

    # Both directions

    @contextmanager
    def _mode(self) -> Iterator[None]:
        """Let every key through as it is, for a program that has a terminal of its own."""
        if not self._program.raw:
            yield
            return
        try:
            before = termios.tcgetattr(self._in)
            tty.setraw(self._in, termios.TCSANOW)
        except termios.error:
            raise _LeftError(_HUNG_UP) from None
        try:
            yield
        finally:
            # Where the terminal is gone, there is nothing to put back.
            with suppress(termios.error):
                termios.tcsetattr(self._in, termios.TCSANOW, before)

    def _converse(self) -> None:
        """Carry what is typed and what is said, until the program's end of the stream."""
        program, writer = self._program, self._writer
        typed = bytearray()
        takes, told_end = program.takes_input, not program.takes_input
        said = program.receive()  # what came with the answer to `open`
        while said is not None:
            writer.write(said)
            if self._resized:
                self._resized = False
                program.resize(*self._size())
            if self._interrupted:
                self._interrupted = False
                self._take_interrupt()
            if not (takes or typed or told_end):
                told_end = True
                program.finish()
            reading: list[Any] = [] if writer.full else [program]
            if takes and len(typed) < _MOST:
                reading.append(self._in)
            readable, writable = self._wait(reading, [program] if typed else [])
            if self._in in readable:
                takes = self._read_keys(typed)
            if writable:
                del typed[: program.send(bytes(typed))]
            said = program.receive() if program in readable else b""
        while not writer.done:
            self._wait([], [])

    def _read_keys(self, typed: bytearray) -> bool:
        """Read what was typed; says whether more may come."""
        try:
            data = os.read(self._in, _PIECE)
        except OSError:
            raise _LeftError(_HUNG_UP) from None
        if not data and self._program.raw:
            raise _LeftError(_HUNG_UP)
        typed += data
        return bool(data)

    def _take_interrupt(self) -> None:
        if self._own_interrupt:
            raise _LeftError(0, "detached; it runs on")
        if not self._program.interrupt():
            self._leave()


def pass_through(
    program: Program, source: TextIO | None, out: TextIO | None, told: int, *, own_interrupt: bool = False
) -> Ending:
    """Give the terminal to a program that is no child of ours, and say how it ended; see PassThrough."""
    if source is None or out is None:
        return 1, "there is no terminal to give", ""
    return PassThrough(program, source, out, told, own_interrupt=own_interrupt).run()
