"""What containers write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.base import Base
from tui.demo.acts.things import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.acts.things import Container, Said

PIECE = 16 * 1024
"""Bytes of a line that Docker keeps together; a longer one comes in several pieces."""


class Journal(Base):
    """The act of writing."""

    def log(self, reference: str, text: str, stream: str = "stdout", end: str = "\n") -> None:
        """Append a line, or several, to a container's log; with an empty `end`, the last one stays open."""
        with self.lock:
            one = self.find(reference)
            if one.tty:
                stream, text, end = "stdout", text.replace("\n", "\r\n"), end.replace("\n", "\r\n")
            content = (text + end).encode("utf-8", "surrogateescape")
            _tell(one, stream, content)
            for line in _lines(content):
                self._keep(one, stream, line)
            one.ring()

    def write(self, one: Container, stream: str, content: bytes) -> None:
        """Let a container write some bytes: who is attached has them at once, the log in whole lines."""
        _tell(one, stream, content)
        lines = _lines(one.unfinished.pop(stream, b"") + content)
        if lines and not lines[-1].endswith(b"\n") and len(lines[-1]) < PIECE:
            one.unfinished[stream] = lines.pop()
        for line in lines:
            self._keep(one, stream, line)
        if lines:
            one.ring()

    def finish_lines(self, one: Container) -> None:
        """Put into the log what a container wrote last without ending the line."""
        for stream, rest in one.unfinished.items():
            self._keep(one, stream, rest)
        one.unfinished.clear()

    def _keep(self, one: Container, stream: str, line: bytes) -> None:
        earlier = one.log[-1].moment if one.log else 0
        now = max(self.now(), earlier + 1, one.started + 1)
        one.log += [Record(now, stream, line[start : start + PIECE]) for start in range(0, len(line), PIECE)]

    def say(self, one: Container, lines: Sequence[Said]) -> None:
        """Let a container write some lines."""
        for stream, text in lines:
            self.log(one.id, text, stream)


def _tell(one: Container, stream: str, content: bytes) -> None:
    for tap in one.taps:
        tap.tell(stream, content)


def _lines(content: bytes) -> list[bytes]:
    """Cut at line ends alone: a carriage return is part of a line."""
    *whole, rest = content.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])
