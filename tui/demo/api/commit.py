"""Changing containers, and making images of them, as the API has it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tui.demo.acts.references import check_reference
from tui.demo.api.stats import CPUS
from tui.demo.builder.changes import apply_changes
from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Answer, as_json
from tui.demo.wire.query import Body, read_body

if TYPE_CHECKING:
    from tui.demo.acts.things import Container
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.world import World


def _update(world: World, call: Call) -> Answer:
    body = read_body(call.body, call.headers.get("content-type", "")) if call.body else Body({})
    world.update_container(call.parts["name"], body, CPUS)
    return as_json({"Warnings": None})


def _commit(world: World, call: Call) -> Answer:
    query = call.query
    reference, repository, tag = query.text("container"), query.text("repo"), query.text("tag")
    if not reference:
        raise RefusalError(400, 'invalid name or ID supplied: ""')
    one = world.find(reference)
    if repository:
        check_reference(repository, tag or "latest")
    body = (
        read_body(call.body, call.headers.get("content-type", ""))
        if call.body.strip()
        not in {
            b"",
            b"null",
        }
        else None
    )

    def configure() -> dict[str, Any]:
        config = _over(one, body) if body is not None else deepcopy(one.config)
        return apply_changes(config, query.texts("changes"))

    made = world.commit(
        one,
        configure,
        name=f"{repository}:{tag or 'latest'}" if repository else "",
        comment=query.text("comment"),
        author=query.text("author"),
        pause=not query.text("pause") or query.flag("pause"),
    )
    return as_json({"Id": made}, 201)


def _over(one: Container, body: Body) -> dict[str, Any]:
    """Lay what a client sends over what a container has."""
    config = deepcopy(one.config)
    config |= {"Hostname": body.text("Hostname"), "Image": body.text("Image")}
    for name in ("Cmd", "Entrypoint", "Env"):
        config[name] = body.texts(name) or config[name]
    for name in ("User", "WorkingDir"):
        config[name] = body.text(name) or config[name]
    config["Labels"] = {**(config["Labels"] or {}), **body.mapping("Labels")}
    return config


ROUTES: list[Route] = [
    ("POST", r"/containers/(?P<name>[^/]+)/update", _update),
    ("POST", r"/commit", _commit),
]
