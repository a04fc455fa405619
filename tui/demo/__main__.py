"""Run the demo engine: `python -m tui.demo --socket PATH [--control PATH]`; tell it what shall go wrong."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import TYPE_CHECKING

from tui.demo.faults.commands import HELP
from tui.demo.faults.control import Control, tell
from tui.demo.scenes import SCENES
from tui.demo.server import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH = 27


def _parser() -> argparse.ArgumentParser:
    commands = "\n".join(f"  {usage:<{_WIDTH}} {about}" for usage, about in HELP)
    parser = argparse.ArgumentParser(
        prog="python -m tui.demo",
        usage="%(prog)s --socket PATH [--control PATH] [--scene NAME] [--seed N]\n"
        "       %(prog)s --control PATH tell COMMAND",
        description="A Docker engine without Docker, and everything that can go wrong with one.",
        epilog="commands, one a line on the control socket; PATH is a regular expression such as\n"
        f"/containers/json or '/containers/.*/logs', without API version and query:\n{commands}\n\n"
        "example:\n"
        "  python -m tui.demo --socket /tmp/demo.sock --control /tmp/demo.ctl &\n"
        "  wherry --host unix:///tmp/demo.sock\n"
        "  python -m tui.demo --control /tmp/demo.ctl tell 'slow /containers/json 3'\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--socket", metavar="PATH", help="where the engine listens")
    parser.add_argument("--control", metavar="PATH", help="where it takes commands, one a line")
    parser.add_argument(
        "--scene",
        choices=sorted(SCENES),
        default="stack",
        metavar="NAME",
        help=f"what there is: {', '.join(sorted(SCENES))} (default: stack)",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="decides all ids (default: 1)")
    parser.add_argument("tell", nargs="?", choices=["tell"], metavar="tell", help="send a command, and end")
    parser.add_argument("command", nargs="*", metavar="COMMAND", help="such as: status /images/json 500")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or ctrl+c, or send one command; gives 1 where a socket can't be used."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.tell:
        if given.control is None or given.socket is not None or not given.command:
            parser.error("tell is written: --control PATH tell COMMAND")
        return _tell(given.control, " ".join(given.command))
    if given.socket is None:
        parser.error("--socket PATH is needed, or --control PATH tell COMMAND")
    return _serve(given)


def _tell(path: str, command: str) -> int:
    try:
        told = tell(path, command)
    except OSError as error:
        sys.stderr.write(f"demo: can't reach {path}: {error.strerror or error}\n")
        return 1
    (sys.stdout if told.startswith("ok") else sys.stderr).write(f"{told}\n")
    return 0 if told.startswith("ok") else 1


def _serve(given: argparse.Namespace) -> int:
    # Waited for, and not handled: a handler that sets what the main thread is about to wait for can find its
    # lock held by that very thread, for ever. Threads that begin later have them blocked too.
    ends = {signal.SIGTERM, signal.SIGINT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    try:
        return _serve_until(given, ends)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve_until(given: argparse.Namespace, ends: set[signal.Signals]) -> int:
    engine = DemoEngine(given.socket, SCENES[given.scene], seed=given.seed, live=True)
    control = Control(given.control, engine) if given.control is not None else None
    try:
        engine.start()
        if control is not None:
            control.start()
    except OSError as error:
        engine.stop()
        sys.stderr.write(
            f"demo: can't listen at {error.filename or given.socket}: {error.strerror or error}\n"
        )
        return 1
    sys.stdout.write(f"DOCKER_HOST={engine.url}\n")
    sys.stdout.flush()
    signal.sigwait(ends)
    if control is not None:
        control.close()
    engine.faults.clear()
    engine.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
