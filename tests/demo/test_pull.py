from __future__ import annotations

import itertools
import json
import threading
import time

import pytest

from tests.demo.messages import ask, error
from tests.demo.talk import Talk, raw, until
from tui.demo.scenes import stack
from tui.demo.server import DemoEngine


@pytest.fixture(autouse=True)
def quick(engine):
    engine.world.pace = 0


def pull(talk, name, tag="latest", more=""):
    return ask(talk, "POST", f"/images/create?fromImage={name}&tag={tag}{more}")


def statuses(messages):
    return [one["status"] for one in messages if "status" in one]


def test_a_pull_tells_of_each_layer_and_brings_the_image(talk, world):
    status, messages = pull(talk, "postgres", "18")
    assert status == 200
    assert messages[0] == {"status": "Pulling from library/postgres", "id": "18"}
    assert messages[-1] == {"status": "Status: Downloaded newer image for postgres:18"}
    image = world.find_image("postgres:18")
    digest = image.digests[0].partition("@")[2]
    assert messages[-2] == {"status": f"Digest: {digest}"}
    layers = {one["id"] for one in messages[1:] if "id" in one}
    assert len(layers) == len(image.chain) == 5
    for layer in layers:
        told = [one["status"] for one in messages if one.get("id") == layer]
        assert told[0] == "Pulling fs layer"
        assert told[-1] == "Pull complete"
        order = ["Downloading", "Verifying Checksum", "Download complete", "Extracting", "Pull complete"]
        assert [told.index(step) for step in order] == sorted(told.index(step) for step in order)
    assert statuses(messages).count("Waiting") == 2
    assert world.events.kept[-1].action == "pull"
    assert world.events.kept[-1].actor == "postgres:18"


def test_progress_grows_up_to_the_whole_with_dockers_bar(talk):
    messages = pull(talk, "python", "3.13-slim")[1]
    bars = [one for one in messages if one["status"] == "Downloading"]
    assert len({one["id"] for one in bars}) > 1
    for layer in {one["id"] for one in bars}:
        mine = [one["progressDetail"] for one in bars if one["id"] == layer]
        currents = [one["current"] for one in mine]
        assert currents == sorted(set(currents))
        assert currents[-1] <= mine[0]["total"]
    for one in bars:
        drawn = one["progress"]
        assert drawn.startswith("[")
        assert drawn.index("]") == 52


def test_layers_of_one_image_interleave(talk):
    messages = pull(talk, "postgres", "18")[1]
    ids = [one["id"] for one in messages if one.get("status") in {"Downloading", "Extracting"}]
    changes = sum(one != other for one, other in itertools.pairwise(ids))
    assert changes > len(set(ids)) + 3


def test_the_same_pull_goes_the_same_way(tmp_path):
    runs = []
    for name in ("one", "two"):
        with DemoEngine(str(tmp_path / name), stack) as made:
            made.world.pace = 0
            runs.append(pull(Talk(made.path), "postgres", "18"))
    assert runs[0] == runs[1]


def test_what_is_there_is_up_to_date(talk, world):
    pull(talk, "alpine")
    before = dict(world.images)
    assert statuses(pull(talk, "alpine")[1])[-1] == "Status: Image is up to date for alpine:latest"
    assert world.images == before


def test_a_newer_image_leaves_the_old_one_dangling(full):
    full.world.pace = 0
    old = full.world.find_image("postgres:18")
    shared = {stack for stack, _ in old.chain}
    messages = pull(Talk(full.path), "postgres", "18")[1]
    new = full.world.find_image("postgres:18")
    assert new.id != old.id
    assert old.tags == []
    assert len(old.digests) == 1
    assert statuses(messages).count("Already exists") == len(shared & {stack for stack, _ in new.chain}) > 1
    assert statuses(pull(Talk(full.path), "redis", "8-alpine")[1])[-1].startswith(
        "Status: Image is up to date"
    )
    status, rows = Talk(full.path).ask("GET", '/images/json?filters={"dangling":["true"]}')
    assert status == 200
    assert old.id in [row["Id"] for row in rows]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        (
            "fromImage=nope&tag=1",
            404,
            (
                "pull access denied for nope, repository does not exist or may require 'docker login': "
                "denied: requested access to the resource is denied"
            ),
        ),
        (
            "fromImage=alpine&tag=99",
            404,
            "manifest for alpine:99 not found: manifest unknown: manifest unknown",
        ),
        (
            "fromImage=BOX&tag=1",
            400,
            "invalid reference format: repository name (library/BOX) must be lowercase",
        ),
        ("fromImage=scratch", 403, "'scratch' is a reserved name"),
        ("fromImage=alpine&tag=a%20b", 400, "invalid tag format"),
        (
            "fromImage=alpine&platform=foo",
            400,
            '"foo": unknown operating system or architecture: invalid argument',
        ),
        (
            "fromImage=registry.example.com/a&tag=1",
            500,
            'Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com: no such host',
        ),
    ],
)
def test_what_can_not_be_pulled_is_refused_before_the_stream(talk, query, status, words):
    assert ask(talk, "POST", f"/images/create?{query}") == (status, [{"message": words}])


