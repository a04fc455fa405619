"""What commands of a RUN would print, how long they would take, and what they would leave."""

from __future__ import annotations

import random
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.demo.builder import tools
from tui.demo.builder.words import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.demo.builder.tools import Ran

_REDIRECT = re.compile(r"\s*(2?)>{1,2}\s*(&\d|\S+)")
_PROGRAM = re.compile(r"[\w./+:@-]+")
_SHELLS = frozenset({"sh", "ash", "bash"})
_PARTS = re.compile(r"(&&|\|\||;|\n)")


@dataclass(slots=True)
class Outcome:
    """What came of a RUN: `said` as (seconds before, stream, text), its exit code, and bytes written."""

    said: list[tuple[float, str, str]] = field(default_factory=list)
    code: int = 0
    written: int = 0
    after: float = 0.0


def run(command: Sequence[str], env: Mapping[str, str], key: str) -> Outcome:
    """Say what comes of a command; `key` decides what is left to chance."""
    chance = random.Random(key)  # noqa: S311  # an outcome that is the same each time, no secret
    outcome = Outcome()
    program = command[0].rpartition("/")[2] if command else ""
    flags = command[1] if len(command) > 2 else ""
    if program in _SHELLS and flags.startswith("-") and "c" in flags:
        _script(command[2], dict(env), outcome, chance)
    elif program in _SHELLS and command[1:2] == ["-c"]:
        outcome.said.append((0.05, "stderr", f"{command[0]}: -c requires an argument\n"))
        outcome.code = 2
    elif program in _SHELLS and len(command) == 1:
        # A shell without anything to read.
        return outcome
    else:
        _one(list(command), env, outcome, chance)
    return outcome


def _script(text: str, env: dict[str, str], outcome: Outcome, chance: random.Random) -> None:
    """Go through a shell's list of commands; `&&` and `||` mind what came before."""
    pieces = _split(text)
    for place in range(0, len(pieces), 2):
        before = pieces[place - 1] if place else ";"
        if (before == "&&" and outcome.code) or (before == "||" and not outcome.code):
            continue
        if _simple(pieces[place].strip(), env, outcome, chance):
            return


def _simple(text: str, env: dict[str, str], outcome: Outcome, chance: random.Random) -> bool:
    """Run one command, and say whether it was the last one."""
    redirects = _REDIRECT.findall(text)
    bare = _REDIRECT.sub("", text).partition("|")[0]
    try:
        words = [expand(word, env) for word in shlex.split(bare, posix=False)]
    except ValueError:
        words = bare.split()
    while words and re.fullmatch(r"[A-Za-z_]\w*=.*", words[0]):
        name, _, env[name] = words.pop(0).partition("=")
    if not words:
        return False
    if words[0] == "exit":
        outcome.code = int(words[1]) % 256 if len(words) > 1 and words[1].isdigit() else outcome.code
        return True
    if words[0] == "set":
        return False
    if words[0] in {"export", "cd"}:
        for word in words[1:]:
            name, equals, value = word.partition("=")
            env.update({name: value} if equals else {})
        return False
    before = len(outcome.said)
    _one(words, env, outcome, chance)
    for error, target in redirects:
        _redirect(outcome, before, target, error=bool(error))
    return False


def _redirect(outcome: Outcome, before: int, target: str, *, error: bool) -> None:
    said = outcome.said[before:]
    if target.startswith("&"):
        stream = "stderr" if target == "&2" else "stdout"
        outcome.said[before:] = [(wait, stream, text) for wait, _, text in said]
        return
    away = "stderr" if error else "stdout"
    if target != "/dev/null":
        outcome.written += sum(len(text) for _, stream, text in said if stream == away)
    outcome.said[before:] = [one for one in said if one[1] != away]


def _one(words: list[str], env: Mapping[str, str], outcome: Outcome, chance: random.Random) -> None:
    """Let one program run."""
    while words and words[0] in {"sudo", "exec", "time", "env", "command"}:
        words = words[1:]
    if not words:
        return
    if not _PROGRAM.fullmatch(words[0]):
        outcome.said.append((0.05, "stderr", f"/bin/sh: {words[0]}: not found\n"))
        outcome.code = 127
        return
    tool: Callable[[list[str], random.Random], Ran] | None = tools.TOOLS.get(words[0].rpartition("/")[2])
    ran = tool(words[1:], chance) if tool is not None else tools.silent(words[1:], chance)
    outcome.said += ran.said
    outcome.code = ran.code
    outcome.written += ran.written
    outcome.after += ran.after


def _split(text: str) -> list[str]:
    """Cut at what separates commands, outside of quotes; separators stand between the commands."""
    found, word, quote = [], "", ""
    place = 0
    while place < len(text):
        sign = text[place]
        separator = None if quote else _PARTS.match(text, place)
        if separator is not None:
            found += [word, separator[0]]
            word, place = "", separator.end()
            continue
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        word += sign
        place += 1
    return [*found, word]
