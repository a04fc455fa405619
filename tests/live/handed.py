"""Hand this terminal to a docker command over the API: `python -m tests.live.handed URL WORDS…`.

Before the words may stand `--own`: ctrl+c ends it from here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tui.engine.address import resolve
from tui.engine.connection import Connection
from tui.engine.interactive import program
from tui.terminal.handover import Loan, run


def main(url: str, *words: str) -> None:
    """Run it, and say how it ended."""
    own = words[0] == "--own"
    words = words[own:]
    connection = Connection(lambda: resolve(None, None, {"DOCKER_HOST": url}))
    connection.establish()
    loan = Loan(
        ("docker", *words),
        {},
        "docker " + " ".join(words),
        own_interrupt=own,
        program=program(connection, words, os.environ, Path.cwd()),
    )
    ended = run(loan, sys.__stdin__, sys.__stdout__)
    connection.close()
    sys.stdout.write(f"ENDED {ended.code} {ended.text!r} {ended.note!r}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
