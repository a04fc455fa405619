"""Shells, runs and attached terminals over the API, on machines whose PATH has no docker."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.test_tunnel import Ssh
from tests.live.conftest import SOCKET, DockerCli
from tests.live.proxy import EngineProxy
from tests.terminal import Terminal
from tests.terminal.process import ROOT, Recorded

URL = f"unix://{SOCKET}"


class Handed(Terminal):
    """A terminal that is handed to a docker command, where there is no docker."""

    def __init__(self, *words: str, url: str = URL, path: str = "/nowhere") -> None:
        argv = [sys.executable, "-m", "tests.live.handed", url, *words]
        super().__init__(argv, 150, 30, {"PYTHONPATH": str(ROOT), "PATH": path}, ROOT)

    def ended(self, timeout: float = 20) -> str:
        """Press the key that is waited for, and give how it ended."""
        self.wait_for("press a key to go back|ENDED", timeout)
        if "ENDED" not in self.text():
            self.send("k")
        self.wait_for("ENDED .*")
        assert self.exit_code() == 0
        return self.text().partition("ENDED ")[2].replace("\n", "").strip()


Runs = Callable[..., str]


@pytest.fixture
def runs(docker_cli: DockerCli, prefix: str) -> Runs:
    """Have a container run, with a terminal or not, and give its name."""

    def run(name: str, *words: str, flags: tuple[str, ...] = ("-i", "-t")) -> str:
        docker_cli(
            "run", "-d", "--stop-timeout", "0", *flags, "--name", prefix + name, "bb:2", *(words or ("sh",))
        )
        return prefix + name

    return run


def test_a_shell_knows_the_terminals_size_and_gives_its_exit_code(runs: Runs) -> None:
    with Handed("exec", "-it", "--detach-keys", "ctrl-^,ctrl-^", runs("box"), "ash") as terminal:
        terminal.wait_for("/ #")
        terminal.type("stty size; echo a$((1+1))b\r")
        terminal.wait_for("30 150\na2b")
        terminal.resize(90, 20)
        terminal.type("while :; do stty size; usleep 50000; done\r")  # it is told a little later
        terminal.wait_for("20 90")
        terminal.send("ctrl+c")
        terminal.type("clear; exit 7\r")
        assert terminal.ended() == "7 '' ''"


def test_a_ctrl_p_is_not_held_back_from_a_shell(runs: Runs) -> None:
    # Not `cat -v`, which keeps what it read until a line is full.
    each = "while true; do dd bs=1 count=1 2>/dev/null | od -c; done"
    words = ("sh", "-c", f"stty raw -echo; echo ready; {each}")
    with Handed("exec", "-it", "--detach-keys", "ctrl-^,ctrl-^", runs("box"), *words) as terminal:
        terminal.wait_for("(?m)^ready")
        terminal.send("ctrl+p")
        terminal.wait_for("0000000 020")
        terminal.type("\x1e\x1e")
        assert "the command runs on in" in terminal.ended()


def test_exec_without_a_terminal(runs: Runs) -> None:
    name = runs("box")
    words = ("-u", "1:2", "-e", "A=b c", "-w", "/proc")
    command = 'echo "$(id -u) $A $PWD"; echo err >&2; exit 3'
    with Handed("exec", *words, name, "sh", "-c", command) as terminal:
        terminal.wait_for("1 b c /proc")
        terminal.wait_for("(?m)^err$")
        assert terminal.ended() == "3 '' ''"


def test_input_without_a_terminal_ends_with_ctrl_d(runs: Runs) -> None:
    with Handed("exec", "-i", runs("box"), "wc", "-c") as terminal:
        terminal.wait_for("docker exec")
        terminal.type("hello\r\x04")
        terminal.wait_for("(?m)^6$")
        assert terminal.ended() == "0 '' ''"


def test_run_gives_output_and_exit_code_and_leaves_nothing(docker_cli: DockerCli, prefix: str) -> None:
    name = f"{prefix}job"
    with Handed("run", "--rm", "--name", name, "bb:2", "sh", "-c", "echo done; exit 5") as terminal:
        terminal.wait_for("(?m)^done$")
        assert terminal.ended() == "5 '' ''"
    assert docker_cli("ps", "-aq", "--filter", f"name={name}") == ""


def test_run_with_a_terminal(docker_cli: DockerCli, prefix: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("from here\n")
    flags = (
        "-it",
        "--rm",
        "--name",
        f"{prefix}sh",
        "-v",
        f"{tmp_path}:/here:ro",
        "-h",
        "inside",
        "-m",
        "64m",
    )
    with Handed("run", *flags, "--entrypoint", "ash", "bb:2", "-l") as terminal:
        terminal.wait_for("#")
        terminal.type("cat /here/file; hostname; stty size\r")
        terminal.wait_for("from here\ninside\n30 150")
        assert docker_cli("inspect", "-f", "{{.HostConfig.Memory}}", f"{prefix}sh") == str(64 * 1024**2)
        terminal.type("exit 4\r")
        assert terminal.ended() == "4 '' ''"


def test_attached_and_detached_it_runs_on(docker_cli: DockerCli, runs: Runs) -> None:
    name = runs("tty")
    with Handed("attach", name) as terminal:
        terminal.wait_for("/ #")
        terminal.type("X=kept\r")
        terminal.send("ctrl+p", "ctrl+q")
        assert terminal.ended() == f"0 '' 'detached: {name} runs on'"
    assert docker_cli("inspect", "-f", "{{.State.Running}}", name) == "true"
    with Handed("attach", name) as terminal:
        terminal.wait_for("/ #")  # it draws its prompt again
        terminal.type("echo $X; exit 6\r")
        terminal.wait_for("(?m)^kept$")
        assert terminal.ended() == "6 '' ''"


def test_ctrl_c_leaves_what_has_no_terminal_running(docker_cli: DockerCli, runs: Runs) -> None:
    name = runs("loop", "sh", "-c", "while :; do echo tick; usleep 100000; done", flags=())
    with Handed("--own", "attach", "--sig-proxy=false", name) as terminal:
        terminal.wait_for("tick")
        terminal.send("ctrl+c")
        assert terminal.ended() == "0 '' 'detached; it runs on'"
    assert docker_cli("inspect", "-f", "{{.State.Running}}", name) == "true"


def test_much_both_ways(runs: Runs) -> None:
    with Handed("exec", "-it", runs("box"), "sh") as terminal:
        terminal.wait_for("/ #")
        terminal.type(
            "stty raw -echo; yes 0123456789 | head -c 4000000; head -c 200000 | md5sum; stty sane\r"
        )
        terminal.wait_for("0123456789", timeout=30)
        for _ in range(200):
            terminal.type("y" * 1000)
        terminal.wait_for("[0-9a-f]{32}", timeout=60)
        assert hashlib.md5(b"y" * 200_000).hexdigest() in terminal.text()
        assert terminal.bytes_written > 4_000_000
        terminal.type("clear; exit\r")
        terminal.ended()


def test_a_stream_cut_in_the_middle_is_one_line(runs: Runs, cuttable: EngineProxy) -> None:
    with Handed("exec", "-it", runs("box"), "sh", url=f"unix://{cuttable.path}") as terminal:
        terminal.wait_for("/ #")
        cuttable.cut()
        assert re.match("125 'the connection to the engine was lost: .+' ''", terminal.ended())


def test_an_engine_that_hangs_is_left_with_the_keys_that_detach(runs: Runs, cuttable: EngineProxy) -> None:
    with Handed("attach", runs("tty"), url=f"unix://{cuttable.path}") as terminal:
        terminal.wait_for("/ #")
        cuttable.freeze()
        terminal.send("ctrl+p", "ctrl+q")
        assert "runs on" in terminal.ended()


def test_what_goes_wrong_is_one_sentence(docker_cli: DockerCli, runs: Runs, prefix: str) -> None:
    name = runs("box")
    docker_cli("create", "--name", f"{prefix}off", "bb:2", "sh")
    for words, how in (
        (("exec", "-it", f"{prefix}off", "sh"), r"125 'container [0-9a-f]{12} is not running' ''"),
        (("attach", f"{prefix}off"), rf"125 '{prefix}off is not running: there is nothing to attach to' ''"),
        (("exec", f"{prefix}none", "sh"), rf"125 'No such container: {prefix}none' ''"),
        (("exec", name, "nope"), r"12[67] '' ''"),
        (("run", "--rm", "bb:2", "nope"), r"127 'nope: executable file not found in \$PATH' ''"),
        (("run", "--rm", "bb:2", "/etc"), r"126 '/etc: .+' ''"),
        (("run", "--rm", "--name", name, "bb:2"), rf"125 'the name {name} is in use by container \w+' ''"),
        (
            ("run", "--rm", f"{prefix}none:1"),
            rf"125 'this engine has no image {prefix}none:1: it must be .+' ''",
        ),
    ):
        with Handed(*words) as terminal:
            assert re.fullmatch(how, terminal.ended()), (words, terminal.text())


def test_over_ssh(runs: Runs, tmp_path: Path) -> None:
    Ssh(tmp_path).plan(remote=SOCKET)
    name, path = runs("box"), f"{tmp_path}:/usr/bin:/bin"
    with Handed("exec", "-it", name, "sh", url="ssh://far", path=path) as terminal:
        terminal.wait_for("/ #")
        terminal.type("stty size; exit 2\r")
        terminal.wait_for("30 150")
        assert terminal.ended() == "2 '' ''"
    with Handed("exec", "-i", name, "wc", "-c", url="ssh://far", path=path) as terminal:
        terminal.wait_for("docker exec")
        terminal.type("hello\r\x04")
        terminal.wait_for("(?m)^6$")
        assert terminal.ended() == "0 '' ''"


def test_the_whole_of_wherry_without_a_docker_cli(
    docker_cli: DockerCli, runs: Runs, prefix: str, tmp_path: Path
) -> None:
    name = runs("box")
    docker_cli("tag", "bb:2", f"{prefix}img:1")
    env = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state"), "PATH": str(tmp_path)}
    with Recorded([sys.executable, "-m", "tui", "-H", URL], env) as terminal:
        terminal.wait_for(re.escape(name))
        terminal.send("2")
        terminal.wait_for("━2 Containers")
        terminal.type("/" + prefix)
        terminal.wait_for(f"Containers.*/{prefix}")
        terminal.send("enter")
        terminal.wait_for("▸.*wherry-test")
        terminal.send("x")
        _writes(
            terminal, rf"exec -it --detach-keys .* {name} ash\x1b\[0m\s+\x1b\[2m  leave with exit or ctrl\+d"
        )
        _writes(terminal, "/ # ")
        terminal.type("stty size; touch /made; exit\r")
        terminal.wait_for("45 160")
        _go_back(terminal, "ash: exit code 0")
        assert docker_cli("exec", name, "ls", "/made") == "/made"

        terminal.send("X")
        terminal.wait_for("Run a command in")
        usual = f"-it {name} sh"
        terminal.wait_for("docker exec .* sh ")
        terminal.type("\x7f" * len(usual))
        terminal.wait_gone(f"docker exec .*{usual}")
        terminal.type(f"--gpus all {usual}")
        terminal.send("enter")
        terminal.wait_for("--gpus of docker exec needs")
        terminal.type("\x7f" * len(f"--gpus all {usual}"))
        terminal.wait_gone("--gpus all")
        terminal.type(f"{usual} -l")
        terminal.send("enter")
        _writes(terminal, "/ # ")
        terminal.type("exit 3\r")
        _writes(terminal, "it ended with exit code 3; press a key")
        _go_back(terminal, "sh -l: exit code 3")

        terminal.send("a")
        _writes(terminal, r"ctrl\+p ctrl\+q detaches")
        _writes(terminal, "/ # ")
        terminal.send("ctrl+p", "ctrl+q")
        _go_back(terminal, r"attach \S+: detached: ")

        terminal.send("3")
        terminal.wait_for("━3 Images")
        terminal.type("/" + prefix)
        terminal.wait_for(f"Images.*/{prefix}")
        terminal.send("enter")
        terminal.wait_for("▸.*bb:2")
        terminal.send("x")
        _writes(terminal, r"run -it --rm \S+:\d\x1b")
        _writes(terminal, "/ # ")
        terminal.type("exit\r")
        _go_back(terminal, r"--rm \S+: exit code 0")
        terminal.send("A")
        terminal.wait_for("(?s)run -it --rm.*exec")
        terminal.send("esc", "q")
        assert terminal.exit_code() == 0
        assert termios.tcgetattr(terminal._fd) == terminal.before


def _writes(terminal: Recorded, pattern: str) -> None:
    """Wait until this was written since the last time; where it stands on the screen may be anywhere."""
    end = time.monotonic() + 15
    while not (found := re.search(pattern, terminal.written)):
        assert time.monotonic() < end, (pattern, terminal.text())
        time.sleep(0.02)
    terminal.written = terminal.written[found.end() :]


def _go_back(terminal: Terminal, how: str) -> None:
    """Press a key where one is waited for, and see the status line say how it ended."""
    terminal.wait_for(f"press a key|{how}")
    if "press a key" in terminal.text():
        terminal.send("k")
    terminal.wait_for(how)


def test_in_the_background_and_named(docker_cli: DockerCli, prefix: str, tmp_path: Path) -> None:
    from tui.engine.address import resolve
    from tui.engine.background import api_run_job
    from tui.engine.connection import Connection

    connection = Connection(lambda: resolve(None, None, {"DOCKER_HOST": URL}))
    connection.establish()
    try:
        words = ("run", "-d", "--name", f"{prefix}bg", "-p", "127.0.0.1::80", "bb:2", "sleep", "1000")
        job = api_run_job(connection, ("docker", *words), words, "bb:2", dict(os.environ), tmp_path)
        assert job.wait(30)
        assert job.result == docker_cli("inspect", "-f", "{{.Id}}", f"{prefix}bg")
        port = docker_cli("port", f"{prefix}bg", "80").rpartition(":")[2]
        again = ("run", "-d", "--name", f"{prefix}other", "-p", f"127.0.0.1:{port}:80", "bb:2", "sleep", "1")
        job = api_run_job(connection, ("docker", *again), again, "bb:2", dict(os.environ), tmp_path)
        assert job.wait(30)
        assert re.fullmatch(rf"Bind for 127\.0\.0\.1:{port} failed: port is already allocated", job.failure)
        docker_cli("kill", f"{prefix}bg")
    finally:
        connection.close()
