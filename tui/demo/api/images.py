"""The images' part of the API."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any

from tui.demo.acts.references import check_reference, repository_of
from tui.demo.wire.answers import Answer, as_json
from tui.demo.words import SECOND, stamp

if TYPE_CHECKING:
    from tui.demo.acts.things import Image
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.query import Filters
    from tui.demo.world import World

_FILTERS = frozenset({"before", "dangling", "label", "reference", "since", "until"})


def row(image: Image) -> dict[str, Any]:
    """Write an image as the list does."""
    return {
        "Containers": -1,
        "Created": image.created // SECOND,
        "Id": image.id,
        "Labels": image.config["Labels"],
        "ParentId": image.parent,
        "RepoDigests": image.digests,
        "RepoTags": image.tags,
        "SharedSize": -1,
        "Size": image.size,
    }


def _matches(image: Image, filters: Filters) -> bool:
    wanted = filters.values("reference")
    names = [name for tag in image.tags for name in (tag, repository_of(tag))]
    if wanted and not any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in wanted):
        return False
    return filters.labels(image.config["Labels"] or {})


def _list(world: World, call: Call) -> Answer:
    filters = call.query.filters(_FILTERS)
    dangling = filters.choice("dangling")
    after = max((world.find_image(one).created for one in filters.values("since")), default=-1)
    before = min((world.find_image(one).created for one in filters.values("before")), default=None)
    everything = call.query.flag("all")
    parents = {image.parent for image in world.images.values()}
    found = [
        image
        for image in world.images.values()
        if _matches(image, filters)
        and (everything or image.tags or image.digests or image.id not in parents)
        and dangling in {None, not image.tags}
        and image.created > after
        and (before is None or image.created < before)
    ]
    return as_json([row(image) for image in sorted(found, key=lambda one: -one.created)])


def _inspect(world: World, call: Call) -> Answer:
    image = world.find_image(call.parts["name"])
    layers = [layer.id for layer in image.layers if layer.id]
    below = [f"{_folder(layer)}/diff" for layer in reversed(layers[:-1])]
    folder = _folder(layers[-1] if layers else image.id)
    return as_json(
        {
            "Id": image.id,
            "RepoTags": image.tags,
            "RepoDigests": image.digests,
            "Parent": image.parent,
            "Comment": image.comment,
            "Created": stamp(image.created),
            "DockerVersion": image.docker_version,
            "Author": image.author,
            "Config": image.config,
            "Architecture": image.architecture,
            "Os": "linux",
            "Size": image.size,
            "GraphDriver": {
                "Data": {
                    **({"LowerDir": ":".join(below)} if below else {}),
                    "MergedDir": f"{folder}/merged",
                    "UpperDir": f"{folder}/diff",
                    "WorkDir": f"{folder}/work",
                },
                "Name": "overlay2",
            },
            "RootFS": {"Type": "layers", "Layers": layers},
            "Metadata": {"LastTagTime": stamp(image.tagged)},
        }
    )


def _folder(layer: str) -> str:
    return f"/var/lib/docker/overlay2/{layer.removeprefix('sha256:')}"


def _history(world: World, call: Call) -> Answer:
    image = world.find_image(call.parts["name"])
    # Only the images that it was built on here are known by their ids.
    known = {len(image.layers): image}
    below = world.images.get(image.parent)
    while below is not None:
        known.setdefault(len(below.layers), below)
        below = world.images.get(below.parent)
    steps: list[dict[str, Any]] = []
    for number, layer in reversed(list(enumerate(image.layers, 1))):
        at = known.get(number)
        steps.append(
            {
                "Comment": layer.comment,
                "Created": layer.created // SECOND,
                "CreatedBy": layer.created_by,
                "Id": at.id if at else "<missing>",
                "Size": layer.size,
                "Tags": (at.tags or None) if at else None,
            }
        )
    return as_json(steps)


def _tag(world: World, call: Call) -> Answer:
    repository, tag = call.query.text("repo"), call.query.text("tag") or "latest"
    check_reference(repository, tag)
    world.tag(call.parts["name"], repository, tag)
    return Answer(201)


def _remove(world: World, call: Call) -> Answer:
    query = call.query
    gone = world.remove_image(call.parts["name"], force=query.flag("force"), prune=not query.flag("noprune"))
    return as_json(gone)


ROUTES: list[Route] = [
    ("GET", r"/images/json", _list),
    ("GET", r"/images/(?P<name>.+)/json", _inspect),
    ("GET", r"/images/(?P<name>.+)/history", _history),
    ("POST", r"/images/(?P<name>.+)/tag", _tag),
    ("DELETE", r"/images/(?P<name>.+)", _remove),
]
