"""The volumes' part of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.demo.acts.volumes import mountpoint
from tui.demo.wire.answers import Answer, as_json
from tui.demo.wire.query import read_body
from tui.demo.words import stamp_seconds

if TYPE_CHECKING:
    from tui.demo.acts.things import Volume
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.world import World

_FILTERS = frozenset({"dangling", "driver", "label", "name"})


def shape(volume: Volume) -> dict[str, Any]:
    """Write a volume as the API does."""
    return {
        "CreatedAt": stamp_seconds(volume.created),
        "Driver": volume.driver,
        "Labels": volume.labels,
        "Mountpoint": mountpoint(volume.name),
        "Name": volume.name,
        "Options": volume.options,
        "Scope": "local",
    }


def _list(world: World, call: Call) -> Answer:
    filters = call.query.filters(_FILTERS)
    dangling = filters.choice("dangling")
    found = [
        volume
        for volume in world.volumes.values()
        if filters.pattern("name", volume.name)
        and filters.exact("driver", volume.driver)
        and filters.labels(volume.labels or {})
        and dangling in {None, not world.users_of_volume(volume.name)}
    ]
    return as_json({"Volumes": [shape(volume) for volume in found], "Warnings": None})


def _create(world: World, call: Call) -> Answer:
    body = read_body(call.body, call.headers.get("content-type", ""))
    name = world.create_volume(
        body.text("Name"),
        labels=body.mapping("Labels"),
        options=body.mapping("DriverOpts"),
        driver=body.text("Driver") or "local",
    )
    return as_json(shape(world.volumes[name]), 201)


def _inspect(world: World, call: Call) -> Answer:
    return as_json(shape(world.find_volume(call.parts["name"])))


def _remove(world: World, call: Call) -> Answer:
    world.remove_volume(call.parts["name"], force=call.query.flag("force"))
    return Answer(204, None)


ROUTES: list[Route] = [
    ("GET", r"/volumes", _list),
    ("POST", r"/volumes/create", _create),
    ("GET", r"/volumes/(?P<name>[^/]+)", _inspect),
    ("DELETE", r"/volumes/(?P<name>[^/]+)", _remove),
]
