from __future__ import annotations

import json
from urllib.parse import quote

import pytest

JSON = "invalid JSON"


@pytest.mark.parametrize(
    ("method", "target", "status", "message"),
    [
        ("GET", "/nope", 404, "page not found"),
        ("PUT", "/containers/json", 404, "page not found"),
        ("POST", "/containers/json", 404, "page not found"),
        ("GET", "/v1.45/containers/zzz/json", 404, "No such container: zzz"),
        ("GET", "/v1.99/containers/json", 400, "client version 1.99 is too new. Maximum supported"),
        ("GET", "/v1.2/containers/json", 400, "client version 1.2 is too old. Minimum supported"),
        ("GET", "/containers/json?limit=x", 500, 'strconv.Atoi: parsing "x": invalid syntax'),
        ("GET", "/containers/json?filters=" + quote("{bad"), 400, "invalid filter"),
        ("GET", "/containers/json?filters=" + quote("[1]"), 400, "invalid filter"),
        ("GET", "/containers/json?filters=" + quote('{"name":3}'), 400, "invalid filter"),
        ("GET", "/containers/json?filters=" + quote('{"status":["x"]}'), 400, "invalid filter 'status=x'"),
        ("GET", "/events?since=abc", 500, 'strconv.ParseInt: parsing "abc": invalid syntax'),
        ("GET", "/containers/box/logs", 400, "Bad parameters: you must choose at least one stream"),
        ("GET", "/containers/box/logs?stdout=1&since=x", 500, "strconv.ParseInt"),
        ("POST", "/containers/box/unpause", 500, "is not paused"),
        ("POST", "/containers/box/pause", 409, "is not running"),
        ("POST", "/containers/box/kill", 409, "cannot kill container: box: container"),
        ("POST", "/containers/box/kill?signal=SIGFOO", 400, "invalid signal: SIGFOO"),
        ("POST", "/containers/box/wait?condition=foo", 400, 'invalid condition: "foo"'),
        ("POST", "/containers/box/rename", 400, "Neither old nor new names may be empty"),
        ("POST", "/containers/box/rename?name=box", 400, "the same name as its current name"),
        ("POST", "/containers/box/rename?name=b%20d", 400, "Invalid container name (/b d)"),
        ("GET", "/containers/box/top", 409, "is not running"),
        ("GET", "/images/nope/json", 404, "No such image: nope:latest"),
        ("DELETE", "/images/nope:1", 404, "No such image: nope:1"),
        ("GET", "/volumes/nope", 404, "get nope: no such volume"),
        ("GET", "/networks/nope", 404, "network nope not found"),
        ("DELETE", "/networks/bridge", 403, "bridge is a pre-defined network and cannot be removed"),
    ],
)
def test_refusals(talk, world, method, target, status, message):
    world.create_container("box", "bb:2", ["server"])
    found = talk.ask(method, target)
    assert found[0] == status
    assert message in found[1]["message"]


@pytest.mark.parametrize(
    ("target", "body", "status", "message"),
    [
        ("/containers/create", "{bad", 400, JSON),
        ("/containers/create", "[]", 400, JSON),
        ("/containers/create", '{"Image":3}', 400, JSON),
        ("/containers/create", '{"Image":"bb:2","HostConfig":[]}', 400, JSON),
        ("/containers/create", '{"Image":"bb:2","HostConfig":{"PortBindings":{"80/tcp":[3]}}}', 400, JSON),
        ("/containers/create", '{"Image":""}', 400, "no command specified"),
        ("/containers/create", '{"Image":"nope:1"}', 404, "No such image: nope:1"),
        (
            "/containers/create?name=box",
            '{"Image":"bb:2"}',
            409,
            'The container name "/box" is already in use',
        ),
        ("/containers/create?name=a%2Fb", '{"Image":"bb:2"}', 400, "Invalid container name (a/b)"),
        ("/volumes/create", '{"Name":"a b"}', 400, "includes invalid characters for a local volume name"),
        ("/networks/create", '{"Name":""}', 400, "invalid name"),
        ("/networks/create", '{"Name":"bridge"}', 409, "network with name bridge already exists"),
        (
            "/networks/create",
            '{"Name":"n","IPAM":{"Config":[{"Subnet":"172.17.0.0/16"}]}}',
            403,
            "Pool overlaps",
        ),
        ("/networks/create", '{"Name":"n","IPAM":{"Config":[{"Subnet":"x"}]}}', 400, "invalid subnet x"),
        ("/networks/bridge/connect", '{"Container":"nope"}', 404, "No such container: nope"),
        ("/networks/bridge/disconnect", "{}", 400, "invalid name or ID supplied"),
    ],
)
def test_bodies_that_can_not_be(talk, world, target, body, status, message):
    world.create_container("box", "bb:2", ["server"])
    found = talk.ask("POST", target, body)
    assert found[0] == status
    assert message in found[1]["message"]


def test_a_body_that_is_not_json(talk):
    talk.request("POST", "/containers/create", "a=b", {"Content-Type": "text/plain"})
    answer = talk.getresponse()
    assert answer.status == 400
    assert "must be 'application/json'" in json.loads(answer.read())["message"]


def test_states_that_stand_in_the_way(talk, world):
    box = world.create_container("box", "bb:2", ["server"])
    assert talk.ask("POST", "/containers/box/stop")[0] == 304
    assert talk.ask("POST", "/containers/box/start")[0] == 204
    assert talk.ask("POST", "/containers/box/start")[0] == 304
    found = talk.ask("DELETE", "/containers/box")
    why = "container is running: stop the container before removing or force remove"
    assert found == (409, {"message": f'cannot remove container "/box": {why}'})
    talk.ask("POST", "/containers/box/pause")
    assert talk.ask("POST", "/containers/box/pause") == (
        409,
        {"message": f"Container {box} is already paused"},
    )
    assert talk.ask("POST", "/containers/box/start")[1]["message"] == (
        "cannot start a paused container, try unpause instead"
    )
    assert "paused and must be unpaused first" in talk.ask("DELETE", "/containers/box")[1]["message"]
