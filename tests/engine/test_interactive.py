"""docker exec, attach and run over an API that a script answers."""

from __future__ import annotations

import json
import os
import select
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.engine.test_hijack import UPGRADED, Far, frame
from tui.engine.address import Address
from tui.engine.background import api_run_job
from tui.engine.connection import Connection
from tui.engine.errors import EngineError, Unreachable
from tui.engine.interactive import program
from tui.engine.jobs import JobState
from tui.engine.questions import target
from tui.engine.remote import Remote, plainly

ID = "3dcf3a0104e3a5050bcaf664ddbde1bae72a4ebfd6f9b9899fb48024e8911116"


def said(value: Any, status: str = "200 OK") -> bytes:
    body = json.dumps(value).encode()
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status.encode(), len(body), body)


def refused(status: str, text: str) -> bytes:
    return said({"message": text}, status)


DONE = b"HTTP/1.1 204 No Content\r\n\r\n"
Plan = dict[str, bytes | Callable[[socket.socket], None]]


class Engine:
    """Stands where a Connection would: POSTs go to a script, questions to a table."""

    def __init__(self, path: Path, plan: Plan, table: dict[str, Any]) -> None:
        self.endpoint = Address(f"unix://{path}", "a test", "", None, is_default=False)
        self.server = socket.create_server(str(path), family=socket.AF_UNIX)
        self.far = Far(self.server, self._serve)
        self._plan, self._table = plan, table

    def _serve(self, one: socket.socket) -> None:
        path = self.far.asked[-1][0].split()[1].partition("?")[0]
        act = self._plan.get(path, refused("404 Not Found", f"page not found: {path}"))
        one.sendall(act) if isinstance(act, bytes) else act(one)

    def reached_at(self) -> Address:
        return self.endpoint

    reads_slowly = False

    def path(self, path: str, *names: str, **parameters: object) -> str:
        return target(path, names, parameters)

    def ask(self, path: str, *names: str, **parameters: object) -> Any:
        answer = self._table[target(path, names, parameters)]
        if isinstance(answer, Exception):
            raise answer
        return answer.pop(0) if isinstance(answer, list) else answer

    def asked(self, path: str) -> list[Any]:
        """Give the bodies of the requests for a path."""
        lines = [(line.split()[1], body) for line, _, body in self.far.asked]
        return [json.loads(body) if body else where for where, body in lines if where.split("?")[0] == path]


@pytest.fixture
def engine(tmp_path: Path):
    made: list[Engine] = []

    def make(plan: Plan, table: dict[str, Any] | None = None) -> Engine:
        made.append(Engine(tmp_path / f"{len(made)}.sock", plan, table or {}))
        return made[-1]

    yield make
    for one in made:
        one.server.close()


def made(engine: Engine, line: str) -> Remote:
    return program(cast("Connection", engine), line.split(), {}, Path("/srv"))


def output(one: Remote) -> bytes:
    out = b""
    while (piece := one.receive()) is not None:
        out += piece
        if not piece:
            assert select.select([one], [], [], 10)[0]
    return out


def echoing(one: socket.socket) -> None:
    """Be a program that says what it is told until it is told `bye`."""
    one.sendall(UPGRADED)
    while (data := one.recv(1000)) and b"bye" not in data:
        one.sendall(data)


