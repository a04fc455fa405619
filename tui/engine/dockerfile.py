"""Reading a Dockerfile: its stages, its arguments, and what of it only BuildKit can do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST = 1 << 20
"""Bytes that are read of a file: one that is longer is no Dockerfile."""
_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*")
_HEREDOC = re.compile(r"\d*<<(-?)([^<]+)")
_FLAG = re.compile(r"--([a-z-]+)(?:=(\S*))?(?=\s|$)")
_WORD = re.compile(r"(?:[^\s\"']|\"(?:\\.|[^\"\\])*\"?|'[^']*'?)+")
_WITH_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})
_PLATFORM = re.compile(r"\$\{?(?:BUILD|TARGET)(?:PLATFORM|OS|ARCH|VARIANT)\b")
_PREDEFINED = frozenset(
    name
    for upper in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    for name in (upper, upper.lower())
) | frozenset(
    f"{side}{what}" for side in ("BUILD", "TARGET") for what in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
"""Arguments that have a value without anybody giving one."""
# What the classic builder refuses, or, worse, passes over: Engine 26.1 takes `RUN <<EOF` for an empty
# script, and neither compares checksums nor keeps .git.
_BUILDKIT_FLAGS = {
    "RUN": ("mount", "network", "security"),
    "COPY": ("chmod", "parents", "exclude"),
    "ADD": ("chmod", "checksum", "keep-git-dir", "exclude"),
}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: `rest` is what follows its name and its flags, on one line, without heredocs' text.

    Args:
        line: where it begins, counted from 1.
        flags: (name, value) of each `--name=value`.
        heredocs: how many texts of its own it has.

    """

    name: str
    rest: str
    line: int
    flags: tuple[tuple[str, str], ...] = ()
    heredocs: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM: what it builds upon, and its name in lower case, empty where it has none."""

    base: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that only BuildKit can do, and in which line it stands."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """What a form wants to know of a Dockerfile.

    Args:
        arguments: (name, default) of each ARG, in order; the first default of a name counts.
        needs: what only BuildKit can do.

    """

    stages: tuple[Stage, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The names that `--target` takes, last stage first."""
        return tuple(dict.fromkeys(stage.name for stage in reversed(self.stages) if stage.name))

    def has_target(self, target: str) -> bool:
        """Say whether `--target` would find a stage, by its name or its number."""
        if target.isascii() and target.isdigit():
            return int(target) < len(self.stages)
        return target.lower() in self.targets


def load(file: Path) -> Dockerfile:
    """Read a file.

    Raises:
        EngineError: with why it can't be read.

    """
    try:
        with file.open("rb") as stream:
            content = stream.read(_MOST)
    except OSError as error:
        raise EngineError(f"{file} can't be read: {error.strerror or error}") from error
    return parse(content.decode("utf-8-sig", errors="replace"))


def parse(text: str) -> Dockerfile:
    """Read a text; what is no instruction is passed over, for the builder says that better."""
    stages: list[Stage] = []
    arguments: dict[str, str] = {}
    needs: list[Need] = []
    for one in instructions(text):
        words = one.rest.split()
        if one.name == "FROM" and words:
            named = len(words) == 3 and words[1].upper() == "AS"
            stages.append(Stage(words[0], words[2].lower() if named else ""))
        elif one.name == "ARG":
            for word in _WORD.findall(one.rest):
                name, _, default = word.partition("=")
                if name not in _PREDEFINED:
                    arguments.setdefault(name, _unquoted(default))
        needs += [Need(one.line, what) for what in _needed(one)]
    return Dockerfile(tuple(stages), tuple(arguments.items()), tuple(needs))


def instructions(text: str) -> Iterator[Instruction]:
    """Cut a text into instructions, as BuildKit's parser does."""
    lines = text.removeprefix("\ufeff").split("\n")
    goes_on = _continuation(lines)
    number = 0
    while number < len(lines):
        begin = number
        line, number = lines[number].rstrip("\r").lstrip(), number + 1
        if not line or line.startswith("#"):
            continue
        joined, more = _cut(line, goes_on)
        while more and number < len(lines):
            line, number = lines[number].rstrip("\r"), number + 1
            # A comment or an empty line in between does not end it.
            if line.strip() and not line.lstrip().startswith("#"):
                line, more = _cut(line, goes_on)
                joined += line
        if not joined.strip():
            continue
        one, ends = _instruction(joined.strip(), begin + 1)
        for strip_tabs, end in ends:
            while number < len(lines) and _bare(lines[number], strip_tabs) != end:
                number += 1
            number += 1
        yield one


def _continuation(lines: list[str]) -> re.Pattern[str]:
    """Give what continues a line: a backslash, unless a directive at the very beginning says a backtick."""
    escape = "\\"
    for line in lines:
        directive = _DIRECTIVE.fullmatch(line.strip())
        if directive is None:
            break
        if directive[1].lower() == "escape" and directive[2] in {"\\", "`"}:
            escape = directive[2]
    sign = re.escape(escape)
    return re.compile(rf"(?<!{sign}){sign}[ \t]*$")


def _cut(line: str, goes_on: re.Pattern[str]) -> tuple[str, bool]:
    found = goes_on.search(line)
    return (line[: found.start()], True) if found else (line, False)


def _bare(line: str, strip_tabs: bool) -> str:
    line = line.rstrip("\r")
    return line.lstrip("\t") if strip_tabs else line


def _instruction(text: str, line: int) -> tuple[Instruction, list[tuple[bool, str]]]:
    """Take an instruction apart; gives also the words that end its heredocs."""
    name, _, rest = text.replace("\t", " ").partition(" ")
    name, rest = name.upper(), rest.strip()
    flags: list[tuple[str, str]] = []
    while found := _FLAG.match(rest):
        flags.append((found[1], found[2] or ""))
        rest = rest[found.end() :].lstrip()
    ends: list[tuple[bool, str]] = []
    subject = rest.split(maxsplit=1)[0].upper() if name == "ONBUILD" and rest else name
    if subject in _WITH_HEREDOCS and not rest.startswith("["):
        found_here = map(_HEREDOC.fullmatch, _WORD.findall(rest))
        ends += [(bool(heredoc[1]), _unquoted(heredoc[2])) for heredoc in found_here if heredoc]
    return Instruction(name, rest, line, tuple(flags), len(ends)), ends


def _unquoted(word: str) -> str:
    return re.sub(r"[\"']", "", word)


def _needed(one: Instruction) -> list[str]:
    """Name what of an instruction only BuildKit can do."""
    needed = [f"{one.name} --{name}" for name, _ in one.flags if name in _BUILDKIT_FLAGS.get(one.name, ())]
    if one.heredocs and one.name in _WITH_HEREDOCS:
        needed.append(f"a heredoc in {one.name}")
    if one.name == "FROM" and any(
        name == "platform" and _PLATFORM.search(value) for name, value in one.flags
    ):
        needed.append("FROM --platform with BuildKit's own variable")
    return needed
