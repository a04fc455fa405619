"""Reading keys and answers from a terminal that may vanish."""

from __future__ import annotations

import os
import selectors
import termios
import threading
import time
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual._parser import ParseError
from textual._xterm_parser import XTermParser

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

_TICK = 0.1
"""Seconds between two looks at keys that may be unfinished."""
_UNFINISHED = 1.5
"""Seconds after the last key in which it may be unfinished."""


class Reader:
    """Reads on a thread of its own, which sleeps for as long as nothing comes.

    Args:
        fd: the terminal.
        raw: its attributes (as of termios.tcgetattr) in which keys come one by one.
        take: called, on that thread, with each key, answer and the like.
        lost: called, on that thread, when the terminal has vanished.

    """

    def __init__(
        self,
        fd: int,
        raw: list[Any],
        take: Callable[[Message], None],
        lost: Callable[[], None],
        *,
        debug: bool = False,
    ) -> None:
        self._fd, self._raw, self._take, self._lost, self._debug = fd, raw, take, lost, debug
        self._woken, self._wake = os.pipe()
        self._closing = threading.Event()
        # A daemon: what it waits for may never come.
        self.thread = threading.Thread(target=self._run, name="textual-input", daemon=True)
        self.thread.start()

    def close(self, timeout: float) -> None:
        """Read no more; waits for what is being taken, but not for longer than so many seconds."""
        self._closing.set()
        os.write(self._wake, b"x")
        self.thread.join(timeout)
        if not self.thread.is_alive():
            os.close(self._wake)
            os.close(self._woken)

    def _run(self) -> None:
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self._fd, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            last = time.monotonic()
            while not self._closing.is_set():
                unfinished = time.monotonic() - last < _UNFINISHED
                ready = {key.fd for key, _ in selector.select(_TICK if unfinished else None)}
                if self._closing.is_set():
                    break
                if self._fd in ready:
                    data = self._read()
                    if data is None:
                        self._lost()
                        break
                    last = time.monotonic()
                    # Nothing would be taken for the end.
                    for event in parser.feed(text) if (text := decode(data)) else ():
                        self._take(event)
                for event in parser.tick():
                    self._take(event)
        with suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass

    def _read(self) -> bytes | None:
        """Read what there is; None where the terminal has vanished."""
        try:
            data = os.read(self._fd, 4096)
        except BlockingIOError:
            return b""
        except OSError:
            return None
        if data:
            return data
        # The end of a terminal's input is a hang-up, unless somebody has changed its mode under us.
        try:
            termios.tcsetattr(self._fd, termios.TCSANOW, self._raw)
        except termios.error:
            return None
        self._closing.wait(_TICK)
        return b""
