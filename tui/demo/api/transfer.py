"""Pulls and pushes, and what a registry says of an image."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from tui.demo.acts.references import parse
from tui.demo.api.archives import import_files
from tui.demo.api.platforms import platform
from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Answer, Stream, as_json
from tui.demo.wire.messages import send

if TYPE_CHECKING:
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.messages import Messages
    from tui.demo.world import World


def streamed(world: World, messages: Messages) -> Stream:
    """Answer with messages."""
    return Stream("application/json", lambda sink: send(sink, messages, world.pace))


def _create(world: World, call: Call) -> Answer | Stream:
    query = call.query
    wanted = platform(query.text("platform"))
    name = query.text("fromImage")
    if not name:
        return import_files(world, call)
    return streamed(world, world.pull(parse(name, query.text("tag")), wanted))


def _push(world: World, call: Call) -> Stream:
    header = call.headers.get("x-registry-auth", "")
    if not header:
        raise RefusalError(
            400, "bad parameters and missing X-Registry-Auth: invalid X-Registry-Auth header: EOF"
        )
    reference = parse(call.parts["name"], call.query.text("tag"))
    return streamed(world, world.push(reference, _user(header)))


def _user(header: str) -> str:
    """Read who pushes; what can't be read is nobody, as Docker has it."""
    try:
        padded = header + "=" * (-len(header) % 4)
        given = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError):
        return ""
    return str(given.get("username", "")) if isinstance(given, dict) else ""


def _distribution(world: World, call: Call) -> Answer:
    reference = parse(call.parts["name"]).tagged()
    offer = world.registry.describe(reference)
    several = len(offer.architectures) > 1
    kind = (
        "application/vnd.oci.image.index.v1+json"
        if several
        else "application/vnd.docker.distribution.manifest.v2+json"
    )
    layers = [layer for layer in offer.history("amd64", world.now()) if layer.id]
    described: dict[str, Any] = {
        "mediaType": kind,
        "digest": offer.digest(),
        "size": 1000 + 900 * len(offer.architectures) if several else 529 + 167 * len(layers),
    }
    platforms = [{"architecture": one, "os": "linux"} for one in offer.architectures]
    return as_json({"Descriptor": described, "Platforms": platforms})


ROUTES: list[Route] = [
    ("POST", r"/images/create", _create),
    ("POST", r"/images/(?P<name>.+)/push", _push),
    ("GET", r"/distribution/(?P<name>.+)/json", _distribution),
]
