from __future__ import annotations

import io
import json
import tarfile

import pytest

from tests.demo.messages import archive, ask, build, error, manifest
from tui.demo.acts.things import Temper


@pytest.fixture(autouse=True)
def quick(engine):
    engine.world.pace = 0


def fetched(talk, target):
    talk.request("GET", target)
    answer = talk.getresponse()
    return answer.status, answer.read()


def test_save_and_load(talk, world):
    build(talk, "FROM bb:2\nLABEL a=b\nCOPY a.txt /a\n", a=b"12345")
    before = world.find_image("made:1")
    status, content = fetched(talk, "/images/made:1/get")
    assert status == 200
    [entry], names = manifest(content)
    assert entry["RepoTags"] == ["made:1"]
    assert set(entry["Layers"]) < set(names)
    assert world.events.kept[-1].action == "save"
    world.remove_image("made:1")
    status, messages = ask(talk, "POST", "/images/load", content)
    assert status == 200
    assert messages[-1] == {"stream": "Loaded image: made:1\n"}
    assert any(one.get("status") == "Loading layer" for one in messages)
    after = world.find_image("made:1")
    assert (after.id, after.size, after.labels) == (before.id, before.size, {"a": "b"})
    assert [layer.created_by for layer in after.layers] == [layer.created_by for layer in before.layers]
    assert ask(talk, "POST", "/images/load?quiet=1", content)[1] == [{"stream": "Loaded image: made:1\n"}]


def test_several_images_and_one_by_its_id(talk, world):
    image = world.find_image("bb:2").id
    content = fetched(talk, f"/images/get?names={image[7:19]}")[1]
    assert ask(talk, "POST", "/images/load", content)[1] == [{"stream": f"Loaded image ID: {image}\n"}]
    world.tag("bb:2", "other", "v1")
    content = fetched(talk, "/images/get?names=bb:2&names=other:v1")[1]
    loaded = [one["stream"] for one in ask(talk, "POST", "/images/load", content)[1]]
    assert loaded == ["Loaded image: bb:2\n", "Loaded image: other:v1\n"]


def test_an_archive_of_another_engine(talk, world):
    layer = archive({"hello": b"x" * 100})
    config = {
        "architecture": "amd64",
        "os": "linux",
        "created": "2024-01-02T03:04:05.123456789Z",
        "config": {"Cmd": ["/hello"]},
        "history": [{"created": "2024-01-02T03:04:05Z", "created_by": "COPY hello /"}],
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{'1' * 64}"]},
    }
    manifest = [{"Config": f"{'2' * 64}.json", "RepoTags": ["hello:1"], "Layers": ["layer.tar"]}]
    content = archive(
        {
            f"{'2' * 64}.json": json.dumps(config).encode(),
            "layer.tar": layer,
            "manifest.json": json.dumps(manifest).encode(),
        }
    )
    assert ask(talk, "POST", "/images/load", content)[1][-1] == {"stream": "Loaded image: hello:1\n"}
    image = world.find_image("hello:1")
    assert (image.id, image.size) == (f"sha256:{'2' * 64}", 100)
    assert talk.ask("GET", "/images/hello:1/json")[1]["Created"] == "2024-01-02T03:04:05.123456789Z"


def test_what_can_not_be_saved_or_loaded(talk):
    for target in ("/images/nope/get", "/images/get?names=nope"):
        assert talk.ask("GET", target) == (404, {"message": "No such image: nope"})
    assert error(ask(talk, "POST", "/images/load", b"junk")[1]) == "unexpected EOF"
    assert error(ask(talk, "POST", "/images/load", archive({"a": b"b"}))[1]).endswith(
        "/repositories: no such file or directory"
    )
    assert "invalid archive" in error(
        ask(talk, "POST", "/images/load", archive({"manifest.json": b"[{}]"}))[1]
    )


def test_import(talk, world):
    target = "/images/create?fromSrc=-&repo=made&tag=x&message=hi&changes=CMD%20foo"
    status, [message] = ask(talk, "POST", target, archive({"a": b"x" * 1000}))
    assert status == 200
    image = world.find_image("made:x")
    assert message == {"status": image.id}
    assert (image.size, image.config["Cmd"], image.comment) == (1000, ["/bin/sh", "-c", "foo"], "hi")
    assert [event.action for event in world.events.kept][-2:] == ["tag", "import"]
    assert ask(talk, "POST", "/images/create?fromSrc=-&repo=x", b"junk") == (
        500,
        [{"message": "unexpected EOF"}],
    )


def test_export(talk, world):
    world.create_container("box", "bb:2", ["sleep", "9"])
    status, content = fetched(talk, "/containers/box/export")
    assert status == 200
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        assert {".dockerenv", "bin", "etc/hostname"} < set(tar.getnames())
    assert world.events.kept[-1].action == "export"
    assert talk.ask("GET", "/containers/nope/export") == (404, {"message": "No such container: nope"})


def test_commit(talk, world):
    world.create_container("box", "bb:2", ["sleep", "9"], labels={"a": "b"}, temper=Temper(written=100))
    world.start("box")
    status, value = talk.ask(
        "POST", "/commit?container=box&repo=made&tag=v1&comment=hello&author=Me&changes=ENV%20A%3Db"
    )
    assert status == 201
    image = talk.ask("GET", "/images/made:v1/json")[1]
    assert image["Id"] == value["Id"]
    assert image["Parent"] == world.find_image("bb:2").id
    assert (image["Author"], image["Comment"]) == ("Me", "hello")
    assert image["Size"] == world.find_image("bb:2").size + 100
    assert image["Config"]["Env"][-1] == "A=b"
    assert image["Config"]["Labels"] == {"a": "b"}
    assert [event.action for event in world.events.kept][-4:] == ["pause", "tag", "commit", "unpause"]
    assert world.events.kept[-2].attributes["imageRef"] == "made:v1"
    talk.ask("POST", "/commit?container=box&pause=0")
    assert world.events.kept[-1].action == "commit"
    for query, refused, words in (
        ("", 400, 'invalid name or ID supplied: ""'),
        ("container=nope", 404, "No such container: nope"),
        ("container=box&repo=x&changes=RUN%20x", 400, "RUN is not a valid change command"),
        ("container=box&repo=x&changes=LABEL%20a", 400, "LABEL must have two arguments"),
    ):
        assert talk.ask("POST", f"/commit?{query}") == (refused, {"message": words})
    assert world.find("box").state == "running"


def test_update(talk, world):
    world.create_container("box", "bb:2", ["sleep", "9"])
    body = {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}, "NanoCpus": 500_000_000}
    assert talk.ask("POST", "/containers/box/update", body) == (200, {"Warnings": None})
    host = talk.ask("GET", "/containers/box/json")[1]["HostConfig"]
    assert host["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 3}
    assert host["NanoCpus"] == 500_000_000
    assert world.events.kept[-1].action == "update"
    limits = {"Memory": 64 << 20, "MemorySwap": 128 << 20}
    assert talk.ask("POST", "/containers/box/update", limits)[0] == 200
    assert world.find("box").host["Memory"] == 64 << 20
    for wrong, status in (
        ({"Memory": 256 << 20}, 409),
        ({"Memory": 1000}, 400),
        ({"RestartPolicy": {"Name": "zz"}}, 400),
        ({"NanoCpus": 99_000_000_000}, 400),
    ):
        assert talk.ask("POST", "/containers/box/update", wrong)[0] == status
    assert world.find("box").host["Memory"] == 64 << 20
