"""Faults of the demo engine, as a client meets them."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.demo.talk import Talk, raw, read_all, until
from tui.demo.faults import (
    EVERY,
    ContentType,
    Crowd,
    Cut,
    Flood,
    Garble,
    Hang,
    Missing,
    Null,
    Refuse,
    Slow,
    Status,
    Storm,
    Version,
    fields,
)
from tui.demo.faults.version import ENGINES
from tui.demo.server import DemoEngine

LIST = "/containers/json"


@pytest.fixture
def talk(full: DemoEngine):
    connection = Talk(full.path)
    yield connection
    connection.close()


def connect(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(5)
    sock.connect(path)
    return sock


def test_killed_leaves_a_socket_that_refuses(full: DemoEngine, talk: Talk) -> None:
    talk.ask("GET", "/_ping")
    fault = full.faults.add(Refuse("killed"))
    with pytest.raises((http.client.HTTPException, OSError)):
        talk.ask("GET", "/_ping")
    assert Path(full.path).is_socket()
    with pytest.raises(ConnectionRefusedError):
        connect(full.path)
    full.faults.remove(fault)
    assert Talk(full.path).ask("GET", "/_ping") == (200, "OK")


def test_stopped_leaves_no_socket_and_comes_back_by_itself(full: DemoEngine) -> None:
    full.faults.add(Refuse("stopped", seconds=1))
    with pytest.raises(FileNotFoundError):
        connect(full.path)
    until(lambda: Path(full.path).exists())
    until(lambda: full.faults.active == ())
    assert Talk(full.path).ask("GET", "/_ping") == (200, "OK")


def test_closed_takes_connections_and_closes_them(full: DemoEngine) -> None:
    full.faults.add(Refuse("closed"))
    with connect(full.path) as sock:
        assert sock.recv(1) == b""
    full.faults.clear()
    assert Talk(full.path).ask("GET", "/_ping") == (200, "OK")


def test_a_stop_while_connections_are_refused_leaves_nothing_behind(full: DemoEngine) -> None:
    full.faults.add(Refuse())
    full.stop()
    assert not Path(full.path).exists()
    full.faults.clear()
    assert not Path(full.path).exists()
    full.start()
    assert Talk(full.path).ask("GET", "/_ping") == (200, "OK")


def test_hang_answers_once_it_is_over(full: DemoEngine) -> None:
    full.faults.add(Hang(LIST, times=1))
    found: list[int] = []
    asking = threading.Thread(target=lambda: found.append(Talk(full.path).ask("GET", LIST)[0]))
    asking.start()
    until(lambda: len(full.requests) == 1)
    assert Talk(full.path).ask("GET", "/_ping") == (200, "OK")
    assert found == []
    full.faults.clear()
    asking.join(5)
    assert found == [200]


def test_who_hangs_up_on_a_hang_is_forgotten(full: DemoEngine) -> None:
    full.faults.add(Hang(LIST))
    sock = raw(full.path, f"GET {LIST} HTTP/1.1\r\nHost: d\r\n\r\n")
    until(lambda: len(full.requests) == 1)
    sock.close()
    until(lambda: full.connections == 0)


def test_slow_is_late_as_often_as_it_should_be(full: DemoEngine, talk: Talk) -> None:
    full.faults.add(Slow("/containers/.*", 0.3, times=1))
    began = time.monotonic()
    assert talk.ask("GET", f"/v1.45{LIST}?all=1")[0] == 200
    assert time.monotonic() - began >= 0.3
    assert full.faults.active == ()


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (Status(LIST, 500, "it is broken"), (500, {"message": "it is broken"})),
        (Status(LIST, 503), (503, "")),
        (Status(LIST, 500, "not for get", method="post"), None),
        (Status("/images/json", 500, "another path"), None),
        (Status("/containers", 500, "a part of the path"), None),
        (Null(LIST, "."), (200, None)),
        (Missing(LIST, "[]"), (200, [])),
        (Garble(LIST, "html"), (200, "<html><body>502 Bad Gateway</body></html>\n")),
    ],
)
def test_answers_that_are_not_what_they_should_be(full: DemoEngine, talk: Talk, fault, answer) -> None:
    good = talk.ask("GET", LIST)
    full.faults.add(fault)
    assert talk.ask("GET", LIST) == (answer or good)
    full.faults.remove(fault)
    assert talk.ask("GET", LIST) == good


@pytest.mark.parametrize("way", ["cut", "shape", "types", "bytes", "deep"])
def test_garbled_answers_are_whole_http(full: DemoEngine, talk: Talk, way: str) -> None:
    good = talk.ask("GET", LIST)[1]
    full.faults.add(Garble(LIST, way))
    talk.request("GET", LIST)
    body = talk.getresponse().read()
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        assert way in {"cut", "bytes", "deep"}
    else:
        assert value != good
    assert talk.ask("GET", "/_ping") == (200, "OK")


def test_another_type(full: DemoEngine, talk: Talk) -> None:
    full.faults.add(ContentType("/info", "text/html"))
    talk.request("GET", "/info")
    answer = talk.getresponse()
    assert answer.getheader("Content-Type") == "text/html"
    assert json.loads(answer.read())["Name"] == "demo"


def test_fields_that_are_null_or_missing(full: DemoEngine, talk: Talk) -> None:
    good = talk.ask("GET", LIST)[1]
    full.faults.add(Null(LIST, "NetworkSettings.Networks.*.IPAddress"))
    full.faults.add(Missing(LIST, "Names"))
    full.faults.add(Null(LIST, "Mounts.[]"))
    for before, one in zip(good, talk.ask("GET", LIST)[1], strict=True):
        assert "Names" not in one
        assert [net["IPAddress"] for net in one["NetworkSettings"]["Networks"].values()] == [None] * len(
            before["NetworkSettings"]["Networks"]
        )
        assert one["Mounts"] == [None] * len(before["Mounts"])


def test_every_field_in_turn(full: DemoEngine, talk: Talk) -> None:
    known = fields.paths(talk.ask("GET", LIST)[1])
    fault = full.faults.add(Missing(LIST, EVERY))
    seen = []
    for _ in known:
        answer = talk.ask("GET", LIST)[1]
        seen.append(fault.latest)
        assert fault.latest not in fields.paths(answer)
    assert seen == known
    assert {"Id", "State", "Labels.*", "Ports.PublicPort", "[]"} <= set(known)


def test_events_with_a_field_missing_also_on_streams_that_run(full: DemoEngine) -> None:
    sock = raw(full.path, "GET /events HTTP/1.0\r\n\r\n")
    file = sock.makefile("rb")
    until(lambda: full.world.events.listeners == 1)
    while file.readline().strip():
        pass
    fault = full.faults.add(Missing("/events", "Actor.Attributes"))
    full.world.pause("shop-web-1")
    assert json.loads(file.readline())["Actor"].keys() == {"ID"}
    full.faults.remove(fault)
    full.world.unpause("shop-web-1")
    assert json.loads(file.readline())["Actor"].keys() == {"ID", "Attributes"}
    sock.close()


@pytest.mark.parametrize("after", [None, 0, 40])
def test_a_stream_that_runs_is_cut_in_the_middle_of_a_line(full: DemoEngine, after: int | None) -> None:
    sock = raw(full.path, "GET /events HTTP/1.1\r\nHost: d\r\n\r\n")
    until(lambda: full.world.events.listeners == 1)
    full.faults.add(Cut("/events", after))
    full.world.pause("shop-web-1")
    body = read_all(sock).partition(b"\r\n\r\n")[2]
    assert len(body) == (after or 0)
    until(lambda: full.world.events.listeners == 0)


def test_a_log_is_cut_in_the_middle_of_a_frame(full: DemoEngine) -> None:
    full.faults.add(Cut("/containers/.*/logs", 13))
    sock = raw(full.path, "GET /containers/shop-web-1/logs?stdout=1 HTTP/1.0\r\n\r\n")
    assert len(read_all(sock).partition(b"\r\n\r\n")[2]) == 13


def test_an_answer_is_cut_in_its_middle(full: DemoEngine, talk: Talk) -> None:
    full.faults.add(Cut(LIST, times=1))
    talk.request("GET", LIST)
    with pytest.raises(http.client.IncompleteRead):
        talk.getresponse().read()
    talk.close()
    assert talk.ask("GET", LIST)[0] == 200


def test_an_older_version(full: DemoEngine, talk: Talk) -> None:
    full.faults.add(Version("1.40"))
    talk.request("GET", "/_ping")
    answer = talk.getresponse()
    assert (answer.read(), answer.getheader("Api-Version")) == (b"OK", "1.40")
    version = talk.ask("GET", "/version")[1]
    assert (version["ApiVersion"], version["Version"]) == ("1.40", ENGINES["1.40"])
    message = "client version 1.41 is too new. Maximum supported API version is 1.40"
    assert talk.ask("GET", "/v1.41/containers/json") == (400, {"message": message})
    assert talk.ask("GET", "/v1.40/containers/json")[0] == 200
    assert all("VirtualSize" in one for one in talk.ask("GET", "/images/json")[1])
    numbers = talk.ask("GET", "/containers/shop-web-1/stats?stream=false&one-shot=1")[1]
    assert not numbers["preread"].startswith("0001"), "one-shot came with 1.41"


def test_a_prune_of_volumes_spares_those_with_a_name_since_1_42(full: DemoEngine, talk: Talk) -> None:
    assert "scratch" not in talk.ask("POST", "/v1.45/volumes/prune")[1]["VolumesDeleted"]
    full.faults.add(Version("1.41"))
    assert talk.ask("POST", "/v1.41/volumes/prune?filters=%5B1")[0] == 400
    assert "scratch" in talk.ask("POST", "/v1.41/volumes/prune")[1]["VolumesDeleted"]


def test_a_storm_is_as_fast_as_it_should_be_and_leaves_the_world_as_it_was(full: DemoEngine) -> None:
    before = {one.id: one.state for one in full.world.containers.values()}
    storm = full.faults.add(Storm(2000))
    until(lambda: storm.done >= 1000)
    assert {event.type for event in full.world.events.kept} == {"container", "image", "network", "volume"}
    full.faults.clear()
    assert {one.id: one.state for one in full.world.containers.values()} == before
    assert not [one for one in threading.enumerate() if one.name == "demo-storm"]


def test_a_flood_is_written_while_it_lasts(full: DemoEngine) -> None:
    one = full.world.find("shop-web-1")
    before = len(one.log)
    flood = full.faults.add(Flood("shop-web-1", 100_000))
    until(lambda: flood.done > 20_000)
    full.faults.clear()
    assert len(one.log) == before + flood.done
    moments = [record.moment for record in one.log[before:]]
    assert moments == sorted(moments)


def test_a_crowd_comes_and_goes(full: DemoEngine, talk: Talk) -> None:
    before = len(talk.ask("GET", f"{LIST}?all=1")[1])
    full.faults.add(Crowd(500))
    rows = talk.ask("GET", f"{LIST}?all=1")[1]
    assert len(rows) == before + 500
    assert len({row["Id"] for row in rows}) == len(rows)
    full.faults.clear()
    assert len(talk.ask("GET", f"{LIST}?all=1")[1]) == before


@pytest.mark.parametrize(
    "make",
    [
        lambda: Hang("["),
        lambda: Hang(""),
        lambda: Hang(LIST, times=0),
        lambda: Hang(LIST, seconds=0),
        lambda: Slow(LIST, 0),
        lambda: Status(LIST, 200),
        lambda: Status(LIST, 999),
        lambda: ContentType(LIST, "a\r\nb"),
        lambda: Cut(LIST, -1),
        lambda: Garble(LIST, "gently"),
        lambda: Null(LIST, ""),
        lambda: Version("1.99"),
        lambda: Refuse("politely"),
        lambda: Storm(0),
        lambda: Crowd(0),
        lambda: Flood("", 1),
    ],
)
def test_what_makes_no_sense_is_said_at_once(make) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        make()


def test_a_flood_of_nobody_is_no_fault(full: DemoEngine) -> None:
    with pytest.raises(ValueError, match="No such container: nobody"):
        full.faults.add(Flood("nobody"))
    assert full.faults.active == ()
