"""Many containers and many events, on a pseudo-terminal."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from tests.terminal import Terminal
from tui.demo.scene import many
from tui.demo.server import DemoEngine


def test_three_hundred_containers_are_listed_at_once_and_keys_are_answered_while_events_come(
    tmp_path: Path,
) -> None:
    program = Path(sys.executable).parent / "wherry"
    with DemoEngine(str(tmp_path / "demo.sock"), many(30, 270, time.time)) as engine:
        argv = [str(program), "--host", f"unix://{tmp_path}/demo.sock"]
        with Terminal(argv, 160, 45, {**os.environ}, tmp_path) as terminal:
            terminal.wait_for("2 Containers 300")
            ending = threading.Event()

            def stir() -> None:
                while not ending.wait(0.04):
                    engine.world.pause("stack000-service0-1")
                    engine.world.unpause("stack000-service0-1")

            stirring = threading.Thread(target=stir)
            stirring.start()
            try:
                for _ in range(30):
                    before = terminal.text()
                    terminal.send("down")
                    end = time.monotonic() + 5
                    while terminal.text() == before:
                        assert time.monotonic() < end, "a key was not answered"
                        time.sleep(0.002)
            finally:
                ending.set()
                stirring.join()
            terminal.type("q")
            assert terminal.exit_code() == 0
