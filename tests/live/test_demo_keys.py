"""What wherry reads of an engine's answers: the demo engine must have it where a real one does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.live.test_demo_fidelity import REAL, Both
from tui.demo.scenes import bare
from tui.demo.server import DemoEngine
from tui.engine import containers, events, images, networks, volumes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def both(tmp_path: Path, prefix: str) -> Iterator[Both]:
    with DemoEngine(str(tmp_path / "d.sock"), bare) as demo:
        pair = Both((REAL, demo.path), prefix)
        yield pair
        for talk in pair.talks:
            talk.close()


class Noting(dict[str, Any]):
    """A JSON object that notes, by path, which fields are asked for and whether they are there."""

    def __init__(self, value: dict[str, Any], asked: set[tuple[str, bool]], path: str = "") -> None:
        super().__init__({key: noting(item, asked, f"{path}.{key}") for key, item in value.items()})
        self._asked = asked
        self._path = path

    def get(self, key: str, default: Any = None) -> Any:
        self._asked.add((f"{self._path}.{key}", key in self))
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._asked.add((f"{self._path}.{key}", key in self))
        return super().__getitem__(key)


def noting(value: Any, asked: set[tuple[str, bool]], path: str = "") -> Any:
    if isinstance(value, dict):
        return Noting(value, asked, path)
    return [noting(item, asked, path) for item in value] if isinstance(value, list) else value


def test_what_wherry_reads_is_there(both):
    volume, network = both.name("data"), both.name("net")
    both.ask("POST", "/volumes/create", {"Name": volume, "Labels": {"a": "b"}})
    both.ask("POST", "/networks/create", {"Name": network, "Labels": {"a": "b"}})
    name = both.run(
        "box",
        Healthcheck={"Test": ["CMD", "true"], "Interval": 3_600_000_000_000},
        ExposedPorts={"80/tcp": {}},
        HostConfig={"Binds": [f"{volume}:/data"], "PortBindings": {"80/tcp": [{}]}},
    )
    named = quote(json.dumps({"name": [name]}))
    reads = [
        (containers.parse, both.ask("GET", f"/containers/json?filters={named}"), name),
        (containers.parse_facts, both.ask("GET", f"/containers/{name}/json"), ""),
        (images.parse, both.ask("GET", "/images/json"), "bb:2"),
        (volumes.parse, [value["Volumes"] for value in both.ask("GET", "/volumes")], volume),
        (networks.parse, both.ask("GET", "/networks"), network),
        (events.parse, [[json.loads(line) for line in told] for told in both.lines()], name),
    ]
    for parse, values, wanted in reads:
        told = []
        for value in values:
            asked: set[tuple[str, bool]] = set()
            items = value if isinstance(value, list) else [value]
            items = [item for item in items if wanted in json.dumps(item)]
            assert items, (parse.__module__, wanted)
            for item in items:
                parse(noting(item, asked))
            told.append(asked)
        assert told[0] == told[1], parse.__module__
        assert any(there for _, there in told[0])
