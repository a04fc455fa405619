"""The demo engine and a real one, asked the same things: they must answer alike."""

from __future__ import annotations

import json
import re
import secrets
import time
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.demo.talk import Talk, raw, read_all, until
from tui.demo.scenes import bare
from tui.demo.server import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REAL = "/var/run/docker.sock"
SLEEP = {"Image": "bb:2", "Cmd": ["sleep", "1000"]}


class Both:
    """The same request to both engines; what differs is an error."""

    def __init__(self, paths: tuple[str, str], prefix: str) -> None:
        self.paths = paths
        self.prefix = prefix
        self.talks = [Talk(path) for path in paths]
        self.removed: set[str] = set()
        self.began = f"{time.time():.6f}"

    def name(self, word: str) -> str:
        return f"{self.prefix}{word}"

    def ask(self, method: str, target: str, body: Any = None) -> list[Any]:
        """Ask both, check that status and refusal are the same, and give both values."""
        answers = [talk.ask(method, target, body) for talk in self.talks]
        told = [(status, plain(value) if status >= 400 else "") for status, value in answers]
        assert told[0] == told[1], (method, target)
        return [value for _, value in answers]

    def status(self, method: str, target: str, body: Any = None) -> int:
        """Ask both, and give the status that they agree on."""
        answers = [talk.ask(method, target, body) for talk in self.talks]
        told = [(status, plain(value) if status >= 400 else "") for status, value in answers]
        assert told[0] == told[1], (method, target)
        return answers[0][0]

    def run(self, word: str, **more: Any) -> str:
        """Make and start a container on both, and give its name."""
        name = self.name(word)
        self.ask("POST", f"/containers/create?name={name}", {**SLEEP, **more})
        self.ask("POST", f"/containers/{name}/start")
        return name

    def events(self) -> list[list[str]]:
        """Give what both told of this test's things, settled and in order."""
        time.sleep(0.3)
        found = []
        for path, talk in zip(self.paths, self.talks, strict=True):
            own = self._ids(talk)
            items = [json.loads(line) for line in self._lines(path)]
            found.append([text for item in items if (text := self._told(item, own))])
        return found

    def lines(self) -> list[list[bytes]]:
        """Give all events of both since the test began, as they came."""
        return [self._lines(path) for path in self.paths]

    def _lines(self, path: str) -> list[bytes]:
        now = time.time()
        answer = read_all(raw(path, f"GET /events?since={self.began}&until={now:.6f} HTTP/1.0\r\n\r\n"))
        return answer.partition(b"\r\n\r\n")[2].splitlines()

    def _ids(self, talk: Talk) -> set[str]:
        return {
            one["Id"] for one in talk.ask("GET", "/containers/json?all=1")[1] if self._mine(one["Names"][0])
        }

    def _mine(self, name: str) -> bool:
        return name.lstrip("/").startswith(self.prefix)

    def _told(self, item: dict[str, Any], own: set[str]) -> str:
        attributes = item["Actor"]["Attributes"]
        names = [item["Actor"]["ID"], attributes.get("name", "")]
        container = attributes.get("container", "")
        if not any(self._mine(name) for name in names) and container not in own | self.removed:
            return ""
        kept = {key: attributes[key] for key in ("signal", "exitCode", "read/write") if key in attributes}
        fields = sorted(set(item) - {"scope", "time", "timeNano"})
        return f"{item['Type']} {item['Action']} {sorted(attributes)} {kept} {fields}"

    def remember(self, name: str) -> None:
        """Note a container's ids, so that its networks' events are known after it is gone."""
        self.removed |= {value["Id"] for value in self.ask("GET", f"/containers/{name}/json")}


def plain(value: Any) -> str:
    """Take ids out of a refusal's words."""
    text = str(value["message"]) if isinstance(value, dict) and "message" in value else str(value)
    return re.sub(r"\b[0-9a-f]{12}\b", "SHORT", re.sub(r"\b[0-9a-f]{64}\b", "ID", text))


