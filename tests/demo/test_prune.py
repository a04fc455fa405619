from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.demo.messages import build
from tests.demo.talk import Talk
from tui.demo.acts.things import Temper


@pytest.fixture(autouse=True)
def quick(engine):
    engine.world.pace = 0


def prune(talk, kind, **filters):
    return talk.ask("POST", f"/{kind}/prune?filters={quote(json.dumps(filters))}")


def last(world):
    event = world.events.kept[-1]
    return event.type, event.action, event.actor, dict(event.attributes)


def test_stopped_containers_go(talk, world):
    for name in ("never", "ended", "runs"):
        world.create_container(name, "bb:2", ["sleep", "9"], temper=Temper(written=1000))
    for name in ("ended", "runs"):
        world.start(name)
    world.die("ended", 1)
    ended, never = world.find("ended").id, world.find("never").id
    status, value = prune(talk, "containers")
    assert status == 200
    assert sorted(value["ContainersDeleted"]) == sorted([ended, never])
    assert value["SpaceReclaimed"] == 1000
    assert [one.name for one in world.containers.values()] == ["runs"]
    assert last(world) == ("container", "prune", "", {"reclaimed": "1000"})
    assert prune(talk, "containers") == (200, {"ContainersDeleted": None, "SpaceReclaimed": 0})


def test_the_event_has_no_empty_fields(talk, world):
    prune(talk, "containers")
    item = json.loads(world.events.kept[-1].wire())
    assert "id" not in item
    assert "from" not in item
    assert item["status"] == "prune"
    assert item["Actor"] == {"ID": "", "Attributes": {"reclaimed": "0"}}


def test_volumes_with_a_name_stay_unless_all_are_meant(talk, world):
    world.create_volume("named", size=5)
    anonymous = world.create_volume(size=7)
    assert prune(talk, "volumes") == (200, {"VolumesDeleted": [anonymous], "SpaceReclaimed": 7})
    assert prune(talk, "volumes") == (200, {"VolumesDeleted": [], "SpaceReclaimed": 0})
    assert prune(talk, "volumes", all=["true"])[1] == {"VolumesDeleted": ["named"], "SpaceReclaimed": 5}
    world.create_volume("named")
    old = talk.ask("POST", "/v1.41/volumes/prune")
    assert old == (200, {"VolumesDeleted": ["named"], "SpaceReclaimed": 0})


def test_volumes_in_use_stay(talk, world):
    world.create_container("box", "bb:2", ["sleep", "9"], binds=["kept:/data"])
    assert prune(talk, "volumes", all=["1"])[1]["VolumesDeleted"] == []


def test_networks_without_running_containers_go(talk, world):
    for name in ("empty", "used", "stopped"):
        world.create_network(name)
    for name in ("used", "stopped"):
        world.create_container(f"in-{name}", "bb:2", ["sleep", "9"], network=name)
        world.start(f"in-{name}")
    world.stop("in-stopped", 0)
    status, value = prune(talk, "networks")
    assert (status, sorted(value["NetworksDeleted"])) == (200, ["empty", "stopped"])
    assert last(world) == ("network", "prune", "", {"reclaimed": "0"})
    assert prune(talk, "networks") == (200, {"NetworksDeleted": None})


def test_dangling_images_go_with_the_steps_below_them(talk, world):
    build(talk, "FROM bb:2\nLABEL a=b\nRUN echo one > /x\n")
    build(talk, "FROM bb:2\nLABEL a=b\nRUN echo three > /x\n")
    status, value = prune(talk, "images")
    assert status == 200
    assert [next(iter(one)) for one in value["ImagesDeleted"]] == ["Deleted", "Deleted"]
    assert value["SpaceReclaimed"] == len("one\n")
    assert last(world) == ("image", "prune", "", {"reclaimed": "4"})
    status, value = prune(talk, "images", dangling=["false"], label=["a=b"])
    kinds = [next(iter(one)) for one in value["ImagesDeleted"]]
    # The tag, its image with its layer, and the step that held the label.
    assert kinds == ["Untagged", "Deleted", "Deleted", "Deleted"]
    assert [image.tags for image in world.images.values()] == [["bb:2"]]


