from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.demo.talk import until
from tui.demo.scenes import bare
from tui.demo.server import DemoEngine
from tui.engine.address import Address
from tui.engine.errors import EngineError, Unreachable
from tui.engine.keepalive import KeptAlive

OK = b"HTTP/1.1 200 OK\r\n"


def address(path: str | Path) -> Address:
    return Address(f"unix://{path}", "a test", "", None, is_default=False)


class Scripted:
    """Serves connections in turn, each with the answers that it was given, then closes it."""

    def __init__(self, path: Path, connections: list[list[bytes]]) -> None:
        self.asked: list[list[bytes]] = []
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.bind(str(path))
        self._sock.listen()
        self._connections = connections
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        for answers in self._connections:
            peer, _ = self._sock.accept()
            self.asked.append([])
            with peer:
                for answer in answers:
                    asked = b""
                    while b"\r\n\r\n" not in asked and (piece := peer.recv(4096)):
                        asked += piece
                    self.asked[-1].append(asked.split(b" ")[1])
                    # In pieces, wherever they fall; the client may well turn away before the last.
                    with suppress(ConnectionError):
                        for byte in range(0, len(answer), 7):
                            peer.sendall(answer[byte : byte + 7])


@pytest.fixture
def scripted(tmp_path: Path):
    def start(*connections: list[bytes]) -> tuple[KeptAlive, Scripted]:
        server = Scripted(tmp_path / "s.sock", list(connections))
        kept = KeptAlive(address(tmp_path / "s.sock"), 5)
        made.append(kept)
        return kept, server

    made: list[KeptAlive] = []
    yield start
    for kept in made:
        kept.hang_up()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DemoEngine]:
    with DemoEngine(str(tmp_path / "demo.sock"), bare) as made:
        yield made


def sized(body: bytes, more: bytes = b"") -> bytes:
    return OK + more + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def test_an_engine_is_asked_many_times_over_one_connection(engine: DemoEngine) -> None:
    one = engine.world.create_container("box", "bb:2", ["server"])
    engine.world.start("box")
    kept = KeptAlive(address(engine.path), 5)
    for _ in range(20):
        assert json.loads(kept.get(f"/containers/{one}/stats?stream=false&one-shot=true"))["memory_stats"]
        assert engine.connections == 1
    with pytest.raises(EngineError, match="No such container"):
        kept.get("/containers/nothing/stats?stream=false&one-shot=true")
    assert kept.get("/_ping") == b"OK"
    assert engine.connections == 1
    kept.hang_up()


def test_several_are_asked_before_the_first_is_read(engine: DemoEngine) -> None:
    connections = [KeptAlive(address(engine.path), 5) for _ in range(3)]
    for kept in connections:
        kept.send("/_ping")
    assert [kept.receive() for kept in connections] == [b"OK"] * 3
    for kept in connections:
        kept.hang_up()


def test_an_engine_that_came_back_is_reached_again(engine: DemoEngine) -> None:
    kept = KeptAlive(address(engine.path), 5)
    assert kept.get("/_ping") == b"OK"
    engine.stop()
    with pytest.raises(Unreachable):
        kept.get("/_ping")
    engine.start()
    assert kept.get("/_ping") == b"OK"
    kept.hang_up()


def test_one_that_closes_after_each_answer_is_asked_over_a_new_connection_each_time(scripted) -> None:
    kept, server = scripted([sized(b"one")], [sized(b"two")], [sized(b"three", b"Connection: close\r\n")])
    assert [kept.get("/1"), kept.get("/2"), kept.get("/3")] == [b"one", b"two", b"three"]
    assert server.asked == [[b"/1"], [b"/2"], [b"/3"]]


def test_chunks_trailers_and_what_follows_them(scripted) -> None:
    kept, server = scripted(
        [
            CHUNKED + b"3\r\nabc\r\n4;x=y\r\n\r\n\r\n\r\n0\r\nDigest: no\r\n\r\n",
            CHUNKED + b"0\r\n\r\n",
            sized(b"next"),
        ]
    )
    assert [kept.get("/1"), kept.get("/2"), kept.get("/3")] == [b"abc\r\n\r\n", b"", b"next"]
    assert len(server.asked) == 1


def test_a_refusal_is_told_in_the_engines_words_and_the_connection_stays(scripted) -> None:
    refusal = b'HTTP/1.1 404 Not Found\r\nContent-Length: 22\r\n\r\n{"message":"not there"}'[:-1]
    kept, server = scripted([refusal + b"", sized(b"ok")])
    with pytest.raises(EngineError, match="not there") as error:
        kept.get("/1")
    assert not isinstance(error.value, Unreachable)
    assert kept.get("/2") == b"ok"
    assert len(server.asked) == 1


def test_a_body_without_a_length_ends_with_the_connection(scripted) -> None:
    kept, _ = scripted([b"HTTP/1.0 200 OK\r\n\r\nall of it"], [sized(b"then")])
    assert [kept.get("/1"), kept.get("/2")] == [b"all of it", b"then"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        OK + b"Content-Length: 10\r\n\r\nshort",
        CHUNKED + b"zz\r\n",
        CHUNKED + b"-5\r\n",
        CHUNKED + b"ffffffffffff\r\n",
        CHUNKED + b"5\r\nab",
        OK + b"Content-Length: 99999999999999\r\n\r\n",
    ],
)
def test_what_makes_no_sense_is_no_answer(scripted, answer: bytes) -> None:
    kept, _ = scripted([answer], [sized(b"well")])
    with pytest.raises(Unreachable):
        kept.get("/1")
    assert kept.get("/2") == b"well"


def test_more_than_was_asked_for_is_not_taken_for_the_next_answer(scripted) -> None:
    kept, _ = scripted([sized(b"one") + sized(b"unasked")], [sized(b"two")])
    assert kept.get("/1") == b"one"
    assert kept.get("/2") == b"two"


def test_closing_ends_a_wait_at_once_and_for_good(engine: DemoEngine) -> None:
    kept = KeptAlive(address(engine.path), 60)
    assert kept.get("/_ping") == b"OK"
    engine.freeze()
    ended: list[float] = []

    def wait() -> None:
        with pytest.raises(Unreachable):
            kept.get("/_ping")
        ended.append(time.monotonic())

    thread = threading.Thread(target=wait)
    thread.start()
    until(lambda: len(engine.requests) == 2)
    kept.close()
    thread.join(10)
    assert ended
    engine.thaw()
    with pytest.raises(Unreachable):
        kept.get("/_ping")
