"""The demo engine and a real one, asked for containers: platforms and aliases must be alike on both."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.live.test_demo_fidelity import REAL, SLEEP, Both, same_keys
from tui.demo.scenes import bare
from tui.demo.server import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLATFORMS = {
    201: ("", "linux", "amd64", "linux/amd64", "Linux/AMD64", "x86_64", "linux/x86_64", "linux/amd64/v2"),
    404: (
        *("linux/arm64", "arm64", "aarch64", "linux/arm/v7", "armhf", "i386", "linux/nope"),
        *("bogus/x", "windows", "windows/amd64", "linux(1)/arm64", "linux/arm64/v8"),
    ),
    400: ("bogus", "a b", "///", "li!x/amd64", "linux/", "linux/a b", "linux/amd64/", "linux/a/b/c"),
}


@pytest.fixture
def both(tmp_path: Path, prefix: str) -> Iterator[Both]:
    with DemoEngine(str(tmp_path / "d.sock"), bare) as demo:
        pair = Both((REAL, demo.path), prefix)
        yield pair
        for talk in pair.talks:
            talk.close()


def on(network: str, *aliases: str) -> dict[str, object]:
    ends = {network: {"Aliases": list(aliases)}}
    return {
        **SLEEP,
        "HostConfig": {"NetworkMode": network},
        "NetworkingConfig": {"EndpointsConfig": ends},
    }


def test_platforms(both):
    name = both.name("box")
    for wanted, texts in PLATFORMS.items():
        for text in texts:
            target = f"/containers/create?name={name}&platform={quote(text)}"
            assert both.status("POST", target, SLEEP) == wanted, text
            if wanted == 201:
                both.ask("DELETE", f"/containers/{name}")
    missing = {"Image": "wherry-nope:1", "Cmd": ["true"]}
    assert both.status("POST", "/containers/create?platform=linux/arm64", missing) == 404
    assert both.status("POST", "/containers/create?platform=bogus", missing) == 400


@pytest.mark.parametrize("network", ["bridge", "default", "host", "none", "container:wherry-nope"])
def test_aliases_need_a_network_of_ones_own(both, network):
    assert both.status("POST", f"/containers/create?name={both.name('box')}", on(network, "www")) == 400


def test_what_is_refused_first(both):
    create, asked = "/containers/create?name=", on("bridge", "www")
    both.ask("POST", f"{create}a%20b", asked)
    both.ask("POST", f"{create}a%20b", asked | {"Image": "wherry-nope:1"})
    both.ask("POST", f"{create}a%20b&platform=linux/arm64", asked)
    both.ask("POST", f"{create}a%20b", SLEEP)


def test_aliases(both):
    network, name = both.name("net"), both.name("box")
    both.ask("POST", "/networks/create", {"Name": network})
    both.ask("POST", f"/containers/create?name={name}", on(network, "www", "web", "www", name))
    both.remember(name)
    for act in ("start", "stop?t=0"):
        places = [
            value["NetworkSettings"]["Networks"][network]
            for value in both.ask("GET", f"/containers/{name}/json")
        ]
        same_keys(places)
        assert [place["Aliases"] for place in places] == [["www", "web", "www", name]] * 2
        names = [place["DNSNames"] and place["DNSNames"][:-1] for place in places]
        assert names == ([None] * 2 if act == "start" else [[name, "www", "web"]] * 2)
        both.ask("POST", f"/containers/{name}/{act}")
    both.ask("POST", f"/containers/create?name={name}-2", on(both.name("nope"), "www"))
    real, demo = both.events()
    assert demo == real
