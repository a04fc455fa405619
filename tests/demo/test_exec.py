from __future__ import annotations

import json
import threading
import time

import pytest

from tests.demo.talk import Talk, raw, read_all, until
from tests.demo.wires import ALL, Wire, frames, make_exec, settled
from tui.demo.faults.answers import Cut
from tui.demo.server import DemoEngine

FRAMED = "Content-Type: application/vnd.docker.multiplexed-stream"
RAW = "Content-Type: application/vnd.docker.raw-stream"


@pytest.fixture
def box(world):
    world.create_container("box", "bb:2", ["server"], labels={"a": "b"})
    world.start("box")
    return world.find("box")


def start(engine: DemoEngine, exec_id: str, **more: object) -> Wire:
    return Wire(engine.path, f"/v1.45/exec/{exec_id}/start", {"Detach": False, "Tty": False, **more})


def actions(world) -> list[str]:
    return [event.action for event in world.events.kept]


def test_output_and_errors_come_in_frames_and_the_code_is_kept(engine, talk, world, box):
    exec_id = make_exec(talk, "box", "sh", "-c", "echo out; echo wrong >&2; exit 5")
    before = talk.ask("GET", f"/exec/{exec_id}/json")[1]
    assert (before["Running"], before["ExitCode"], before["Pid"]) == (False, None, 0)
    assert talk.ask("GET", "/containers/box/json")[1]["ExecIDs"] == [exec_id]
    wire = start(engine, exec_id)
    assert wire.head.splitlines()[0] == "HTTP/1.1 101 UPGRADED"
    assert {"Connection: Upgrade", "Upgrade: tcp", FRAMED} <= set(wire.head.splitlines())
    assert frames(wire.rest()) == [(1, b"out\n"), (2, b"wrong\n")]
    after = settled(talk, exec_id)
    assert (after["Running"], after["ExitCode"], after["ContainerID"]) == (False, 5, box.id)
    assert after["ProcessConfig"]["arguments"] == ["-c", "echo out; echo wrong >&2; exit 5"]
    assert talk.ask("GET", "/containers/box/json")[1]["ExecIDs"] is None
    command = "sh -c echo out; echo wrong >&2; exit 5"
    assert actions(world)[-3:] == [f"exec_create: {command}", f"exec_start: {command}", "exec_die"]
    died = world.events.kept[-1].attributes
    assert died == {"a": "b", "execID": exec_id, "exitCode": "5", "image": "bb:2", "name": "box"}


@pytest.mark.parametrize(
    ("upgrade", "version", "tty", "start_line", "kind"),
    [
        (True, "/v1.45", False, "HTTP/1.1 101 UPGRADED", FRAMED),
        (True, "/v1.41", False, "HTTP/1.1 101 UPGRADED", RAW),
        (True, "", True, "HTTP/1.1 101 UPGRADED", RAW),
        (False, "", False, "HTTP/1.1 200 OK", RAW),
        (False, "", True, "HTTP/1.1 200 OK", RAW),
    ],
)
def test_heads(engine, talk, box, upgrade, version, tty, start_line, kind):
    exec_id = make_exec(talk, "box", "echo", "hi", Tty=tty)
    wire = Wire(engine.path, f"{version}/exec/{exec_id}/start", {"Tty": tty}, upgrade=upgrade)
    first, *headers = wire.head.splitlines()
    assert (first, headers[0]) == (start_line, kind)
    assert "Api-Version: 1.45" in headers
    assert not any(line.startswith(("Date", "Content-Length", "Transfer-Encoding")) for line in headers)
    assert wire.rest() == (b"hi\r\n" if tty else b"\x01\0\0\0\0\0\0\x03hi\n")


def test_a_client_that_closes_its_side_is_read_and_answered_to_the_end(engine, talk, box):
    wire = start(engine, make_exec(talk, "box", "cat"))
    wire.send(b"hello\n")
    wire.until(b"hello\n")
    wire.send(b"bye")
    wire.half_close()
    assert wire.rest().endswith(b"bye")


def test_what_is_sent_right_behind_the_request_is_read_too(engine, talk, box):
    exec_id = make_exec(talk, "box", "head", "-n", "1")
    wire = Wire(engine.path, f"/exec/{exec_id}/start", {}, early=b"early\n")
    wire.half_close()
    assert frames(wire.rest()) == [(1, b"early\n")]


def test_a_client_that_leaves_ends_what_it_wrote_to(engine, talk, box):
    exec_id = make_exec(talk, "box", "sh", "-c", "cat; exit 4")
    wire = start(engine, exec_id)
    wire.close()
    assert settled(talk, exec_id)["ExitCode"] == 4
    until(lambda: engine.connections == 1)


