"""Taking away at once what nobody uses, as the API has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Answer, as_json
from tui.demo.wire.until import duration, until

if TYPE_CHECKING:
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.query import Filters
    from tui.demo.world import World

_LABELS = frozenset({"label", "label!"})
_TIMES = _LABELS | {"until"}
_IMAGES = _TIMES | {"dangling"}
_VOLUMES = _LABELS | {"all"}
_CACHE = frozenset(
    ["description", "id", "inuse", "parent", "private", "shared", "type", "unused-for", "until"]
)
_OLD = re.compile(r"/v1\.(\d+)/")
_ALL_BEFORE = 42
"""The minor version of the API since which volumes with a name are spared."""
_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})


def _containers(world: World, call: Call) -> Answer:
    filters = call.query.filters(_TIMES)
    gone, freed = world.prune_containers(filters, until(filters, world.now()))
    return as_json({"ContainersDeleted": gone or None, "SpaceReclaimed": freed})


def _images(world: World, call: Call) -> Answer:
    filters = call.query.filters(_IMAGES)
    dangling = filters.choice("dangling") is not False
    gone, freed = world.prune_images(filters, until(filters, world.now(), 500), dangling=dangling)
    return as_json({"ImagesDeleted": gone or None, "SpaceReclaimed": freed})


def _volumes(world: World, call: Call) -> Answer:
    filters = call.query.filters(_VOLUMES)
    gone, freed = world.prune_volumes(filters, named=_named(filters, call))
    return as_json({"VolumesDeleted": gone, "SpaceReclaimed": freed})


def _named(filters: Filters, call: Call) -> bool:
    """Say whether volumes with a name go too."""
    version = _OLD.match(call.target)
    given = filters.values("all")
    if not given:
        return version is not None and int(version[1]) < _ALL_BEFORE
    if len(given) > 1:
        raise RefusalError(400, "invalid filter 'all': only one value is expected")
    if given[0] not in _TRUE | _FALSE:
        why = f'strconv.ParseBool: parsing "{given[0]}": invalid syntax'
        raise RefusalError(400, f"invalid filter 'all': {why}")
    return given[0] in _TRUE


def _networks(world: World, call: Call) -> Answer:
    filters = call.query.filters(_TIMES)
    return as_json({"NetworksDeleted": world.prune_networks(filters, until(filters, world.now())) or None})


def _build(world: World, call: Call) -> Answer:
    keep = call.query.text("keep-storage")
    if keep and not re.fullmatch(r"[+-]?\d+", keep):
        raise RefusalError(
            400,
            f"keep-storage is in bytes and expects an integer, got {keep}: strconv.Atoi: "
            f'parsing "{keep}": invalid syntax',
        )
    filters = call.query.filters()
    try:
        before = _last_use(world, filters)
        call.query.filters(_CACHE)
    except RefusalError as refusal:
        raise RefusalError(refusal.status, f"failed to prune build cache: {refusal.message}") from None
    everything = call.query.flag("all")
    gone, freed = world.prune_cache(filters, before, everything=everything, keep=int(keep or 0))
    return as_json({"CachesDeleted": gone or None, "SpaceReclaimed": freed})


def _last_use(world: World, filters: Filters) -> int | None:
    if len(filters.values("until")) > 1 or len(filters.values("unused-for")) > 1:
        raise RefusalError(400, "filters expect only one value")
    for given in filters.values("unused-for"):
        ago = duration(given)
        if ago is not None:
            return world.now() - ago
    try:
        return until(filters, world.now())
    except RefusalError as refusal:
        why = "\"until\" filter expects a duration (e.g., '24h') or a timestamp"
        raise RefusalError(refusal.status, f"{why}: {refusal.message}") from None


ROUTES: list[Route] = [
    ("POST", r"/containers/prune", _containers),
    ("POST", r"/images/prune", _images),
    ("POST", r"/volumes/prune", _volumes),
    ("POST", r"/networks/prune", _networks),
    ("POST", r"/build/prune", _build),
]
