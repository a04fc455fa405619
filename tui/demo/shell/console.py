"""What a program reads from and writes to: its input, its output, its terminal."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Wait: TypeAlias = float | None
    """What a program waits for: so many seconds, or with None for input."""
    Steps: TypeAlias = Generator[Wait, None, int]
    Reading: TypeAlias = Generator[Wait, None, bytes]


class InterruptError(Exception):
    """ctrl+c."""


class Input:
    """What a program reads; an empty piece is an end that is read once, as ctrl+d makes it."""

    def __init__(self, *, ended: bool = False) -> None:
        self._pieces: deque[bytes] = deque()
        self.ended = ended

    @property
    def ready(self) -> bool:
        """Whether a read would not wait."""
        return bool(self._pieces) or self.ended

    def push(self, data: bytes) -> None:
        """Add a piece."""
        self._pieces.append(data)

    def unread(self, data: bytes) -> None:
        """Put back what was read too much."""
        if data:
            self._pieces.appendleft(data)

    def take(self) -> list[bytes]:
        """Take away what nobody has read."""
        taken = list(self._pieces)
        self._pieces.clear()
        return taken

    def piece(self) -> Reading:
        """Read what there is, waiting for something; b"" is the end."""
        while not self.ready:
            yield None
        return self._pieces.popleft() if self._pieces else b""

    def line(self) -> Reading:
        """Read a line with its end, or the last one without; b"" is the end."""
        found = b""
        while b"\n" not in found:
            piece = yield from self.piece()
            if not piece:
                return found
            found += piece
        line, end, rest = found.partition(b"\n")
        self.unread(rest)
        return line + end

    def all(self) -> Reading:
        """Read until the end."""
        found = b""
        while piece := (yield from self.piece()):
            found += piece
        return found


class Terminal:
    """A terminal's line discipline: echo, the line being typed, ctrl+c, and CR LF on the way out.

    Args:
        source: where whole lines go, or with `raw` every byte.
        write: takes what is to be seen.
        interrupt: called for ctrl+c.

    """

    def __init__(self, source: Input, write: Callable[[bytes], None], interrupt: Callable[[], None]) -> None:
        self.rows, self.columns = 0, 0
        self.raw = False
        self.resized = False
        self._source = source
        self._write = write
        self._interrupt = interrupt
        self._line = bytearray()

    def show(self, data: bytes) -> None:
        """Write something, with a carriage return before each line feed."""
        self._write(data.replace(b"\n", b"\r\n"))

    def set_raw(self, *, raw: bool) -> None:
        """Hand every byte to the program, or whole lines; what is typed already goes along."""
        self.raw = raw
        if raw and self._line:
            self._source.push(bytes(self._line))
            self._line.clear()
        elif not raw:
            for piece in self._source.take():
                if piece:
                    self.type(piece)
                else:
                    self._source.push(piece)

    def type(self, data: bytes) -> None:
        """Take what was typed."""
        for place, byte in enumerate(data):
            # Within a piece too: the program that waited for its first line may take the terminal over.
            if self.raw:
                self._source.push(data[place:])
                return
            self._key(byte)

    def _key(self, byte: int) -> None:
        if byte == 3:
            self._line.clear()
            self._write(b"^C")
            self._interrupt()
        elif byte == 4:
            self._source.push(bytes(self._line))
            self._line.clear()
        elif byte in {8, 127}:
            if self._line:
                self._rub_out()
        elif byte == 21:
            while self._line:
                self._rub_out()
        elif byte in {10, 13}:
            self._write(b"\r\n")
            self._source.push(bytes(self._line) + b"\n")
            self._line.clear()
        else:
            self._line.append(byte)
            self._write(bytes((94, byte + 64)) if byte < 32 and byte != 9 else bytes((byte,)))

    def _rub_out(self) -> None:
        removed = self._line.pop()
        while removed & 0xC0 == 0x80 and self._line:
            removed = self._line.pop()
        width = 2 if removed < 32 and removed != 9 else 1
        self._write(b"\b \b" * width)
