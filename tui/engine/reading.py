"""Reading an engine's JSON: what is null, missing or no text where there should be some was not said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tui.engine.errors import EngineError

_LARGEST = 2.0**63


@contextmanager
def sensible(about: str) -> Iterator[None]:
    """Turn what reading an answer of another shape raises into an EngineError; `about` says whose."""
    try:
        yield
    except EngineError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        why = str(error) if isinstance(error, ValueError) else "it is not of the shape that it should be"
        raise EngineError(f"the engine's answer about {about} makes no sense: {why}") from error


def listed(value: Any) -> list[Mapping[str, Any]]:
    """Give the objects of a list that an answer is; null is a list of none, as Go writes it.

    Raises:
        ValueError: where it is no list.

    """
    if value is not None and not isinstance(value, list):
        raise ValueError("it is no list")
    return objects(value)


def objects(value: Any) -> list[Mapping[str, Any]]:
    """Give the objects in a list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """Give an object."""
    return value if isinstance(value, Mapping) else {}


def texts(value: Any) -> list[str]:
    """Give the texts in a list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def words(value: Any) -> dict[str, str]:
    """Give texts by their name, as labels and options are."""
    return {key: one for key, one in mapping(value).items() if isinstance(one, str)}


def text(value: Any) -> str:
    """Give a text."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> float:
    """Give a number that can be reckoned with."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0.0
    return float(value) if -_LARGEST < value < _LARGEST else 0.0


def required(item: Mapping[str, Any], *names: str) -> str:
    """Give the first of these fields that has a text: without any, it can't be told from others.

    Raises:
        ValueError: where there is none.

    """
    found = next((text(item.get(name)) for name in names if text(item.get(name))), "")
    if not found:
        raise ValueError(f"one has no {names[0]}")
    return found
