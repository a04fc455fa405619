"""Cutting a Dockerfile into instructions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from tui.demo.refusal import RefusalError

INSTRUCTIONS = (
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
)
_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*")
_HEREDOC = re.compile(r"<<-?([\"']?)([a-zA-Z_][\w.]*)\1")
_FLAG = re.compile(r"--\S*")
_NAMED = frozenset({"ENV", "LABEL"})
_FLAGGED = frozenset({"ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"})


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction; `text` as it is shown, `rest` what follows its name and its flags."""

    name: str
    text: str
    rest: str
    line: int
    flags: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """What follows, cut at blanks, or a JSON list."""
        listed = as_list(self.rest)
        return self.rest.split() if listed is None else listed


def as_list(text: str) -> list[str] | None:
    """Read a JSON list of texts; None where it is none. As in Docker, what follows it does not matter."""
    if not text.startswith("["):
        return None
    try:
        values, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, list) and all(isinstance(one, str) for one in values) else None


def parse(content: str, file: str = "Dockerfile") -> list[Instruction]:
    """Cut it into instructions; names are not checked yet.

    Raises:
        RefusalError: 400 where there is none, or names and values can't be told apart.

    """
    if not content:
        raise RefusalError(400, f"the Dockerfile ({file}) cannot be empty")
    found = [instruction(text, line) for line, text in _joined(content.removeprefix("\ufeff").splitlines())]
    if not found:
        raise RefusalError(400, "failed to parse Dockerfile: file with no instructions")
    for one in found:
        try:
            pairs(one)
        except ValueError as error:
            raise RefusalError(400, f"failed to parse Dockerfile: {error}") from None
    return found


def instruction(text: str, line: int = 0) -> Instruction:
    """Take an instruction apart into its name, its flags and the rest."""
    name, _, rest = text.partition(" ") if " " in text else text.partition("\t")
    rest, flags = rest.strip(), []
    while name.upper() in _FLAGGED and (found := _FLAG.match(rest)) is not None:
        flags.append(found[0])
        rest = rest[found.end() :].lstrip()
    return Instruction(name.upper(), text, rest, line, tuple(flags))


def pairs(one: Instruction) -> list[tuple[str, str]]:
    """Read the names and values of ENV and LABEL, still quoted; ValueError where there are none."""
    if one.name not in _NAMED:
        return []
    words = split_words(one.rest)
    if not words:
        return []
    if "=" not in words[0]:
        old = one.rest.split(maxsplit=1)
        if len(old) < 2:
            raise ValueError(f"{one.name} must have two arguments")
        return [(old[0], old[1])]
    found = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            quoted = json.dumps(word)
            raise ValueError(f"Syntax error - can't find = in {quoted}. Must be of the form: name=value")
        found.append((name, value))
    return found


def split_words(text: str) -> list[str]:
    """Cut at blanks outside of quotes; the quotes stay."""
    words, word, quote, escaped = [], "", "", False
    for sign in text:
        if not quote and not escaped and sign.isspace():
            words += [word] if word else []
            word = ""
            continue
        word += sign
        if escaped:
            escaped = False
        elif sign == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
    return [*words, word] if word else words


def _joined(lines: list[str]) -> list[tuple[int, str]]:
    """Give each instruction's first line, counted from 1, and its text without line ends and comments."""
    escape, found = _escape(lines), []
    number = 0
    while number < len(lines):
        start, text = number, lines[number].strip()
        number += 1
        if not text or text.startswith("#"):
            continue
        ending = re.compile(re.escape(escape) + r"[ \t]*$")
        while ending.search(text) and number < len(lines):
            text = ending.sub("", text)
            more = lines[number]
            number += 1
            if more.strip() and not more.lstrip().startswith("#"):
                text += more.rstrip("\r")
            else:
                # A comment or an empty line in between does not end it.
                text += escape
        text = ending.sub("", text).strip()
        number = _after_heredocs(text, lines, number)
        found.append((start + 1, text))
    return found


def _escape(lines: list[str]) -> str:
    """Give the sign that continues a line, which directives at the very beginning may change."""
    for line in lines:
        directive = _DIRECTIVE.fullmatch(line.strip())
        if directive is None:
            break
        if directive[1].lower() == "escape" and directive[2] in {"\\", "`"}:
            return directive[2]
    return "\\"


def _after_heredocs(text: str, lines: list[str], number: int) -> int:
    if text.partition(" ")[0].upper() not in {"ADD", "COPY", "RUN"}:
        return number
    for _, word in _HEREDOC.findall(text):
        while number < len(lines) and lines[number].strip() != word:
            number += 1
        number += 1
    return number
