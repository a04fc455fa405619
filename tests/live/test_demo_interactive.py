"""The demo engine and a real one, typed into: exec, attach and run must be alike on both."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo.talk import raw, read_all, until
from tests.demo.wires import ALL, Wire, frames
from tests.live.test_demo_fidelity import REAL, Both, same_keys
from tests.terminal import Terminal
from tui.demo.scenes import bare
from tui.demo.server import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STREAM = "stream=1&stdin=1&stdout=1&stderr=1"
TTY = {"Tty": True, "OpenStdin": True}
ONCE = {"OpenStdin": True, "StdinOnce": True}


@pytest.fixture
def both(tmp_path: Path, prefix: str) -> Iterator[Both]:
    with DemoEngine(str(tmp_path / "d.sock"), bare) as demo:
        pair = Both((REAL, demo.path), prefix)
        yield pair
        for talk in pair.talks:
            talk.close()


def make_execs(both: Both, name: str, *command: str, **more: Any) -> list[str]:
    asked = {"Cmd": list(command), **ALL, **more}
    return [value["Id"] for value in both.ask("POST", f"/containers/{name}/exec", asked)]


def start(
    both: Both, ids: list[str], version: str = "/v1.45", *, upgrade: bool = True, **body: Any
) -> list[Wire]:
    return [
        Wire(path, f"{version}/exec/{one}/start", {"Detach": False, **body}, upgrade=upgrade)
        for path, one in zip(both.paths, ids, strict=True)
    ]


def attach(both: Both, name: str, query: str = STREAM) -> list[Wire]:
    return [Wire(path, f"/v1.45/containers/{name}/attach?{query}") for path in both.paths]


def plain(text: str, both: Both) -> str:
    text = re.sub(r"\b[0-9a-f]{64}\b", "ID", text)
    return re.sub(r"26\.1\.\d\S*", "26.1", text)


def same_heads(both: Both, wires: list[Wire]) -> str:
    heads = [plain(wire.head, both) for wire in wires]
    assert heads[0] == heads[1]
    return heads[0]


def same_rests(both: Both, wires: list[Wire]) -> bytes:
    """Read both to their ends, without the query for the cursor that the real busybox sends."""
    rests = [re.sub(rb"\b[0-9a-f]{64}\b", b"ID", wire.rest().replace(b"\x1b[6n", b"")) for wire in wires]
    assert rests[0] == rests[1]
    return rests[0]


def ended(both: Both, ids: list[str]) -> list[dict[str, Any]]:
    """Give what both know of a command once it has ended."""
    found: list[dict[str, Any]] = []
    for talk, one in zip(both.talks, ids, strict=True):
        until(lambda talk=talk, one=one: talk.ask("GET", f"/exec/{one}/json")[1]["ExitCode"] is not None, 15)
        found.append(talk.ask("GET", f"/exec/{one}/json")[1])
    same_keys(found)
    same_keys(found, "ProcessConfig")
    for value in found:
        for field in ("ID", "ContainerID", "Pid"):
            value.pop(field)
    assert found[0] == found[1]
    return found


def states(both: Both, name: str, wanted: str) -> bool:
    return all(value["State"]["Status"] == wanted for value in both.ask("GET", f"/containers/{name}/json"))


@pytest.mark.parametrize("tty", [False, True])
@pytest.mark.parametrize("version", ["", "/v1.41", "/v1.45"])
@pytest.mark.parametrize("upgrade", [False, True])
def test_heads_of_exec(both, tty, version, upgrade):
    name = both.run("box")
    wires = start(both, make_execs(both, name, "echo", "hi", Tty=tty), version, upgrade=upgrade, Tty=tty)
    same_heads(both, wires)
    same_rests(both, wires)


def test_exec_from_its_making_to_its_end(both):
    name = both.run("box", Labels={"a": "b"})
    ids = make_execs(both, name, "sh", "-c", "echo out; sleep 0.1; echo wrong >&2; exit 5", Env=["A=b"])
    before = [talk.ask("GET", f"/exec/{one}/json")[1] for talk, one in zip(both.talks, ids, strict=True)]
    same_keys(before)
    assert [value["ExecIDs"] for value in both.ask("GET", f"/containers/{name}/json")] == [
        [one] for one in ids
    ]
    wires = start(both, ids)
    assert [frames(wire.rest()) for wire in wires] == [[(1, b"out\n"), (2, b"wrong\n")]] * 2
    assert ended(both, ids)[0]["ExitCode"] == 5
    assert [value["ExecIDs"] for value in both.ask("GET", f"/containers/{name}/json")] == [None] * 2
    again = start(both, ids)
    assert b"has already run" in same_rests(both, again)
    for one, talk in zip(ids, both.talks, strict=True):
        assert talk.ask("POST", f"/exec/{one}/start", {"Detach": True})[0] == 409
    reads = make_execs(both, name, "cat")
    wires = start(both, reads)
    for wire in wires:
        wire.send(b"typed\n")
        wire.half_close()
    assert same_rests(both, wires) == b"\x01\0\0\0\0\0\0\x06typed\n"
    ended(both, reads)
    behind = make_execs(both, name, "sh", "-c", "exit 3")
    for one, talk in zip(behind, both.talks, strict=True):
        assert talk.ask("POST", f"/exec/{one}/start", {"Detach": True}) == (200, "")
    assert ended(both, behind)[0]["ExitCode"] == 3
    real, demo = both.events()
    assert sum("exec_" in line for line in real) == 9
    assert demo == real


@pytest.mark.parametrize("command", ["nope", "/nope/x", "/etc", "/etc/hosts"])
def test_exec_of_what_is_not_there(both, command):
    name = both.run("box")
    for tty in (False, True):
        ids = make_execs(both, name, command, Tty=tty)
        assert b"OCI runtime exec failed" in same_rests(both, start(both, ids, Tty=tty))
        assert ended(both, ids)[0]["ExitCode"] == 126
    ids = make_execs(both, name, command)
    told = [
        talk.ask("POST", f"/exec/{one}/start", {"Detach": True})
        for talk, one in zip(both.talks, ids, strict=True)
    ]
    assert told[0] == told[1]
    assert told[0][0] == 400
    for more in ({"WorkingDir": "/nope"}, {"User": "nobody"}):
        same_rests(both, start(both, make_execs(both, name, "ls", **more)))
    real, demo = both.events()
    assert demo == real


def test_refusals_of_exec(both):
    name, still = both.run("box"), both.name("still")
    both.ask("POST", f"/containers/create?name={still}", {"Image": "bb:2", "Cmd": ["true"]})
    ids = make_execs(both, name, "ls")
    asked: list[tuple[str, Any]] = [
        ("/containers/wherry-nope/exec", {"Cmd": ["ls"]}),
        (f"/containers/{still}/exec", {"Cmd": ["ls"]}),
        (f"/containers/{name}/exec", {}),
        (f"/containers/{name}/exec", None),
        (f"/containers/{name}/exec", {"Cmd": ["ls"], "DetachKeys": "ctrl-"}),
        ("/exec/wherry-nope/start", {}),
        ("/exec/wherry-nope/resize?h=1&w=1", None),
        ("/exec/wherry-nope/resize?h=x&w=1", None),
        (f"/containers/{name}/resize?h=x&w=1", None),
        (f"/containers/{name}/resize", None),
        (f"/containers/{still}/resize?h=1&w=1", None),
        ("/containers/wherry-nope/resize?h=1&w=1", None),
    ]
    for target, body in asked:
        both.ask("POST", target, body)
    both.ask("GET", "/exec/wherry-nope/json")
    both.ask("POST", f"/containers/{name}/pause")
    both.ask("POST", f"/containers/{name}/exec", {"Cmd": ["ls"]})
    told = [talk.ask("POST", f"/exec/{one}/start", {}) for talk, one in zip(both.talks, ids, strict=True)]
    assert [(status, plain(value["message"], both)) for status, value in told[:1]] == [
        (status, plain(value["message"], both)) for status, value in told[1:]
    ]
    both.ask("POST", f"/containers/{name}/unpause")
    both.ask("POST", f"/containers/{name}/kill")
    for talk, one in zip(both.talks, ids, strict=True):
        until(lambda talk=talk, one=one: talk.ask("GET", f"/exec/{one}/json")[0] == 404)


def test_a_command_dies_with_its_container(both):
    name = both.run("box")
    both.remember(name)
    ids = make_execs(both, name, "sleep", "1000")
    wires = start(both, ids)
    until(
        lambda: all(
            talk.ask("GET", f"/exec/{one}/json")[1]["Running"]
            for talk, one in zip(both.talks, ids, strict=True)
        )
    )
    both.ask("POST", f"/containers/{name}/stop?t=0")
    assert same_rests(both, wires) == b""
    assert ended(both, ids)[0]["ExitCode"] == 137
    told = both.events()
    # The real one tells of a signal once it is sent, which may be after what it did.
    assert sorted(told[0]) == sorted(told[1])
    for lines in told:
        actions = [line.split()[1] for line in lines if line.startswith("container")]
        assert actions[-2:] == ["stop", "die"]
        assert "exec_die" in actions[:-2]


def test_what_is_typed_at_a_prompt_and_seen(both):
    name = both.run("box")
    ids = make_execs(both, name, "sh", Tty=True)
    wires = start(both, ids, Tty=True, ConsoleSize=[30, 90])
    for wire in wires:
        wire.until(b"/ # ")
    for typed, seen in (
        (b"stty size\r", b"30 90\r\n"),
        (b"echo hi\r", b"echo hi\r\nhi\r\n"),
        (b"foo\r", b"sh: foo: not found\r\n"),
        (b"ls /\r", b"bin   dev   etc   proc  sys\r\n"),
        (b"cat\r", b"cat\r\n"),
        (b"typed\r", b"typed\r\ntyped\r\n"),
        (b"\x04", b"/"),
        (b"sleep 1000\r", b"sleep 1000\r\n"),
        (b"\x03", b"^C\r\n"),
        (b"cd /bin; pwd\r", b"\r\n/bin\r\n"),
    ):
        for wire in wires:
            wire.send(typed)
            wire.until(seen)
            if not typed.startswith((b"sleep", b"cat", b"typed")):
                wire.until(b" # ")
        if typed in {b"cat\r", b"sleep 1000\r"}:
            # The real shell echoes the line before it gives the terminal to the program.
            time.sleep(0.5)
    assert [
        talk.ask("POST", f"/exec/{one}/resize?h=40&w=100") for talk, one in zip(both.talks, ids, strict=True)
    ] == [(200, "")] * 2
    for wire in wires:
        wire.send(b"stty size\r")
        wire.until(b"40 100\r\n")
        wire.send(b"exit 3\r")
        assert wire.rest().endswith(b"exit 3\r\n")
    assert ended(both, ids)[0]["ExitCode"] == 3


@pytest.mark.parametrize("tty", [False, True])
def test_attach_and_the_log(both, tty):
    name = both.run("box", Cmd=["sh", "-c", "echo out; sleep 1000"], Tty=tty)
    until(partial(logged, both, name))
    for query in ("", "logs=1&stdout=1&stderr=1", "logs=1&stderr=1", "stdout=1"):
        wires = attach(both, name, query)
        same_heads(both, wires)
        same_rests(both, wires)
    wires = attach(both, name, f"logs=1&{STREAM}")
    for wire in wires:
        wire.until(b"out")
    both.ask("POST", f"/containers/{name}/kill")
    same_rests(both, wires)
    real, demo = both.events()
    assert sum("attach" in line for line in real) == 5
    assert demo == real


def logged(both: Both, name: str) -> bool:
    request = f"GET /containers/{name}/logs?stdout=1 HTTP/1.0\r\n\r\n"
    return all(b"out" in read_all(raw(path, request)).partition(b"\r\n\r\n")[2] for path in both.paths)


def test_refusals_of_attach(both):
    name = both.run("box", **TTY)
    for target, query in (("wherry-nope", STREAM), (name, f"{STREAM}&detachKeys=ctrl-")):
        wires = attach(both, target, query)
        same_heads(both, wires)
        same_rests(both, wires)
    both.ask("POST", f"/containers/{name}/pause")
    wires = attach(both, name)
    same_heads(both, wires)
    same_rests(both, wires)


def test_run_in_the_steps_of_docker_run(both):
    name = both.name("run")
    body = {"Image": "bb:2", "Cmd": ["sh"], **TTY, "StdinOnce": True, "HostConfig": {"AutoRemove": True}}
    both.ask("POST", f"/containers/create?name={name}", body)
    both.remember(name)
    wires = attach(both, name)
    same_heads(both, wires)
    assert both.status("POST", f"/containers/{name}/start") == 204
    both.ask("POST", f"/containers/{name}/resize?h=40&w=100")
    for wire in wires:
        wire.until(b"/ # ")
        wire.send(b"stty size; exit 3\r")
        wire.until(b"40 100\r\n")
        wire.rest()
    until(partial(gone, both, name))
    real, demo = both.events()
    assert demo == real


def gone(both: Both, name: str) -> bool:
    return all(talk.ask("GET", f"/containers/{name}/json")[0] == 404 for talk in both.talks)


def test_input_of_a_container(both):
    name = both.run("cat", Cmd=["cat"], **ONCE)
    wires = attach(both, name)
    for wire in wires:
        wire.send(b"hello\n")
        wire.until(b"hello\n")
        wire.half_close()
    assert same_rests(both, wires) == b""
    until(partial(states, both, name, "exited"))
    shell = both.run("shell", Cmd=["sh"], **TTY)
    wires = attach(both, shell)
    for wire in wires:
        wire.send(b"echo in\r")
        wire.until(b"in\r\n/ # ")
        wire.send(b"\x10")
        time.sleep(0.1)
        wire.send(b"\x11")
        wire.rest()
    until(partial(states, both, shell, "running"))
    real, demo = both.events()
    assert any(" detach " in line for line in real)
    assert demo == real


@pytest.mark.parametrize("command", ["nope", "/nope/x", "/bin"])
def test_start_of_what_is_not_there(both, command):
    for word, host in (("kept", {}), ("gone", {"AutoRemove": True})):
        name = both.name(word)
        body = {"Image": "bb:2", "Cmd": [command], "HostConfig": {**host, "Binds": [f"{both.name('v')}:/v"]}}
        both.ask("POST", f"/containers/create?name={name}", body)
        both.remember(name)
        both.ask("POST", f"/containers/{name}/start")
    found = [value["State"] for value in both.ask("GET", f"/containers/{both.name('kept')}/json")]
    assert found[0] == found[1]
    until(partial(gone, both, both.name("gone")))
    real, demo = both.events()
    assert demo == real


def test_changes_and_files(both):
    made = "touch /new; mkdir /d; echo x > /d/y; rm /bin/vi; echo >> /etc/hosts; echo x > /v/f; sleep 1000"
    host = {"Binds": [f"{both.name('v')}:/v"]}
    name = both.run("box", Cmd=["sh", "-c", made], HostConfig=host)
    until(
        lambda: (
            both.ask("GET", f"/containers/{name}/changes")[0]
            == both.ask("GET", f"/containers/{name}/changes")[1]
        ),
        10,
    )
    assert {"Path": "/v", "Kind": 1} in both.ask("GET", f"/containers/{name}/changes")[0]
    both.ask("GET", "/containers/wherry-nope/changes")
    for path in ("/d/y", "/d", "d/", "/bin/ls", "/v/f"):
        facts = []
        for socket in both.paths:
            request = f"HEAD /containers/{name}/archive?path={path} HTTP/1.0\r\n\r\n"
            text = read_all(raw(socket, request)).decode()
            found = re.search(r"X-Docker-Container-Path-Stat: (\S+)", text)
            assert found is not None, text
            facts.append(json.loads(base64.b64decode(found[1])))
        for value in facts:
            del value["mtime"]
        assert facts[0] == facts[1]
    for path in ("/nope", "", "/d/y/z"):
        answers = [
            read_all(raw(socket, f"HEAD /containers/{name}/archive?path={path} HTTP/1.0\r\n\r\n"))
            for socket in both.paths
        ]
        assert answers[0].split()[1] == answers[1].split()[1]
        lengths = [re.search(rb"Content-Length: (\d+)", answer) for answer in answers]
        assert [length and length[1] for length in lengths[:1]] == [
            length and length[1] for length in lengths[1:]
        ]


def run_cli(path: str, *words: str, stdin: str = "") -> tuple[str, str, int]:
    argv = ["docker", "--host", f"unix://{path}", *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60, input=stdin)
    return done.stdout, done.stderr, done.returncode


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("exec", "BOX", "ls", "/"), ""),
        (("exec", "BOX", "sh", "-c", "echo out; echo wrong >&2; exit 7"), ""),
        (("exec", "BOX", "nope"), ""),
        (("exec", "-d", "BOX", "nope"), ""),
        (("exec", "-i", "BOX", "cat"), "typed\n"),
        (("exec", "-t", "BOX", "ls", "/"), ""),
        (("exec", "-w", "/bin", "-e", "A=b", "-u", "1000", "BOX", "sh", "-c", "pwd; echo $A; id -u"), ""),
        (("exec", "wherry-nope", "ls"), ""),
        (("run", "--rm", "bb:2", "echo", "hi"), ""),
        (("run", "--rm", "bb:2", "nope"), ""),
        (("run", "--rm", "bb:2", "/etc"), ""),
        (("run", "--rm", "bb:2", "sh", "-c", "echo wrong >&2; exit 9"), ""),
        (("run", "--rm", "-i", "bb:2", "cat"), "hi\n"),
        (("run", "--rm", "-i", "bb:2"), "echo a; nope; exit 6\n"),
        (("run", "--rm", "bb:2", "ls", "/nope"), ""),
        (("run", "--rm", "--user", "nobody", "bb:2", "ls"), ""),
    ],
)
def test_the_docker_cli(both, words, stdin):
    name = both.run("box")
    told = []
    for path in both.paths:
        out, errors, code = run_cli(path, *[name if word == "BOX" else word for word in words], stdin=stdin)
        told.append((out, plain(errors, both), code))
    assert told[0] == told[1]


def test_the_docker_cli_on_a_terminal(both, tmp_path):
    name = both.run("shell", Cmd=["sh"], **TTY)
    box = both.run("box")
    codes = []
    for path in both.paths:
        with Terminal(
            ["docker", "--host", f"unix://{path}", "run", "-it", "--rm", "bb:2"], 80, 24
        ) as terminal:
            terminal.wait_for(r"(?m)^/ #$")
            terminal.type("stty size; echo a$((1+1))\r")
            terminal.wait_for(r"(?m)^24 80\na2$")
            terminal.resize(90, 30)
            terminal.type("sleep 0.3; stty size; exit 5\r")
            terminal.wait_for(r"(?m)^30 90$")
            codes.append(terminal.exit_code())
        with Terminal(["docker", "--host", f"unix://{path}", "exec", "-it", box, "sh"], 80, 24) as terminal:
            terminal.wait_for(r"(?m)^/ #$")
            terminal.type("echo b\r")
            terminal.wait_for(r"(?m)^b$")
            terminal.send("ctrl+d")
            codes.append(terminal.exit_code())
        with Terminal(["docker", "--host", f"unix://{path}", "attach", name], 80, 24) as terminal:
            terminal.wait_for(r"(?m)^/ #$")
            terminal.type("echo c\r")
            terminal.wait_for(r"(?m)^c$")
            terminal.send("ctrl+p", "ctrl+q")
            terminal.wait_for("read escape sequence")
            codes.append(terminal.exit_code())
    assert codes == [5, 0, codes[2]] * 2
    assert states(both, name, "running")