def test_images_of_containers_stay(talk, world):
    world.create_container("box", "bb:2", ["sleep", "9"])
    assert prune(talk, "images", dangling=["false"])[1] == {"ImagesDeleted": None, "SpaceReclaimed": 0}


def test_labels_and_times(talk, world):
    world.create_volume("a", labels={"keep": "yes", "team": "x"})
    world.create_volume("b", labels={"team": "x"})
    value = prune(talk, "volumes", **{"all": ["1"], "label": ["team=x"], "label!": ["keep"]})[1]
    assert value["VolumesDeleted"] == ["b"]
    world.create_container("box", "bb:2", ["sleep", "9"])
    assert prune(talk, "containers", until=["10m"])[1]["ContainersDeleted"] is None
    assert prune(talk, "containers", until=["2000-01-01"])[1]["ContainersDeleted"] is None
    assert prune(talk, "containers", until=["2200-01-01T00:00:00Z"])[1]["ContainersDeleted"]


@pytest.mark.parametrize(
    ("kind", "filters", "status", "words"),
    [
        ("containers", {"nope": ["1"]}, 400, "invalid filter 'nope'"),
        ("volumes", {"until": ["1h"]}, 400, "invalid filter 'until'"),
        ("networks", {"until": ["xx"]}, 400, 'failed to parse value as time or duration: "xx"'),
        ("images", {"until": ["1h", "2h"]}, 500, "more than one until filter specified"),
        ("images", {"dangling": ["zz"]}, 400, "invalid filter 'dangling=[zz]'"),
        (
            "volumes",
            {"all": ["zz"]},
            400,
            "invalid filter 'all': strconv.ParseBool: parsing \"zz\": invalid syntax",
        ),
        ("build", {"nope": ["1"]}, 400, "failed to prune build cache: invalid filter 'nope'"),
    ],
)
def test_refusals(talk, kind, filters, status, words):
    assert prune(talk, kind, **filters) == (status, {"message": words})


def test_the_build_cache(full):
    talk = Talk(full.path)
    records = talk.ask("GET", "/system/df?type=build-cache")[1]["BuildCache"]
    assert {one["Type"] for one in records} == {"regular", "source.local"}
    # The blank is Engine 26.1's own.
    assert any(" Parents" in one for one in records)
    status, value = talk.ask("POST", "/build/prune")
    assert status == 200
    assert sorted(value["CachesDeleted"]) == sorted(one["ID"] for one in records if not one["Shared"])
    left = talk.ask("GET", "/system/df?type=build-cache")[1]["BuildCache"]
    assert left
    assert all(one["Shared"] for one in left)
    gone = talk.ask("POST", "/build/prune?all=1")[1]
    assert gone["SpaceReclaimed"] == sum(one["Size"] for one in left) > 0
    assert talk.ask("GET", "/system/df?type=build-cache")[1]["BuildCache"] == []
    assert full.world.events.kept[-1].type == "builder"
    assert talk.ask("POST", "/build/prune?all=1")[1] == {"CachesDeleted": None, "SpaceReclaimed": 0}


def test_what_df_tells(full):
    talk = Talk(full.path)
    space = talk.ask("GET", "/system/df")[1]
    assert set(space) == {"LayersSize", "Images", "Containers", "Volumes", "BuildCache"}
    dangling = [one for one in space["Images"] if one["RepoTags"] is None]
    assert dangling
    python = next(one for one in space["Images"] if one["RepoTags"] == ["python:3.13-slim"])
    assert 0 < python["SharedSize"] <= python["Size"]
    assert space["LayersSize"] < sum(one["Size"] for one in space["Images"])
    only = talk.ask("GET", "/system/df?type=image&type=volume")[1]
    assert only["Containers"] is only["BuildCache"] is None
    assert len(only["Volumes"]) == len(space["Volumes"])
    assert talk.ask("GET", "/system/df?type=volume")[1]["LayersSize"] == 0
    assert talk.ask("GET", "/system/df?type=zz") == (400, {"message": "unknown object type: zz"})
