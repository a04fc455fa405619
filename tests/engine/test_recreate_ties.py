"""What hangs together with other containers, in what a container is made anew from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tui.engine.recreate_body import Made, answers_from, body_of

VOLUME = {"Type": "volume", "RW": True}


def inspected(mode: str, links: list[str] | None, end: dict[str, Any]) -> dict[str, Any]:
    return {
        "Id": "a" * 64,
        "Name": "/web",
        "Config": {"Image": "bb:2", "Volumes": {"/own": {}}},
        "HostConfig": {"NetworkMode": mode, "Links": links, "VolumesFrom": ["db:ro"]},
        "Mounts": [
            VOLUME | {"Name": "mine", "Destination": "/own"},
            VOLUME | {"Name": "others", "Destination": "/data"},
        ],
        "NetworkSettings": {"Networks": {mode: end}},
    }


def made(one: dict[str, Any], network: str) -> Made:
    before = answers_from(one, {})
    return body_of(one, {}, before, replace(before, network=network), {}, Path("/"))


@pytest.mark.parametrize(
    ("network", "told", "in_place"),
    [
        ("", ["db:store"], {}),
        ("net", None, {"net": {"Links": ["db:store"], "Aliases": []}}),
        ("host", None, {}),
        ("container:db", None, {}),
    ],
)
def test_links_go_with_a_container_to_another_network(network, told, in_place):
    for one in (
        inspected("bridge", ["/db:/web/store"], {}),
        inspected("old", None, {"Links": ["db:store"]}),
    ):
        body = made(one, network).body
        assert body["HostConfig"]["Links"] == told
        assert body.get("NetworkingConfig", {}).get("EndpointsConfig", {}) == in_place


def test_what_is_anothers_volume_is_not_taken_for_its_own():
    one = inspected("bridge", None, {})
    assert answers_from(one, {}).volumes == "mine:/own"
    host = made(one, "").body["HostConfig"]
    assert (host["VolumesFrom"], host["Binds"]) == (["db:ro"], ["mine:/own"])
