from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable

import pytest
from docker import APIClient
from docker.types import LogConfig

from tui.engine.address import Address
from tui.engine.errors import EngineError, Unreachable
from tui.engine.logs import LogLine, LogMark, LogStream

pytestmark = pytest.mark.live

ADDRESS = Address("unix:///var/run/docker.sock", "a test", "", None, is_default=True)
IMAGE = "bb:2"


class Reading:
    """A stream on the real engine, with what it told."""

    def __init__(
        self, container: str, tty: bool = False, tail: int = 1000, after: LogMark | None = None
    ) -> None:
        self.lines: list[LogLine] = []
        self.ends: list[EngineError | None] = []
        self.ended = threading.Event()
        self.stream = LogStream(
            ADDRESS, container, tty=tty, tail=tail, after=after, on_lines=self.lines.extend, on_end=self._end
        )

    def _end(self, error: EngineError | None) -> None:
        self.ends.append(error)
        self.ended.set()

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    def finish(self, seconds: float = 30) -> list[str]:
        assert self.ended.wait(seconds), "the stream did not end"
        return self.texts

    def until(self, condition: Callable[[], bool], seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.005)


class Box:
    """Makes containers, and takes them away again."""

    def __init__(self) -> None:
        self.api = APIClient(base_url="unix:///var/run/docker.sock", version="auto", timeout=30)
        self.made: list[str] = []

    def create(self, script: str, tty: bool = False, driver: str = "json-file") -> str:
        made = self.api.create_container(
            IMAGE,
            ["sh", "-c", script],
            name=f"wherry-test-logs-{uuid.uuid4().hex[:8]}",
            tty=tty,
            host_config=self.api.create_host_config(log_config=LogConfig(type=driver), init=False),
        )
        self.made.append(made["Id"])
        return str(made["Id"])

    def run(self, script: str, tty: bool = False, driver: str = "json-file") -> str:
        container = self.create(script, tty, driver)
        self.api.start(container)
        return container

    def close(self) -> None:
        for container in self.made:
            self.api.remove_container(container, force=True)
        self.api.close()


@pytest.fixture
def box():
    box = Box()
    yield box
    box.close()


def test_lines_in_order_and_a_normal_end(box):
    reading = Reading(box.run("for i in $(seq 500); do echo line $i; done"))
    assert reading.finish() == [f"line {number}" for number in range(1, 501)]
    assert reading.ends == [None]
    assert {line.stream for line in reading.lines} == {"stdout"}
    assert all(line.time[:2] == "20" and line.time.endswith("Z") for line in reading.lines)


def test_tail(box):
    container = box.run("for i in $(seq 500); do echo line $i; done")
    box.api.wait(container)
    assert Reading(container, tail=3).finish() == ["line 498", "line 499", "line 500"]


def test_both_streams_each_in_order(box):
    reading = Reading(box.run("for i in $(seq 300); do echo out $i; echo err $i >&2; done"))
    reading.finish()
    for stream, word in (("stdout", "out"), ("stderr", "err")):
        texts = [line.text for line in reading.lines if line.stream == stream]
        assert texts == [f"{word} {number}" for number in range(1, 301)]


def test_long_lines_with_stderr_in_between(box):
    script = """
        long() { head -c 100000 /dev/zero | tr '\\0' "$1"; echo; }
        (for i in $(seq 200); do echo err $i >&2; done) &
        for c in a b c d; do long $c; done
        wait
        printf 'no newline'
    """
    container = box.run(script)
    box.api.wait(container)
    reading = Reading(container, tail=10_000)
    reading.finish()
    out = [line.text for line in reading.lines if line.stream == "stdout"]
    assert out == [letter * 100_000 for letter in "abcd"] + ["no newline"]
    assert [line.text for line in reading.lines if line.stream == "stderr"] == [
        f"err {i}" for i in range(1, 201)
    ]


def test_tty(box):
    script = "echo one; head -c 50000 /dev/zero | tr '\\0' x; echo; printf '10%%\\r20%%\\n'; printf last"
    reading = Reading(box.run(script, tty=True), tty=True)
    assert reading.finish() == ["one", "x" * 50_000, "10%\r20%", "last"]
    # Newer engines say themselves how they frame.
    assert Reading(box.made[0], tty=False).finish()[0] == "one"


