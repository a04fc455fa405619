from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tui.engine.address import Address
from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.logs import RESUME_TAIL, LogLine, LogMark, LogStream, nanoseconds

HEAD = b"HTTP/1.0 200 OK\r\n\r\n"
SECOND = nanoseconds("2026-11-24T09:32:10Z")


def stamp(fraction: float) -> str:
    """Write a time so many milliseconds after the full second that all tests use."""
    whole, nanos = divmod(SECOND + round(fraction * 1_000_000), 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{nanos:09d}Z"


def frame(text: str, time_: str, kind: int = 1) -> bytes:
    raw = f"{time_} {text}".encode()
    return struct.pack(">BxxxI", kind, len(raw)) + raw


class Engine:
    """Serves a log to each connection, as a function of the request's path wants it."""

    def __init__(self, path: str) -> None:
        self.address = Address(f"unix://{path}", "a test", "", None, is_default=False)
        self.paths: list[str] = []
        self.answer: Callable[[str], Iterator[bytes]] = lambda path: iter([HEAD])
        self.sent = 0
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.bind(path)
        self._sock.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._sock.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer:
            path = peer.recv(4096).split()[1].decode()
            self.paths.append(path)
            try:
                for piece in self.answer(path):
                    peer.sendall(piece)
                    self.sent += len(piece)
            except OSError:
                return

    def close(self) -> None:
        self._sock.close()


class Reading:
    """A stream with what it told."""

    def __init__(self, engine: Engine, tty: bool = False, **options: object) -> None:
        self.lines: list[LogLine] = []
        self.calls: list[tuple[float, int]] = []
        self.ends: list[EngineError | None] = []
        self.ended = threading.Event()
        self.hold = threading.Event()
        self.hold.set()
        self.stream = LogStream(
            engine.address,
            "abc",
            tty=tty,
            on_lines=self._take,
            on_end=self._end,
            **options,  # type: ignore[arg-type]  # each test names its own
        )

    def _take(self, lines: list[LogLine]) -> None:
        self.calls.append((time.monotonic(), len(lines)))
        self.lines += lines
        self.hold.wait(10)

    def _end(self, error: EngineError | None) -> None:
        self.ends.append(error)
        self.ended.set()

    def finish(self) -> list[str]:
        assert self.ended.wait(10), "the stream did not end"
        return [line.text for line in self.lines]

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.002)


@pytest.fixture
def engine(tmp_path):
    engine = Engine(str(tmp_path / "e"))
    yield engine
    engine.close()


def test_asks_for_both_streams_with_times_and_a_tail(engine):
    reading = Reading(engine, tail=77, follow=False)
    reading.finish()
    path, _, query = engine.paths[0].partition("?")
    assert path == "/containers/abc/logs"
    assert set(query.split("&")) == {"stdout=1", "stderr=1", "timestamps=1", "follow=0", "tail=77"}
    assert reading.ends == [None]


def test_lines_then_a_normal_end(engine):
    engine.answer = lambda _: iter([HEAD + frame("one\n", stamp(1)), frame("two", stamp(2), 2)])
    reading = Reading(engine)
    assert reading.finish() == ["one", "two"]
    assert reading.lines[1] == (stamp(2), "stderr", "two")
    assert reading.ends == [None]


