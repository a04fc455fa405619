"""Logs, as they go to those who read and follow them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Answer, Stream
from tui.demo.words import fixed, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.acts.things import Container, Record
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.sink import Sink
    from tui.demo.world import World

_STREAMS = {"stdout": 1, "stderr": 2}
_AT_ONCE = 500


class _Wish:
    """Which records a client wants, and how they are to be written."""

    def __init__(self, call: Call, one: Container) -> None:
        query = call.query
        self.streams = {name for name in _STREAMS if query.flag(name)}
        if not self.streams:
            raise RefusalError(400, "Bad parameters: you must choose at least one stream")
        self.first = moment(query.text("since") or "0")
        until = query.text("until")
        self.last = moment(until) if until and until != "0" else None
        tail = query.text("tail")
        self.tail = int(tail) if re.fullmatch(r"\d+", tail) else None
        self.timestamps = query.flag("timestamps")
        # Without a terminal, each piece is framed; with one, there is a single raw stream.
        self.framed = not one.tty
        self.follow = query.flag("follow") and one.alive

    def write(self, records: Sequence[Record]) -> bytes:
        """Write those of the records that are wanted."""
        return b"".join(self._frame(record) for record in records if self._wanted(record))

    def _wanted(self, record: Record) -> bool:
        if record.moment < self.first or (self.last is not None and record.moment > self.last):
            return False
        return not self.framed or record.stream in self.streams

    def _frame(self, record: Record) -> bytes:
        content = record.content
        if self.timestamps:
            content = fixed(record.moment).encode() + b" " + content
        if not self.framed:
            return content
        return bytes((_STREAMS[record.stream], 0, 0, 0)) + len(content).to_bytes(4) + content


def _answer(world: World, call: Call) -> Answer | Stream:
    one = world.find(call.parts["name"])
    wish = _Wish(call, one)
    kind = one.host["LogConfig"]["Type"]
    if kind == "none":
        raise RefusalError(501, "configured logging driver does not support reading")
    content_type = "multiplexed-stream" if wish.framed else "raw-stream"
    began = one.started
    position = len(one.log) if wish.tail == 0 else 0
    if wish.tail:
        position = max(0, len(one.log) - wish.tail)
    return Stream(
        f"application/vnd.docker.{content_type}", lambda sink: _send(one, wish, sink, position, began)
    )


def _send(one: Container, wish: _Wish, sink: Sink, position: int, began: int) -> None:
    one.bells.add(sink.bell)
    try:
        while True:
            # In this order: what it wrote before it ended is there once it has ended.
            ended = not wish.follow or not one.alive or one.started != began
            while records := one.log[position : position + _AT_ONCE]:
                position += len(records)
                sink.write(wish.write(records))
            if ended:
                return
            sink.wait()
    finally:
        one.bells.discard(sink.bell)


ROUTES: list[Route] = [("GET", r"/containers/(?P<name>[^/]+)/logs", _answer)]
