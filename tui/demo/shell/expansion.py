"""Words become what a command gets: variables, commands, numbers, patterns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.shell.arithmetic import number
from tui.demo.shell.patterns import globbed

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from tui.demo.shell.console import Wait
    from tui.demo.shell.place import Place, Streams
    from tui.demo.shell.tokens import Part, Word

    Texts = Generator[Wait, None, list[str]]


class Expansion:
    """A shell's variables, and what they make of words.

    Args:
        name: what it was called as.
        place: where it runs.
        env: its variables.
        folder: where it begins.
        args: $1 and those after it.

    """

    def __init__(
        self, name: str, place: Place, env: dict[str, str], folder: str, args: Sequence[str] = ()
    ) -> None:
        self.name = name
        self.place = place
        self.env = env
        self.own: dict[str, str] = {}
        """Variables that are not exported."""
        self.folder = folder
        self.args = list(args)
        self.code = 0

    def assign(self, name: str, value: str) -> None:
        """Set a variable, which stays exported where it was."""
        (self.env if name in self.env else self.own)[name] = value

    def words(self, words: Sequence[Word]) -> Texts:
        """Expand words; each becomes any number of them."""
        found: list[str] = []
        for word in words:
            found += yield from self._fields(word)
        return found

    def one_word(self, word: Word) -> Generator[Wait, None, str]:
        """Expand a word that stays one, as the value of an assignment does."""
        text = ""
        for part in word:
            text += yield from self._part(part)
        return text

    def _fields(self, word: Word) -> Texts:
        fields: list[str] = [""]
        patterns = [False]
        there = any(part.quoted for part in word)
        for part in word:
            text = yield from self._part(part)
            if part.kind == "variable" and part.text in "@*" and part.text and part.quoted:
                pieces = list(self.args)
                there = bool(pieces)
            elif part.kind == "text" or part.quoted:
                pieces = [text]
            else:
                pieces = text.split()
                if text[:1].isspace() and fields[-1]:
                    pieces = ["", *pieces]
            if part.kind == "text" and _is_home(part, word) and text[:1] == "~":
                pieces = [self.env.get("HOME", "/") + text[1:]]
            if not pieces:
                continue
            fields[-1] += pieces[0]
            fields += pieces[1:]
            patterns += [False] * (len(fields) - len(patterns))
            patterns[-1] |= not part.quoted and bool(re.search(r"[*?\[]", text))
        if fields == [""] and not there:
            return []
        return [
            path
            for text, pattern in zip(fields, patterns, strict=True)
            for path in (globbed(text, self.place.tree, self.folder) if pattern else [text])
        ]

    def _part(self, part: Part) -> Generator[Wait, None, str]:
        if part.kind == "variable":
            return self._variable(part)
        if part.kind == "number":
            return str(number(part.text, {**self.env, **self.own}))
        if part.kind == "command":
            return (yield from self.captured(part.text))
        return part.text

    def _variable(self, part: Part) -> str:
        special = {
            "?": str(self.code),
            "#": str(len(self.args)),
            "$": "1",
            "0": self.name,
            "@": " ".join(self.args),
            "*": " ".join(self.args),
            "!": "",
        }
        if part.text.isdecimal() and part.text != "0":
            place = int(part.text) - 1
            value = self.args[place] if place < len(self.args) else ""
        else:
            value = special.get(part.text) or self.own.get(part.text) or self.env.get(part.text) or ""
        sign, extra = part.extra[:1], part.extra[1:]
        return extra if (sign == "-" and not value) or (sign == "+" and value) else value

    def captured(self, text: str) -> Generator[Wait, None, str]:
        """Run a script, and give what it wrote; for a subclass."""
        raise NotImplementedError

    def usual_streams(self) -> Streams:
        """Give the shell's own streams; for a subclass."""
        raise NotImplementedError


def _is_home(part: Part, word: Word) -> bool:
    """Say whether a tilde at a part's start means the home folder."""
    return part is word[0] and not part.quoted and (part.text == "~" or part.text.startswith("~/"))
