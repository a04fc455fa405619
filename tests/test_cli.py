"""The command line: what it refuses, and in which words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import Terminal

ROOT = Path(__file__).parent.parent
ENVIRON = {"PYTHONPATH": str(ROOT)}


def call(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *words],
        env={**os.environ, **ENVIRON},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_engines_at_once_are_refused() -> None:
    done = call("--host", "tcp://here", "--context", "there")
    assert (done.returncode, "which engine is meant?" in done.stderr) == (2, True)


def test_it_needs_a_terminal() -> None:
    done = call()
    assert (done.returncode, "needs a terminal" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("readonly: true\n", "config.yaml:1: readonly: no such key; did you mean read_only"),
        ("keymap: {container.stp: s}\n", "container.stp: no such id; did you mean container.stop"),
        ("theme: nrod\n", "theme: nrod: no such theme; did you mean nord"),
    ],
)
def test_a_wrong_config_is_told_with_its_place(tmp_path: Path, config: str, words: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(config)
    argv = [sys.executable, "-m", "tui", "--config", str(file)]
    with Terminal(argv, 160, 20, ENVIRON) as terminal:
        terminal.wait_for(words.replace("?", ""))
        assert terminal.exit_code() == 2


def test_a_terminal_that_cannot_be_drawn_on_is_refused() -> None:
    with Terminal([sys.executable, "-m", "tui"], 80, 20, {**ENVIRON, "TERM": "dumb"}) as terminal:
        terminal.wait_for("TERM is dumb")
        assert terminal.exit_code() == 2


def test_an_unknown_context_is_explained_and_never_the_local_engine(tmp_path: Path) -> None:
    with Terminal([sys.executable, "-m", "tui", "--context", "nowhere"], 80, 24, ENVIRON) as terminal:
        text = terminal.wait_for("No Docker engine")
        assert 'no context "nowhere"' in text
        assert "docker context ls" in text
        terminal.type("q")
        assert terminal.exit_code() == 0


def test_the_demo_is_one_key_away_where_there_is_no_engine(tmp_path: Path) -> None:
    environ = {**ENVIRON, "TMPDIR": str(tmp_path)}
    argv = [sys.executable, "-m", "tui", "--host", f"unix://{tmp_path}/none.sock"]
    with Terminal(argv, 100, 30, environ) as terminal:
        terminal.wait_for("d opens the demo")
        terminal.type("d")
        terminal.wait_for("shop-api-1")
        terminal.wait_for("DEMO")
        # What is shown is what another terminal could do with it.
        (socket,) = tmp_path.glob("wherry-demo-*/docker.sock")
        terminal.type("q")
        assert terminal.exit_code() == 0
    assert not socket.parent.exists()


def test_the_demo_by_its_flag_has_scenes(tmp_path: Path) -> None:
    environ = {**ENVIRON, "TMPDIR": str(tmp_path)}
    with Terminal([sys.executable, "-m", "tui", "--demo", "bare"], 100, 30, environ) as terminal:
        terminal.wait_for("bb:2")
        terminal.wait_for("DEMO")
        terminal.type("q")
        assert terminal.exit_code() == 0
    with Terminal([sys.executable, "-m", "tui", "--demo", "stak"], 100, 30, environ) as terminal:
        terminal.wait_for("there is no scene stak; there are bare, empty, many, stack")
        assert terminal.exit_code() == 2
    assert not list(tmp_path.iterdir())


def test_the_demo_and_an_engine_exclude_each_other() -> None:
    done = call("--demo", "--host", "tcp://here")
    assert (done.returncode, "leave out --host" in done.stderr) == (2, True)


def test_a_demo_that_has_no_place_says_so(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    environ = {**ENVIRON, "TMPDIR": str(folder)}
    with Terminal([sys.executable, "-m", "tui", "--demo"], 160, 20, environ) as terminal:
        terminal.wait_for("can't make a socket under")
        assert terminal.exit_code() == 2
