"""Signals, ctrl+z, and terminals that vanish, shrink, or take nothing."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import set_size
from tests.terminal.process import Recorded, seconds_of_cpu, threads, wherry
from tui.demo.server import DemoEngine
from tui.terminal import jobcontrol

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with DemoEngine(str(tmp_path_factory.mktemp("demo") / "demo.sock")) as engine:
        yield engine.url


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}


@pytest.mark.parametrize(
    ("number", "driver", "keys"),
    [
        (signal.SIGTERM, "stock", ""),
        (signal.SIGTERM, "", "?"),  # something is open
        (signal.SIGHUP, "", "/web"),  # something is being typed
        (signal.SIGINT, "", "jd"),  # something is asked
    ],
)
def test_a_signal_ends_it_in_order(
    url: str, env: dict[str, str], number: int, driver: str, keys: str
) -> None:
    with Recorded(wherry(url), {**env, "WHERRY_DRIVER": driver}) as terminal:
        terminal.wait_for("shop-web-1")
        terminal.type(keys)
        time.sleep(0.3)
        os.kill(terminal.pid, number)
        assert terminal.exit_code() == 128 + number
        terminal.check_restored()


@pytest.mark.parametrize("driver", ["stock", ""])
def test_a_terminal_that_vanishes_ends_it_though_the_hang_up_is_ignored(
    url: str, env: dict[str, str], driver: str
) -> None:
    ignoring = ["/bin/sh", "-c", f"trap '' HUP; exec {shlex.join(wherry(url))}"]
    with Recorded(ignoring, {**env, "WHERRY_DRIVER": driver}) as terminal:
        terminal.wait_for("shop-web-1")
        terminal.hang_up()
        assert terminal.exit_code(5) == 129


def test_a_stray_continue_only_draws_again(url: str, env: dict[str, str]) -> None:
    with Recorded(wherry(url), env) as terminal:
        terminal.wait_for("shop-web-1")
        terminal.wait_for("INFO:")
        before = threads(terminal.pid)
        for _ in range(3):
            os.kill(terminal.pid, signal.SIGSTOP)
            os.kill(terminal.pid, signal.SIGCONT)
        terminal.send("?")
        terminal.wait_for("Everywhere")
        assert threads(terminal.pid) <= before
        assert seconds_of_cpu(terminal.pid) < 0.5


def test_where_nobody_would_continue_it_ctrl_z_says_so(url: str, env: dict[str, str]) -> None:
    with Recorded(wherry(url), env) as terminal:
        terminal.wait_for("shop-web-1")
        terminal.send("ctrl+z")
        terminal.wait_for("no shell would continue wherry")
        os.kill(terminal.pid, signal.SIGTSTP)
        terminal.send("?")
        terminal.wait_for("Everywhere")


def test_ctrl_z_and_fg_anywhere_and_again_and_with_another_size(url: str, env: dict[str, str]) -> None:
    with Recorded(["/bin/bash", "--norc", "-i"], {**env, "PS1": "prompt> "}) as terminal:
        terminal.wait_for("prompt>")
        terminal.type(shlex.join(wherry(url)) + "\r")
        terminal.wait_for("shop-web-1")
        terminal.type("/sh")  # while it takes text
        terminal.wait_for("/sh|filter")
        terminal.send("ctrl+z")
        terminal.wait_for("Stopped")
        terminal.type("clear; stty -a | grep -o ' icanon'\r")
        terminal.wait_for(r"(?m)^ icanon")
        pid = int(subprocess.check_output(["pgrep", "-P", str(terminal.pid)]).split()[0])
        terminal.resize(100, 30)
        terminal.type("clear; fg\r")
        terminal.wait_for("shop-web-1")
        before = threads(pid)
        terminal.send("esc", "?")  # and with something open
        terminal.wait_for("Everywhere")
        terminal.send("ctrl+z")
        terminal.wait_for("Stopped")
        terminal.type("clear; fg\r")
        text = terminal.wait_for("Everywhere")
        assert max(len(line) for line in text.splitlines()) <= 100
        assert threads(pid) <= before
        terminal.send("esc")
        terminal.wait_gone("Everywhere")
        terminal.send("q")
        # What is typed ahead is for wherry, until it is gone.
        end = time.monotonic() + 15
        while Path(f"/proc/{pid}").exists():
            assert time.monotonic() < end, terminal.text()
            time.sleep(0.05)
        terminal.type("echo code=$?\r")
        terminal.wait_for("code=0")
        terminal.type("exit\r")
        terminal.exit_code()
        terminal.check_restored()


def test_any_size_and_a_storm_of_sizes(url: str, env: dict[str, str]) -> None:
    with Recorded(wherry(url), env, cols=1, rows=1) as terminal:
        time.sleep(1.5)
        for cols, rows in [(0, 0), *((20 + n, 5 + n % 40) for n in range(100)), (0, 0)]:
            set_size(terminal._fd, cols, rows)
            time.sleep(0.01)
        terminal.resize(120, 40)
        assert "shop-web-1" in terminal.wait_for("shop-web-1")
        terminal.send("?")
        terminal.wait_for("Everywhere")
        assert seconds_of_cpu(terminal.pid) < 0.5
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.exit_code() == 143
        assert "Traceback" not in terminal.text()


@pytest.mark.parametrize("driver", ["stock", ""])
def test_a_terminal_that_takes_nothing_and_answers_nothing_does_not_keep_it(
    url: str, env: dict[str, str], driver: str
) -> None:
    with Recorded(wherry(url), {**env, "WHERRY_DRIVER": driver}) as terminal:
        terminal.wait_for("shop-web-1")
        with terminal._lock:
            for n in range(60):
                set_size(terminal._fd, 150 + n % 2, 45)
                time.sleep(0.02)
            os.kill(terminal.pid, signal.SIGTERM)
            assert terminal._ends_within(10)


def test_standard_error_may_be_a_file(url: str, env: dict[str, str], tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    into = ["/bin/sh", "-c", f"exec {shlex.join(wherry(url))} 2>{shlex.quote(str(errors))}"]
    with Recorded(into, env) as terminal:
        terminal.wait_for("shop-web-1")
        terminal.send("q")
        assert terminal.exit_code() == 0
        terminal.check_restored()
    assert errors.read_text() == ""


def test_told_to_end_while_a_program_has_the_terminal_it_ends_that_first() -> None:
    script = """if True:
        import os, signal, sys
        from tui.terminal.handover import Loan, run
        signal.signal(signal.SIGTERM, lambda *_: None)
        stubborn = "trap '' HUP TERM; echo up; while :; do sleep 1; done"
        ended = run(Loan(["sh", "-c", stubborn], os.environ, "it"), sys.stdin, sys.stdout)
        print("code", ended.code)
    """
    with Recorded([sys.executable, "-c", script], {}) as terminal:
        terminal.wait_for("(?m)^up")
        os.kill(terminal.pid, signal.SIGTERM)
        terminal.wait_for("code -9")
        assert terminal.exit_code() == 0


def test_a_group_whose_parents_are_in_another_session_may_not_stop() -> None:
    script = "from tui.terminal.jobcontrol import may_stop; print(may_stop())"
    done = subprocess.run(
        [sys.executable, "-c", script], start_new_session=True, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
    assert jobcontrol._parent(os.getpid()) == os.getppid()