def test_a_terminal_goes_on_without_its_client(engine, talk, box):
    exec_id = make_exec(talk, "box", "sh", Tty=True)
    wire = start(engine, exec_id, Tty=True)
    wire.until(b"/ # ")
    wire.half_close()
    assert wire.rest() == b""
    assert talk.ask("GET", f"/exec/{exec_id}/json")[1]["Running"] is True


def test_a_shell_on_a_terminal(engine, talk, box):
    exec_id = make_exec(talk, "box", "sh", Tty=True)
    wire = start(engine, exec_id, Tty=True, ConsoleSize=[30, 90])
    wire.until(b"/ # ")
    wire.send(b"stty size\r")
    wire.until(b"30 90\r\n/ # ")
    assert talk.ask("POST", f"/exec/{exec_id}/resize?h=40&w=100") == (200, "")
    wire.send(b"stty size\r")
    wire.until(b"40 100\r\n/ # ")
    wire.send(b"exit 3\r")
    assert wire.rest().endswith(b"exit 3\r\n")
    assert settled(talk, exec_id)["ExitCode"] == 3


def test_a_resize_waits_for_the_start(engine, talk, box):
    exec_id = make_exec(talk, "box", "sh", Tty=True)
    answers: list[object] = []

    def resize() -> None:
        other = Talk(engine.path)
        answers.append(other.ask("POST", f"/exec/{exec_id}/resize?h=11&w=22"))
        other.close()

    thread = threading.Thread(target=resize)
    thread.start()
    until(lambda: ("POST", f"/exec/{exec_id}/resize?h=11&w=22") in engine.requests)
    wire = start(engine, exec_id, Tty=True)
    thread.join(10)
    assert answers == [(200, "")]
    wire.until(b"/ # ")
    wire.send(b"stty size\rexit\r")
    assert b"11 22\r\n" in wire.rest()


def test_keys_to_detach_are_taken_for_a_failure(engine, talk, box):
    exec_id = make_exec(talk, "box", "sh", Tty=True, DetachKeys="ctrl-x,z")
    wire = start(engine, exec_id, Tty=True)
    wire.until(b"/ # ")
    wire.send(b"\x18")
    wire.send(b"z")
    assert wire.rest() == b"exec attach failed: error on attach stdin: read escape sequence\r\n"
    assert settled(talk, exec_id)["ExitCode"] == 126
    assert talk.ask("GET", f"/exec/{exec_id}/json")[1]["DetachKeys"] == "GHo="


def test_in_the_background(engine, talk, world, box):
    exec_id = make_exec(talk, "box", "sh", "-c", "echo made > /made; sleep 1000")
    assert talk.ask("POST", f"/exec/{exec_id}/start", {"Detach": True}) == (200, "")
    assert talk.ask("GET", f"/exec/{exec_id}/json")[1]["Running"] is True
    assert world.tree_of(box).read("/made") == b"made\n"
    again = (409, {"message": f"Error: Exec command {exec_id} is already running"})
    assert talk.ask("POST", f"/exec/{exec_id}/start", {"Detach": True}) == again
    words = start(engine, exec_id).rest()
    assert frames(words) == [(1, f"Error: Exec command {exec_id} is already running\r\n".encode())]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("nope", 'exec: "nope": executable file not found in $PATH: unknown'),
        ("/nope/x", 'exec: "/nope/x": stat /nope/x: no such file or directory: unknown'),
        ("/etc", 'exec: "/etc": is a directory: unknown: permission denied'),
        ("/etc/hosts", 'exec: "/etc/hosts": permission denied: unknown'),
    ],
)
@pytest.mark.parametrize("detach", [False, True])
def test_a_program_that_is_not_there(engine, talk, box, command, why, detach):
    exec_id = make_exec(talk, "box", command)
    said = f"OCI runtime exec failed: exec failed: unable to start container process: {why}"
    if detach:
        assert talk.ask("POST", f"/exec/{exec_id}/start", {"Detach": True}) == (400, {"message": said})
    else:
        assert frames(start(engine, exec_id).rest()) == [(1, f"{said}\r\n".encode())]
    assert settled(talk, exec_id)["ExitCode"] == 126


