"""Many containers and many events, on a pseudo-terminal."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from pathlib import Path

from tests.terminal import Terminal
from tui.demo.scenes import many
from tui.demo.server import DemoEngine
from tui.demo.world import World

PROGRAM = Path(sys.executable).parent / "wherry"


def stock_up(world: World, images: int, volumes: int) -> World:
    """Add images and volumes to a world."""
    for number in range(images):
        world.add_image(f"team/app{number:04}:v1", [("RUN make", 1000)])
    for number in range(volumes):
        world.create_volume(f"data{number:04}")
    return world


def memory(pid: int) -> float:
    """Give the resident memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found is not None
    return int(found[1]) / 1024


def test_a_thousand_containers_two_thousand_images_and_five_hundred_volumes(tmp_path: Path) -> None:
    world = stock_up(many(200, 800, time.time), 2000, 500)
    with DemoEngine(str(tmp_path / "demo.sock"), world) as engine:
        argv = [str(PROGRAM), "--host", engine.url]
        with Terminal(argv, 160, 45, {**os.environ}, tmp_path) as terminal:
            terminal.wait_for("2 Containers 1000")
            terminal.wait_for("3 Images 2001")
            terminal.wait_for("4 Volumes 500")
            terminal.send("G")
            terminal.wait_for("▸. stack124-service7-1")
            terminal.type("3G")
            terminal.wait_for("▸team/app1999:v1")
            terminal.type("4G")
            terminal.wait_for("▸data0499")
            terminal.type("2/stack077\r")
            terminal.wait_for("2 Containers 8/1000")
            assert memory(terminal.pid) < 100
            terminal.type("q")
            assert terminal.exit_code() == 0


def test_five_thousand_rows_and_one_that_changes(tmp_path: Path) -> None:
    with DemoEngine(str(tmp_path / "demo.sock"), many(20, 4980, time.time)) as engine:
        argv = [str(PROGRAM), "--host", engine.url]
        with Terminal(argv, 160, 45, {**os.environ}, tmp_path) as terminal:
            terminal.wait_for("2 Containers 5000")
            engine.world.pause("stack000-service1-1")
            terminal.wait_for("stack000-service1-1 +paused")
            before = terminal.bytes_written
            engine.world.unpause("stack000-service1-1")
            terminal.wait_for("stack000-service1-1 +running")
            assert terminal.bytes_written - before < 6000, "only what changed was written"
            terminal.send("G")
            terminal.wait_for("▸. stack624-service7-1")
            terminal.type("q")
            assert terminal.exit_code() == 0


def test_three_hundred_containers_are_listed_at_once_and_keys_are_answered_while_events_come(
    tmp_path: Path,
) -> None:
    with DemoEngine(str(tmp_path / "demo.sock"), many(30, 270, time.time)) as engine:
        argv = [str(PROGRAM), "--host", engine.url]
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
