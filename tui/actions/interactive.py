"""Docker commands that take the terminal, or start a container, on machines without a docker CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.actions.command import Command
    from tui.actions.session import Session
    from tui.engine.jobs import Job
    from tui.engine.remote import Remote


def program(at: Session, words: Sequence[str]) -> Remote | None:
    """Make what stands in for `docker WORDS`; None where there is a docker CLI, which does it itself.

    Raises:
        EngineError: for what only the docker CLI can do, and for words that make no sense.

    """
    if at.has_cli:
        return None
    # Late: hardly any machine lacks the docker CLI.
    from tui.engine import interactive

    return interactive.program(at.connection, words, at.environ, at.folder)


def why_not(at: Session, words: Sequence[str]) -> str:
    """Say why `docker WORDS` can't be done here, or nothing; a docker CLI says so itself."""
    if at.has_cli:
        return ""
    from tui.engine.runwords import read_run

    try:
        if words[0] == "run":
            read_run(words[1:], at.environ, at.folder)  # in the background, too
        else:
            program(at, words)
    except EngineError as problem:
        return str(problem)
    return ""


def detached(at: Session, command: Command, target: str) -> Job:
    """Start the job of a `docker run -d` over the engine's API."""
    from tui.engine.background import api_run_job

    return api_run_job(at.connection, command.words_shown, command.words, target, at.environ, at.folder)
