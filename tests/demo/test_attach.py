from __future__ import annotations

import base64
import json
import threading

import pytest

from tests.demo.talk import Talk, raw, read_all, until
from tests.demo.wires import Wire, frames
from tui.demo.wire.query import Body

BOTH = "stream=1&stdin=1&stdout=1&stderr=1"
FRAMED = "Content-Type: application/vnd.docker.multiplexed-stream"
RAW = "Content-Type: application/vnd.docker.raw-stream"
INTERACTIVE = {"OpenStdin": True, "StdinOnce": True, "AttachStdin": True}


def make(world, name: str, *command: str, started: bool = True, **more: object):
    world.create_from(name, Body({"Image": "bb:2", "Cmd": list(command), **more}))
    if started:
        world.start(name)
    return world.find(name)


def attach(engine, name: str, query: str = BOTH) -> Wire:
    return Wire(engine.path, f"/v1.45/containers/{name}/attach?{query}")


def actions(world, name: str) -> list[str]:
    return [
        event.action
        for event in world.events.kept
        if event.type == "container" and event.attributes["name"] == name
    ]


@pytest.mark.parametrize("tty", [False, True])
def test_heads(engine, world, tty):
    make(world, "box", "server", Tty=tty)
    wire = attach(engine, "box")
    kind = RAW if tty else FRAMED
    # Nothing else: no date, no version, as the real one.
    assert wire.head.split("\r\n") == ["HTTP/1.1 101 UPGRADED", kind, "Connection: Upgrade", "Upgrade: tcp"]
    wire.close()
    plain = Wire(engine.path, "/containers/box/attach?stream=1", upgrade=False)
    assert plain.head.split("\r\n") == ["HTTP/1.1 200 OK", RAW]
    plain.close()


def test_output_from_now_on_and_the_log_before_it(engine, world):
    make(world, "box", "server")
    world.log("box", "earlier")
    world.log("box", "wrong", "stderr")
    live, whole = attach(engine, "box"), attach(engine, "box", f"logs=1&{BOTH}")
    only = attach(engine, "box", "logs=1&stderr=1")
    assert frames(only.rest()) == [(2, b"wrong\n")]
    until(lambda: len(world.find("box").taps) == 2)
    world.log("box", "later")
    world.die("box", 0)
    assert frames(live.rest()) == [(1, b"later\n")]
    assert frames(whole.rest()) == [(1, b"earlier\n"), (2, b"wrong\n"), (1, b"later\n")]
    assert actions(world, "box").count("attach") == 3
    assert not world.find("box").taps


def test_refusals_are_told_in_the_stream(engine, world):
    make(world, "box", "server", Tty=True)
    for name, query, status, words in (
        ("nope", BOTH, "404 Not Found", "No such container: nope"),
        ("box", f"{BOTH}&detachKeys=ctrl-", "400 Bad Request", "Invalid detach keys (ctrl-) provided"),
    ):
        wire = attach(engine, name, query)
        assert wire.head.split("\r\n") == [f"HTTP/1.1 {status}", RAW]
        assert wire.rest().decode() == f"{words}\r\n"
    world.pause("box")
    wire = attach(engine, "box")
    assert wire.head.startswith("HTTP/1.1 409 Conflict")
    assert wire.rest() == b"container box is paused, unpause the container before attach\r\n"
    assert "attach" not in actions(world, "box")


def test_as_docker_run_does_it(engine, talk, world):
    host = {"AutoRemove": True, "ConsoleSize": [24, 80]}
    body = {"Image": "bb:2", "Cmd": ["sh"], "Tty": True, "HostConfig": host, **INTERACTIVE}
    status, made = talk.ask("POST", "/containers/create?name=run", body)
    assert status == 201
    wire = attach(engine, "run")
    ended: list[object] = []

    def wait() -> None:
        other = Talk(engine.path)
        ended.append(other.ask("POST", f"/containers/{made['Id']}/wait?condition=removed"))
        other.close()

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(lambda: bool(world.find("run").bells))
    wire.send(b"stty size\r")
    assert talk.ask("POST", "/containers/run/start")[0] == 204
    wire.until(b"24 80\r\n/ # ")
    assert talk.ask("POST", "/containers/run/resize?h=40&w=100") == (200, "")
    wire.send(b"stty size\r")
    wire.until(b"40 100\r\n/ # ")
    wire.send(b"exit 3\r")
    assert wire.rest().endswith(b"exit 3\r\n")
    waiting.join(10)
    assert ended == [(200, {"StatusCode": 3})]
    assert actions(world, "run") == ["create", "attach", "start", "resize", "die", "destroy"]
    assert talk.ask("GET", "/containers/run/json")[0] == 404


def test_a_program_is_fed_and_its_output_is_logged(engine, talk, world, api):
    one = make(world, "box", "sh", "-c", "cat; echo wrong >&2; exit 4", **INTERACTIVE)
    wire = attach(engine, "box")
    wire.send(b"hello\n")
    wire.until(b"hello\n")
    wire.send(b"bye\n")
    wire.half_close()
    assert frames(wire.rest()) == [(1, b"bye\n"), (2, b"wrong\n")]
    assert (one.state, one.exit_code) == ("exited", 4)
    assert api.logs("box", stderr=False) == b"hello\nbye\n"
    assert api.logs("box", stdout=False) == b"wrong\n"


