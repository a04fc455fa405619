"""How a container behaves that nobody described: guessed from its command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.acts.things import Temper

if TYPE_CHECKING:
    from tui.demo.acts.things import Container

_DEAF = frozenset({"sleep", "tail", "sh", "ash", "bash", "cat"})
_TERMINATED = 143
_EXIT = re.compile(r"(?:echo (?P<words>[^;&|>]*); *)?exit (?P<code>\d+)")


def guess(container: Container) -> Temper:
    """Say how a command would run: `true`, `false`, `echo` and `sh -c 'exit 3'` end at once.

    As a container's first process, without an init, a shell and many tools ignore SIGTERM.
    """
    program, args = container.path.rpartition("/")[2], container.args
    if program in {"true", "false"}:
        return Temper(lasts=0, exit_code=int(program == "false"))
    if program == "echo":
        return Temper(lasts=0, opening=[("stdout", " ".join(args))])
    found = (
        _EXIT.fullmatch(args[1].strip()) if program == "sh" and args[:1] == ["-c"] and len(args) > 1 else None
    )
    if found is not None:
        said = [("stdout", found["words"])] if found["words"] is not None else []
        return Temper(lasts=0, exit_code=int(found["code"]), opening=said)
    if program == "sh" and not args and not container.tty:
        # A shell without anything to read.
        return Temper(lasts=0)
    if program in _DEAF:
        return Temper(on_term=_TERMINATED if container.host.get("Init") else None)
    return Temper()
