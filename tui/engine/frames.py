"""From the bytes of a log stream to its lines: no sockets, no clock."""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

LONGEST_LINE = 256 * 1024
"""Bytes of text after which a line is cut, and goes on as a further line with the same time."""
_DOCKER_PIECE = 16 * 1024
_FULL_PIECE = 4096
"""An unfinished piece of at least this size was cut by the engine, which then sends the rest. Docker
cuts at 16 kB, Podman at 8 kB or a little before. A shorter one is a last line without a newline."""
_LONGEST_FRAME = 16 * 1024 * 1024
_HEADER = struct.Struct(">BxxxI")
_USUAL = re.compile(
    rb"([\1\2])\0\0\0([\0-\xff]{4})(\d{4}-\d\d-\d\dT[0-9:.Z+-]{9,29}) ([^\r\n]*)\n", re.DOTALL
)
"""A frame with one whole line and its timestamp, if its length is what the header says."""
_NAMES = {0: "stdout", 1: "stdout", 2: "stderr", 3: "stderr"}


class LogLine(NamedTuple):
    """One line of a log.

    Args:
        time: the engine's RFC 3339 timestamp, as sent; empty for words of the engine's own.
        stream: `stdout` or `stderr`; always `stdout` for a container with a TTY.
        text: without the line end; a carriage return within it (progress bars) stays.

    """

    time: str
    stream: str
    text: str


class NotFramedError(ValueError):
    """The bytes are no frames: the container has a TTY after all."""


def _part(raw: bytes) -> tuple[bytes, bytes]:
    """Part the timestamp, empty where there is none, from the text."""
    stamp, space, text = raw.partition(b" ")
    if space and 20 <= len(stamp) <= 40 and stamp[4:5] == b"-" and stamp[10:11] == b"T":
        return stamp, text
    return b"", raw


def _cut(text: bytes | bytearray) -> int:
    """Say where to cut an overlong text: at the limit, but not within a character."""
    at = LONGEST_LINE
    while at > LONGEST_LINE - 4 and text[at] & 0xC0 == 0x80:
        at -= 1
    return at


def _lines(stamp: bytes, name: str, text: bytes) -> list[LogLine]:
    """Make lines of a whole text, cutting where it is too long or has line ends within it."""
    time = stamp.decode("ascii", "replace")
    made = []
    for line in text.removesuffix(b"\n").split(b"\n"):
        rest = line.removesuffix(b"\r")
        while len(rest) > LONGEST_LINE:
            at = _cut(rest)
            made.append(LogLine(time, name, rest[:at].decode(errors="replace")))
            rest = rest[at:]
        made.append(LogLine(time, name, rest.decode(errors="replace")))
    return made


def _usual(raw: bytes, lines: list[LogLine]) -> int:
    """Take frames from the beginning for as long as each is one short, whole line with its time.

    Nearly all are, and this way costs a fraction of the other.

    Returns:
        Where the first other one begins.

    """
    take = _USUAL.scanner(raw).match  # type: ignore[attr-defined]  # not in its stubs
    at = 0
    while found := take():
        kind, length, stamp, text = found.groups()
        stop = found.end()
        if int.from_bytes(length) != stop - at - 8 or len(text) > LONGEST_LINE:
            break
        lines.append(
            LogLine(stamp.decode(), "stdout" if kind == b"\1" else "stderr", text.decode(errors="replace"))
        )
        at = stop
    return at


class _Open:
    """A line of one stream that has begun and not ended."""

    def __init__(self, stamp: bytes, text: bytes) -> None:
        self.stamp = stamp
        self.text = bytearray(text)
        self.last = len(text)

    def takes(self, stamp: bytes) -> bool:
        """Say whether a piece with this timestamp goes on with the line."""
        return stamp == self.stamp or self.last >= _FULL_PIECE