def test_a_client_that_leaves_closes_the_input_where_that_is_for_one_client(engine, world):
    one = make(world, "once", "cat", **INTERACTIVE)
    attach(engine, "once").close()
    until(lambda: one.state == "exited")
    other = make(world, "many", "cat", OpenStdin=True)
    wire = attach(engine, "many")
    wire.send(b"a\n")
    wire.until(b"a\n")
    wire.half_close()
    assert wire.rest() == b""
    assert other.state == "running"


def test_input_that_nobody_reads_ends_nothing(engine, world):
    make(world, "box", "server")
    wire = attach(engine, "box")
    wire.send(b"hello\n")
    wire.half_close()
    assert not wire.ends(0.2)
    world.die("box")
    assert wire.rest() == b""


def test_keys_to_detach(engine, world):
    one = make(world, "box", "sh", Tty=True, OpenStdin=True)
    for keys, query in ((b"\x10\x11", BOTH), (b"\x18z", f"{BOTH}&detachKeys=ctrl-x,z")):
        wire = attach(engine, "box", query)
        wire.send(b"echo in\r")
        wire.until(b"\r\nin\r\n/ # ")
        wire.send(keys[:1])
        wire.send(keys[1:])
        assert wire.rest() == b""
    assert one.state == "running"
    assert actions(world, "box")[-4:] == ["attach", "detach", "attach", "detach"]
    wire = attach(engine, "box")
    # The start of the keys is kept back until it is clear that it is none.
    wire.send(b"\x10")
    wire.send(b"echo up\r")
    wire.until(b"up")
    wire.close()


def test_keys_to_detach_mean_nothing_without_a_terminal(engine, world):
    make(world, "box", "cat", **INTERACTIVE)
    wire = attach(engine, "box")
    wire.send(b"a\x10\x11b\n")
    wire.until(b"a\x10\x11b\n")
    wire.close()


def test_a_terminal_is_shared(engine, world):
    make(world, "box", "sh", Tty=True, OpenStdin=True)
    first, second = attach(engine, "box"), attach(engine, "box")
    first.send(b"echo both\r")
    for wire in (first, second):
        wire.until(b"both\r\n/ # ")
    second.send(b"exit 9\r")
    assert first.rest() == second.rest() == b"exit 9\r\n"
    assert world.find("box").exit_code == 9


def test_the_log_of_a_terminal_has_whole_lines(engine, world, api):
    one = make(world, "box", "sh", Tty=True, OpenStdin=True)
    wire = attach(engine, "box")
    wire.send(b"echo a\r")
    wire.until(b"a\r\n/ # ")
    assert api.logs("box").endswith(b"/ # echo a\r\na\r\n")
    assert all(record.content.endswith(b"\r\n") for record in one.log)
    wire.send(b"exit\r")
    wire.rest()


def test_a_restart_begins_a_new_shell(world):
    one = make(world, "box", "sh", Tty=True, OpenStdin=True, HostConfig={"RestartPolicy": {"Name": "always"}})
    world.feed(one, b"touch /kept; X=1\rexit 2\r")
    assert one.state == "restarting"
    world.revive("box")
    assert one.state == "running"
    world.feed(one, b"ls -d /kept; echo [$X]\r")
    assert b"/kept\r\n[]\r\n" in b"".join(record.content for record in one.log)


def test_resize(talk, world):
    one = make(world, "box", "server")
    make(world, "still", "server", started=False)
    assert talk.ask("POST", "/containers/box/resize?h=3&w=4") == (200, "")
    told = world.events.kept[-1]
    assert (told.action, told.attributes["height"], told.attributes["width"]) == ("resize", "3", "4")
    not_running = f"container {world.find('still').id} is not running"
    for target, status, message in (
        ("still/resize?h=1&w=1", 409, not_running),
        ("nope/resize?h=1&w=1", 404, "No such container: nope"),
        ("box/resize?h=x&w=1", 400, 'strconv.Atoi: parsing "x": invalid syntax'),
        ("box/resize?w=1", 400, 'strconv.Atoi: parsing "": invalid syntax'),
    ):
        assert talk.ask("POST", f"/containers/{target}") == (status, {"message": message})
    assert one.terminal == (3, 4)


@pytest.mark.parametrize(
    ("command", "code", "why"),
    [
        ("nope", 127, 'exec: "nope": executable file not found in $PATH: unknown'),
        ("/nope/x", 127, 'exec: "/nope/x": stat /nope/x: no such file or directory: unknown'),
        ("/bin", 126, 'exec: "/bin": is a directory: unknown: permission denied'),
    ],
)
def test_a_program_that_is_not_there(talk, world, command, code, why):
    one = make(world, "box", command, started=False)
    status, value = talk.ask("POST", "/containers/box/start")
    assert (status, value["message"].endswith(f"unable to start container process: {why}")) == (400, True)
    assert (one.state, one.exit_code, one.error) == ("created", code, value["message"])
    events = [(event.type, event.action) for event in world.events.kept][-3:]
    assert events == [("container", "create"), ("network", "connect"), ("network", "disconnect")]
    make(world, "gone", command, started=False, HostConfig={"AutoRemove": True})
    assert talk.ask("POST", "/containers/gone/start")[0] == 400
    assert actions(world, "gone") == ["create", "destroy"]


