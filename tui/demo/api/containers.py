"""The containers' part of the API, but for logs and stats."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.demo.api.platforms import platform
from tui.demo.api.shapes import row, whole
from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Answer, Stream, as_json
from tui.demo.wire.query import read_body

if TYPE_CHECKING:
    from tui.demo.acts.things import Container
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.query import Filters
    from tui.demo.wire.sink import Sink
    from tui.demo.world import World

_FILTERS = frozenset(
    [
        "ancestor",
        "before",
        "exited",
        "expose",
        "health",
        "id",
        "is-task",
        "isolation",
        "label",
        "name",
        "network",
        "publish",
        "since",
        "status",
        "volume",
    ]
)
_STATES = frozenset(["created", "running", "paused", "restarting", "removing", "exited", "dead"])
_HEALTH = frozenset(["healthy", "none", "starting", "unhealthy"])
_NAME = r"/containers/(?P<name>[^/]+)"


def _list(world: World, call: Call) -> Answer:
    query = call.query
    filters, limit = query.filters(_FILTERS), query.number("limit") or 0
    for value in filters.values("status"):
        if value not in _STATES:
            raise RefusalError(400, f"invalid filter 'status={value}'")
    for value in filters.values("health"):
        if value not in _HEALTH:
            raise RefusalError(400, f"unrecognized filter value for health: {value}")
    everything = query.flag("all") or limit > 0 or bool(filters.values("status"))
    times = [
        (name, world.find(value).created) for name in ("since", "before") for value in filters.values(name)
    ]
    found = [
        one
        for one in sorted(world.containers.values(), key=lambda one: -one.created)
        if (everything or times or one.up)
        and _matches(world, one, filters)
        and all(one.created > when if name == "since" else one.created < when for name, when in times)
    ]
    return as_json(
        [row(world, one, size=query.flag("size")) for one in (found[:limit] if limit > 0 else found)]
    )


def _matches(world: World, one: Container, filters: Filters) -> bool:
    networks = [end.network for end in one.endpoints.values()]
    networks += [end.network_id for end in one.endpoints.values() if end.network_id]
    places = [place for mount in one.mounts for place in (mount.name, mount.source, mount.target) if place]
    return (
        filters.pattern("id", one.id)
        and filters.pattern("name", one.name, f"/{one.name}")
        and filters.exact("status", one.state)
        and filters.exact("exited", str(one.exit_code) if one.state == "exited" else "")
        and filters.exact("health", one.health.status if one.health else "none")
        and filters.exact("network", *networks)
        and filters.exact("volume", *places)
        and filters.labels(one.labels)
        and _descends(world, one, filters)
    )


def _descends(world: World, one: Container, filters: Filters) -> bool:
    wanted = filters.values("ancestor")
    if not wanted:
        return True
    made_of = world.images.get(one.image_id)
    for reference in wanted:
        try:
            image = world.find_image(reference)
        except RefusalError:
            continue
        steps = len(image.layers)
        if image.id == one.image_id or (
            made_of is not None and steps and made_of.layers[:steps] == image.layers
        ):
            return True
    return False


def _create(world: World, call: Call) -> Answer:
    body = read_body(call.body, call.headers.get("content-type", ""))
    wanted = platform(call.query.text("platform"))
    made = world.create_from(call.query.text("name").removeprefix("/"), body, platform=wanted)
    return as_json({"Id": made, "Warnings": []}, 201)


def _inspect(world: World, call: Call) -> Answer:
    return as_json(whole(world, world.find(call.parts["name"]), size=call.query.flag("size")))


def _top(world: World, call: Call) -> Answer:
    one = world.find(call.parts["name"])
    if one.state == "restarting":
        raise RefusalError(409, f"Container {one.id} is restarting, wait until the container is running")
    if not one.alive:
        raise RefusalError(409, f"container {one.id} is not running")
    world.emit_container(one, "top")
    began = time.strftime("%H:%M", time.gmtime(one.started // 10**9))
    lines = one.temper.processes or (" ".join([one.path, *one.args]),)
    rows = [
        [
            one.temper.user,
            str(one.pid + place),
            str(one.pid if place else one.pid - 21),
            "0",
            began,
            "?",
            "00:00:00",
            line,
        ]
        for place, line in enumerate(lines)
    ]
    titles = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    return as_json({"Processes": rows, "Titles": titles})


def _start(world: World, call: Call) -> Answer:
    return Answer(204 if world.start(call.parts["name"]) else 304, None)


def _stop(world: World, call: Call) -> Answer:
    return Answer(204 if world.stop(call.parts["name"], call.query.number("t")) else 304, None)


def _restart(world: World, call: Call) -> Answer:
    world.restart(call.parts["name"], call.query.number("t"))
    return Answer(204, None)


def _kill(world: World, call: Call) -> Answer:
    world.kill(call.parts["name"], call.query.text("signal") or "SIGKILL")
    return Answer(204, None)


def _pause(world: World, call: Call) -> Answer:
    world.pause(call.parts["name"])
    return Answer(204, None)


def _unpause(world: World, call: Call) -> Answer:
    world.unpause(call.parts["name"])
    return Answer(204, None)


def _rename(world: World, call: Call) -> Answer:
    world.rename(call.parts["name"], call.query.text("name"))
    return Answer(204, None)


def _remove(world: World, call: Call) -> Answer:
    world.remove(call.parts["name"], force=call.query.flag("force"), volumes=call.query.flag("v"))
    return Answer(204, None)


def _wait(world: World, call: Call) -> Stream:
    condition = call.query.text("condition") or "not-running"
    if condition not in {"not-running", "next-exit", "removed"}:
        raise RefusalError(400, f'invalid condition: "{condition}"')
    with world.lock:
        one = world.find(call.parts["name"])
        ends = one.finished

    def over() -> bool:
        if condition == "removed" or one.id not in world.containers:
            return one.id not in world.containers
        return one.finished != ends if condition == "next-exit" else not one.up

    def run(sink: Sink) -> None:
        one.bells.add(sink.bell)
        try:
            while not over():
                sink.wait()
            sink.write(b'{"StatusCode":%d}\n' % one.exit_code)
        finally:
            one.bells.discard(sink.bell)

    return Stream("application/json", run)


ROUTES: list[Route] = [
    ("GET", r"/containers/json", _list),
    ("POST", r"/containers/create", _create),
    ("GET", f"{_NAME}/json", _inspect),
    ("GET", f"{_NAME}/top", _top),
    ("POST", f"{_NAME}/start", _start),
    ("POST", f"{_NAME}/stop", _stop),
    ("POST", f"{_NAME}/restart", _restart),
    ("POST", f"{_NAME}/kill", _kill),
    ("POST", f"{_NAME}/pause", _pause),
    ("POST", f"{_NAME}/unpause", _unpause),
    ("POST", f"{_NAME}/rename", _rename),
    ("POST", f"{_NAME}/wait", _wait),
    ("DELETE", _NAME, _remove),
]
