"""The installed `wherry` on a pseudo-terminal, with real keys, as a user has it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.live.conftest import DockerCli
from tests.terminal import Terminal


def until_it_listens() -> None:
    """Wait as long as a new question is deaf."""
    time.sleep(0.4)


def wherry(folder: Path, cols: int = 160, rows: int = 45) -> Terminal:
    program = Path(sys.executable).parent / "wherry"
    return Terminal([str(program)], cols, rows, {**os.environ}, folder)


def test_build_run_type_stop_remove_compose_up_and_down(
    docker_cli: DockerCli, prefix: str, tmp_path: Path
) -> None:
    folder = tmp_path / f"{prefix}walk"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM bb:2\nRUN echo made > /made\n")
    (folder / "compose.yaml").write_text(
        f"services:\n  web:\n    image: {prefix}img:1\n    command: sleep 1000\n    stop_grace_period: 0s\n"
    )
    with wherry(folder) as terminal:
        terminal.wait_for("● live")
        # Build an image from a Dockerfile.
        terminal.type("3")
        terminal.wait_for("x run -it --rm|b build")
        terminal.type("b")
        terminal.wait_for("Build an image")
        terminal.type(f"{prefix}img:1")
        terminal.send("enter")
        terminal.wait_for("done in", timeout=60)
        terminal.send("esc")
        # The filter brings the cursor to it.
        terminal.wait_for("x run -it --rm|b build")
        terminal.type("/")
        terminal.type(f"{prefix}img")
        terminal.send("enter")
        terminal.wait_for(rf"3 Images 1(/\d+)? · /{prefix}img")
        # Run it interactively and type into it.
        terminal.type("x")
        terminal.wait_for("leave with exit or ctrl")
        terminal.wait_for("/ #")
        terminal.type("echo $((40+2)) $(cat /made)")
        terminal.send("enter")
        terminal.wait_for("42 made")
        terminal.type("exit")
        terminal.send("enter")
        # Only what ended within two seconds waits for a key.
        terminal.wait_for("press a key to go back|: exit code 0")
        if "press a key to go back" in terminal.text():
            terminal.type(" ")
        terminal.wait_for(": exit code 0")
        # Up with the compose file of this folder.
        terminal.type("1")
        terminal.wait_for("u up")
        terminal.type("u")
        terminal.wait_for(f"Up {prefix}walk")
        until_it_listens()
        terminal.send("enter")
        terminal.wait_for("done in", timeout=60)
        terminal.send("esc")
        terminal.wait_for("1/1")
        # Stop its container.
        terminal.type("2/")
        terminal.type(f"{prefix}walk-web")
        terminal.send("enter")
        terminal.wait_for("2 Containers 1[ /]")
        terminal.type("s")
        terminal.wait_for(f"Stop {prefix}walk-web-1")
        until_it_listens()
        terminal.send("enter")
        terminal.wait_for(r"▸○ .* exit 137")
        # Remove it.
        terminal.type("d")
        terminal.wait_for(f"Remove {prefix}walk-web-1")
        until_it_listens()
        terminal.type("y")
        terminal.wait_for("docker rm .*✓")
        # Up again, and down.
        terminal.type("1")
        terminal.wait_for("0/1 +down")
        terminal.type("u")
        terminal.wait_for(f"Up {prefix}walk")
        until_it_listens()
        terminal.send("enter")
        terminal.wait_for("done in", timeout=60)
        terminal.send("esc")
        terminal.wait_for("1/1")
        terminal.type("d")
        terminal.wait_for(f"Down {prefix}walk")
        until_it_listens()
        terminal.type("y")
        terminal.wait_for("done in", timeout=60)
        terminal.send("esc")
        terminal.wait_for("0/1")
        terminal.type("q")
        assert terminal.exit_code() == 0
    assert f"{prefix}walk" not in docker_cli("ps", "-a")


def test_it_ends_in_order_when_it_is_told_to(prefix: str, tmp_path: Path) -> None:
    with wherry(tmp_path) as terminal:
        terminal.wait_for("● live")
        os.kill(terminal.pid, 15)
        assert terminal.exit_code() == 143
