"""Building images, as the API has it: the classic builder alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tui.demo.acts.references import parse
from tui.demo.api.platforms import platform
from tui.demo.builder.build import Build, Options
from tui.demo.builder.context import Context
from tui.demo.builder.steps import FailedError
from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Stream
from tui.demo.wire.messages import failure, send

if TYPE_CHECKING:
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.messages import Messages
    from tui.demo.wire.query import Query
    from tui.demo.world import World

_BUILDKIT = "2"


def _build(world: World, call: Call) -> Stream:
    options = _options(call.query)
    if call.query.text("remote"):
        raise RefusalError(
            500,
            f"error downloading remote context {call.query.text('remote')}: the demo engine reaches nothing "
            "beyond this machine",
        )
    messages = _told(Build(world, Context(call.body), options))
    return Stream("application/json", lambda sink: send(sink, messages, world.pace))


def _told(build: Build) -> Messages:
    try:
        yield from build.messages()
    except FailedError as failed:
        yield failure(failed.message, failed.code)


def _options(query: Query) -> Options:
    version = query.text("version")
    if version not in {"", "1", _BUILDKIT}:
        raise RefusalError(400, f'invalid version "{version}"')
    if version == _BUILDKIT:
        raise RefusalError(400, "buildkit not supported by daemon")
    if query.flag("squash"):
        raise RefusalError(400, "squash is only supported with experimental mode")
    tags = [tag for tag in query.texts("t") if tag]
    for tag in tags:
        try:
            parse(tag)
        except RefusalError as refusal:
            raise RefusalError(500, refusal.message) from None
    arguments = _mapping(query, "buildargs", "build args")
    return Options(
        file=query.text("dockerfile") or "Dockerfile",
        tags=tags,
        arguments={name: None if value is None else str(value) for name, value in arguments.items()},
        labels={name: str(value) for name, value in _mapping(query, "labels", "labels").items()},
        target=query.text("target"),
        platform=platform(query.text("platform")),
        network=query.text("networkmode"),
        cached=not query.flag("nocache"),
        pull=query.flag("pull"),
        remove=query.flag("rm") or query.flag("forcerm") or not query.text("rm"),
        always_remove=query.flag("forcerm"),
        quiet=query.flag("q"),
    )


def _mapping(query: Query, name: str, called: str) -> dict[str, object]:
    text = query.text(name)
    if not text:
        return {}
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise RefusalError(
            400, f"error reading {called}: invalid character '{text[0]}' looking for beginning of value"
        ) from None
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise RefusalError(400, f"error reading {called}: json: cannot unmarshal into Go value of type map")
    return given


ROUTES: list[Route] = [("POST", r"/build", _build)]
