"""A script's words and operators."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_OPERATORS = re.compile(r"&&|\|\||>>|>&|[;|&()<>\n]")
_VARIABLE = re.compile(r"[A-Za-z_]\w*|[?$#@*!0-9]")
_BRACED = re.compile(r"\{([A-Za-z_]\w*|[?$#@*0-9])(?::?([-+])([^}]*))?\}")


class ShellSyntaxError(Exception):
    """A script that is none; its text says why."""


class IncompleteError(ShellSyntaxError):
    """A script that goes on in the next line."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a word.

    `kind` is text, variable, command or number; `extra` is the rest of `${name:-instead}`, from its sign.
    """

    kind: str
    text: str
    quoted: bool = False
    extra: str = ""


Word = tuple[Part, ...]


@dataclass(slots=True)
class Token:
    """A word or an operator; `plain` is a word's text where nothing of it is quoted."""

    text: str
    operator: bool = False
    number: int | None = None
    word: Word = field(default=())
    plain: str = ""


def tokens(text: str) -> list[Token]:
    """Split a script."""
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found: list[Token] = []
        self._parts: list[Part] = []
        self._start: int | None = None

    def run(self) -> list[Token]:
        while self._at < len(self._text):
            self._step(self._text[self._at])
        self._end_word()
        return self._found

    def _step(self, sign: str) -> None:
        operator = _OPERATORS.match(self._text, self._at)
        if sign in " \t\r":
            self._end_word()
            self._at += 1
        elif operator is not None:
            self._operator(operator[0])
        elif sign == "#" and self._start is None:
            end = self._text.find("\n", self._at)
            self._at = end if end >= 0 else len(self._text)
        else:
            self._start = self._at if self._start is None else self._start
            self._piece(sign, quoted=False)

    def _operator(self, text: str) -> None:
        number = None
        digits = self._text[self._start : self._at] if self._start is not None else ""
        if digits.isdecimal() and text[0] in "<>":
            number, self._parts, self._start = int(digits), [], None
        self._end_word()
        self._found.append(Token(text, operator=True, number=number))
        self._at += len(text)

    def _end_word(self) -> None:
        if self._start is None:
            return
        text = self._text[self._start : self._at]
        bare = all(part.kind == "text" and not part.quoted for part in self._parts)
        plain = "".join(part.text for part in self._parts) if bare else ""
        self._found.append(Token(text, word=tuple(self._parts), plain=plain))
        self._parts, self._start = [], None

    def _add(self, kind: str, text: str, *, quoted: bool, extra: str = "") -> None:
        last = self._parts[-1] if self._parts else None
        if kind == "text" and last is not None and last.kind == "text" and last.quoted == quoted:
            self._parts[-1] = Part("text", last.text + text, quoted)
        else:
            self._parts.append(Part(kind, text, quoted, extra))

    def _piece(self, sign: str, *, quoted: bool) -> None:
        if sign == "'" and not quoted:
            self._add("text", self._until("'", self._at + 1), quoted=True)
        elif sign == '"' and not quoted:
            self._double()
        elif sign == "\\":
            self._escape(quoted=quoted)
        elif sign == "`":
            self._add("command", self._until("`", self._at + 1), quoted=quoted)
        elif sign == "$":
            self._dollar(quoted=quoted)
        else:
            self._add("text", sign, quoted=quoted)
            self._at += 1

    def _until(self, sign: str, start: int) -> str:
        end = self._text.find(sign, start)
        if end < 0:
            raise IncompleteError("unterminated quoted string")
        self._at = end + 1
        return self._text[start:end]

    def _double(self) -> None:
        self._at += 1
        self._add("text", "", quoted=True)
        while True:
            if self._at >= len(self._text):
                raise IncompleteError("unterminated quoted string")
            if self._text[self._at] == '"':
                self._at += 1
                return
            self._piece(self._text[self._at], quoted=True)

    def _escape(self, *, quoted: bool) -> None:
        following = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        if following == "\n":
            return
        if not following or (quoted and following not in '$`"\\'):
            following = f"\\{following}"
        self._add("text", following, quoted=True)

    def _dollar(self, *, quoted: bool) -> None:
        rest = self._at + 1
        if self._text.startswith("((", rest):
            text = self._until("))", rest + 2)
            self._at += 1  # the second parenthesis
            self._add("number", text, quoted=quoted)
        elif self._text.startswith("(", rest):
            self._at = self._closing(rest + 1)
            self._add("command", self._text[rest + 1 : self._at - 1], quoted=quoted)
        elif (braced := _BRACED.match(self._text, rest)) is not None:
            self._at = braced.end()
            self._add("variable", braced[1], quoted=quoted, extra=(braced[2] or "") + (braced[3] or ""))
        elif self._text.startswith("{", rest):
            raise ShellSyntaxError("bad substitution")
        elif (named := _VARIABLE.match(self._text, rest)) is not None:
            self._at = named.end()
            self._add("variable", named[0], quoted=quoted)
        else:
            self._add("text", "$", quoted=quoted)
            self._at += 1

    def _closing(self, start: int) -> int:
        """Give the place behind the parenthesis that closes a command."""
        depth, at, quote = 1, start, ""
        while at < len(self._text):
            sign = self._text[at]
            if quote:
                quote = "" if sign == quote else quote
            elif sign in "'\"":
                quote = sign
            elif sign in "()":
                depth += 1 if sign == "(" else -1
                if depth == 0:
                    return at + 1
            at += 1
        raise IncompleteError("unterminated command substitution")
