from __future__ import annotations

import json
import queue
import threading
from typing import Any

import pytest

from tests.demo.talk import raw, read_all, until


class Following:
    """An event stream, read on a thread."""

    def __init__(self, api, **more):
        self.arrived: queue.Queue[dict[str, Any]] = queue.Queue()
        self._source = api.events(decode=True, **more)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for item in self._source:
            self.arrived.put(item)

    def next(self) -> str:
        item = self.arrived.get(timeout=5)
        return f"{item['Type']} {item['Action']}"

    def close(self):
        self._source.close()
        self._thread.join(5)
        assert not self._thread.is_alive()


def test_events_arrive_as_they_happen(api, engine, world):
    stream = Following(api)
    until(lambda: world.events.listeners == 1)
    world.create_container("box", "bb:2", ["server"], labels={"a": "b"})
    item = stream.arrived.get(timeout=5)
    assert item["Actor"] == {
        "ID": world.find("box").id,
        "Attributes": {"a": "b", "image": "bb:2", "name": "box"},
    }
    assert (item["status"], item["from"], item["id"]) == ("create", "bb:2", world.find("box").id)
    assert item["time"] == item["timeNano"] // 10**9
    world.start("box")
    assert [stream.next(), stream.next()] == ["network connect", "container start"]
    stream.close()
    until(lambda: world.events.listeners == 0)


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"type": ["network"]}, ["network connect", "network disconnect"]),
        ({"event": ["die"]}, ["container die"]),
        ({"type": ["container"], "event": ["start", "die"]}, ["container start", "container die"]),
        ({"event": ["health_status"]}, ["container health_status: healthy"]),
        ({"container": ["box"], "event": ["start"]}, ["container start"]),
        ({"container": ["other"]}, []),
        ({"label": ["a=b"], "event": ["start"]}, ["container start"]),
        ({"label": ["a=c"]}, []),
        ({"image": ["bb"], "event": ["create"]}, ["container create"]),
        ({"volume": ["data"], "event": ["mount"]}, ["volume mount"]),
        ({"network": ["bridge"], "event": ["connect"]}, ["network connect"]),
    ],
)
def test_filters_and_replay(api, world, filters, told):
    since = world.now()
    world.create_container("box", "bb:2", ["server"], labels={"a": "b"}, binds=["data:/d"], health="true")
    world.start("box")
    world.set_health("box", "healthy")
    world.die("box", 1)
    stamps = {"since": f"{since // 10**9}.{since % 10**9:09}", "until": f"{world.now() / 1e9 + 0.001:.9f}"}
    found = list(api.events(decode=True, filters=filters, **stamps))
    assert [f"{item['Type']} {item['Action']}" for item in found] == told


def test_only_the_last_256_are_replayed(api, world):
    for number in range(300):
        world.create_volume(f"v{number}")
    found = list(api.events(decode=True, since=1, until=f"{world.now() / 1e9 + 0.001:.9f}"))
    assert [item["Actor"]["ID"] for item in found] == [f"v{number}" for number in range(44, 300)]


def test_nothing_is_replayed_unless_asked_for(api, world):
    world.create_volume("before")
    stream = Following(api)
    until(lambda: world.events.listeners == 1)
    world.create_volume("after")
    assert stream.arrived.get(timeout=5)["Actor"]["ID"] == "after"
    stream.close()


def test_http_1_0_gets_lines_until_the_close(engine, world):
    world.create_volume("data")
    sock = raw(engine.path, "GET /events?since=1 HTTP/1.0\r\n\r\n")
    until(lambda: world.events.listeners == 1)
    engine.stop()
    head, _, body = read_all(sock).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200 OK")
    assert b"chunked" not in head
    assert json.loads(body.splitlines()[-1])["Actor"]["ID"] == "data"
