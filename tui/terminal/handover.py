"""Giving the terminal to another program, and taking it back whatever that program did."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import termios
import threading
import time
import tty
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from tui.terminal.passthrough import pass_through

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from textual.app import App

    from tui.terminal.passthrough import Program

TOO_QUICK = 2.0
"""Seconds below which a program's output waits for a key, so that it can be read."""
_HARDER = (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL)
"""What a program is ended with, in turn, when wherry has to end."""
_GRACE = 0.5
"""Seconds until the next of them."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the program ended: its exit code (negative: a signal's number), and after how many seconds."""

    code: int
    seconds: float
    text: str = ""
    """Why it could not be started, or what broke off, where that is so."""
    note: str = ""
    """What else is to be said, such as that it runs on."""


@dataclass(frozen=True, slots=True)
class Loan:
    """What the terminal is given to.

    Args:
        shown: the command as it is printed before it starts.
        hint: a line printed with it, such as how to detach.
        own_interrupt: whether ctrl+c ends the program from here, because its input would not.
        program: what is given the terminal instead of a child process with `argv`, which is then only words.

    """

    argv: Sequence[str]
    environ: Mapping[str, str]
    shown: str
    hint: str = ""
    own_interrupt: bool = False
    cwd: Path | None = None
    program: Program | None = None


def hand_over(app: App[Any], loan: Loan) -> Ended:
    """Suspend the screen, run the program on the terminal, and take the terminal back.

    Blocks the event loop on purpose: there is no screen meanwhile.

    Raises:
        textual.app.SuspendNotSupported: where there is no terminal to give.

    """
    # batch_update: without it writes queue up behind the suspended driver until it deadlocks.
    with app.batch_update(), app.suspend():
        ended = run(loan, sys.__stdin__, sys.__stdout__)
    # wherry itself may have been told to end meanwhile: the loop was told too, and comes to it now.
    app.refresh(layout=True)
    return ended


def run(loan: Loan, source: TextIO | None, out: TextIO | None) -> Ended:
    """Run the program on the terminal that `source` and `out` are; nothing it does raises."""
    _say(out, f"\x1b[2m$ {loan.shown}\x1b[0m")
    if loan.hint:
        _say(out, f"\x1b[2m  {loan.hint}\x1b[0m")
    before = _attributes(source)
    started = time.monotonic()
    with _told_to_end() as told:
        try:
            if loan.program is None:
                ended = _wait(loan, started, told)
            else:
                interrupt = loan.own_interrupt
                code, text, note = pass_through(loan.program, source, out, told, own_interrupt=interrupt)
                ended = Ended(code, time.monotonic() - started, text, note)
        finally:
            _restore(source, before)
        to_read = ended.code != 0 or ended.text or ended.seconds < TOO_QUICK
        # Told to end: nobody will press a key, and a terminal that is stuck would not take the words.
        if to_read and not select.select([told], [], [], 0)[0]:
            _wait_for_key(source, out, ended, told)
    return ended


@contextmanager
def _told_to_end() -> Iterator[int]:
    """Give a file descriptor that can be read once wherry was told to end."""
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    numbers = (signal.SIGTERM, signal.SIGHUP)

    def note(*_: object) -> None:
        # Full: it was told often enough.
        with suppress(BlockingIOError):
            os.write(tell, b"x")

    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield told
    finally:
        for number, was in before.items():
            signal.signal(number, was)
        os.close(told)
        os.close(tell)


def _wait(loan: Loan, started: float, told: int) -> Ended:
    """Start the program and wait for it; ctrl+c belongs to it, not to wherry."""
    # A handler, not SIG_IGN: what is ignored here would be ignored in the child too.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        child = subprocess.Popen(list(loan.argv), env=dict(loan.environ), cwd=loan.cwd)
        if loan.own_interrupt:
            signal.signal(signal.SIGINT, lambda *_: child.terminate())
        code = _outlive(child, told)
    except OSError as error:
        return Ended(127, time.monotonic() - started, f"{loan.argv[0]}: {error.strerror}")
    finally:
        signal.signal(signal.SIGINT, before)
    return Ended(code, time.monotonic() - started)


def _outlive(child: subprocess.Popen[bytes], told: int) -> int:
    """Wait for it; where wherry is told to end, it has to end first, as if its terminal had gone."""
    ended, end = os.pipe()

    def watch() -> None:
        child.wait()
        os.write(end, b"x")

    thread = threading.Thread(target=watch, name="handover", daemon=True)
    thread.start()
    try:
        if told in select.select([ended, told], [], [])[0]:
            for number in _HARDER:
                child.send_signal(number)
                if select.select([ended], [], [], _GRACE)[0]:
                    break
    finally:
        thread.join()
        os.close(ended)
        os.close(end)
    return child.returncode


def _say(out: TextIO | None, line: str) -> None:
    # Where the terminal is gone, nobody is there to read it; the driver says so next.
    with suppress(OSError):
        if out is not None:
            out.write(line + "\r\n")
            out.flush()


def _attributes(source: TextIO | None) -> list[object] | None:
    if source is None or not source.isatty():
        return None
    with suppress(termios.error):
        return list(termios.tcgetattr(source.fileno()))
    return None


def _restore(source: TextIO | None, before: list[object] | None) -> None:
    """Put the terminal's settings back, and drop what was typed for the program."""
    if source is None or before is None:
        return
    # Where the terminal is gone, there is nothing to put back.
    with suppress(termios.error):
        termios.tcsetattr(source.fileno(), termios.TCSANOW, before)  # type: ignore[arg-type]  # its own value
        termios.tcflush(source.fileno(), termios.TCIFLUSH)


def _wait_for_key(source: TextIO | None, out: TextIO | None, ended: Ended, told: int) -> None:
    by_itself = "it ended" if ended.code == 0 else f"it ended with exit code {ended.code}"
    how = ended.text or ended.note or by_itself
    _say(out, f"\r\n\x1b[2m[{how}; press a key to go back to wherry]\x1b[0m")
    if source is None or not source.isatty():
        return
    before = _attributes(source)
    try:
        with suppress(OSError, termios.error):
            tty.setcbreak(source.fileno(), termios.TCSANOW)
            if told not in select.select([source.fileno(), told], [], [])[0]:
                os.read(source.fileno(), 1)
    finally:
        _restore(source, before)
