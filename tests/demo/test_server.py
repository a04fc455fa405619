from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from docker import APIClient

from tests.demo.talk import Talk, raw, read_all, until
from tui.demo.scenes import bare, many, scale
from tui.demo.server import DemoEngine

ROOT = Path(__file__).parents[2]


def threads() -> int:
    return sum(thread.name.startswith("demo") for thread in threading.enumerate())


def test_ping_and_head_on_one_connection(talk, engine):
    for method, body in (("GET", b"OK"), ("HEAD", b""), ("GET", b"OK")):
        talk.request(method, "/_ping")
        answer = talk.getresponse()
        assert (answer.status, answer.read()) == (200, body)
        assert answer.headers["Api-Version"] == "1.45"
        assert answer.headers["Ostype"] == "linux"
    assert engine.connections == 1
    assert list(engine.requests) == [("GET", "/_ping"), ("HEAD", "/_ping"), ("GET", "/_ping")]


def test_requests_are_kept_without_their_version(talk, engine):
    talk.ask("GET", "/v1.45/containers/json?all=1")
    assert engine.requests[-1] == ("GET", "/containers/json?all=1")


def test_info(api):
    assert api.version()["ApiVersion"] == "1.45"
    assert api.info()["Images"] == 1


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("FOO\r\n\r\n", b"HTTP/1.1 400 Bad Request"),
        ("GET /_ping HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 Bad Request: missing required Host header"),
        ("GET /_ping HTTP/3\r\n\r\n", b"HTTP/1.1 400 Bad Request"),
        ("GET nowhere HTTP/1.1\r\nHost: d\r\n\r\n", b"HTTP/1.1 400 Bad Request"),
        ("POST /x HTTP/1.1\r\nHost: d\r\nContent-Length: -4\r\n\r\n", b"HTTP/1.1 400 Bad Request"),
        (
            "POST /x HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 400 Bad Request",
        ),
        (
            f"POST /x HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n{'f' * 30}\r\n",
            b"HTTP/1.1 400 Bad Request",
        ),
        (
            f"POST /x HTTP/1.1\r\nHost: d\r\nContent-Length: {'9' * 5000}\r\n\r\n",
            b"HTTP/1.1 400 Bad Request",
        ),
        (
            f"POST /x HTTP/1.1\r\nHost: d\r\nContent-Length: {'9' * 20}\r\n\r\n",
            b"HTTP/1.1 400 Bad Request",
        ),
        (f"GET /volumes?filters={'[' * 20_000} HTTP/1.0\r\n\r\n", b"HTTP/1.0 400 Bad Request"),
        ("GET /_ping HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n", b"HTTP/1.1 200 OK"),
        ("GET /_ping HTTP/1.0\r\n\r\n", b"HTTP/1.0 200 OK"),
        ("GET /%ff%fe HTTP/1.0\r\n\r\n", b"HTTP/1.0 404 Not Found"),
    ],
)
def test_odd_requests_are_answered_and_closed(engine, capfd, request_text, status):
    assert read_all(raw(engine.path, request_text)).startswith(status)
    until(lambda: engine.connections == 0)
    assert capfd.readouterr() == ("", "")


def test_a_body_nested_beyond_all_measure(talk, capfd):
    status, value = talk.ask("POST", "/containers/create", "[" * 100_000)
    assert (status, value["message"][:13]) == (400, "invalid JSON:")
    assert talk.ask("GET", "/_ping") == (200, "OK")
    assert capfd.readouterr() == ("", "")


def test_a_chunked_body_and_a_request_right_behind_it(engine):
    body = b'{"Name":"data"}'
    sock = raw(
        engine.path,
        "POST /volumes/create HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n"
        f"Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n{body.decode()}\r\n0\r\n\r\n"
        "GET /volumes/data HTTP/1.0\r\n\r\n",
    )
    answers = read_all(sock)
    assert answers.count(b'"Name":"data"') == 2


def test_a_stop_cuts_everything_at_once_and_a_start_finds_the_world_again(engine, api, world):
    world.create_container("box", "bb:2", ["server"])
    world.start("box")
    events, logs = api.events(decode=True), api.logs("box", stream=True, follow=True)
    until(lambda: world.events.listeners == 1 and bool(world.find("box").bells))
    began = time.monotonic()
    engine.stop()
    assert time.monotonic() - began < 1
    assert threads() == 0
    assert not Path(engine.path).exists()
    for stream in (events, logs):
        with pytest.raises((StopIteration, requests.exceptions.ChunkedEncodingError)):
            next(iter(stream))
    with pytest.raises(requests.exceptions.ConnectionError):
        api.containers()
    engine.start()
    assert [item["Names"] for item in api.containers()] == [["/box"]]


