from __future__ import annotations

import pytest
from docker.errors import APIError, NotFound


@pytest.fixture
def three(world):
    world.create_volume("data")
    world.create_network("net")
    world.create_container("one", "bb:2", ["sleep", "9"], labels={"a": "1", "b": "x"}, binds=["data:/data"])
    world.create_container("two", "bb:2", ["sleep", "9"], labels={"a": "2"}, network="net")
    world.create_container("two-b", "bb:2", ["sleep", "9"])
    world.start("one")
    world.start("two")
    world.die("two", 3)
    return world


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["two-b", "two", "one"]),
        ({"name": ["two"]}, ["two-b", "two"]),
        ({"name": ["^/two$"]}, ["two"]),
        ({"name": ["["]}, []),
        ({"status": ["running"]}, ["one"]),
        ({"status": ["created", "exited"]}, ["two-b", "two"]),
        ({"label": ["a"]}, ["two", "one"]),
        ({"label": ["a=1", "b=x"]}, ["one"]),
        ({"label": ["a=1", "b=y"]}, []),
        ({"volume": ["data"]}, ["one"]),
        ({"volume": ["/data"]}, ["one"]),
        ({"network": ["net"]}, ["two"]),
        ({"network": ["bridge"]}, ["two-b", "one"]),
        ({"ancestor": ["bb:2"]}, ["two-b", "two", "one"]),
        ({"ancestor": ["nope"]}, []),
        ({"exited": ["3"]}, ["two"]),
        ({"before": ["two"]}, ["one"]),
    ],
)
def test_container_filters(three, api, filters, names):
    found = api.containers(all=True, filters=filters)
    assert [item["Names"][0] for item in found] == [f"/{name}" for name in names]


def test_running_ones_are_listed_unless_asked_otherwise(three, api):
    assert [item["Names"] for item in api.containers()] == [["/one"]]
    assert [item["Names"] for item in api.containers(limit=2)] == [["/two-b"], ["/two"]]
    assert [item["Names"] for item in api.containers(filters={"status": "exited"})] == [["/two"]]


def test_by_name_id_and_start_of_id(three, api):
    one = three.find("one").id
    for reference in ("one", one, one[:12], one[:5]):
        assert api.inspect_container(reference)["Id"] == one
    assert [item["Id"] for item in api.containers(filters={"id": [one]})] == [one]
    assert [item["Id"] for item in api.containers(all=True, filters={"id": [one, three.find("two").id]})] == [
        three.find("two").id,
        one,
    ]


@pytest.mark.parametrize("call", ["inspect_container", "inspect_image", "inspect_volume", "inspect_network"])
def test_what_is_not_there(api, call):
    with pytest.raises(NotFound, match="nope"):
        getattr(api, call)("nope")


def test_images_by_all_their_names(three, api):
    three.tag("bb:2", "registry.example.com:5000/team/box", "v1")
    image = api.inspect_image("bb:2")["Id"]
    for name in (
        "registry.example.com:5000/team/box:v1",
        image,
        image[:19],
        image[7:15],
        "docker.io/library/bb:2",
    ):
        assert api.inspect_image(name)["Id"] == image
        assert api.history(name)[0]["Id"] == image


def test_an_image_that_lost_its_name_shows_by_id(three, api):
    three.add_image("bb:2", [("COPY x /", 5)])
    found = api.containers(filters={"name": "one"})[0]
    assert found["Image"] == found["ImageID"] == three.find("one").image_id


def test_mounts_and_addresses_of_a_container(three, api):
    found = api.containers(filters={"name": "one"})[0]
    assert found["Mounts"][0]["Name"] == "data"
    assert found["NetworkSettings"]["Networks"]["bridge"]["IPAddress"] == "172.17.0.2"
    assert api.inspect_network("bridge")["Containers"][found["Id"]]["IPv4Address"] == "172.17.0.2/16"
    gone = api.containers(all=True, filters={"name": "^two$"})[0]
    assert gone["NetworkSettings"]["Networks"]["net"]["IPAddress"] == ""


def test_sizes_on_demand(three, api):
    assert "SizeRootFs" not in api.containers()[0]
    assert api.containers(size=True)[0]["SizeRootFs"] == 1_982_256
    space = api.df()
    assert space["LayersSize"] == 1_982_256
    assert [(one["Name"], one["UsageData"]["RefCount"]) for one in space["Volumes"]] == [("data", 1)]


def test_a_filter_that_docker_does_not_know(api):
    with pytest.raises(APIError, match="invalid filter 'colour'"):
        api.containers(filters={"colour": "red"})
