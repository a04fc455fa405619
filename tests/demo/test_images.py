from __future__ import annotations

import pytest
from docker.errors import APIError


def told(world) -> list[str]:
    return [event.action for event in world.events.kept if event.type == "image"]


def test_tag_and_untag(api, world):
    assert api.tag("bb:2", "team/box", "v1")
    assert told(world)[-1] == "tag"
    assert world.events.kept[-1].attributes == {"name": "team/box:v1"}
    assert api.remove_image("team/box:v1") == [{"Untagged": "team/box:v1"}]
    assert told(world)[-1] == "untag"
    assert api.inspect_image("bb:2")["RepoTags"] == ["bb:2"]


def test_the_last_name_takes_the_image_along(api, world):
    image = api.inspect_image("bb:2")["Id"]
    gone = api.remove_image("bb:2")
    assert gone[:2] == [{"Untagged": "bb:2"}, {"Deleted": image}]
    assert len(gone) == 3
    assert told(world)[-2:] == ["untag", "delete"]
    assert api.images() == []


def test_layers_that_others_need_stay(api, world):
    world.add_image("child:1", [("COPY x /", 5)], base="bb:2")
    assert len(api.remove_image("bb:2")) == 2
    assert len(api.remove_image("child:1")) == 4


def test_a_pulled_image_loses_its_digest_with_its_last_tag(api, world):
    world.add_image("pg:18", [("ADD /", 5)], pulled=True)
    digest = api.inspect_image("pg:18")["RepoDigests"][0]
    assert [{"Untagged": "pg:18"}, {"Untagged": digest}] == api.remove_image("pg:18")[:2]


def test_conflicts_with_containers(api, world):
    world.create_container("box", "bb:2", ["server"])
    box, image = world.find("box").id[:12], api.inspect_image("bb:2")["Id"][7:19]
    with pytest.raises(
        APIError, match=rf'unable to remove repository reference "bb:2" \(must force\) - container {box}'
    ):
        api.remove_image("bb:2")
    with pytest.raises(
        APIError, match=rf"unable to delete {image} \(must be forced\) - image is being used by stopped"
    ):
        api.remove_image(image)
    world.start("box")
    with pytest.raises(
        APIError, match=rf"\(cannot be forced\) - image is being used by running container {box}"
    ):
        api.remove_image(image, force=True)
    assert api.remove_image("bb:2", force=True) == [{"Untagged": "bb:2"}]
    assert api.images()[0]["RepoTags"] == []


def test_several_names_and_an_id(api, world):
    api.tag("bb:2", "team/box", "v1")
    image = api.inspect_image("bb:2")["Id"]
    with pytest.raises(APIError, match="image is referenced in multiple repositories"):
        api.remove_image(image)
    assert {"Untagged": "team/box:v1"} in api.remove_image(image, force=True)


def test_filters(api, world):
    world.add_image("team/web:1", [("COPY x /", 5)], labels={"tier": "front"})
    world.add_image("team/web:1", [("COPY y /", 6)])
    assert [one["RepoTags"] for one in api.images(filters={"reference": "team/*"})] == [["team/web:1"]]
    assert [one["Size"] for one in api.images(filters={"dangling": True})] == [5]
    assert [one["Size"] for one in api.images(filters={"label": "tier=front"})] == [5]


@pytest.mark.parametrize(
    ("repository", "tag", "words"),
    [
        ("BOX", "v1", r"repository name \(library/BOX\) must be lowercase"),
        ("box", "v 1", "invalid tag format"),
        ("box!", "v1", "invalid reference format"),
    ],
)
def test_names_that_can_not_be(api, repository, tag, words):
    with pytest.raises(APIError, match=words):
        api.tag("bb:2", repository, tag)
