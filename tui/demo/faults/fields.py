"""Fields of JSON by their path, such as `State.Health.Log` or `NetworkSettings.Networks.*.IPAddress`. Pure.

A name goes into objects, and through lists into each of their items; `*` is every key of an object, `[]`
the items of a list themselves, and `.` alone the whole value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WHOLE = "."
ITEMS = "[]"
ANY = "*"
REMOVED = object()
"""What a change gives for a field that shall be gone."""


def changed(value: Any, path: str, change: Callable[[Any], Any]) -> Any:
    """Give `value` with all fields of that path changed; the value itself stays as it is."""
    return _changed(value, () if path == WHOLE else tuple(path.split(".")), change)


def _changed(value: Any, steps: tuple[str, ...], change: Callable[[Any], Any]) -> Any:
    if not steps:
        return change(value)
    step, *rest = steps
    if isinstance(value, list):
        inner = tuple(rest) if step == ITEMS else steps
        items = (_changed(item, inner, change) for item in value)
        return [item for item in items if item is not REMOVED]
    if not isinstance(value, dict):
        return value
    made = {
        key: _changed(item, tuple(rest), change) if step in {key, ANY} else item
        for key, item in value.items()
    }
    return {key: item for key, item in made.items() if item is not REMOVED}


def paths(value: Any) -> list[str]:
    """List the paths of all fields that a value has, each once, outer ones before inner ones."""
    return list(dict.fromkeys(".".join(steps) for steps in _paths(value) if steps))


def _paths(value: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield before
    if isinstance(value, list):
        for item in value:
            if not isinstance(item, dict | list):
                yield (*before, ITEMS)
                continue
            found = _paths(item)
            next(found)
            yield (*before, ITEMS)
            for inner in found:
                yield (*before, *inner)
    elif isinstance(value, dict):
        for key, item in value.items():
            # Keys with points in them are names that somebody gave: labels, files, ports.
            yield from _paths(item, (*before, ANY if not key or "." in key or "/" in key else key))
