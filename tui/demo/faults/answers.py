"""Faults of answers as a whole: none, a late one, a refusal, another type, half of one."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tui.demo.faults.fault import Fault
from tui.demo.wire.answers import Answer, Stream, as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.wire.answers import Call
    from tui.demo.wire.bell import Bell
    from tui.demo.wire.sink import Patience, Sink


class _Waiting(Fault):
    """Lets requests wait until a moment, or until it is taken away."""

    def __init__(self, path: str, **limits: Any) -> None:
        super().__init__(path, **limits)
        self._bells: set[Bell] = set()

    def end(self) -> None:
        """Let go of all who wait."""
        super().end()
        for bell in tuple(self._bells):
            bell.ring()

    def _wait(self, patience: Patience, seconds: float) -> None:
        until = time.monotonic() + seconds
        self._bells.add(patience.bell)
        try:
            while not self.over and (left := until - time.monotonic()) > 0:
                patience.wait(min(left, 3600.0))
        finally:
            self._bells.discard(patience.bell)


class Hang(_Waiting):
    """No answer until the fault is taken away."""

    def instead(self, call: Call, patience: Patience) -> Answer | None:
        """Wait."""
        self._wait(patience, float("inf"))
        return None


class Slow(_Waiting):
    """An answer that comes so many seconds late."""

    def __init__(self, path: str, late: float, **limits: Any) -> None:
        super().__init__(path, **limits)
        if not 0 < late < 1e9:
            raise ValueError("it is late by more than 0 seconds")
        self.late = late

    def words(self) -> tuple[str, ...]:
        """Give path and seconds."""
        return (self.path, f"{self.late:g}")

    def instead(self, call: Call, patience: Patience) -> Answer | None:
        """Wait."""
        self._wait(patience, self.late)
        return None


class Status(Fault):
    """A refusal: `message` as Docker's JSON has it; without one, an empty answer."""

    def __init__(self, path: str, status: int = 500, message: str = "", **limits: Any) -> None:
        super().__init__(path, **limits)
        if status < 300 or status not in set(HTTPStatus):
            raise ValueError(f"{status} is no status of HTTP that refuses, such as 404 or 500")
        self.status = status
        self.message = message

    def words(self) -> tuple[str, ...]:
        """Give path, status and message."""
        return tuple(filter(None, (self.path, str(int(self.status)), self.message)))

    def instead(self, call: Call, patience: Patience) -> Answer | None:
        """Refuse."""
        return as_json({"message": self.message}, self.status) if self.message else Answer(self.status)


class ContentType(Fault):
    """An answer that is said to be of another type than it is."""

    def __init__(self, path: str, content_type: str, **limits: Any) -> None:
        super().__init__(path, **limits)
        if not content_type or not content_type.isprintable():
            raise ValueError("a type is needed, such as text/html")
        self.content_type = content_type

    def __str__(self) -> str:
        return super().__str__().replace("contenttype", "type", 1)

    def words(self) -> tuple[str, ...]:
        """Give path and type."""
        return (self.path, self.content_type)

    def answered(self, call: Call, answer: Answer | Stream) -> Answer | Stream:
        """Say the wrong thing."""
        return replace(answer, content_type=self.content_type)


class Cut(Fault):
    """An answer that breaks off: `after_bytes` of its body, as they go over the wire.

    Where no bytes are given, a stream is cut at once, and any other answer in its middle. Streams that
    run already are cut too.
    """

    def __init__(self, path: str, after_bytes: int | None = None, **limits: Any) -> None:
        super().__init__(path, **limits)
        if after_bytes is not None and after_bytes < 0:
            raise ValueError("bytes are 0 or more")
        self.after_bytes = after_bytes

    def words(self) -> tuple[str, ...]:
        """Give path and bytes."""
        return (self.path,) if self.after_bytes is None else (self.path, str(self.after_bytes))

    def answered(self, call: Call, answer: Answer | Stream) -> Answer | Stream:
        """Make a stream of a whole answer, so that it can be cut."""
        if isinstance(answer, Stream):
            return replace(answer, run=partial(_cut, answer.run, self.after_bytes or 0))
        if not answer.body or answer.status != HTTPStatus.OK:
            return answer
        body = answer.body
        after = len(body) // 2 if self.after_bytes is None else self.after_bytes
        run = partial(_cut, lambda sink: sink.write(body), after)
        return Stream(answer.content_type, run, answer.headers)

    def caught(self, sink: Sink) -> None:
        """Cut it."""
        sink.cut(self.after_bytes or 0)


def _cut(run: Callable[[Sink], None], after: int, sink: Sink) -> None:
    sink.cut(after)
    run(sink)
