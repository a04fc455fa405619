"""Giving the terminal to another program, and taking it back whatever that program did."""

from __future__ import annotations

import signal
import subprocess
import sys
import termios
import time
import tty
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from textual.app import App

TOO_QUICK = 2.0
"""Seconds below which a program's output waits for a key, so that it can be read."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the program ended: its exit code (negative: a signal's number), and after how many seconds."""

    code: int
    seconds: float
    text: str = ""
    """Why it could not be started, where it could not."""


@dataclass(frozen=True, slots=True)
class Loan:
    """What the terminal is given to.

    Args:
        shown: the command as it is printed before it starts.
        hint: a line printed with it, such as how to detach.
        own_interrupt: whether ctrl+c ends the program from here, because its input would not.

    """

    argv: Sequence[str]
    environ: Mapping[str, str]
    shown: str
    hint: str = ""
    own_interrupt: bool = False
    cwd: Path | None = None


def hand_over(app: App[Any], loan: Loan) -> Ended:
    """Suspend the screen, run the program on the terminal, and take the terminal back.

    Blocks the event loop on purpose: there is no screen meanwhile.

    Raises:
        textual.app.SuspendNotSupported: where there is no terminal to give.

    """
    # batch_update: without it writes queue up behind the suspended driver until it deadlocks.
    with app.batch_update(), app.suspend():
        ended = run(loan, sys.__stdin__, sys.__stdout__)
    app.refresh(layout=True)
    return ended


def run(loan: Loan, source: TextIO | None, out: TextIO | None) -> Ended:
    """Run the program on the terminal that `source` and `out` are; nothing it does raises."""
    _say(out, f"\x1b[2m$ {loan.shown}\x1b[0m")
    if loan.hint:
        _say(out, f"\x1b[2m  {loan.hint}\x1b[0m")
    before = _attributes(source)
    started = time.monotonic()
    try:
        ended = _wait(loan, started)
    finally:
        _restore(source, before)
    if ended.code != 0 or ended.seconds < TOO_QUICK:
        _wait_for_key(source, out, ended)
    return ended


def _wait(loan: Loan, started: float) -> Ended:
    """Start the program and wait for it; ctrl+c belongs to it, not to wherry."""
    # A handler, not SIG_IGN: what is ignored here would be ignored in the child too.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        child = subprocess.Popen(list(loan.argv), env=dict(loan.environ), cwd=loan.cwd)
        if loan.own_interrupt:
            signal.signal(signal.SIGINT, lambda *_: child.terminate())
        code = child.wait()
    except OSError as error:
        return Ended(127, time.monotonic() - started, f"{loan.argv[0]}: {error.strerror}")
    finally:
        signal.signal(signal.SIGINT, before)
    return Ended(code, time.monotonic() - started)


def _say(out: TextIO | None, line: str) -> None:
    if out is not None:
        out.write(line + "\r\n")
        out.flush()


def _attributes(source: TextIO | None) -> list[object] | None:
    if source is None or not source.isatty():
        return None
    return list(termios.tcgetattr(source.fileno()))


def _restore(source: TextIO | None, before: list[object] | None) -> None:
    """Put the terminal's settings back, and drop what was typed for the program."""
    if source is None or before is None:
        return
    termios.tcsetattr(source.fileno(), termios.TCSADRAIN, before)  # type: ignore[arg-type]  # its own value
    termios.tcflush(source.fileno(), termios.TCIFLUSH)


def _wait_for_key(source: TextIO | None, out: TextIO | None, ended: Ended) -> None:
    how = ended.text or ("it ended" if ended.code == 0 else f"it ended with exit code {ended.code}")
    _say(out, f"\r\n\x1b[2m[{how}; press a key to go back to wherry]\x1b[0m")
    if source is None or not source.isatty():
        return
    before = _attributes(source)
    try:
        tty.setcbreak(source.fileno(), termios.TCSANOW)
        source.buffer.raw.read(1)  # type: ignore[attr-defined]  # a terminal's buffer has a raw file
    finally:
        _restore(source, before)