@pytest.fixture
def both(tmp_path: Path, prefix: str) -> Iterator[Both]:
    with DemoEngine(str(tmp_path / "d.sock"), bare) as demo:
        pair = Both((REAL, demo.path), prefix)
        yield pair
        for talk in pair.talks:
            talk.close()


def same_keys(values: list[Any], *path: str | int) -> None:
    """Check that both have the same fields at a place."""
    for step in path:
        values = [value[step] for value in values]
    assert set(values[0]) == set(values[1]), path


def test_life_of_a_container(both):
    name = both.name("box")
    volume = both.name("data")
    host = {"Binds": [f"{volume}:/data"]}
    both.ask("POST", f"/containers/create?name={name}", {**SLEEP, "Labels": {"a": "b"}, "HostConfig": host})
    both.remember(name)
    for act in ("start", "pause", "unpause", f"rename?name={name}-2"):
        assert both.status("POST", f"/containers/{name}/{act}") == 204
    for act in ("kill?signal=HUP", "restart?t=0", "stop?t=0"):
        assert both.status("POST", f"/containers/{name}-2/{act}") == 204
    assert both.status("POST", f"/containers/{name}-2/stop") == 304
    assert both.status("DELETE", f"/volumes/{volume}") == 409
    assert both.status("DELETE", f"/containers/{name}-2?v=1") == 204
    assert both.status("DELETE", f"/volumes/{volume}") == 204
    real, demo = both.events()
    assert len(real) > 20
    assert demo == real


def test_a_heeded_stop_a_kill_and_a_death(both):
    polite = both.run("polite", HostConfig={"Init": True})
    both.remember(polite)
    both.ask("POST", f"/containers/{polite}/stop")
    killed = both.run("killed")
    both.remember(killed)
    both.ask("POST", f"/containers/{killed}/kill")
    both.ask("POST", f"/containers/{killed}/wait")
    failed = both.run("failed", Cmd=["sh", "-c", "exit 3"])
    both.remember(failed)
    assert both.ask("POST", f"/containers/{failed}/wait") == [{"StatusCode": 3}] * 2
    assert both.status("DELETE", f"/containers/{failed}") == 204
    forced = both.run("forced", Volumes={"/anonymous": {}})
    both.remember(forced)
    assert both.status("DELETE", f"/containers/{forced}?force=1&v=1") == 204
    real, demo = both.events()
    assert len(real) > 12
    assert demo == real


def all_are(both: Both, listing: str, state: str) -> bool:
    return all(value[0]["State"] == state for value in both.ask("GET", listing))


def test_fields_of_a_running_and_a_stopped_container(both):
    name = both.run(
        "box",
        ExposedPorts={"80/tcp": {}, "53/udp": {}},
        HostConfig={
            "Binds": [f"{both.name('data')}:/data", "/tmp:/host:ro"],
            "PortBindings": {"80/tcp": [{}]},
        },
    )
    listing = f"/containers/json?all=1&filters={quote(json.dumps({'name': [name]}))}"
    for state in ("running", "exited"):
        # The real engine's list lags behind its acts.
        until(partial(all_are, both, listing, state))
        rows = [value[0] for value in both.ask("GET", listing)]
        same_keys(rows)
        same_keys(rows, "NetworkSettings", "Networks", "bridge")
        mounts = [sorted(row["Mounts"], key=lambda one: str(one["Type"])) for row in rows]
        for place in (0, 1):
            same_keys(mounts, place)
        for field in ("Names", "Image", "Command", "State", "Labels", "HostConfig"):
            assert rows[0][field] == rows[1][field], field
        ports = [
            sorted((one["PrivatePort"], one["Type"], one.get("IP")) for one in row["Ports"]) for row in rows
        ]
        assert ports[0] == ports[1]
        wholes = both.ask("GET", f"/containers/{name}/json")
        same_keys(wholes)
        for part in ("State", "Config", "HostConfig", "NetworkSettings", "GraphDriver"):
            same_keys(wholes, part)
        assert wholes[0]["Config"]["Env"] == wholes[1]["Config"]["Env"]
        assert wholes[0]["HostConfig"]["RestartPolicy"] == wholes[1]["HostConfig"]["RestartPolicy"]
        both.ask("POST", f"/containers/{name}/stop?t=0")


