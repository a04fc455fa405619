"""The events' part of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.wire.answers import Stream
from tui.demo.words import SECOND, moment

if TYPE_CHECKING:
    from tui.demo.acts.events import Event
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.query import Filters
    from tui.demo.wire.sink import Sink
    from tui.demo.world import World


def _follow(world: World, call: Call) -> Stream:
    since, until = call.query.text("since"), call.query.text("until")
    first = moment(since) if since else None
    last = moment(until) if until else None
    filters = call.query.filters()

    def run(sink: Sink) -> None:
        listener, kept = world.events.listen(sink.bell)
        try:
            if first is not None:
                _send(
                    sink,
                    filters,
                    [event for event in kept if first <= event.moment <= (last or event.moment)],
                )
            while last is None or world.now() < last:
                sink.wait(None if last is None else max(0.01, (last - world.now()) / SECOND))
                _send(sink, filters, listener.take())
        finally:
            world.events.leave(listener)

    return Stream("application/json", run)


def _send(sink: Sink, filters: Filters, events: list[Event]) -> None:
    lines = b"".join(event.wire() for event in events if event.wanted(filters))
    if lines:
        sink.write(lines)


ROUTES: list[Route] = [("GET", r"/events", _follow)]
