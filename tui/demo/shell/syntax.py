"""What a command line means: its words, its redirections, and how its commands hang together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tui.demo.shell.tokens import IncompleteError, ShellSyntaxError, Token, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.shell.tokens import Word

    Command: TypeAlias = "Simple | If | Loop | For | Group"

_UNSUPPORTED = frozenset({"case", "function", "select", "[["})
_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "}", "in"})


@dataclass(slots=True)
class Redirect:
    """Where one of a command's streams goes: `number` 0 to 2, `operator` as it was written."""

    number: int
    operator: str
    target: Word


@dataclass(slots=True)
class Simple:
    """A command with its words."""

    words: list[Word] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)


@dataclass(slots=True)
class Pipeline:
    """Commands of which each reads what the one before it writes."""

    commands: list[Command]
    negated: bool = False


@dataclass(slots=True)
class Sequence:
    """Pipelines one after the other, each with the operator before it: ;, && or ||."""

    items: list[tuple[str, Pipeline]] = field(default_factory=list)


@dataclass(slots=True)
class If:
    """Conditions with what is done, and what is done else."""

    branches: list[tuple[Sequence, Sequence]]
    otherwise: Sequence | None = None


@dataclass(slots=True)
class Loop:
    """While a condition holds, or until it does."""

    condition: Sequence
    body: Sequence
    until: bool = False


@dataclass(slots=True)
class For:
    """For each of some words."""

    name: str
    words: list[Word]
    body: Sequence


@dataclass(slots=True)
class Group:
    """Commands in parentheses or braces."""

    body: Sequence
    subshell: bool = False


def parse(text: str) -> Sequence:
    """Read a script.

    Raises:
        IncompleteError: where it goes on in the next line.
        ShellSyntaxError: where it is none.

    """
    parser = _Parser(tokens(text))
    try:
        found = parser.sequence(frozenset())
    except RecursionError:
        raise ShellSyntaxError("nested too deeply") from None
    if parser.look() is not None:
        raise parser.unexpected()
    return found


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0

    def look(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def unexpected(self) -> ShellSyntaxError:
        token = self.look()
        if token is None:
            return IncompleteError("unexpected end of file")
        text = token.text.replace("\n", "newline")
        return ShellSyntaxError(f'unexpected "{text}"' if token.operator else f"unexpected word: {text}")

    def _at(self, *texts: str) -> bool:
        token = self.look()
        return token is not None and token.operator and token.text in texts

    def _word(self, *texts: str) -> bool:
        token = self.look()
        return token is not None and not token.operator and token.plain in texts

    def _expect(self, text: str) -> None:
        if not (self._at(text) or self._word(text)):
            raise self.unexpected()
        self._place += 1

    def _skip_lines(self) -> None:
        while self._at("\n", ";"):
            self._place += 1

    def sequence(self, ends: frozenset[str]) -> Sequence:
        found, operator = Sequence(), ";"
        while True:
            while self._at("\n"):
                self._place += 1
            if self.look() is None or self._at(")") or self._word(*_CLOSERS):
                if operator in {"&&", "||"} or (self.look() is None and ends):
                    raise self.unexpected()
                return found
            found.items.append((operator, self._pipeline()))
            following = self.look()
            if following is None or self._at(")"):
                operator = ";"
                continue
            text = following.text
            if not self._at("&&", "||", ";", "&", "\n"):
                raise self.unexpected()
            if text == "&":
                raise ShellSyntaxError('"&" is not part of the demo')
            operator = text if text in {"&&", "||"} else ";"
            self._place += 1

    def _pipeline(self) -> Pipeline:
        negated = self._word("!")
        if negated:
            self._place += 1
        commands = [self._command()]
        while self._at("|"):
            self._place += 1
            while self._at("\n"):
                self._place += 1
            commands.append(self._command())
        return Pipeline(commands, negated)

    def _command(self) -> Command:
        if self._at("("):
            self._place += 1
            body = self.sequence(frozenset({")"}))
            self._expect(")")
            return Group(body, subshell=True)
        token = self.look()
        if token is None:
            raise self.unexpected()
        if not token.operator and token.plain in _UNSUPPORTED:
            raise ShellSyntaxError(f'"{token.plain}" is not part of the demo')
        compound: dict[str, Callable[[], Command]] = {
            "if": self._if,
            "while": self._loop,
            "until": self._loop,
            "for": self._for,
            "{": self._braces,
        }
        return compound.get("" if token.operator else token.plain, self._simple)()

    def _braces(self) -> Group:
        self._place += 1
        body = self.sequence(frozenset({"}"}))
        self._expect("}")
        return Group(body)

    def _if(self) -> If:
        branches: list[tuple[Sequence, Sequence]] = []
        otherwise = None
        while self._word("if", "elif"):
            self._place += 1
            condition = self.sequence(frozenset({"then"}))
            self._expect("then")
            branches.append((condition, self.sequence(frozenset({"elif", "else", "fi"}))))
        if self._word("else"):
            self._place += 1
            otherwise = self.sequence(frozenset({"fi"}))
        self._expect("fi")
        return If(branches, otherwise)

    def _loop(self) -> Loop:
        until = self._word("until")
        self._place += 1
        condition = self.sequence(frozenset({"do"}))
        return Loop(condition, self._body(), until)

    def _body(self) -> Sequence:
        self._skip_lines()
        self._expect("do")
        body = self.sequence(frozenset({"done"}))
        self._expect("done")
        return body

    def _for(self) -> For:
        self._place += 1
        token = self.look()
        if token is None or token.operator:
            raise self.unexpected()
        self._place += 1
        words: list[Word] = []
        self._expect("in")
        while (word := self.look()) is not None and not word.operator:
            words.append(word.word)
            self._place += 1
        return For(token.plain, words, self._body())

    def _simple(self) -> Simple:
        found = Simple()
        while (token := self.look()) is not None:
            if token.operator and token.text in {">", ">>", "<", ">&"}:
                self._place += 1
                target = self.look()
                if target is None or target.operator:
                    raise self.unexpected()
                default = 0 if token.text == "<" else 1
                number = token.number if token.number is not None else default
                found.redirects.append(Redirect(number, token.text, target.word))
            elif token.operator:
                break
            else:
                found.words.append(token.word)
            self._place += 1
        if not found.words and not found.redirects:
            raise self.unexpected()
        return found