def test_what_stats_and_top_say(both):
    name = both.run("box")
    samples = both.ask("GET", f"/containers/{name}/stats?stream=false&one-shot=true")
    same_keys(samples)
    for value in samples:
        assert value["cpu_stats"]["cpu_usage"]["total_usage"] > 0
        assert value["memory_stats"]["usage"] > value["memory_stats"]["stats"]["inactive_file"] >= 0
        assert value["memory_stats"]["limit"] > 0
    same_keys(samples, "networks", "eth0")
    tops = both.ask("GET", f"/containers/{name}/top")
    assert tops[0]["Titles"] == tops[1]["Titles"]
    assert [len(row) for row in tops[0]["Processes"]] == [len(row) for row in tops[1]["Processes"]]
    both.ask("POST", f"/containers/{name}/stop?t=0")
    stopped = both.ask("GET", f"/containers/{name}/stats?stream=false&one-shot=true")
    same_keys(stopped)
    assert stopped[0]["memory_stats"] == stopped[1]["memory_stats"] == {}
    both.ask("GET", f"/containers/{name}/top")


def test_refusals(both):
    name = both.name("box")
    both.ask("POST", f"/containers/create?name={name}", SLEEP)
    asked = [
        ("POST", "stop"),
        ("POST", "pause"),
        ("POST", "unpause"),
        ("GET", "top"),
        ("GET", "logs"),
        ("GET", "logs?stdout=1&since=abc"),
        ("POST", "rename"),
        ("POST", f"rename?name={name}"),
        ("POST", "rename?name=b%20d"),
        ("POST", "wait?condition=foo"),
        ("POST", "start"),
        ("POST", "start"),
        ("POST", "kill?signal=SIGFOO"),
        ("POST", "pause"),
        ("POST", "pause"),
        ("POST", "start"),
        ("POST", "unpause"),
        ("POST", "restart?t=x"),
    ]
    for method, act in asked:
        both.ask(method, f"/containers/{name}/{act}")
    both.ask("DELETE", f"/containers/{name}")
    both.ask("POST", f"/containers/create?name={name}", SLEEP)
    for target in (
        "/containers/wherry-nope/json",
        "/containers/json?limit=x",
        "/containers/json?filters=%7Bbad",
        f"/containers/json?filters={quote(json.dumps({'status': ['x']}))}",
        f"/containers/json?filters={quote(json.dumps({'nope': ['x']}))}",
        f"/volumes?filters={quote(json.dumps({'nope': ['x']}))}",
        f"/networks?filters={quote(json.dumps({'nope': ['x']}))}",
        f"/images/json?filters={quote(json.dumps({'nope': ['x']}))}",
        "/images/wherry-nope/json",
        "/images/wherry-nope:1/history",
        "/volumes/wherry-nope",
        "/networks/wherry-nope",
        "/events?since=abc",
        "/nope",
        "/v1.99/containers/json",
        "/v1.2/containers/json",
    ):
        both.ask("GET", target)
    for body in ({"Image": "wherry-nope:1"}, {"Image": ""}, ""):
        both.ask("POST", "/containers/create", body)


@pytest.fixture
def tags(both: Both) -> Iterator[list[str]]:
    """Give two names for images, and take them away from bb:2, which keeps its own."""
    # Not with the test's prefix: what carries that is removed by id, which would take bb:2 along.
    names = [f"wherry-fidelity-{secrets.token_hex(4)}" for _ in range(2)]
    yield names
    for name in names:
        for talk in both.talks:
            talk.ask("DELETE", f"/images/{name}:v1")


