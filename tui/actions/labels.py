"""Pairs of name and value, one a line, as forms take them for labels, options and arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.actions.model import Values


def pairs(text: str) -> dict[str, str]:
    """Read `name=value` lines; a name alone has an empty value, as docker has it for labels."""
    split = (line.strip().partition("=") for line in text.splitlines())
    return {name.strip(): value for name, _, value in split if name.strip()}


def flags(flag: str, text: str) -> tuple[str, ...]:
    """Write the lines of a field as words of a command, the flag before each."""
    words: list[str] = []
    for name, value in pairs(text).items():
        words += [flag, f"{name}={value}" if value else name]
    return tuple(words)


def check_pairs(values: Values, *fields: str) -> dict[str, str]:
    """Say by field which line has no name before its `=`."""
    wrong: dict[str, str] = {}
    for field in fields:
        for line in str(values[field]).splitlines():
            if line.strip().startswith("="):
                wrong[field] = f"{line.strip()}: there is no name before the ="
    return wrong
