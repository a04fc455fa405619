from __future__ import annotations

import threading

import pytest

from tests.demo.talk import raw, read_all, until
from tui.engine.address import Address
from tui.engine.logs import LogStream


@pytest.fixture
def box(world):
    world.create_container("box", "bb:2", ["server"])
    world.start("box")
    return world.find("box")


def fetch(engine, query: str, name: str = "box") -> tuple[bytes, bytes]:
    answer = read_all(raw(engine.path, f"GET /v1.45/containers/{name}/logs?{query} HTTP/1.0\r\n\r\n"))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def frame(stream: int, text: str) -> bytes:
    return bytes((stream, 0, 0, 0)) + len(text.encode()).to_bytes(4) + text.encode()


def test_frames(engine, world, box):
    world.log("box", "out")
    world.log("box", "wrong", "stderr")
    head, body = fetch(engine, "stdout=1&stderr=1")
    assert b"Content-Type: application/vnd.docker.multiplexed-stream" in head
    assert body == frame(1, "out\n") + frame(2, "wrong\n")
    assert fetch(engine, "stderr=1")[1] == frame(2, "wrong\n")


def test_a_terminal_has_one_raw_stream(engine, world):
    world.create_container("term", "bb:2", ["server"], tty=True)
    world.log("term", "10%\r20%")
    world.log("term", "wrong", "stderr")
    head, body = fetch(engine, "stdout=1", "term")
    assert b"Content-Type: application/vnd.docker.raw-stream" in head
    assert body == b"10%\r20%\r\nwrong\r\n"


def test_timestamps_have_nine_digits(engine, world, box):
    world.log("box", "a")
    text = fetch(engine, "stdout=1&timestamps=1")[1][8:].decode()
    stamp, _, line = text.partition(" ")
    assert (len(stamp), stamp[-1], stamp[19], line) == (30, "Z", ".", "a\n")


def test_tail(api, world, box):
    for number in range(10):
        world.log("box", str(number))
    assert api.logs("box", tail=3) == b"7\n8\n9\n"
    assert api.logs("box", tail=0) == b""
    assert api.logs("box", tail="all").count(b"\n") == 10
    assert api.logs("box", tail=99).count(b"\n") == 10


def test_since_and_until_take_fractions_and_include_their_moment(engine, world, box):
    for number in range(4):
        world.log("box", str(number))
    second, third = (record.moment for record in box.log[1:3])
    since = f"{second // 10**9}.{second % 10**9:09}"
    until_ = f"{third // 10**9}.{third % 10**9:09}"
    assert fetch(engine, f"stdout=1&since={since}")[1] == b"".join(frame(1, f"{n}\n") for n in (1, 2, 3))
    assert fetch(engine, f"stdout=1&since={since}&until={until_}")[1] == frame(1, "1\n") + frame(1, "2\n")


def test_a_long_line_comes_in_pieces_of_16_kilobytes(engine, world, box):
    world.log("box", "x" * 40_000)
    body = fetch(engine, "stdout=1")[1]
    sizes = []
    while body:
        size = int.from_bytes(body[4:8])
        sizes.append(size)
        body = body[8 + size :]
    assert sizes == [16_384, 16_384, 40_001 - 2 * 16_384]


def test_an_open_last_line(api, world, box):
    world.log("box", "Name: ", end="")
    assert api.logs("box") == b"Name: "


def test_following_ends_with_the_container(api, world, box):
    world.log("box", "first")
    got: list[bytes] = []
    source = api.logs("box", stream=True, follow=True)
    reader = threading.Thread(target=lambda: got.extend(source), daemon=True)
    reader.start()
    until(lambda: b"".join(got) == b"first\n")
    world.log("box", "second")
    until(lambda: b"".join(got) == b"first\nsecond\n")
    world.die("box", 0)
    reader.join(5)
    assert not reader.is_alive()


def test_following_what_does_not_run_ends_at_once(api, world, box):
    world.log("box", "first")
    world.die("box", 0)
    assert b"".join(api.logs("box", stream=True, follow=True)) == b"first\n"


def test_a_client_that_leaves_leaves_nothing_behind(engine, world, box):
    sock = raw(engine.path, "GET /containers/box/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: d\r\n\r\n")
    until(lambda: len(box.bells) == 1)
    sock.close()
    until(lambda: not box.bells and engine.connections == 0)


def test_a_driver_that_keeps_nothing(engine, api):
    none = api.create_host_config(log_config={"Type": "none"})
    api.create_container("bb:2", ["server"], name="mute", host_config=none)
    head, body = fetch(engine, "stdout=1", "mute")
    assert b"501 Not Implemented" in head
    assert b"does not support reading" in body


def test_wherry_reads_them(engine, world, box):
    lines: list[str] = []
    ends: list[object] = []
    world.log("box", "café \x1b[31mred\x1b[0m")
    stream = LogStream(
        Address(engine.url, "a test", "", None, is_default=True),
        "box",
        tty=False,
        on_lines=lambda new: lines.extend(line.text for line in new),
        on_end=ends.append,
    )
    until(lambda: len(lines) == 1)
    world.log("box", "y" * 50_000)
    until(lambda: len(lines) == 2)
    world.stop("box")
    until(lambda: ends == [None])
    assert lines == ["café \x1b[31mred\x1b[0m", "y" * 50_000]
    stream.close()