class FramedLines:
    """Lines of a container without a TTY: frames of 8 bytes header (stream, 000, length) and payload.

    The engine cuts long lines in pieces, each in a frame with the timestamp again, and frames of the
    other stream may stand between them.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._open: dict[str, _Open] = {}

    def feed(self, data: bytes) -> list[LogLine]:
        """Give the lines that these bytes end, in the order in which they ended.

        Raises:
            NotFramedError: when they are no frames.

        """
        raw = self._rest + data if self._rest else data
        size, at = len(raw), 0
        lines: list[LogLine] = []
        if not self._open:
            at = _usual(raw, lines)
        while size - at >= 8:
            kind, length = _HEADER.unpack_from(raw, at)
            if kind > 3 or length > _LONGEST_FRAME or raw[at + 1 : at + 4] != b"\0\0\0":
                raise NotFramedError
            stop = at + 8 + length
            if stop > size:
                break
            self._take(_NAMES[kind], raw[at + 8 : stop], lines)
            at = stop
        self._rest = raw[at:]
        return lines

    def _take(self, name: str, payload: bytes, lines: list[LogLine]) -> None:
        stamp, text = _part(payload)
        line = self._open.get(name)
        if line is None and text.endswith(b"\n"):
            self._whole(name, stamp, text, lines)
            return
        if line is not None and not line.takes(stamp):
            lines += _lines(line.stamp, name, bytes(line.text))
            line = None
        if line is None:
            line = self._open[name] = _Open(stamp, text)
        else:
            line.text += text
            line.last = len(text)
        if text.endswith(b"\n"):
            del self._open[name]
            lines += _lines(line.stamp, name, bytes(line.text))
        else:
            self._shorten(name, line, lines)

    @staticmethod
    def _whole(name: str, stamp: bytes, text: bytes, lines: list[LogLine]) -> None:
        """Take what nearly every frame is: one line, short and complete."""
        if len(text) > LONGEST_LINE or text.find(b"\n") != len(text) - 1:
            lines += _lines(stamp, name, text)
            return
        ending = -2 if text.endswith(b"\r\n") else -1
        lines.append(LogLine(stamp.decode("ascii", "replace"), name, text[:ending].decode(errors="replace")))

    @staticmethod
    def _shorten(name: str, line: _Open, lines: list[LogLine]) -> None:
        while len(line.text) > LONGEST_LINE + 1:  # a line end may follow: it makes no line of its own
            at = _cut(line.text)
            text = line.text[:at].decode(errors="replace")
            lines.append(LogLine(line.stamp.decode("ascii", "replace"), name, text))
            del line.text[:at]

    def open_times(self) -> list[str]:
        """Give the timestamps of the lines that have begun and not ended."""
        return [line.stamp.decode("ascii", "replace") for line in self._open.values()]

    def cut_off(self) -> bool:
        """Say whether the bytes stopped within a frame."""
        return bool(self._rest)

    def finish(self) -> list[LogLine]:
        """Give the last lines, those without a newline."""
        lines = [
            line for name, one in self._open.items() for line in _lines(one.stamp, name, bytes(one.text))
        ]
        self._open.clear()
        return lines


class RawLines:
    """Lines of a container with a TTY: no frames, one stream.

    Of a long line each 16 kB start with the timestamp again.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._searched = 0
        self._stamp = b""
        """Of a line that was too long and goes on; empty at the start of a line."""

    def feed(self, data: bytes) -> list[LogLine]:
        """Give the lines that these bytes end."""
        raw = self._rest + data if self._rest else data
        lines: list[LogLine] = []
        at, searched = 0, self._searched
        while True:
            stop = raw.find(b"\n", at + searched)
            searched = 0
            limit = at + self._limit(raw[at : at + 64])
            if limit < (stop if stop >= 0 else len(raw)) - 1:
                lines += self._unfold(raw[at:limit])
                self._stamp = self._stamp or _part(raw[at : at + 64])[0]
                at = limit
            elif stop >= 0:
                lines += self._unfold(raw[at:stop])
                self._stamp = b""
                at = stop + 1
            else:
                break
        self._rest = raw[at:]
        self._searched = len(self._rest)
        return lines

    @staticmethod
    def _limit(start: bytes) -> int:
        """Say how many bytes a line may have with the timestamps in it: a whole number of pieces."""
        stamp, _ = _part(start)
        unit = _DOCKER_PIECE + (len(stamp) + 1 if stamp else 0)
        return unit * (LONGEST_LINE // _DOCKER_PIECE)

    def _unfold(self, raw: bytes) -> list[LogLine]:
        stamp, text = _part(raw)
        if self._stamp and stamp != self._stamp:
            stamp, text = self._stamp, raw
        again = stamp + b" "
        if stamp and text[_DOCKER_PIECE:].startswith(again):
            pieces, step = [text[:_DOCKER_PIECE]], _DOCKER_PIECE
            while text.startswith(again, step):
                pieces.append(text[step + len(again) : step + len(again) + _DOCKER_PIECE])
                step += len(again) + _DOCKER_PIECE
            text = b"".join([*pieces, text[step:]])
        return _lines(stamp, "stdout", text)

    def open_times(self) -> list[str]:
        """Give the timestamp of the line that has begun and not ended, if there is one."""
        stamp = self._stamp or _part(self._rest)[0]
        return [stamp.decode("ascii", "replace")] if self._rest and stamp else []

    def cut_off(self) -> bool:
        """Say no: where a raw stream stopped cannot be told from where it ended."""
        return False

    def finish(self) -> list[LogLine]:
        """Give the last line, if it has no newline."""
        lines = self._unfold(self._rest) if self._rest else []
        self._rest, self._searched, self._stamp = b"", 0, b""
        return lines
