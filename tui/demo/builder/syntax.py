"""What an instruction may look like; the complaints are Docker's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from tui.demo.builder.dockerfile import INSTRUCTIONS, Instruction, as_list, instruction, pairs
from tui.demo.refusal import RefusalError
from tui.demo.wire.until import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

_STAGE = re.compile(r"[a-z][a-z0-9-_.]*")
_AT_LEAST_ONE = frozenset({"ARG", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "VOLUME", "SHELL"})
_LISTED = frozenset({"SHELL", "VOLUME"})
_EXACTLY_ONE = frozenset({"MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"})
_FLAGS = {
    "ADD": ("chmod", "chown", "checksum", "keep-git-dir", "link"),
    "COPY": ("chmod", "chown", "from", "link"),
    "FROM": ("platform",),
    "HEALTHCHECK": ("interval", "retries", "start-interval", "start-period", "timeout"),
    "RUN": ("mount", "network", "security"),
}
_TIMES = frozenset({"interval", "start-interval", "start-period", "timeout"})
_NEAR = 3
"""Letters that have to be changed in a name that is not taken for another one any more."""


def check(found: Sequence[Instruction]) -> None:
    """Refuse what is no instruction, or not a whole one; 400."""
    staged = False
    for one in found:
        check_one(one, one.line)
        if one.name == "FROM":
            staged = True
        elif not staged and one.name != "ARG":
            raise RefusalError(400, "no build stage in current context")


def flag(one: Instruction, name: str) -> str:
    """Give the value of a flag, empty where it is not there."""
    return next((given.partition("=")[2] for given in one.flags if given.startswith(f"--{name}=")), "")


def check_one(one: Instruction, line: int) -> None:
    """Refuse an instruction that is none, or not a whole one; 400."""
    if one.name not in INSTRUCTIONS:
        shown = one.name.strip()
        _fail(line, f"unknown instruction: {shown}{_meant(shown, INSTRUCTIONS)}")
    for given in one.flags:
        name = given.removeprefix("--").partition("=")[0]
        if name not in _FLAGS[one.name]:
            _fail(line, f"unknown flag: {name}{_meant(name, _FLAGS[one.name])}")
    if one.name in _AT_LEAST_ONE and (not one.rest or (one.name in _LISTED and not one.words)):
        _fail(line, f"{one.name} requires at least one argument")
    if one.name in _EXACTLY_ONE and not one.rest:
        _fail(line, f"{one.name} requires exactly one argument")
    if any(not name for name, _ in pairs(one)):
        _fail(line, f"{one.name} names can not be blank")
    special = {
        "ADD": _check_copy,
        "COPY": _check_copy,
        "FROM": _check_from,
        "HEALTHCHECK": _check_health,
        "ONBUILD": _check_trigger,
        "SHELL": _check_shell,
        "VOLUME": _check_volume,
    }.get(one.name)
    if special is not None:
        special(one, line)


def _check_from(one: Instruction, line: int) -> None:
    words = one.words
    if len(words) not in {1, 3} or (len(words) == 3 and words[1].upper() != "AS"):
        _fail(line, "FROM requires either one or three arguments")
    if len(words) == 3 and not _STAGE.fullmatch(words[2].lower()):
        why = "name can't start with a number or contain symbols"
        _fail(line, f'invalid name for build stage: "{words[2]}", {why}')


def _check_copy(one: Instruction, line: int) -> None:
    if not one.rest:
        _fail(line, f"{one.name} requires at least two arguments, but no arguments were provided")
    if len(one.words) < 2:
        why = "but only one was provided. Destination could not be determined"
        _fail(line, f"{one.name} requires at least two arguments, {why}")


def _check_health(one: Instruction, line: int) -> None:
    kind, *rest = one.rest.split(maxsplit=1)
    if kind.upper() == "NONE" and rest:
        _fail(line, "HEALTHCHECK NONE takes no arguments")
    if kind.upper() not in {"CMD", "NONE"}:
        _fail(line, f'Unknown type "{kind.upper()}" in HEALTHCHECK (try CMD)')
    if kind.upper() == "CMD" and not rest:
        _fail(line, "Missing command after HEALTHCHECK CMD")
    for given in one.flags:
        name, _, value = given.removeprefix("--").partition("=")
        if name in _TIMES and duration(value) is None:
            _fail(line, f'time: invalid duration "{value}"')
        if name == "retries" and not re.fullmatch(r"[+-]?\d+", value):
            _fail(line, f'strconv.ParseInt: parsing "{value}": invalid syntax')


def _check_trigger(one: Instruction, line: int) -> None:
    inner = instruction(one.rest, line)
    if inner.name == "ONBUILD":
        _fail(line, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
    if inner.name in {"FROM", "MAINTAINER"}:
        _fail(line, f"{inner.name} isn't allowed as an ONBUILD trigger")


def _check_shell(one: Instruction, line: int) -> None:
    if as_list(one.rest) is None:
        _fail(line, "SHELL requires the arguments to be in JSON form")


def _check_volume(one: Instruction, line: int) -> None:
    if any(not path.strip() for path in one.words):
        _fail(line, "VOLUME specified can not be an empty string")


def _fail(line: int, why: str) -> NoReturn:
    raise RefusalError(400, f"dockerfile parse error on line {line}: {why}")


def _meant(word: str, names: Sequence[str]) -> str:
    distance, name = min((_distance(word, name), name) for name in names)
    return f" (did you mean {name}?)" if distance < _NEAR else ""


def _distance(one: str, other: str) -> int:
    """Count the letters to add, drop or change."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        above, row[0] = row[0], number
        for place, wanted in enumerate(other, 1):
            above, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, above + (letter != wanted)),
            )
    return row[-1]
