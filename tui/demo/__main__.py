"""Run the demo engine: `python -m tui.demo --socket PATH`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from typing import TYPE_CHECKING

from tui.demo.scenes import SCENES
from tui.demo.server import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or ctrl+c; gives 1 where the socket can't be made."""
    parser = argparse.ArgumentParser(
        prog="python -m tui.demo", description="A Docker engine without Docker.", allow_abbrev=False
    )
    parser.add_argument("--socket", metavar="PATH", required=True, help="where to listen")
    parser.add_argument(
        "--scene", choices=sorted(SCENES), default="stack", help="what there is (default: stack)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="decides all ids (default: 1)")
    given = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    engine = DemoEngine(given.socket, SCENES[given.scene], seed=given.seed, live=True)
    try:
        engine.start()
    except OSError as error:
        sys.stderr.write(f"demo: can't listen at {given.socket}: {error.strerror}\n")
        return 1
    sys.stdout.write(f"DOCKER_HOST={engine.url}\n")
    sys.stdout.flush()
    ended.wait()
    engine.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