def test_images(both, tags):
    image, stray = tags
    assert both.status("POST", f"/images/bb:2/tag?repo={image}&tag=v1") == 201
    rows = both.ask("GET", f"/images/json?filters={quote(json.dumps({'reference': ['bb:2']}))}")
    same_keys(rows, 0)
    wholes = both.ask("GET", f"/images/{image}:v1/json")
    same_keys(wholes)
    same_keys(wholes, "Config")
    history = both.ask("GET", "/images/bb:2/history")
    same_keys(history, 0)
    assert [step["CreatedBy"] for step in history[0]] == [step["CreatedBy"] for step in history[1]]
    assert both.ask("DELETE", f"/images/{image}:v1") == [[{"Untagged": f"{image}:v1"}]] * 2
    both.ask("DELETE", f"/images/{image}:v1")
    both.ask("POST", f"/images/bb:2/tag?repo={image.upper()}&tag=v1")
    both.ask("POST", f"/images/wherry-nope/tag?repo={image}")
    name = both.name("box")
    both.ask("POST", f"/containers/create?name={name}", SLEEP)
    both.ask("POST", f"/images/bb:2/tag?repo={stray}&tag=v1")
    refused = []
    for talk in both.talks:
        short = talk.ask("GET", "/images/bb:2/json")[1]["Id"][7:19]
        status, value = talk.ask("DELETE", f"/images/{short}")
        assert status == 409
        refused.append(value["message"])
    # Somebody else's container may run on the real one, or an image be built on it.
    other = "used by running container|has dependent child images"
    assert re.search(f"is referenced in multiple repositories|{other}", refused[0])
    assert "is referenced in multiple repositories" in refused[1]


def test_volumes_and_networks(both):
    volume, network = both.name("data"), both.name("net")
    made = both.ask("POST", "/volumes/create", {"Name": volume, "Labels": {"a": "b"}})
    same_keys(made)
    both.ask("POST", "/volumes/create", {"Name": "a b"})
    both.ask("POST", "/networks/create", {"Name": network, "Labels": {"a": "b"}})
    both.ask("POST", "/networks/create", {"Name": network})
    name = both.run("box")
    both.remember(name)
    body = {"Container": name, "EndpointConfig": {"Aliases": ["al"]}}
    for act in ("connect", "connect"):
        both.ask("POST", f"/networks/{network}/{act}", body)
    wholes = both.ask("GET", f"/networks/{network}")
    same_keys(wholes)
    same_keys([next(iter(value["Containers"].values())) for value in wholes])
    places = [
        value["NetworkSettings"]["Networks"][network] for value in both.ask("GET", f"/containers/{name}/json")
    ]
    same_keys(places)
    assert places[0]["Aliases"] == places[1]["Aliases"]
    both.ask("DELETE", f"/networks/{network}")
    both.ask("DELETE", "/networks/bridge")
    for _ in range(2):
        both.ask("POST", f"/networks/{network}/disconnect", {"Container": name})
    both.ask("POST", f"/containers/{name}/stop?t=0")
    both.ask("POST", f"/networks/{network}/disconnect", {"Container": name})
    both.ask("POST", f"/networks/{network}/connect", {"Container": name})
    both.ask("POST", f"/networks/{network}/connect", {"Container": "wherry-nope"})
    both.ask("DELETE", f"/networks/{network}")
    both.ask("DELETE", f"/volumes/{volume}")
    real, demo = both.events()
    assert demo == real


@pytest.mark.parametrize("tty", [False, True])
def test_frames_of_a_log(both, tty):
    name = both.run("box", Cmd=["sh", "-c", "echo hello; exit 0"], Tty=tty)
    both.ask("POST", f"/containers/{name}/wait")
    heads, bodies = [], []
    for path in both.paths:
        query = "stdout=1&stderr=1&timestamps=1&tail=5"
        answer = read_all(raw(path, f"GET /v1.45/containers/{name}/logs?{query} HTTP/1.0\r\n\r\n"))
        head, _, body = answer.partition(b"\r\n\r\n")
        heads.append(sorted(line.partition(b":")[0] for line in head.splitlines()))
        bodies.append(re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", b"TIME", body))
        assert (b"raw-stream" if tty else b"multiplexed-stream") in head
    assert heads[0] == heads[1]
    assert bodies[0] == bodies[1]
    assert bodies[0].endswith(b"TIME hello\r\n" if tty else b"TIME hello\n")
