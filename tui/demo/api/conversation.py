"""What attach and exec have in common: a client types, a program answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.refusal import RefusalError
from tui.demo.wire.frames import frame
from tui.demo.wire.hijack import RAW
from tui.demo.wire.sink import GoneError

if TYPE_CHECKING:
    from collections.abc import Set

    from tui.demo.acts.tap import Tap
    from tui.demo.wire.answers import Call
    from tui.demo.wire.detaching import KeyWatch
    from tui.demo.wire.hijack import Duplex

AFTER_HEAD = 0.02
"""Seconds between the head and what follows, as a program takes to start: clients such as docker-py read the
head with a buffer, and lose what comes along with it."""
_FRAMED = "application/vnd.docker.multiplexed-stream"
_FRAMED_SINCE = (1, 42)


class Conversation:
    """Goes on until the program ends, or the client leaves.

    Args:
        tap: gives what the program writes.
        streams: those of its streams that the client wants, stdin among them.
        keys: finds those that end it.
        framed: whether the streams share the connection in frames.

    """

    def __init__(self, tap: Tap, streams: Set[str], keys: KeyWatch, *, framed: bool) -> None:
        self._tap = tap
        self._streams = streams
        self._keys = keys
        self.framed = framed

    def feed(self, data: bytes) -> None:
        """Hand the program what was typed."""
        raise NotImplementedError

    def end(self) -> bool:
        """Do what the end of the client's side means, and say whether all ends."""
        raise NotImplementedError

    def leave(self) -> bytes:
        """Do what the keys to leave mean, and give the last words to the client."""
        raise NotImplementedError

    def write(self, duplex: Duplex, stream: str, data: bytes) -> None:
        """Send a piece of output, if it is wanted."""
        if data and stream in self._streams:
            duplex.write(frame(stream, data) if self.framed else data)

    def hold(self, duplex: Duplex) -> None:
        """Pass on what comes from both sides."""
        try:
            while not self._pass_on(duplex):
                data = duplex.receive()
                if data is not None and "stdin" in self._streams and self._take(duplex, data):
                    return
        except GoneError:
            if "stdin" in self._streams:
                self.end()
            raise

    def _pass_on(self, duplex: Duplex) -> bool:
        """Write what there is, and say whether it was the last."""
        # In this order: what was written before the end is there once it has ended.
        ended = self._tap.ended
        for stream, data in self._tap.take():
            self.write(duplex, stream, data)
        return ended

    def _take(self, duplex: Duplex, data: bytes) -> bool:
        if not data:
            return self.end()
        passed, found = self._keys.filter(data)
        if passed:
            self.feed(passed)
        if found:
            self._pass_on(duplex)
            self.write(duplex, "stdout", self.leave())
        return found


def content_type(call: Call, *, tty: bool) -> str:
    """Give the type of a hijacked stream; frames have one of their own since API 1.42."""
    version = re.match(r"/v(\d+)\.(\d+)/", call.target)
    asked = (int(version[1]), int(version[2])) if version is not None else _FRAMED_SINCE
    return RAW if tty or asked < _FRAMED_SINCE else _FRAMED


def size_of(call: Call) -> tuple[int, int]:
    """Read the size of a terminal, `h` and `w`."""
    found = []
    for name in ("h", "w"):
        text = call.query.text(name)
        if not re.fullmatch(r"[+-]?\d{1,9}", text):
            raise RefusalError(400, f'strconv.Atoi: parsing "{text}": invalid syntax')
        found.append(int(text))
    return found[0], found[1]
