from __future__ import annotations

from typing import Any

from tui.engine.compose_export import compose_file

IMAGE: dict[str, Any] = {"Config": {"Env": ["PATH=/bin"], "Cmd": ["sh"]}}


def inspected(name: str, **config: Any) -> dict[str, Any]:
    host = config.pop("HostConfig", {})
    return {
        "Name": f"/{name}",
        "Config": {"Image": "bb:2", "Env": ["PATH=/bin"], "Cmd": ["sh"], **config},
        "HostConfig": {"NetworkMode": "bridge", **host},
    }


def test_values_of_several_lines_and_dollars_are_kept_as_they_are() -> None:
    written = compose_file([(inspected("a", Env=["PATH=/bin", "KEY=one\n two\x85three", "P=$x"]), IMAGE)])
    assert written.content["services"]["a"]["environment"] == ["KEY=one\n two\x85three", "P=$$x"]


def test_two_of_one_name_are_two_services() -> None:
    labels = {"com.docker.compose.service": "db"}
    pairs = [
        (inspected("shop-db-1", Labels=labels), IMAGE),
        (inspected("db"), IMAGE),
        (inspected("db"), IMAGE),
    ]
    assert list(compose_file(pairs).content["services"]) == ["db", "db-2", "db-3"]


def test_what_the_file_does_not_say_is_said() -> None:
    host = {"Links": ["/db:/a/db"], "Ulimits": [{"Name": "nofile"}], "Tmpfs": {"/t": "size=1m"}}
    written = compose_file([(inspected("a", HostConfig=host), IMAGE)])
    assert written.content["services"]["a"]["tmpfs"] == ["/t:size=1m"]
    assert written.notes == ["not in the file, of a: links, ulimits"]
