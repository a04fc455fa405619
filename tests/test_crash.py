"""What is left of a crash: a terminal in order, a few lines, and a log without secrets."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.process import Recorded
from tui import paths
from tui.demo.server import DemoEngine
from tui.terminal.crash import KEPT, Crash

BOOM = """
import asyncio, threading
import tui.screens.main as main
def boom():
    local = "a-local-value"
    raise ValueError("it \\x1b[31mbroke")
async def work():
    boom()
def how(self):
    HOW
main.MainScreen.action_activity = how
from tui.cli import main
main(["-H", "URL"])
"""
WAYS = {
    "a key": "boom()",
    "a worker": "self.run_worker(work())",
    "a callback": "asyncio.get_running_loop().call_soon(boom)",
    "a thread": "threading.Thread(target=boom, name='feeder', daemon=True).start()",
}


def crash(text: str = "broke") -> Crash:
    local = "a-local-value"
    try:
        raise ValueError(text)
    except ValueError as error:
        assert local
        return Crash(error)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with DemoEngine(str(tmp_path_factory.mktemp("demo") / "demo.sock")) as engine:
        yield engine.url


@pytest.mark.parametrize("way", WAYS)
def test_a_crash_gives_the_terminal_back_and_says_where(url: str, tmp_path: Path, way: str) -> None:
    script = BOOM.replace("HOW", WAYS[way]).replace("URL", url)
    env = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "MY_TOKEN": "it-is-secret"}
    with Recorded([sys.executable, "-c", script], env) as terminal:
        terminal.wait_for("shop-web-1")
        terminal.send("A")
        assert terminal.exit_code() == 1
        terminal.check_restored()
        last = terminal.written.rpartition("wherry crashed: ")[2].replace("\r\n", "\n")
    assert last.startswith("ValueError: it \\x1b[31mbroke\n  at ")
    assert 3 <= last.count("\n") <= 5
    assert ("thread feeder" in last) == (way == "a thread")
    (log,) = (tmp_path / "wherry").glob("crash-*.log")
    assert str(log) in last
    text = log.read_text()
    assert "in boom" in text
    assert "local-value" not in text
    assert "it-is-secret" not in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_the_log_holds_no_value_of_a_secret() -> None:
    log = crash("no entry for hunter2hunter2").log({"DB_PASSWORD": "hunter2hunter2", "PWD": "/entry"})
    assert "no entry for $DB_PASSWORD" in log
    assert "a-local-value" not in log


def test_it_names_the_last_place_that_is_wherrys_own() -> None:
    with pytest.raises(OSError, match="directory") as caught:
        paths.write_private(Path("/dev/null/x/y"), "")
    assert re.match(r"tui/paths\.py:\d+, in write_private$", Crash(caught.value).where)


def test_the_last_few_logs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "wherry"
    folder.mkdir()
    for n in range(KEPT + 2):
        (folder / f"crash-20200101-00000{n}-1.log").write_text("")
    crash().tell({})
    names = sorted(path.name for path in folder.glob("*.log"))
    assert len(names) == KEPT
    assert names[0] == "crash-20200101-000003-1.log"


def test_where_no_log_can_be_written_all_of_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wherry").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    text = crash().tell({})
    assert "No log could be written" in text
    assert "Traceback" in text
    assert "a-local-value" not in text
