"""Which function answers which request."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

from tui.demo.api import (
    archives,
    attach,
    build,
    commit,
    containers,
    events,
    execs,
    images,
    logs,
    networks,
    prune,
    stats,
    system,
    transfer,
    volumes,
)
from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Answer, Call, Stream, as_json
from tui.demo.wire.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.world import World

    Function: TypeAlias = Callable[[World, Call], Answer | Stream]
    Route: TypeAlias = tuple[str, str, Function]

_VERSION = re.compile(r"^/v(\d+)\.(\d+)(?=/)")
_COMMON = {"Api-Version": system.API, "Docker-Experimental": "false", "Ostype": "linux"}
_COMMON["Server"] = f"Docker/{system.VERSION} (linux)"


def _table() -> list[tuple[str, re.Pattern[str], Function]]:
    modules = (
        system,
        events,
        containers,
        attach,
        execs,
        logs,
        stats,
        images,
        volumes,
        networks,
        prune,
        transfer,
        archives,
        build,
        commit,
    )
    return [(method, re.compile(path), run) for module in modules for method, path, run in module.ROUTES]


_TABLE = _table()


def unversioned(target: str) -> str:
    """Take the API version off a request's target."""
    return _VERSION.sub("", target)


def answer(world: World, call: Call) -> Answer | Stream:
    """Answer a request; what can't be done is refused in Docker's words."""
    path, _, query = unversioned(call.target).partition("?")
    path = unquote(path, errors="replace")
    for method, pattern, run in _TABLE:
        found = pattern.fullmatch(path)
        if found is not None and method == call.method:
            made = replace(call, path=path, query=Query(query), parts=found.groupdict())
            return _common(_run(world, made, run))
    return as_json({"message": "page not found"}, 404)


def _run(world: World, call: Call, run: Function) -> Answer | Stream:
    try:
        _check_version(call.target)
        # What changes something takes the lock itself, since it may have to wait for a container.
        with world.lock if call.method == "GET" else nullcontext():
            return run(world, call)
    except RefusalError as refusal:
        return as_json({"message": refusal.message}, refusal.status)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # JSON of a shape that nobody thought of; a real engine says this of its own faults too.
        return as_json({"message": f"{type(error).__name__}: {error}"}, 500)


def _check_version(target: str) -> None:
    found = _VERSION.match(target)
    if found is None:
        return
    asked, text = (int(found[1]), int(found[2])), f"{found[1]}.{found[2]}"
    if asked > _numbers(system.API):
        raise RefusalError(
            400, f"client version {text} is too new. Maximum supported API version is {system.API}"
        )
    if asked < _numbers(system.OLDEST_API):
        raise RefusalError(
            400,
            f"client version {text} is too old. Minimum supported API version is {system.OLDEST_API}, "
            "please upgrade your client to a newer version",
        )


def _numbers(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def _common(made: Answer | Stream) -> Answer | Stream:
    return replace(made, headers={**_COMMON, **made.headers})