def test_refusals(talk, world, box):
    world.create_container("still", "bb:2", ["server"])
    still = world.find("still").id
    body = {"Cmd": ["ls"], **ALL}
    exec_id = make_exec(talk, "box", "ls")
    for target, sent, status, message in (
        ("/containers/nope/exec", body, 404, "No such container: nope"),
        ("/containers/still/exec", body, 409, f"container {still} is not running"),
        ("/containers/box/exec", {}, 400, "No exec command specified"),
        ("/containers/box/exec", None, 400, "No exec command specified"),
        (
            "/containers/box/exec",
            {**body, "DetachKeys": "ctrl-"},
            500,
            "Invalid escape keys (ctrl-) provided",
        ),
        ("/exec/nope/start", {}, 404, "No such exec instance: nope"),
        ("/exec/nope/resize?h=1&w=1", None, 404, "No such exec instance: nope"),
        (f"/exec/{exec_id}/resize?h=x&w=1", None, 400, 'strconv.Atoi: parsing "x": invalid syntax'),
        (f"/exec/{exec_id}/resize", None, 400, 'strconv.Atoi: parsing "": invalid syntax'),
    ):
        assert talk.ask("POST", target, sent) == (status, {"message": message}), target
    assert talk.ask("GET", "/exec/nope/json") == (404, {"message": "No such exec instance: nope"})
    world.pause("box")
    paused = "is paused, unpause the container before exec"
    assert talk.ask("POST", "/containers/box/exec", body) == (409, {"message": f"Container box {paused}"})
    refused = (409, {"message": f"Container {box.id} {paused}"})
    assert talk.ask("POST", f"/exec/{exec_id}/start", {}) == refused


@pytest.mark.parametrize("size", ["x", [1], [1, "a"], {"h": 1}])
def test_a_size_that_is_none(talk, box, size):
    assert talk.ask("POST", "/containers/box/exec", {"Cmd": ["ls"], "ConsoleSize": size})[0] == 400


def test_what_runs_in_a_container_dies_with_it(engine, talk, world, box):
    running = make_exec(talk, "box", "sleep", "1000")
    never = make_exec(talk, "box", "ls")
    wire = start(engine, running)
    until(lambda: talk.ask("GET", f"/exec/{running}/json")[1]["Running"])
    world.kill("box")
    assert wire.rest() == b""
    assert settled(talk, running)["ExitCode"] == 137
    assert [action for action in actions(world) if action in {"kill", "exec_die", "die"}] == [
        "kill",
        "exec_die",
        "die",
    ]
    assert talk.ask("GET", f"/exec/{never}/json")[0] == 404
    world.remove("box")
    assert talk.ask("GET", f"/exec/{running}/json")[0] == 404


def test_an_engine_that_stops_closes_at_once(engine, talk, box):
    wires = [start(engine, make_exec(talk, "box", "sh", Tty=tty), Tty=tty) for tty in (False, True)]
    wires.append(start(engine, make_exec(talk, "box", "sleep", "1000")))
    wires[0].half_close()
    wires[2].half_close()
    began = time.monotonic()
    engine.stop()
    assert time.monotonic() - began < 2
    assert all(wire.ends(5) for wire in wires)
    for wire in wires:
        wire.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("demo")]


def test_what_sleeps_goes_on_with_the_next_start(engine, talk, box):
    exec_id = make_exec(talk, "box", "sh", "-c", "sleep 0.3; exit 6")
    assert talk.ask("POST", f"/exec/{exec_id}/start", {"Detach": True})[0] == 200
    talk.close()
    engine.stop()
    engine.start()
    again = Talk(engine.path)
    assert settled(again, exec_id)["ExitCode"] == 6
    again.close()


def test_a_frozen_engine_hears_and_says_nothing(engine, talk, box):
    wire = start(engine, make_exec(talk, "box", "cat"))
    wire.send(b"one\n")
    wire.until(b"one\n")
    engine.freeze()
    wire.send(b"two\n")
    assert not wire.ends(0.2)
    assert wire.seen == b""
    engine.thaw()
    wire.until(b"two\n")
    wire.close()


def test_a_cut_ends_a_conversation_in_its_midst(engine, talk, box):
    engine.faults.add(Cut("/exec/.*/start", 5))
    wire = start(engine, make_exec(talk, "box", "echo", "hello"))
    assert wire.rest() == b"\x01\0\0\0\0"


def test_a_start_over_http_1_0(engine, talk, box):
    exec_id = make_exec(talk, "box", "echo", "hi")
    body = json.dumps({"Tty": False})
    request = (
        f"POST /exec/{exec_id}/start HTTP/1.0\r\nContent-Type: application/json\r\n"
        f"Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    answer = read_all(raw(engine.path, request))
    assert answer.startswith(b"HTTP/1.1 101 UPGRADED\r\n")
    assert answer.endswith(b"hi\n")


def test_with_docker_py(api, box):
    made = api.exec_create("box", ["sh", "-c", "echo a; echo b >&2"])
    assert api.exec_start(made, demux=True) == (b"a\n", b"b\n")
    assert api.exec_inspect(made)["ExitCode"] == 0
    made = api.exec_create("box", "cat", stdin=True)
    sock = api.exec_start(made, socket=True)
    sock._sock.sendall(b"typed\n")
    assert sock._sock.recv(100) == b"\x01\0\0\0\0\0\0\x06typed\n"
    sock._sock.close()
    sock.close()