def test_platforms(talk, world):
    pull(talk, "alpine", more="&platform=linux/arm64")
    assert talk.ask("GET", "/images/alpine/json")[1]["Architecture"] == "arm64"
    messages = pull(talk, "alpine", more="&platform=linux/s390x")[1]
    assert error(messages) == "no matching manifest for linux/s390x in the manifest list entries"


def test_a_digest_and_all_tags(talk, world):
    pull(talk, "hello-world")
    name = world.find_image("hello-world").digests[0]
    world.remove_image("hello-world")
    messages = ask(talk, "POST", f"/images/create?fromImage={name}")[1]
    assert messages[0]["id"] == name
    assert messages[-1]["status"] == f"Status: Downloaded newer image for {name}"
    assert world.find_image(name).tags == []
    assert statuses(ask(talk, "POST", "/images/create?fromImage=hello-world")[1])[-1].endswith(
        "for hello-world"
    )
    assert sorted(world.find_image(name).tags) == ["hello-world:latest", "hello-world:linux"]


def test_a_client_that_leaves_cancels(engine, world):
    world.pace = 1000
    sock = raw(engine.path, "POST /images/create?fromImage=postgres&tag=18 HTTP/1.1\r\nHost: d\r\n\r\n")
    content = b""
    while b"Downloading" not in content:
        content += sock.recv(65536)
    sock.close()
    until(lambda: engine.connections == 0)
    assert [image.tags for image in world.images.values()] == [["bb:2"]]


def test_several_pulls_at_once(engine, world):
    names = ["alpine", "redis", "nginx", "postgres"]
    found = {}

    def one(name):
        found[name] = pull(Talk(engine.path), name)[1]

    threads = [threading.Thread(target=one, args=(name,)) for name in [*names, "postgres"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == sorted(names)
    assert all(world.find_image(name).tags == [f"{name}:latest"] for name in names)


def test_it_takes_as_long_as_the_pace_says(engine, world):
    world.pace = 1.0
    began = time.monotonic()
    pull(Talk(engine.path), "alpine")
    assert 0.3 < time.monotonic() - began < 15


def test_push_and_pull_back(talk, world):
    world.tag("bb:2", "localhost:5000/team/box", "v1")
    status, messages = ask(talk, "POST", "/images/localhost:5000/team/box/push?tag=v1", auth=True)
    assert status == 200
    assert messages[0] == {"status": "The push refers to repository [localhost:5000/team/box]"}
    assert [one["status"] for one in messages[1:] if "id" in one][-1] == "Pushed"
    aux = messages[-1]
    assert aux["aux"]["Tag"] == "v1"
    assert messages[-2]["status"] == f"v1: digest: {aux['aux']['Digest']} size: {aux['aux']['Size']}"
    assert world.events.kept[-1].action == "push"
    assert f"localhost:5000/team/box@{aux['aux']['Digest']}" in world.find_image("bb:2").digests
    again = ask(talk, "POST", "/images/localhost:5000/team/box/push?tag=v1", auth=True)[1]
    assert "Layer already exists" in statuses(again)
    world.remove_image("localhost:5000/team/box:v1")
    world.remove_image("bb:2")
    assert not world.images
    back = pull(talk, "localhost:5000/team/box", "v1")[1]
    assert back[0]["status"] == "Pulling from team/box"
    assert world.find_image("localhost:5000/team/box:v1").config["Cmd"] == ["/bin/sh"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bb", "denied: requested access to the resource is denied"),
        ("nope", "An image does not exist locally with the tag: nope"),
    ],
)
def test_a_push_fails_within_the_stream(talk, name, words):
    status, messages = ask(talk, "POST", f"/images/{name}/push", auth=True)
    assert status == 200
    assert error(messages) == messages[-1]["errorDetail"]["message"] == words


def test_a_push_needs_its_header_and_may_go_to_ones_own(talk, world):
    status, messages = ask(talk, "POST", "/images/bb/push")
    assert (status, messages[0]["message"][:14]) == (400, "bad parameters")
    world.tag("bb:2", "ada/box")
    talk.request(
        "POST", "/images/ada/box/push?tag=latest", headers={"X-Registry-Auth": "eyJ1c2VybmFtZSI6ImFkYSJ9"}
    )
    content = talk.getresponse().read()
    assert json.loads(content.splitlines()[-1])["aux"]["Tag"] == "latest"


def test_what_the_registry_says_of_an_image(talk):
    status, value = talk.ask("GET", "/distribution/alpine:latest/json")
    assert status == 200
    assert {one["architecture"] for one in value["Platforms"]} == {"amd64", "arm64"}
    assert value["Descriptor"]["digest"].startswith("sha256:")
    assert talk.ask("GET", "/distribution/alpine:nope/json") == (
        404,
        {"message": "manifest unknown: manifest unknown"},
    )