def test_bytes_that_are_no_text(box):
    assert Reading(box.run(r"printf 'a\377\376b\n\303\251\n'")).finish() == ["a\ufffd\ufffdb", "é"]


@pytest.mark.parametrize("driver", ["json-file", "local"])
def test_follows_until_the_stop(box, driver):
    container = box.run("i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done", driver=driver)
    reading = Reading(container)
    reading.until(lambda: len(reading.lines) >= 5)
    box.api.kill(container)
    texts = reading.finish()
    assert texts == [str(number) for number in range(len(texts))]
    assert reading.ends == [None]


def test_never_started_and_gone_and_no_log(box):
    never = Reading(box.create("echo x"))
    assert (never.finish(), never.ends) == ([], [None])
    gone = Reading("wherry-test-logs-never-made")
    gone.finish()
    assert "No such container" in str(gone.ends[0])
    mute = Reading(box.run("sleep 60", driver="none"))
    mute.finish()
    assert "does not support reading" in str(mute.ends[0])
    assert not isinstance(mute.ends[0], Unreachable)


def test_resumes_while_the_container_writes_fast(box):
    # In bursts, so that it still writes when the last reader comes.
    script = """
        count() {
            i=0
            while [ $i -lt 20000 ]; do
                echo $1$i; i=$((i+1)); [ $((i % 100)) = 0 ] && sleep 0.02
            done
        }
        count e >&2 & count o; wait
    """
    container = box.run(script)
    texts: list[str] = []
    mark: LogMark | None = None
    for turn in range(12):
        mark = read_some(container, mark, texts, 200 + 100 * turn)
    assert 12 * 200 < len(texts) < 40_000
    texts += Reading(container, after=mark).finish()
    for word in "oe":
        own = [text for text in texts if text[0] == word]
        assert own == [f"{word}{number}" for number in range(20_000)]


def read_some(container: str, mark: LogMark | None, texts: list[str], enough: int) -> LogMark | None:
    """Go on reading, and close within the call that follows `enough` lines, whose lines are not kept."""
    kept: list[str] = []
    ready, closed = threading.Event(), threading.Event()

    def take(lines: list[LogLine]) -> None:
        ready.wait(10)
        if len(kept) > enough:
            stream.close()
            closed.set()
        else:
            kept.extend(line.text for line in lines)

    stream = LogStream(
        ADDRESS,
        container,
        tty=False,
        tail=100_000,
        after=mark,
        on_lines=take,
        on_end=lambda _: closed.set(),
    )
    ready.set()
    assert closed.wait(20)
    stream._thread.join(5)
    texts += kept
    return stream.mark


def test_resumes_over_a_restart(box):
    container = box.run("for i in 1 2 3; do echo $i; done")
    first = Reading(container)
    assert first.finish() == ["1", "2", "3"]
    box.api.start(container)
    box.api.wait(container)
    assert Reading(container, after=first.stream.mark).finish() == ["1", "2", "3"]
    assert Reading(container).finish() == ["1", "2", "3"] * 2


def test_closes_at_once(box):
    quiet = Reading(box.run("echo one; sleep 60"))
    quiet.until(lambda: quiet.texts == ["one"])
    noisy = Reading(box.run("while :; do echo x; done"))
    noisy.until(lambda: len(noisy.lines) > 100)
    for reading in (quiet, noisy):
        began = time.monotonic()
        reading.stream.close()
        reading.stream._thread.join(5)
        assert time.monotonic() - began < 0.3
        assert not reading.stream._thread.is_alive()
        assert reading.ends == []


def test_two_hundred_thousand_lines(box):
    container = box.run("seq 200000")
    box.api.wait(container)
    reading = Reading(container, tail=300_000)
    assert reading.finish() == [str(number) for number in range(1, 200_001)]
    first = Reading(container, tail=100)
    assert first.finish() == [str(number) for number in range(199_901, 200_001)]