def test_one_command_from_its_start_to_its_end(engine, talk, world):
    make(world, "box", "echo", "hi", started=False)
    wire = attach(engine, "box", "stream=1&stdout=1&stderr=1")
    assert talk.ask("POST", "/containers/box/start")[0] == 204
    assert frames(wire.rest()) == [(1, b"hi\n")]
    assert talk.ask("POST", "/containers/box/wait") == (200, {"StatusCode": 0})


def test_next_exit_waits_for_the_next_one(engine, talk, world):
    one = make(world, "box", "sh", "-c", "exit 2")
    assert one.exit_code == 2
    ended: list[object] = []

    def wait() -> None:
        other = Talk(engine.path)
        ended.append(other.ask("POST", "/containers/box/wait?condition=next-exit"))
        other.close()

    thread = threading.Thread(target=wait)
    thread.start()
    until(lambda: bool(one.bells))
    assert not ended
    world.start("box")
    thread.join(10)
    assert ended == [(200, {"StatusCode": 2})]


def test_a_shell_in_an_image_that_has_an_entry_script(full, full_api):
    world = full.world
    world.create_from(
        "in-web", Body({"Image": "nginx:1.29-alpine", "Cmd": ["sh"], "Tty": True, **INTERACTIVE})
    )
    world.start("in-web")
    wire = attach(full, "in-web")
    wire.send(b"cat /etc/os-release; nginx\rexit 8\r")
    seen = wire.rest()
    assert b"Alpine" in seen
    assert b"nginx: not part of the demo" in seen
    assert world.find("in-web").exit_code == 8


def test_changes_and_what_a_file_is(engine, talk, world):
    make(world, "box", "sh", "-c", "touch /new; rm /bin/vi; sleep 1000")
    assert talk.ask("GET", "/containers/box/changes") == (
        200,
        [{"Path": "/bin", "Kind": 0}, {"Path": "/bin/vi", "Kind": 2}, {"Path": "/new", "Kind": 1}],
    )
    assert talk.ask("GET", "/containers/nope/changes")[0] == 404
    make(world, "still", "server", started=False)
    assert talk.ask("GET", "/containers/still/changes") == (200, None)
    for path, name, bits, target in (
        ("/new", "new", 0, ""),
        ("/bin/ls", "ls", 1 << 27, "/bin/busybox"),
        ("bin/", "bin", 1 << 31, ""),
    ):
        answer = read_all(
            raw(engine.path, f"HEAD /containers/box/archive?path={path} HTTP/1.0\r\n\r\n")
        ).decode()
        text = answer.partition("X-Docker-Container-Path-Stat: ")[2].partition("\r\n")[0]
        facts = json.loads(base64.b64decode(text))
        assert (facts["name"], facts["mode"] & ~0o777, facts["linkTarget"]) == (name, bits, target)
    assert read_all(raw(engine.path, "HEAD /containers/box/archive?path=/nope HTTP/1.0\r\n\r\n")).startswith(
        b"HTTP/1.0 404"
    )
    assert read_all(raw(engine.path, "HEAD /containers/box/archive HTTP/1.0\r\n\r\n")).startswith(
        b"HTTP/1.0 400"
    )


def test_an_engine_that_stops_closes_at_once_and_the_shell_goes_on_later(engine, world):
    one = make(world, "box", "sh", Tty=True, OpenStdin=True)
    wire = attach(engine, "box")
    wire.send(b"X=kept\r")
    wire.until(b"X=kept\r\n/ # ")
    engine.stop()
    assert wire.ends(5)
    wire.close()
    assert one.state == "running"
    engine.start()
    wire = attach(engine, "box")
    wire.send(b"echo $X\r")
    wire.until(b"\r\nkept\r\n")
    wire.close()


def test_a_program_that_only_seems_to_run_does_not_let_itself_be_typed_into(full):
    world = full.world
    host = {"Image": "python:3.13-slim", "Tty": True, **INTERACTIVE}
    world.create_from("repl", Body(host))
    wire = attach(full, "repl")
    world.start("repl")
    assert wire.rest() == b"python3: not part of the demo\r\n"
    assert world.find("repl").exit_code == 1


def test_ctrl_c_ends_what_heeds_it(engine, world):
    one = make(world, "box", "server", Tty=True, OpenStdin=True)
    wire = attach(engine, "box")
    wire.send(b"x\x03")
    assert wire.rest() == b""
    assert (one.state, one.exit_code) == ("exited", 0)
    shell = make(world, "deaf", "cat", Tty=True, OpenStdin=True)
    world.feed(shell, b"\x03")
    assert shell.state == "running"
