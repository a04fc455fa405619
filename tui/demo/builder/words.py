"""Variables and quotes in the words of a Dockerfile."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME = re.compile(r"[a-zA-Z_]\w*|\d+|[@*#]")
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def as_mapping(env: Sequence[str]) -> dict[str, str]:
    """Read a list of NAME=value."""
    return {name: value for name, _, value in (one.partition("=") for one in env)}


def expand(word: str, env: Mapping[str, str]) -> str:
    """Put in variables and take off quotes.

    Raises:
        RefusalError: where a variable is not written as one.

    """
    return _Expansion(word, env).run()


class _Expansion:
    def __init__(self, word: str, env: Mapping[str, str]) -> None:
        self._word = word
        self._env = env
        self._at = 0

    def run(self) -> str:
        made, quote = "", ""
        while self._at < len(self._word):
            sign = self._word[self._at]
            if quote == "'":
                self._at += 1
                if sign == "'":
                    quote = ""
                else:
                    made += sign
            elif sign == "\\":
                made += self._escaped(quote)
            elif sign == "$":
                made += self._variable()
            elif sign in "\"'" and (not quote or sign == quote):
                quote = "" if quote else sign
                self._at += 1
            else:
                made += sign
                self._at += 1
        if quote:
            kind = "double" if quote == '"' else "single"
            self._fail(f"unexpected end of statement while looking for matching {kind}-quote")
        return made

    def _escaped(self, quote: str) -> str:
        following = self._word[self._at + 1 : self._at + 2]
        self._at += 2
        # Within quotes, a backslash before anything ordinary is itself.
        return following if not quote or following in {'"', "$", "\\"} else f"\\{following}"

    def _variable(self) -> str:
        self._at += 1
        if self._word[self._at : self._at + 1] == "{":
            return self._braced()
        found = _NAME.match(self._word, self._at)
        if found is None:
            return "$"
        self._at = found.end()
        return self._env.get(found[0], "")

    def _braced(self) -> str:
        found = _NAME.match(self._word, self._at + 1)
        if found is None:
            self._fail("bad substitution")
        self._at = found.end()
        value = self._env.get(found[0])
        modifier = self._word[self._at : self._at + 1]
        if modifier == "}":
            self._at += 1
            return value or ""
        colon = modifier == ":"
        if colon:
            self._at += 1
            modifier = self._word[self._at : self._at + 1]
        if not modifier or modifier not in "-+?":
            self._fail(f"unsupported modifier ({modifier or _UNKNOWN}) in substitution")
        self._at += 1
        start, depth = self._at, 1
        while self._at < len(self._word) and depth:
            depth += {"{": 1, "}": -1}.get(self._word[self._at], 0)
            self._at += 1
        if depth:
            self._fail("syntax error: missing '}'")
        other = expand(self._word[start : self._at - 1], self._env)
        given = bool(value) if colon else value is not None
        if modifier == "+":
            return other if given else ""
        if modifier == "?" and not given:
            self._fail(f"{found[0]}: {other or 'not allowed to be unset'}")
        return value or "" if given else other

    def _fail(self, why: str) -> NoReturn:
        raise RefusalError(400, f"failed to process {json.dumps(self._word, ensure_ascii=False)}: {why}")