def test_a_stop_in_the_midst_of_a_slow_act(engine, world):
    world.create_container("box", "bb:2", ["sleep", "1000"])
    world.start("box")
    sock = raw(engine.path, "POST /containers/box/stop HTTP/1.0\r\n\r\n")
    until(lambda: world.events.kept[-1].action == "kill")
    began = time.monotonic()
    engine.stop()
    assert time.monotonic() - began < 1
    assert threads() == 0
    sock.close()


def test_a_frozen_engine_takes_connections_but_says_nothing(engine):
    engine.freeze()
    frozen = APIClient(base_url=engine.url, version="1.45", timeout=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        frozen.ping()
    engine.thaw()
    frozen.timeout = 5
    assert frozen.ping()
    engine.freeze()
    began = time.monotonic()
    engine.stop()
    assert time.monotonic() - began < 1
    frozen.close()


@pytest.mark.parametrize("dies", [False, True])
def test_what_a_frozen_engine_is_told_happens_once_it_goes_on_and_never_if_it_dies(engine, world, dies):
    engine.freeze()
    sock = raw(
        engine.path,
        "POST /volumes/create HTTP/1.0\r\nContent-Type: application/json\r\n"
        'Content-Length: 15\r\n\r\n{"Name":"data"}',
    )
    until(lambda: ("POST", "/volumes/create") in engine.requests)
    assert not world.volumes
    if dies:
        engine.stop()
    else:
        engine.thaw()
    assert read_all(sock)[:12] == (b"" if dies else b"HTTP/1.0 201")
    assert list(world.volumes) == ([] if dies else ["data"])


def test_an_engine_for_a_world_that_is_there_already(tmp_path):
    world = many(2, 1)
    with DemoEngine(str(tmp_path / "d.sock"), world=world) as engine:
        assert engine.world is world
        talk = Talk(engine.path)
        assert len(talk.ask("GET", "/containers/json")[1]) == 2
        talk.close()


def test_a_path_that_is_taken(tmp_path):
    path = tmp_path / "d.sock"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        DemoEngine(str(path), bare).start()
    assert path.read_text() == "mine"


def test_only_its_owner_may_connect(engine):
    assert stat.S_IMODE(Path(engine.path).stat().st_mode) == 0o600


def test_start_and_stop_twice(tmp_path):
    engine = DemoEngine(str(tmp_path / "d.sock"), bare)
    engine.stop()
    engine.start()
    engine.start()
    engine.stop()
    engine.stop()
    assert threads() == 0


def test_many_clients_at_once(tmp_path):
    with DemoEngine(str(tmp_path / "d.sock"), scale(40, 10)) as engine:
        counts: list[int] = []

        def client() -> None:
            talk = Talk(engine.path)
            counts.extend(len(talk.ask("GET", "/containers/json?all=1")[1]) for _ in range(5))
            talk.close()

        clients = [threading.Thread(target=client) for _ in range(12)]
        for one in clients:
            one.start()
        for number in range(20):
            engine.world.restart(list(engine.world.containers)[-1 - number % 10])
        for one in clients:
            one.join(10)
        assert counts == [50] * 60


def test_live_logs_write_themselves_and_a_loop_goes_on(tmp_path):
    began = time.time()

    def hurrying() -> float:
        return began + 6 * (time.time() - began)

    with DemoEngine(str(tmp_path / "d.sock"), clock=hurrying, live=True) as engine:
        world = engine.world
        web, job = world.find("shop-web-1"), world.find("shop-job-1")
        lines = len(web.log)
        job.restarts = 0
        until(lambda: len(web.log) > lines and job.restarts >= 1, 15)
        until(lambda: job.state == "restarting", 10)
        assert b"KeyError" in job.log[-1].content
    assert threads() == 0


@contextmanager
def run_module(*words: str) -> Iterator[subprocess.Popen[str]]:
    """Run it, and never wait for one that does not end."""
    with subprocess.Popen(
        [sys.executable, "-m", "tui.demo", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_module_serves_until_a_signal(tmp_path, number):
    path = tmp_path / "d.sock"
    with run_module("--socket", str(path), "--scene", "bare", "--seed", "3") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"DOCKER_HOST=unix://{path}\n"
        talk = Talk(str(path))
        assert talk.ask("GET", "/_ping") == (200, "OK")
        process.send_signal(number)
        _, errors = process.communicate(timeout=5)
        talk.close()
    assert (process.returncode, errors, path.exists()) == (0, "", False)


@pytest.mark.parametrize(
    ("path", "words"),
    [("taken", "File exists"), ("no/such/folder", "No such file or directory"), ("x" * 200, "too long")],
)
def test_the_module_says_in_one_line_why_it_can_not_listen(tmp_path, path, words):
    (tmp_path / "taken").touch()
    with run_module("--socket", str(tmp_path / path)) as process:
        out, errors = process.communicate(timeout=10)
    assert (process.returncode, out) == (1, "")
    assert errors.startswith("demo: can't listen at ")
    assert words in errors
    assert errors.count("\n") == 1
