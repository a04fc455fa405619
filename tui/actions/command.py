"""The docker command that an act stands for: a list of words, some of them secret."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from tui.engine.secrets import MASK, masked


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a person would type it.

    Args:
        words: what follows the program, such as `("stop", "web")`.
        host: words that name the engine, where a plain `docker` would reach another one.
        secrets: words to show as dots; of `NAME=value` only the value.
        program: the program itself.

    """

    words: tuple[str, ...]
    host: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()
    program: tuple[str, ...] = ("docker",)

    @property
    def words_shown(self) -> tuple[str, ...]:
        """All its words, secrets masked."""
        parts = (*self.program, *self.host, *self.words)
        return tuple(masked(part) if part in self.secrets else part for part in parts)

    @property
    def shown(self) -> str:
        """The command ready to paste, secrets masked."""
        return " ".join(_quoted(part) for part in self.words_shown)

    @property
    def argv(self) -> tuple[str, ...]:
        """What a child process is started with: the engine comes from its environment."""
        return (*self.program, *self.words)


def _quoted(word: str) -> str:
    """Quote a word for a shell; dots stay as they are, since they can't be pasted anyway."""
    name, dots, rest = word.partition(MASK)
    return shlex.quote(name) + dots if dots and not rest else shlex.quote(word)


def split_words(text: str) -> tuple[str, ...]:
    """Split what was typed the way a shell would, without expanding anything.

    Raises:
        ValueError: with words fit to show, where a quote is not closed.

    """
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise ValueError(
            "a quote is not closed" if "quotation" in str(error) else "a backslash stands at the end"
        ) from error
