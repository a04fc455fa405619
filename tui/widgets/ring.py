"""Lines of text in a store that never outgrows its bounds; the oldest go first."""

from __future__ import annotations

from collections import deque
from itertools import islice
from sys import getsizeof
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_LINES = 50_000
MAX_BYTES = 32_000_000

_PART = 8
"""One line has at most this part of all bytes, so that it can't drive out everything else."""


class Line(NamedTuple):
    """Hold one line as it came, with colour codes and all.

    Args:
        text: without the line end.
        time: when it was written, RFC 3339 with nanoseconds as Docker gives it; empty where unknown.
        error: whether it was written to stderr.
        own: whether it is a word of wherry's own, not of the program whose text this is.

    """

    text: str
    time: str = ""
    error: bool = False
    own: bool = False


class Ring:
    """Hold the latest lines, each known by a number that it keeps for as long as it is held.

    Args:
        max_lines: the most lines that are held.
        max_bytes: the most memory that their text takes.

    """

    def __init__(self, max_lines: int = MAX_LINES, max_bytes: int = MAX_BYTES) -> None:
        self.max_lines = max_lines
        self.max_bytes = max_bytes
        self.base = 0
        """The number of the oldest line held; grows as lines are dropped."""
        self.bytes = 0
        """The memory that the text of the lines takes."""
        self._lines: deque[Line] = deque()
        # A character takes four bytes at the most; the rest is what Python adds to each string.
        self._longest = max(1, (max_bytes // _PART - getsizeof("…")) // 4)

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def __getitem__(self, number: int) -> Line:
        """Return the line with this number.

        Raises:
            IndexError: it is not held, not yet or no more.

        """
        if number < self.base:
            raise IndexError(number)
        return self._lines[number - self.base]

    @property
    def end(self) -> int:
        """The number that the next line will have."""
        return self.base + len(self._lines)

    def since(self, number: int) -> list[Line]:
        """Return the lines from this number on."""
        return list(islice(self._lines, max(0, number - self.base), None))

    def extend(self, lines: Sequence[Line], missed: int = 0) -> None:
        """Add lines; `missed` says how many came before them that nobody kept.

        Where some were missed, those held go too: text with a hole in it must not look whole.
        """
        if missed:
            self.clear()
            self.base += missed
        room = self.max_lines
        if len(lines) > room:
            self.clear()
            self.base += len(lines) - room
            lines = lines[len(lines) - room :]
        self.bytes += sum(getsizeof(line.text) for line in lines)
        self._lines.extend(lines)
        if any(len(line.text) > self._longest for line in lines):
            self._cut(len(lines))
        self._drop()

    def clear(self) -> None:
        """Drop all lines; the numbers go on."""
        self.base = self.end
        self.bytes = 0
        self._lines.clear()

    def _drop(self) -> None:
        """Drop the oldest lines until the rest is within both bounds."""
        held, dropped = self._lines, 0
        while len(held) > self.max_lines or (self.bytes > self.max_bytes and held):
            self.bytes -= getsizeof(held.popleft().text)
            dropped += 1
        self.base += dropped

    def _cut(self, latest: int) -> None:
        """Cut those of the latest lines that are too long."""
        held = self._lines
        for place in range(len(held) - latest, len(held)):
            line = held[place]
            if len(line.text) > self._longest:
                held[place] = cut = line._replace(text=line.text[: self._longest] + "…")
                self.bytes += getsizeof(cut.text) - getsizeof(line.text)
