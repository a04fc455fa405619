"""Starting a program in an empty home, up to where its user sees the containers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.fleet import NAME
from tests.benchmarks.link import Link
from tests.benchmarks.options import Subject
from tests.benchmarks.program import EndedError, Program

PATIENCE = 20.0
"""Seconds that a first list may take."""
_HOMES = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
_MULTIPLEXERS = ("TMUX", "STY")


def environment(home: Path) -> dict[str, str]:
    """Give our environment, with a home of its own, in a terminal that is ours and no multiplexer's."""
    kept = {name: value for name, value in os.environ.items() if name not in _MULTIPLEXERS}
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    return {**kept, **terminal, "HOME": str(home), **{name: str(home / name) for name in _HOMES}}


@contextmanager
def launched(subject: Subject, link: Link | None = None) -> Iterator[Program]:
    """Start a program in a home that is gone afterwards, as the program is."""
    with tempfile.TemporaryDirectory(prefix="wherry-benchmark-", ignore_cleanup_errors=True) as home:
        program = Program(subject.argv, environment(Path(home)), link)
        try:
            yield program
        finally:
            program.close(subject.keys.quit)


@contextmanager
def listed(subject: Subject, settle: float, link: Link | None = None) -> Iterator[Program]:
    """Start a program, go to its list of containers, and let it come to rest.

    Raises:
        EndedError: it ended, or lists no containers.

    """
    with launched(subject, link) as program:
        first_list(program)
        for key in subject.keys.list:
            program.press(key)
            program.run_for(0.3)
        program.run_for(settle)
        yield program


def first_list(program: Program) -> float:
    """Give the seconds from its start until the first container is listed.

    Raises:
        EndedError: none was.

    """
    at = program.until_shown(NAME, PATIENCE)
    if at is None:
        raise EndedError(f"no container was listed in {PATIENCE:g} s:\n{program.screen.text().strip()}")
    return at - program.started_at


def import_seconds(environ: Mapping[str, str]) -> float:
    """Time what every Textual program pays before its first line."""
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", "import textual.app"], check=True, env=environ)
    return time.monotonic() - started
