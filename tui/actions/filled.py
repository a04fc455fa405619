"""What forms share: what is offered, what was filled in as text, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine import references

if TYPE_CHECKING:
    from tui.actions.model import Values

PLATFORMS = ("linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/ppc64le", "linux/s390x")
"""Platforms that are offered; others can be typed."""


def text(values: Values, key: str) -> str:
    """Give one line, without the blanks around it."""
    return str(values.get(key, "")).strip()


def lines(values: Values, key: str) -> tuple[str, ...]:
    """Give several lines, without those that are empty."""
    return tuple(line.strip() for line in str(values.get(key, "")).splitlines() if line.strip())


def optional(values: Values, key: str) -> tuple[str, ...]:
    """Give one word, or none where nothing is filled in."""
    return (text(values, key),) if text(values, key) else ()


def check_optional(values: Values, key: str) -> str:
    """Say what is wrong with a name for an image, which may be left out."""
    return references.check_tag(text(values, key)) if text(values, key) else ""


def only(wrong: dict[str, str]) -> dict[str, str]:
    """Leave out the fields with which nothing is wrong."""
    return {field: said for field, said in wrong.items() if said}
