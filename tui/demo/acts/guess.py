"""How a container behaves that nobody described: guessed from its command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.acts.things import Temper
from tui.demo.shell.commands import COMMANDS
from tui.demo.shell.shell import SHELLS

if TYPE_CHECKING:
    from tui.demo.acts.things import Container

_TERMINATED = 143
_MADE_UP = "server"
"""What tests and scenes call a program that only runs; every image has it."""
_ENTRANCE = re.compile(r"[\w./-]*entrypoint(?:\.sh)?")


def guess(container: Container) -> Temper:
    """Say how a command would run: what the demo's shell knows is run by it, and all else just runs.

    As a container's first process, without an init, a shell and many tools ignore SIGTERM.
    """
    if known(container):
        on_term = _TERMINATED if container.host.get("Init") else None
        return Temper(on_term=on_term, program=True, found=False)
    # Who would type into a program that only seems to run is told that it is none.
    typed_into = container.tty and bool(container.config["OpenStdin"]) and container.path != _MADE_UP
    return Temper(program=typed_into, found=container.path == _MADE_UP)


def known(container: Container) -> bool:
    """Say whether the demo's shell knows a container's command."""
    return _known(words_of(container)[0])


def words_of(container: Container) -> list[str]:
    """Give the command that is run in the end: an entry script runs what it is given."""
    words = [container.path, *container.args]
    entrance = _ENTRANCE.fullmatch(container.path) and container.args and _known(container.args[0])
    return words[1:] if entrance else words


def _known(word: str) -> bool:
    name = word.rpartition("/")[2]
    return name in COMMANDS or name in SHELLS
