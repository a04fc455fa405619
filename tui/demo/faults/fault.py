"""What every fault is: which requests it meets, and what it can do to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.demo.server import DemoEngine
    from tui.demo.wire.answers import Answer, Call, Stream
    from tui.demo.wire.sink import Patience, Sink


class Fault:
    """Something that goes wrong on demand; added to `DemoEngine.faults`.

    Args:
        path: a regular expression for the whole path of a request, without API version and query.
        method: of the requests that it meets; empty for any.
        times: so many requests meet it, then it is over; None for all of them.
        seconds: after which it is over; None for never.

    Raises:
        ValueError: where an argument makes no sense.

    """

    def __init__(
        self,
        path: str = ".*",
        *,
        method: str = "",
        times: int | None = None,
        seconds: float | None = None,
    ) -> None:
        if not path:
            raise ValueError("a path is needed, such as /containers/json or /containers/.*/logs")
        try:
            self._pattern = re.compile(path)
        except re.error as error:
            raise ValueError(f"{path} is no regular expression: {error}") from error
        if times is not None and times < 1:
            raise ValueError("times is 1 at the least")
        if seconds is not None and not 0 < seconds < 1e9:
            raise ValueError("seconds are more than 0")
        self.path = path
        self.method = method.upper()
        self.times = times
        """How many more requests meet it."""
        self.seconds = seconds
        self.over = False
        """Whether it was taken away."""

    def __str__(self) -> str:
        words = [type(self).__name__.lower(), *self.words()]
        if self.method:
            words.append(f"({self.method} only)")
        if self.times is not None:
            words.append(f"({self.times} more times)")
        return " ".join(words)

    def words(self) -> tuple[str, ...]:
        """Give what stands behind its name in a list."""
        return (self.path,)

    def meets(self, method: str, path: str) -> bool:
        """Say whether it meets such a request."""
        return self.method in {"", method} and self._pattern.fullmatch(path) is not None

    def begin(self, engine: DemoEngine) -> None:
        """Begin to be; for what goes wrong without a request."""

    def end(self) -> None:
        """Be over."""
        self.over = True

    def asked(self, call: Call) -> Call:
        """Change a request before anything is done."""
        return call

    def instead(self, call: Call, patience: Patience) -> Answer | None:
        """Wait, or answer in the engine's place.

        Raises:
            GoneError: when the client left meanwhile.

        """
        return None

    def answered(self, call: Call, answer: Answer | Stream) -> Answer | Stream:
        """Change an answer; what a stream writes goes through `bend`."""
        return answer

    def caught(self, sink: Sink) -> None:
        """Take notice of a stream that runs already when the fault comes."""

    def bend(self, data: bytes) -> bytes:
        """Change what a stream writes."""
        return data
