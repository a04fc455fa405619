"""The command line: arguments, config, engine, app; nothing else."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui import __version__, paths
from tui import config as configs
from tui.engine.address import resolve
from tui.engine.connection import Connection
from tui.terminal import crash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.config import Config

USAGE_ERROR = 2


def parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    found = argparse.ArgumentParser(
        prog="wherry", description="A light terminal interface to a Docker engine.", allow_abbrev=False
    )
    found.add_argument("-H", "--host", metavar="URL", help="the engine, as in unix:///run/docker.sock")
    found.add_argument("-c", "--context", metavar="NAME", help="a context of the docker CLI")
    found.add_argument("--config", metavar="FILE", type=Path, help="another config file")
    found.add_argument("--version", action="version", version=f"wherry {__version__}")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Start wherry; ends the process with 2 where it was called wrongly."""
    sys.excepthook = crash.excepthook
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Until the app listens: so that what was begun is ended, a tunnel say.
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    given = parser().parse_args(arguments)
    if given.host and given.context:
        _refuse("--host and --context exclude each other: which engine is meant?")
    config_path = given.config or paths.config_file()
    try:
        config = configs.load(config_path, required=given.config is not None)
    except configs.ConfigError as error:
        _refuse(str(error))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        _refuse("wherry needs a terminal for its input and output")
    if os.environ.get("TERM", "") in {"", "dumb"}:
        _refuse("the terminal can't be drawn on: TERM is dumb or not set")
    # A key must not wait for a thread that reads a flood.
    sys.setswitchinterval(0.001)
    # Nothing that is made while starting is garbage; the app switches it on again.
    gc.disable()
    connection = Connection(partial(resolve, given.host, given.context, os.environ))
    # Before Textual is imported: the first lists arrive meanwhile.
    connection.open()
    try:
        sys.exit(_run(connection, config, str(config_path)))
    finally:
        connection.close()


def _run(connection: Connection, config: Config, config_name: str) -> int:
    """Run the app; gives the process's exit code."""
    # Textual would otherwise animate, which only costs bytes here.
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    # How long Textual waits for more to draw together; how often something is drawn the driver decides.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    from tui.app import Wherry, binding_ids, theme_names

    try:
        if config.keymap:
            configs.check_keymap(config, binding_ids(), config_name)
        configs.check_theme(config, theme_names(), config_name)
    except configs.ConfigError as error:
        _refuse(str(error))
    app = Wherry(connection, config)
    app.run(mouse=True)
    if app.crash is not None:
        crash.tell(app.crash)
        return 1
    return app.return_code or 0


def _refuse(text: str) -> None:
    print(f"wherry: {text}", file=sys.stderr)
    sys.exit(USAGE_ERROR)