class TestExec:
    PLAN: Plan = {
        "/containers/web/exec": said({"Id": "e1"}, "201 Created"),
        "/exec/e1/resize": said({}),
    }

    def test_with_a_terminal(self, engine):
        at = engine(self.PLAN | {"/exec/e1/start": echoing}, {"/exec/e1/json": {"ExitCode": 3}})
        one = made(at, "exec -it -u root -w /x -e A=1 web sh -l")
        assert one.open(90, 30) is None
        assert one.raw
        assert one.send(b"hello") == 5
        assert select.select([one], [], [], 10)[0]
        assert one.receive() == b"hello"
        one.send(b"bye")
        assert output(one) == b""
        assert one.outcome() == (3, "", "")
        body = at.asked("/containers/web/exec")[0]
        assert (body["Cmd"], body["User"], body["WorkingDir"]) == (["sh", "-l"], "root", "/x")
        assert (body["Env"], body["Tty"], body["AttachStdin"]) == (["A=1"], True, True)
        start = at.asked("/exec/e1/start")[0]
        assert start == {"Detach": False, "Tty": True, "ConsoleSize": [30, 90]}
        one.close()

    def test_without_one_what_comes_is_framed(self, engine):
        at = engine(
            self.PLAN | {"/exec/e1/start": UPGRADED + frame(1, b"out\n") + frame(2, b"err\n")},
            {"/exec/e1/json": {"ExitCode": 0}},
        )
        one = made(at, "exec web ls")
        assert one.open(90, 30) is None
        assert not one.raw
        assert not one.takes_input
        assert output(one) == b"out\nerr\n"
        assert one.outcome() == (0, "", "")
        assert "ConsoleSize" not in at.asked("/exec/e1/start")[0]
        assert not at.asked("/exec/e1/resize")
        one.close()

    def test_answers_of_another_shape_are_said_to_be(self, engine):
        at = engine({"/containers/web/exec": said(None)})
        code, wrong, _ = made(at, "exec -it web sh").open(80, 24)
        assert code == 125
        assert "makes no sense" in wrong
        at = engine(self.PLAN | {"/exec/e1/start": UPGRADED}, {"/exec/e1/json": "what?"})
        one = made(at, "exec web ls")
        assert one.open(80, 24) is None
        assert output(one) == b""
        code, wrong, _ = one.outcome()
        assert code == 125
        assert "makes no sense" in wrong
        one.close()

    def test_a_container_that_stopped_meanwhile(self, engine):
        text = f"container {ID} is not running"
        at = engine({"/containers/web/exec": refused("409 Conflict", text)})
        assert made(at, "exec -it web sh").open(80, 24) == (
            125,
            "container 3dcf3a0104e3 is not running",
            "",
        )

    def test_a_size_is_told_again_where_it_came_too_early(self, engine):
        told = threading.Event()
        early = [refused("500 Internal Server Error", "no such exec")] * 2

        def resize(one: socket.socket) -> None:
            if early:
                one.sendall(early.pop())
            else:
                one.sendall(said({}))
                told.set()

        at = engine(self.PLAN | {"/exec/e1/start": echoing, "/exec/e1/resize": resize})
        one = made(at, "exec -it web sh")
        assert one.open(90, 30) is None
        assert told.wait(10)
        assert at.asked("/exec/e1/resize") == ["/exec/e1/resize?w=90&h=30"] * 3
        one.close()

    def test_the_exit_code_may_come_a_little_later(self, engine):
        at = engine(
            self.PLAN | {"/exec/e1/start": UPGRADED},
            {"/exec/e1/json": [{"Running": True}, {"Running": True}, {"Running": False, "ExitCode": 9}]},
        )
        one = made(at, "exec web ls")
        one.open(80, 24)
        output(one)
        assert one.outcome() == (9, "", "")
        one.close()

    def test_an_engine_that_dies_is_one_line(self, engine):
        gone = Unreachable(cast("Any", None), "connection refused: nothing is listening there")
        at = engine(self.PLAN | {"/exec/e1/start": UPGRADED + frame(1, b"abc")[:-1]}, {"/exec/e1/json": gone})
        one = made(at, "exec web ls")
        one.open(80, 24)
        assert output(one) == b"ab"
        assert one.outcome() == (
            125,
            "the connection to the engine was lost: connection refused: nothing is listening there",
            "",
        )
        one.close()

    def test_keys_that_detach_are_noticed_and_the_stream_ends(self, engine):
        hold = threading.Event()

        def deaf(one: socket.socket) -> None:
            one.sendall(UPGRADED)
            hold.wait(20)  # an engine that knows nothing of such keys

        at = engine(self.PLAN | {"/exec/e1/start": deaf}, {"/exec/e1/json": {"Running": True}})
        one = made(at, "exec -it --detach-keys ctrl-x,q web sh")
        one.open(80, 24)
        for piece in (b"ls\x18", b"x\x18", b"q"):
            assert not one.detached
            one.send(piece)
        assert one.detached
        assert output(one) == b""
        assert one.outcome() == (0, "", "the command runs on in web")
        assert at.asked("/containers/web/exec")[0]["DetachKeys"] == "ctrl-x,q"
        one.close()
        hold.set()


