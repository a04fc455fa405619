"""The command line: arguments, config, engine, app; nothing else."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from tui import __version__, paths
from tui import config as configs
from tui.engine.address import Address, resolve
from tui.engine.connection import Connection
from tui.terminal import crash

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.config import Config

USAGE_ERROR = 2


def parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    found = argparse.ArgumentParser(
        prog="wherry", description="A light terminal interface to a Docker engine.", allow_abbrev=False
    )
    found.add_argument("-H", "--host", metavar="URL", help="the engine, as in unix:///run/docker.sock")
    found.add_argument("-c", "--context", metavar="NAME", help="a context of the docker CLI")
    found.add_argument(
        "--demo",
        metavar="SCENE",
        nargs="?",
        const="stack",
        help="a made-up engine instead of Docker: stack (the default), many, bare or empty",
    )
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
    if given.demo and (given.host or given.context):
        _refuse("--demo is an engine of its own: leave out --host and --context")
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
    find = partial(resolve, given.host, given.context, os.environ)
    code = _on_engine(find, given.demo or "", config, str(config_path))
    if code is None:
        code = _on_engine(find, "stack", config, str(config_path))
    sys.exit(code or 0)


def _on_engine(find: Callable[[], Address], demo: str, config: Config, config_name: str) -> int | None:
    """Run on the engine that `find` finds, or on a demo scene; None where the user asks for the demo."""
    with ExitStack() as ends:
        made_up = _demo(demo, ends) if demo else None
        connection = Connection(find if made_up is None else lambda: made_up)
        ends.callback(connection.close)
        # Before Textual is imported: the first lists arrive meanwhile.
        connection.open()
        return _run(connection, config, config_name)


def _demo(scene: str, ends: ExitStack) -> Address:
    """Start a demo engine in this process, at a socket of its own, until `ends`."""
    from tui.demo.scenes import SCENES
    from tui.demo.server import DemoEngine

    if scene not in SCENES:
        _refuse(f"--demo: there is no scene {scene}; there are {', '.join(sorted(SCENES))}")
    try:
        folder = ends.enter_context(tempfile.TemporaryDirectory(prefix="wherry-demo-"))
        engine = ends.enter_context(DemoEngine(f"{folder}/docker.sock", SCENES[scene], live=True))
    except OSError as error:
        _refuse(f"--demo: can't make a socket under {tempfile.gettempdir()}: {error.strerror}")
    return Address(engine.url, "the flag --demo", "", None, is_default=False, name="DEMO")


def _run(connection: Connection, config: Config, config_name: str) -> int | None:
    """Run the app; gives the process's exit code, or None where the user asks for the demo."""
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
    return None if app.demo_wanted else app.return_code or 0


def _refuse(text: str) -> NoReturn:
    print(f"wherry: {text}", file=sys.stderr)
    sys.exit(USAGE_ERROR)
