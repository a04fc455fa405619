"""Images and containers as archives: save, load, export, import."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from tui.demo.acts.committing import empty_config
from tui.demo.acts.references import check_reference
from tui.demo.builder.changes import apply_changes
from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Answer, Stream
from tui.demo.wire.messages import encode, send

if TYPE_CHECKING:
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.world import World


def _get(world: World, call: Call) -> Stream:
    names = [call.parts["name"]] if "name" in call.parts else call.query.texts("names")
    content = world.save(names)
    return Stream("application/x-tar", lambda sink: sink.write(content))


def _load(world: World, call: Call) -> Stream:
    messages = world.load(call.body, quiet=call.query.flag("quiet"))
    return Stream("application/json", lambda sink: send(sink, messages, world.pace))


def _export(world: World, call: Call) -> Stream:
    content = world.export(world.find(call.parts["name"]))
    return Stream("application/octet-stream", lambda sink: sink.write(content))


def import_files(world: World, call: Call) -> Answer:
    """Make an image of the archive that a client sends."""
    query = call.query
    source, repository, tag = query.text("fromSrc"), query.text("repo"), query.text("tag")
    if repository:
        check_reference(repository, tag or "latest")
    if source != "-":
        if not source:
            raise RefusalError(500, 'Get "http:": http: no Host in request URL')
        host = source.partition("://")[2].partition("/")[0].partition(":")[0]
        raise RefusalError(500, f'Get "{source}": dial tcp: lookup {host}: no such host')
    try:
        with tarfile.open(fileobj=io.BytesIO(call.body)) as archive:
            size = sum(file.size for file in archive if file.isreg())
    except (tarfile.TarError, EOFError):
        raise RefusalError(500, "unexpected EOF") from None
    made = world.import_files(
        size,
        apply_changes(empty_config(), query.texts("changes")),
        name=f"{repository}:{tag or 'latest'}" if repository else "",
        comment=query.text("message"),
    )
    return Answer(200, encode({"status": made}), "application/json")


ROUTES: list[Route] = [
    ("GET", r"/images/get", _get),
    ("GET", r"/images/(?P<name>.+)/get", _get),
    ("POST", r"/images/load", _load),
    ("GET", r"/containers/(?P<name>[^/]+)/export", _export),
]