class TestAttach:
    def test_what_does_not_run_is_refused(self, engine):
        for state, why in (
            ({"Running": False}, "web is not running: there is nothing to attach to"),
            ({"Running": True, "Paused": True}, "web is paused"),
            ({"Running": True, "Restarting": True}, "web is restarting"),
        ):
            at = engine({}, {"/containers/web/json": {"Id": ID, "Config": {}, "State": state}})
            assert made(at, "attach web").open(80, 24) == (125, why, "")

    def test_a_size_that_differs_first_so_that_it_draws_its_prompt(self, engine):
        facts = {"Id": ID, "Config": {"Tty": True, "OpenStdin": True}, "State": {"Running": True}}
        both = threading.Event()
        sizes: list[str] = []

        def resize(one: socket.socket) -> None:
            sizes.append(at.far.asked[-1][0])
            one.sendall(said({}))
            if len(sizes) == 2:
                both.set()

        at = engine(
            {
                f"/containers/{ID}/wait": said({"StatusCode": 4}),
                f"/containers/{ID}/attach": echoing,
                f"/containers/{ID}/resize": resize,
            },
            {"/containers/web/json": facts},
        )
        one = made(at, "attach web")
        assert one.open(80, 24) is None
        assert both.wait(10)
        assert ["h=25" in sizes[0], "h=24" in sizes[1]] == [True, True]
        one.send(b"bye")
        output(one)
        assert one.outcome() == (4, "", "")
        one.close()

    def test_what_takes_no_input_is_not_raw(self, engine):
        facts = {"Id": ID, "Config": {"Tty": False}, "State": {"Running": True}}
        at = engine(
            {
                f"/containers/{ID}/wait": said({"StatusCode": 0}),
                f"/containers/{ID}/attach": UPGRADED + frame(1, b"tick"),
            },
            {"/containers/web/json": facts},
        )
        one = made(at, "attach --sig-proxy=false web")
        assert one.open(80, 24) is None
        assert (one.raw, one.takes_input, one.interrupt()) == (False, False, False)
        assert output(one) == b"tick"
        one.close()