@pytest.mark.parametrize(
    ("tty", "kind", "data"),
    [
        (True, "", f"{stamp(1)} one\r\n".encode()),
        (False, "application/vnd.docker.raw-stream", f"{stamp(1)} one\r\n".encode()),
        (True, "application/vnd.docker.multiplexed-stream", frame("one\n", stamp(1))),
    ],
)
def test_the_engine_knows_best_how_it_frames(engine, tty, kind, data):
    engine.answer = lambda _: iter([f"HTTP/1.0 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode(), data])
    assert Reading(engine, tty=tty).finish() == ["one"]


def test_a_refusal_and_an_absent_engine(engine):
    engine.answer = lambda _: iter([b'HTTP/1.0 501 No\r\n\r\n{"message":"driver does not support reading"}'])
    refused = Reading(engine)
    refused.finish()
    assert str(refused.ends[0]) == "driver does not support reading"
    engine.address = Address("unix:///nowhere/at.all", "a test", "", None, is_default=False)
    absent = Reading(engine)
    absent.finish()
    assert isinstance(absent.ends[0], Unreachable)


def test_a_break_within_a_line_is_a_lost_connection_and_shows_no_half_line(engine):
    engine.answer = lambda _: iter([HEAD + frame("one\n", stamp(1)) + frame("two\n", stamp(2))[:-2]])
    reading = Reading(engine)
    assert reading.finish() == ["one"]
    assert isinstance(reading.ends[0], Unreachable)
    assert reading.ends[0].trouble is Trouble.LOST


def test_a_break_still_shows_the_whole_lines_before_it(engine):
    ready = threading.Event()

    def answer(_: str) -> Iterator[bytes]:
        ready.wait(10)
        yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        for number in range(12):  # more pieces than calls that are made at once
            data = frame(f"{number}\n", stamp(number))
            yield b"%x\r\n%b\r\n" % (len(data), data)
            reading.until(lambda n=number: len(reading.calls) >= min(n + 1, 4))

    engine.answer = answer
    reading = Reading(engine)
    ready.set()
    assert reading.finish() == [str(number) for number in range(12)]
    assert isinstance(reading.ends[0], Unreachable)


def test_bytes_in_the_wrong_form(engine):
    engine.answer = lambda _: iter([HEAD, b"no frames at all, this"])
    reading = Reading(engine)
    reading.finish()
    assert isinstance(reading.ends[0], EngineError)
    assert not isinstance(reading.ends[0], Unreachable)


def _count_over(reading: Reading, number: int) -> Callable[[], bool]:
    return lambda: len(reading.calls) > number


def test_few_lines_come_promptly(engine):
    go = [threading.Event() for _ in range(3)]

    def answer(_: str) -> Iterator[bytes]:
        yield HEAD
        for number, one in enumerate(go):
            one.wait(10)
            yield frame("x\n", stamp(number))

    engine.answer = answer
    reading = Reading(engine)
    delays = []
    for number, one in enumerate(go):
        began = time.monotonic()
        one.set()
        reading.until(_count_over(reading, number))
        delays.append(reading.calls[number][0] - began)
    reading.finish()
    # The quickest, so that a busy machine does not fail it.
    assert min(delays) < 0.02


def test_a_flood_comes_in_few_calls(engine):
    def answer(_: str) -> Iterator[bytes]:
        yield HEAD
        until = time.monotonic() + 0.6
        while time.monotonic() < until:
            yield frame("x\n", stamp(1))
            time.sleep(0.0005)

    engine.answer = answer
    reading = Reading(engine)
    reading.finish()
    assert len(reading.lines) > 50
    took = reading.calls[-1][0] - reading.calls[0][0]
    assert len(reading.calls) <= 20 * took + 6


def test_the_reader_waits_for_who_takes_the_lines(engine):
    piece = frame("x" * 1000 + "\n", stamp(1)) * 100
    engine.answer = lambda _: iter([HEAD, *[piece] * 400])
    reading = Reading(engine)
    reading.hold.clear()
    reading.until(lambda: bool(reading.calls))
    before = -1
    while before != engine.sent:
        before = engine.sent
        time.sleep(0.05)
    assert engine.sent < 10_000_000
    reading.hold.set()
    assert len(reading.finish()) == 40_000


@pytest.mark.parametrize("state", ["following", "head", "handing over"])
def test_close_is_quick_and_final(engine, state):
    done = threading.Event()

    def answer(_: str) -> Iterator[bytes]:
        if state == "head":
            done.wait(10)
        yield HEAD + frame("one\n", stamp(1))
        done.wait(10)
        yield frame("two\n", stamp(2))

    engine.answer = answer
    reading = Reading(engine)
    if state == "handing over":
        reading.hold.clear()
    reading.until(lambda: bool(engine.paths) and (state == "head" or bool(reading.lines)))
    began = time.monotonic()
    reading.stream.close()
    assert time.monotonic() - began < 0.3
    done.set()
    reading.hold.set()
    reading.stream._thread.join(5)
    assert not reading.stream._thread.is_alive()
    assert len(reading.lines) == (0 if state == "head" else 1)
    assert reading.ends == []
    reading.stream.close()


def test_close_from_within_a_call(engine):
    ready, closed = threading.Event(), threading.Event()
    calls: list[int] = []
    ends: list[EngineError | None] = []

    def answer(_: str) -> Iterator[bytes]:
        ready.wait(10)
        yield HEAD + frame("one\n", stamp(1)) * 5
        closed.wait(10)
        yield frame("two\n", stamp(1)) * 5

    def take(lines: list[LogLine]) -> None:
        calls.append(len(lines))
        stream.close()
        closed.set()

    engine.answer = answer
    stream = LogStream(engine.address, "abc", tty=False, on_lines=take, on_end=ends.append)
    ready.set()
    assert closed.wait(5)
    stream._thread.join(5)
    assert (len(calls), ends) == (1, [])


class Journal:
    """A log as the engine keeps it: entries that can be asked for by tail and since."""

    def __init__(
        self, entries: list[tuple[float, int, str]], whole_seconds: bool = False, strict: bool = True
    ) -> None:
        self.entries = entries
        self.whole_seconds = whole_seconds
        self.strict = strict
        """Whether older lines after the first that is not older are left out too; newer engines send them."""
        self.shown = len(entries)

    def __call__(self, path: str) -> Iterator[bytes]:
        tail = int(re.findall(r"tail=(\d+)", path)[0])
        since = re.findall(r"since=(\d+)\.(\d{9})", path)
        start = int(since[0][0]) * 10**9 + int(since[0][1]) if since else 0
        yield HEAD
        for moment, kind, text in self.entries[: self.shown][-tail:]:
            if SECOND + round(moment * 1_000_000) >= start:
                start = start if self.strict else 0
                time_ = stamp(moment)
                yield frame(text, re.sub(r"\.\d+Z", "+00:00", time_) if self.whole_seconds else time_, kind)


def read_in_two(engine: Engine, journal: Journal, first: int, tail: int = 1000) -> list[str]:
    """Read the first entries with one stream, and all that follow with a second one."""
    engine.answer = journal
    everything, journal.shown = journal.shown, first
    one = Reading(engine, tail=tail)
    one.finish()
    journal.shown = everything
    two = Reading(engine, after=one.stream.mark)
    two.finish()
    return [line.text for line in one.lines + two.lines]


@pytest.mark.parametrize("whole_seconds", [False, True])
@pytest.mark.parametrize("gap", [0.0, 0.001, 7.0, 700.0])
@pytest.mark.parametrize("first", [1, 2, 50, 99, 100])
def test_resumes_without_loss_or_repetition(engine, gap, first, whole_seconds):
    entries = [(number * gap, 1 + number % 2, f"{number}\n") for number in range(100)]
    journal = Journal(entries, whole_seconds)
    assert read_in_two(engine, journal, first) == [str(number) for number in range(100)]


@pytest.mark.parametrize("strict", [True, False])
def test_resumes_around_lines_out_of_order(engine, strict):
    moments = [1, 0.5, 300, 310, 305, 309, 308, 320, 315, 415, 409, 410, 421, 418]
    entries = [(moment, 1, f"{moment}\n") for moment in moments]
    for first in range(1, len(moments) + 1):
        got = read_in_two(engine, Journal(entries, strict=strict), first)
        assert got == [str(moment) for moment in moments], first


@pytest.mark.parametrize("strict", [True, False])
def test_resumes_again_and_again(engine, strict):
    moments = [number * 7.0 + (11 if number % 5 == 0 else 0) for number in range(60)]
    journal = engine.answer = Journal([(one, 1, f"{one}\n") for one in moments], strict=strict)
    mark: LogMark | None = None
    texts: list[str] = []
    for journal.shown in [1, 2, 3, 10, 11, 11, 30, 60, 60]:
        reading = Reading(engine, after=mark)
        texts += reading.finish()
        mark = reading.stream.mark
    assert texts == [str(one) for one in moments]


def test_a_tail_that_begins_among_lines_of_a_second_resumes_in_the_next(engine):
    entries = [(number * 10.0, 1, f"{number}\n") for number in range(200)]
    got = read_in_two(engine, Journal(entries, whole_seconds=True), 150, tail=100)
    assert got == [str(number) for number in range(50, 200)]


def test_an_unfinished_long_line_is_read_again_as_a_whole(engine):
    piece = "x" * 16384
    head = [(0.5, 2, "before\n"), (1.0, 1, piece)]
    between = [(1000.0 + number, 2, f"{number}\n") for number in range(500)]
    frames = b"".join(frame(text, stamp(moment), kind) for moment, kind, text in head + between)
    torn = HEAD + frames + frame("torn\n", stamp(2000))[:-1]
    engine.answer = lambda _: iter([torn])
    one = Reading(engine)
    one.finish()
    assert [line.text for line in one.lines] == ["before", *map(str, range(500))]
    engine.answer = Journal([*head, *between, (1.0, 1, "end\n"), (2000.0, 2, "torn\n")])
    two = Reading(engine, after=one.stream.mark)
    assert two.finish() == [piece + "end", "torn"]


def test_resume_asks_from_a_time_with_a_generous_tail(engine):
    mark = LogMark(SECOND + 5, SECOND + 9, {SECOND + 7: 2, SECOND + 9: 1}, ())
    Reading(engine, after=mark).finish()
    assert f"since={SECOND // 10**9}.000000005" in engine.paths[0]
    assert f"tail={RESUME_TAIL + 3}" in engine.paths[0]


def test_a_log_that_was_cut_since_shows_all_that_is_left(engine):
    engine.answer = lambda _: iter([HEAD + frame("new\n", stamp(50))])
    mark = LogMark(SECOND, SECOND + 9, {SECOND + 9: 3}, ())
    assert Reading(engine, after=mark).finish() == ["new"]


def test_a_resume_that_breaks_early_keeps_its_mark(engine):
    mark = LogMark(SECOND, SECOND + 9_000_000, {SECOND + 1_000_000: 1, SECOND + 9_000_000: 1}, (SECOND - 7,))
    engine.answer = lambda _: iter([HEAD + frame("old\n", stamp(1))])
    reading = Reading(engine, after=mark)
    assert reading.finish() == []
    assert reading.stream.mark == mark


def test_no_lines_no_mark(engine):
    reading = Reading(engine)
    reading.finish()
    assert reading.stream.mark is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1970-01-01T00:00:01.000000002Z", 1_000_000_002),
        ("1970-01-01T00:00:01.5Z", 1_500_000_000),
        ("1970-01-01T01:00:01+01:00", 1_000_000_000),
        ("1970-01-01T00:00:01Z", 1_000_000_000),
        ("", 0),
        ("nonsense", 0),
        ("2026-99-01T00:00:01.5Z", 0),
    ],
)
def test_nanoseconds(text, value):
    assert nanoseconds(text) == value
