from __future__ import annotations

import json

from tests.demo.talk import Talk, raw, until
from tui.demo.scenes import bare
from tui.demo.server import DemoEngine


def test_counters_grow_with_the_clock(tmp_path):
    now = [1_800_000_000.0]
    with DemoEngine(str(tmp_path / "d.sock"), bare, lambda: now[0]) as engine:
        engine.world.create_container("box", "bb:2", ["server"], memory=64_000_000)
        engine.world.start("box")
        talk = Talk(engine.path)
        samples = []
        for _ in range(50):
            now[0] += 1
            status, sample = talk.ask("GET", "/v1.45/containers/box/stats?stream=false&one-shot=true")
            assert status == 200
            samples.append(sample)
        talk.close()
    totals = [one["cpu_stats"]["cpu_usage"]["total_usage"] for one in samples]
    assert totals == sorted(set(totals))
    received = [one["networks"]["eth0"]["rx_bytes"] for one in samples]
    assert received == sorted(set(received))
    memory = samples[-1]["memory_stats"]
    assert 0 < memory["stats"]["inactive_file"] < memory["usage"] < memory["limit"] == 64_000_000
    assert samples[-1]["preread"] == "0001-01-01T00:00:00Z"


def test_docker_py_takes_two_samples_at_once(api, world):
    world.create_container("box", "bb:2", ["server"])
    world.start("box")
    found = api.stats("box", stream=False)
    assert found["name"] == "/box"
    assert set(found["precpu_stats"]) == set(found["cpu_stats"])


def test_a_stopped_container_uses_nothing(talk, world):
    world.create_container("box", "bb:2", ["server"])
    status, found = talk.ask("GET", "/containers/box/stats?stream=false&one-shot=true")
    assert (status, found["memory_stats"], found["read"]) == (200, {}, "0001-01-01T00:00:00Z")


def test_a_stream_ends_with_its_container_and_with_its_client(engine, world):
    world.create_container("box", "bb:2", ["server"])
    world.start("box")
    box = world.find("box")
    sock = raw(engine.path, "GET /containers/box/stats HTTP/1.0\r\n\r\n")
    with sock.makefile("rb") as file:
        while file.readline() != b"\r\n":
            pass
        assert json.loads(file.readline())["id"] == box.id
        world.remove("box", force=True)
        until(lambda: engine.connections == 0)
        file.read()
    sock.close()
    world.create_container("box", "bb:2", ["server"])
    world.start("box")
    sock = raw(engine.path, "GET /containers/box/stats HTTP/1.0\r\n\r\n")
    until(lambda: bool(world.find("box").bells))
    sock.close()
    until(lambda: engine.connections == 0)
    assert not world.find("box").bells