class TestRun:
    PLAN: Plan = {
        "/containers/create": said({"Id": ID, "Warnings": []}, "201 Created"),
        f"/containers/{ID}/wait": said({"StatusCode": 5}),
        f"/containers/{ID}/attach": UPGRADED + frame(1, b"hi"),
        f"/containers/{ID}/start": DONE,
    }

    def test_it_is_attached_before_it_starts(self, engine):
        at = engine(self.PLAN)
        one = made(at, "run --rm --name box bb:2 ls")
        assert one.open(80, 24) is None
        assert output(one) == b"hi"
        assert one.outcome() == (5, "", "")
        verbs = [line.split()[1].partition("?")[0].rpartition("/")[2] for line, _, _ in at.far.asked]
        assert verbs == ["create", "wait", "attach", "start"]
        assert "?name=box" in at.far.asked[0][0]
        assert "condition=removed" in at.far.asked[1][0]
        one.close()

    @pytest.mark.parametrize(
        ("step", "status", "text", "ending"),
        [
            (
                "create",
                "404 Not Found",
                "No such image: bb:2",
                (125, "this engine has no image bb:2: it must be pulled first"),
            ),
            (
                "create",
                "409 Conflict",
                (
                    f'Conflict. The container name "/box" is already in use by container "{ID}". '
                    "You have to remove (or rename) that container to be able to reuse that name."
                ),
                (125, "the name box is in use by container 3dcf3a0104e3"),
            ),
            (
                f"{ID}/start",
                "400 Bad Request",
                (
                    "failed to create task for container: OCI runtime create failed: "
                    'runc create failed: unable to start container process: exec: "nope": '
                    "executable file not found in $PATH: unknown"
                ),
                (127, "nope: executable file not found in $PATH"),
            ),
            (
                f"{ID}/start",
                "400 Bad Request",
                'unable to start container process: exec: "/etc/passwd": permission denied: unknown',
                (126, "/etc/passwd: permission denied"),
            ),
            (
                f"{ID}/start",
                "500 Internal Server Error",
                (
                    "driver failed programming external connectivity on endpoint box (abc): "
                    "Bind for 0.0.0.0:80 failed: port is already allocated"
                ),
                (125, "Bind for 0.0.0.0:80 failed: port is already allocated"),
            ),
        ],
    )
    def test_what_goes_wrong_is_one_line(self, engine, step, status, text, ending):
        at = engine(self.PLAN | {f"/containers/{step}": refused(status, text)})
        one = made(at, "run --name box bb:2 nope")
        assert one.open(80, 24) == (*ending, "")
        one.close()

    def test_ctrl_c_goes_to_what_has_no_terminal(self, engine):
        killed = threading.Event()

        def kill(one: socket.socket) -> None:
            one.sendall(DONE)
            killed.set()

        at = engine(self.PLAN | {f"/containers/{ID}/kill": kill})
        one = made(at, "run bb:2 ls")
        one.open(80, 24)
        assert one.interrupt()
        assert killed.wait(10)
        one.close()

    def test_what_the_engine_says_of_its_end(self, engine):
        at = engine(
            self.PLAN | {f"/containers/{ID}/wait": said({"StatusCode": 0, "Error": {"Message": "oh\x1b[0m"}})}
        )
        one = made(at, "run bb:2 ls")
        one.open(80, 24)
        output(one)
        assert one.outcome() == (0, "oh [0m", "")
        one.close()

    def test_close_ends_what_outcome_waits_for(self, engine):
        hold = threading.Event()

        def wait(one: socket.socket) -> None:
            one.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            hold.wait(20)

        at = engine(self.PLAN | {f"/containers/{ID}/wait": wait})
        one = made(at, "run bb:2 ls")
        one.open(80, 24)
        output(one)
        ends: list[Any] = []
        waiting = threading.Thread(target=lambda: ends.append(one.outcome()))
        waiting.start()
        one.close()
        waiting.join(10)
        assert ends[0].wrong
        hold.set()

    def test_in_the_background(self, engine):
        at = engine(self.PLAN)
        words = ("run", "-d", "--name", "box", "--platform", "linux/arm64", "bb:2")
        job = api_run_job(
            cast("Connection", at), ("docker", *words), words, "bb:2", dict(os.environ), Path("/srv")
        )
        assert job.wait(10)
        assert (job.state, job.result, job.words) == (JobState.DONE, ID, ("docker", *words))
        assert "?name=box&platform=linux" in at.far.asked[0][0]
        at = engine(self.PLAN)
        at.reads_slowly = True
        job = api_run_job(cast("Connection", at), words, words, "bb:2", {}, Path("/srv"))
        assert job.wait(10)
        assert job.failure == "--platform needs an engine of API 1.41 (Docker 20.10) at least"
        assert not at.far.asked
        at = engine(self.PLAN | {"/containers/create": refused("404 Not Found", "No such image: bb:2")})
        job = api_run_job(cast("Connection", at), words, words, "bb:2", {}, Path("/srv"))
        assert job.wait(10)
        assert (job.state, job.failure) == (
            JobState.FAILED,
            "this engine has no image bb:2: it must be pulled first",
        )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("exec web", "name a container and a command"),
        ("exec --gpus all web sh", "--gpus of docker exec needs the docker CLI"),
        ("attach", "name one container"),
        ("run -d bb:2", "in the background"),
        ("compose up", "docker compose needs the docker CLI"),
    ],
)
def test_what_can_not_be_done_is_said_before_the_engine_is_asked(engine, line, why):
    at = engine({})
    with pytest.raises(EngineError, match=why):
        made(at, line)
    assert not at.far.asked


def test_without_a_connection():
    nowhere = Connection(lambda: Address("unix:///nowhere", "a test", "", None, is_default=False))
    with pytest.raises(Unreachable, match="not connected"):
        program(nowhere, ["attach", "web"], {}, Path())
    nowhere.close()


def test_what_an_engine_says_never_reaches_the_terminal_as_it_is():
    assert plainly("a\x1b]0;x\x07\r\nb") == "a ]0;x b"
