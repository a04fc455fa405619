"""Where work tells what it does: its steps and its output, kept within bounds."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LINES_KEPT = 20_000
BYTES_KEPT = 8 << 20
"""The most memory that the kept lines of one job take."""

StepState: TypeAlias = Literal["waiting", "running", "cached", "done", "failed"]
"""`waiting` is also a step that was given up before its end."""

_OVER: frozenset[StepState] = frozenset({"cached", "done"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job.

    Args:
        seconds: how long it took, or has taken so far; None before it began.
        lines: how many lines of its output are kept.
        current: bytes that went through so far; None where it does not count them.
        total: bytes that are to go through; 0 where nobody knows.
        word: what is done in it now, in words that say more than the state; empty where none do.

    """

    key: str
    name: str
    state: StepState
    seconds: float | None
    lines: int
    current: int | None = None
    total: int = 0
    word: str = ""

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1; None where that is not known."""
        if self.current is None or not self.total:
            return None
        return min(1.0, self.current / self.total)


def overall(steps: Sequence[Step]) -> tuple[int, int]:
    """Add up the bytes of all steps that count them: done, and in all; in all is 0 while one is unknown."""
    counting = [step for step in steps if step.current is not None]
    current = sum(step.current or 0 for step in counting)
    known = all(step.total for step in counting if step.current or step.state not in _OVER)
    return current, sum(step.total for step in counting) if known else 0


def share_of(steps: Sequence[Step]) -> float | None:
    """Give how much of all steps that count bytes is done, from 0 to 1; None where that is not known.

    A step that has not begun, and whose size nobody has said yet, is taken for as large as the others are
    on average: without it the share would fall as soon as its size is known.
    """
    counting = [step for step in steps if step.current is not None]
    known = [step for step in counting if step.total]
    unknown = [step for step in counting if not step.total and step.state not in _OVER]
    if not known or any(step.current for step in unknown):
        return None
    total = sum(step.total for step in known)
    done = sum(min(step.current or 0, step.total) for step in known)
    return done / (total + len(unknown) * total / len(known))


class Output:
    """The latest lines, each with the step that it belongs to; knows no threads."""

    def __init__(self, lines: int = LINES_KEPT, size: int = BYTES_KEPT) -> None:
        self._most, self._room = lines, size
        self._texts: deque[str] = deque()
        self._owners: deque[tuple[str, int]] = deque()
        self._size = 0
        self.by_step: Counter[str] = Counter()
        """How many lines of each step are kept."""
        self.dropped = 0

    def append(self, text: str, step: str, skip: int) -> None:
        """Keep a line, at the expense of the oldest ones."""
        self._texts.append(text)
        self._owners.append((step, skip))
        self._size += sys.getsizeof(text)
        self.by_step[step] += 1
        while len(self._texts) > self._most or (self._size > self._room and len(self._texts) > 1):
            self._size -= sys.getsizeof(self._texts.popleft())
            self.by_step[self._owners.popleft()[0]] -= 1
            self.dropped += 1

    def lines(self) -> tuple[str, ...]:
        """Give all kept lines."""
        return tuple(self._texts)

    def since(self, number: int) -> tuple[tuple[str, ...], int]:
        """Give the kept lines from the one of this number on, and the number that comes next."""
        start = max(0, number - self.dropped)
        return tuple(itertools.islice(self._texts, start, None)), self.dropped + len(self._texts)

    def of(self, step: str) -> tuple[str, ...]:
        """Give the kept lines of a step, without what marks them as its own."""
        pairs = zip(self._texts, self._owners, strict=True)
        return tuple(text[skip:] for text, (owner, skip) in pairs if owner == step)


@dataclass(slots=True)
class _Progress:
    """A step while it may still change."""

    name: str
    state: StepState = "waiting"
    begun: float | None = None
    took: float | None = None
    current: int | None = None
    total: int = 0
    word: str = ""


class Report:
    """Where work tells what it does; every method may be called from any thread.

    Args:
        changed: called after each change, from the thread that made it.

    """

    def __init__(
        self, changed: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._changed, self._clock = changed, clock
        self._lock = threading.Lock()
        self._steps: dict[str, _Progress] = {}
        self._output = Output()
        self.failure = ""
        """What failed, in one line, or nothing."""
        self.result = ""
        """What came out, such as the id of an image, or nothing."""

    def line(self, text: str, step: str = "", skip: int = 0) -> None:
        """Keep a line of output.

        Args:
            text: the line, raw, without its end.
            step: the key of the step that it belongs to, if any.
            skip: how many characters at its start only say to which step it belongs.

        """
        with self._lock:
            self._output.append(text, step, skip)
        self._changed()

    def step(
        self,
        key: str,
        name: str = "",
        state: StepState | None = None,
        seconds: float | None = None,
        word: str = "",
    ) -> None:
        """Add a step or change one; what is not given stays, or is found out with the clock.

        The word does not stay: it is about this moment.
        """
        now = self._clock()
        with self._lock:
            step = self._steps.setdefault(key, _Progress(name or key))
            step.name = name or step.name
            step.state = state or step.state
            step.word = word
            if step.state == "running":
                step.begun = now if step.begun is None else step.begun
                step.took = None
            elif seconds is not None:
                step.took = seconds
            elif step.begun is not None and step.took is None:
                step.took = now - step.begun
        self._changed()

    def count(self, key: str, current: int, total: int) -> None:
        """Say how many bytes of a step went through, of how many; 0 in all where nobody knows."""
        with self._lock:
            step = self._steps.setdefault(key, _Progress(key))
            if (step.current, step.total) == (current, total):
                return
            step.current, step.total = current, total
        self._changed()

    def fail(self, text: str) -> None:
        """Say in one line what failed; the last one counts."""
        self.failure = text
        self._changed()

    def came_out(self, text: str) -> None:
        """Say what came out."""
        self.result = text
        self._changed()

    def close_steps(self, state: StepState) -> None:
        """Give every step that still runs this state."""
        with self._lock:
            running = [key for key, step in self._steps.items() if step.state == "running"]
        for key in running:
            self.step(key, state=state)

    # For readers

    def output_of(self, step: str) -> tuple[str, ...]:
        """Give the kept output of one step."""
        with self._lock:
            return self._output.of(step)

    def lines_since(self, number: int) -> tuple[tuple[str, ...], int]:
        """Give the kept lines from number `number` on, and the number to ask for next."""
        with self._lock:
            return self._output.since(number)

    def steps(self) -> tuple[Step, ...]:
        """Give the steps as they are now, in the order in which they appeared."""
        with self._lock:
            return tuple(self._frozen(key, step) for key, step in self._steps.items())

    def lines(self) -> tuple[tuple[str, ...], int]:
        """Give the kept lines, and how many older ones are not kept."""
        with self._lock:
            return self._output.lines(), self._output.dropped

    def _frozen(self, key: str, step: _Progress) -> Step:
        took = step.took
        if took is None and step.begun is not None:
            took = self._clock() - step.begun
        lines = self._output.by_step[key]
        return Step(key, step.name, step.state, took, lines, step.current, step.total, step.word)
