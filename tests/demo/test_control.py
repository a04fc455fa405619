"""The control socket, and requests that nobody should send."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.demo.talk import Talk, as_value, until
from tui.demo.__main__ import main
from tui.demo.faults.commands import HELP, obey
from tui.demo.faults.control import Control, tell
from tui.demo.server import DemoEngine

ROOT = Path(__file__).parents[2]


@pytest.fixture
def control(full: DemoEngine, tmp_path: Path):
    made = Control(str(tmp_path / "c.sock"), full)
    made.start()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("refuse 60 stopped", "refuse stopped"),
        ("refuse", "refuse killed"),
        ("hang /containers/.*/json", "hang /containers/.*/json"),
        ("slow /containers/json 2.5", "slow /containers/json 2.5"),
        ("status /images/json 500", "status /images/json 500"),
        ('status /images/json 500 "no space" left', "status /images/json 500 no space left"),
        ("cut /events", "cut /events"),
        ("cut /events 40", "cut /events 40"),
        ("garble /networks", "garble /networks cut"),
        ("garble /networks types", "garble /networks types"),
        ("type /info text/html", "type /info text/html"),
        ("null /containers/json Names", "null /containers/json Names"),
        ("missing /events every", "missing /events every"),
        ("version 1.40", "version 1.40"),
        ("storm 100 60", "storm 100"),
        ("flood shop-web-1 1000", "flood shop-web-1 1000"),
        ("crowd 20", "crowd 20"),
    ],
)
def test_every_fault_by_its_word(full: DemoEngine, control: Control, line: str, told: str) -> None:
    assert tell(control.path, line) == f"ok {told}"
    assert tell(control.path, "list") == f"ok 1 {told}"
    assert tell(control.path, "clear 1") == f"ok without {told}"
    assert tell(control.path, "list") == "ok no faults"
    assert Talk(full.path).ask("GET", "/_ping") == (200, "OK")


def test_the_acts_that_drills_need(full: DemoEngine, control: Control) -> None:
    world = full.world
    web = world.find("shop-web-1")
    assert tell(control.path, "health shop-web-1 unhealthy no answer on 80") == "ok shop-web-1 is unhealthy"
    assert web.health is not None
    assert (web.health.status, web.health.probes[-1].output) == ("unhealthy", "no answer on 80")
    assert tell(control.path, "log shop-web-1 'two  words'") == "ok shop-web-1 wrote a line"
    assert web.log[-1].content == b"two  words\n"
    assert tell(control.path, "stop shop-web-1") == "ok shop-web-1 stopped"
    assert tell(control.path, "stop shop-web-1") == "ok shop-web-1 was stopped already"
    assert tell(control.path, "start shop-web-1") == "ok shop-web-1 started"
    assert tell(control.path, "start shop-web-1") == "ok shop-web-1 was started already"
    cache = world.find("shop-cache-1")
    cache.host["RestartPolicy"] = {"Name": "no"}
    assert tell(control.path, "die shop-cache-1 3") == "ok shop-cache-1 died with exit code 3"
    assert (cache.state, cache.exit_code) == ("exited", 3)
    assert tell(control.path, "start shop-cache-1") == "ok shop-cache-1 started"
    assert tell(control.path, "oom shop-cache-1") == "ok shop-cache-1 was killed for memory"
    assert (cache.state, cache.exit_code, cache.oom) == ("exited", 137, True)


def test_freeze_and_thaw(full: DemoEngine, control: Control) -> None:
    assert tell(control.path, "freeze") == "ok frozen; thaw lets it go on"
    talk = Talk(full.path)
    talk.request("GET", "/_ping")
    until(lambda: len(full.requests) == 1)
    assert tell(control.path, "thaw") == "ok it goes on"
    assert talk.getresponse().read() == b"OK"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "a command is needed"),
        ("dance", "there is no command dance; there are help, list"),
        ("slow /x", "slow is written: slow PATH SECONDS"),
        ("slow /x soon", "seconds are a number, such as 2.5, not soon"),
        ("slow /x nan", "seconds are a number"),
        ("slow /x 1e99", "seconds are a number"),
        ("hang [", "[ is no regular expression"),
        ("status /x teapot", "statuses are a whole number, not teapot"),
        ("status /x 200", "200 is no status of HTTP that refuses"),
        ("cut /x -3", "bytes are a whole number, not -3"),
        ("garble /x gently", "gently is none of cut, html"),
        ("version 2", "2 is none of 1.38"),
        ("flood nobody 100", "No such container: nobody"),
        ("flood hello 100", "hello does not run"),
        ("crowd 0", "a crowd is 1 to"),
        ("storm 0", "a rate is more than 0"),
        ("refuse 1 2", "refuse takes seconds and one of"),
        ("clear 7", "there is no fault 7"),
        ("stop nobody", "No such container: nobody"),
        ("die shop-web-1 300", "an exit code is 255 at the most"),
        ("health shop-web-1 fine", "fine is none of healthy"),
        ("log 'open", "No closing quotation"),
        ("help dance", "there is no command dance"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(full: DemoEngine, line: str, words: str) -> None:
    told = obey(full, line)
    assert told.startswith("error: ")
    assert words in told
    assert "\n" not in told
    assert full.faults.active == ()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from([usage.split()[0] for usage, _ in HELP if "freeze" not in usage])
            | st.sampled_from(["shop-web-1", "/x", "1", "-1", "1e9", "every", "closed", "[", "ü", "\0"]),
            max_size=4,
        ).map(" ".join),
    )
)
def test_any_line_gets_one_line_back(full: DemoEngine, line: str) -> None:
    told = obey(full, line)
    assert told.startswith(("ok", "error: "))
    assert len(told.splitlines()) == 1
    full.faults.clear()


def test_bytes_that_are_no_text_get_a_line_back(control: Control) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(5)
        sock.connect(control.path)
        sock.sendall(b"\xff\xfe\0 \xe2\nlist\n")
        with sock.makefile("rb") as file:
            assert file.readline().startswith(b"error: there is no command")
            assert file.readline() == b"ok no faults\n"


def test_a_line_without_end_is_refused(control: Control) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(5)
        sock.connect(control.path)
        with contextlib.suppress(OSError):
            sock.sendall(b"x" * 70_000)
        with sock.makefile("rb") as file:
            assert file.readline() == b"error: a line is 64 kB at the most\n"


def test_the_module_takes_commands_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path, control = tmp_path / "d.sock", tmp_path / "c.sock"
    words = [sys.executable, "-m", "tui.demo", "--socket", str(path), "--control", str(control)]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"DOCKER_HOST=unix://{path}\n"
        assert oct(control.stat().st_mode & 0o777) == "0o600"
        assert tell(str(control), "status /info 500 broken") == "ok status /info 500 broken"
        assert Talk(str(path)).ask("GET", "/info") == (500, {"message": "broken"})
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            assert main(["--control", str(control), "tell", "clear"]) == 0
            assert main(["--control", str(control), "tell", "slow", "/info", "x"]) == 1
        assert out.getvalue() == "ok no faults\n"
        assert errors.getvalue() == "error: seconds are a number, such as 2.5, not x\n"
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == 0
    assert not path.exists()
    assert not control.exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("taken", "File exists"),
        ("missing/c.sock", "No such file or directory"),
        ("x" * 120, "the path is too long"),
        ("file/c.sock", "Not a directory"),
        ("nul\0", "null"),
    ],
)
def test_a_control_path_that_can_not_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    (tmp_path / "taken").touch()
    (tmp_path / "file").touch()
    sock = tmp_path / "d.sock"
    assert main(["--socket", str(sock), "--control", str(tmp_path / name)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"demo: can't listen at {tmp_path / name}: ")
    assert words in told.err
    assert told.err.count("\n") == 1
    assert not sock.exists()


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """Give a folder, and let the test be nobody where it would be root, whom no folder refuses."""
    root, nobody = os.geteuid() == 0, 65534
    with tempfile.TemporaryDirectory() as folder:
        if root:
            os.chown(folder, nobody, nobody)
            os.seteuid(nobody)
        try:
            yield Path(folder)
        finally:
            if root:
                os.seteuid(0)


@pytest.mark.parametrize("flag", ["--socket", "--control"])
def test_a_folder_that_can_not_be_written(
    nobodys: Path, capsys: pytest.CaptureFixture[str], flag: str
) -> None:
    closed = nobodys / "closed"
    closed.mkdir(mode=0o500)
    paths = {"--socket": str(nobodys / "d.sock"), "--control": str(nobodys / "c.sock")}
    paths[flag] = str(closed / "x.sock")
    assert main([word for pair in paths.items() for word in pair]) == 1
    assert capsys.readouterr().err == f"demo: can't listen at {paths[flag]}: Permission denied\n"
    assert list(nobodys.iterdir()) == [closed]


def test_tell_where_nobody_listens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--control", str(tmp_path / "none"), "tell", "list"]) == 1
    assert capsys.readouterr().err == f"demo: can't reach {tmp_path / 'none'}: No such file or directory\n"
    assert main(["--control", "/" + "x" * 200, "tell", "list"]) == 1
    assert "too long" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["tell"], ["tell", "list"], ["--control", "/x"], ["--control", "/x", "tell"]]
)
def test_arguments_that_are_not_enough(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "is needed" in (told := capsys.readouterr().err) or "is written" in told


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(usage in told and about in told for usage, about in HELP)
    assert max(map(len, told.splitlines())) <= 90


# Requests that nobody should send

_TARGETS = st.sampled_from(
    [
        "/containers/json",
        "/containers/create",
        "/containers/shop-web-1/json",
        "/containers/shop-web-1/logs",
        "/images/json",
        "/images/bb:2/json",
        "/volumes/create",
        "/networks/create",
        "/events",
        "/_ping",
        "/containers/shop-web-1/stop",
        "/networks/bridge/connect",
        "/v1.45/info",
        "/system/df",
        "/nope",
    ]
)
_METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "get", "BREW"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Image", "Name", "HostConfig", "Labels", "Cmd", "Container", "IPAM", "Config", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def _exchange(path: str, request: bytes) -> bytes:
    """Send bytes, and read what comes back until it is quiet for a moment, or over."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(5)
        sock.connect(path)
        with contextlib.suppress(OSError):
            sock.sendall(request)
            sock.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(OSError):
            while piece := sock.recv(65536):
                answer += piece
    return answer


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    _METHODS,
    _TARGETS,
    st.text(max_size=20)
    | st.sampled_from(["%", "%zz", "%ff", "filters={", "filters=%00", "t=x", "limit=-1"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
def test_odd_requests_get_dockers_json(full: DemoEngine, method, target, query, name) -> None:
    asked = f"{target}{quote(name)}?{quote(query, safe='%={}&')}"
    answer = _exchange(
        full.path, f"{method} {asked} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n".encode()
    )
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    if status >= 400 and method != "HEAD" and b"application/json" in head:
        assert as_value(body).keys() == {"message"}
    elif status >= 400 and method != "HEAD":
        assert body.startswith(b"400 Bad Request")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        ["/containers/create", "/volumes/create", "/networks/create", "/networks/bridge/connect"]
    ),
    _VALUES,
)
def test_bodies_of_any_shape_get_dockers_json(full: DemoEngine, target: str, value: object) -> None:
    status, answer = Talk(full.path).ask("POST", target, json.dumps(value))
    assert isinstance(answer, dict) or status == 200
    if status >= 400:
        assert set(answer) == {"message"}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.builds(
        lambda line, headers: line + b"\r\n" + b"\r\n".join(headers) + b"\r\n\r\n",
        st.sampled_from(
            [b"GET /_ping HTTP/1.1", b"GET /_ping HTTP/9.9", b"GET  HTTP/1.1", b"GET /\xff HTTP/1.0"]
        ),
        st.lists(
            st.sampled_from(
                [b"Host: d", b"Host", b": x", b"Content-Length: x", b"Content-Length: 5", b"\xff: \xff"]
            )
            | st.sampled_from([b"Transfer-Encoding: chunked", b"Connection: close", b"A: " + b"x" * 70_000])
            | st.binary(max_size=30),
            max_size=5,
        ),
    )
)
def test_bytes_that_are_no_http_are_answered_or_closed(full: DemoEngine, request_bytes: bytes) -> None:
    answer = _exchange(full.path, request_bytes)
    assert answer == b"" or answer.startswith(b"HTTP/1.")


def test_after_all_that_nothing_was_printed_and_the_engine_answers(
    full: DemoEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = [
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: d\r\n\r\n",
        b"GET /_ping HTTP/1.1\r\n" + b"A: b\r\n" * 500 + b"\r\n",
        b"\0" * 5000,
        (
            b"POST /containers/create HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n"
            b"Content-Length: 4\r\n\r\nnull"
        ),
        b"POST /containers/create HTTP/1.1\r\nHost: d\r\nContent-Length: 999\r\n\r\n{",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]
    answers = [_exchange(full.path, line) for line in lines]
    assert all(answer == b"" or answer.startswith(b"HTTP/1.1 400") for answer in answers), answers
    assert Talk(full.path).ask("GET", "/_ping") == (200, "OK")
    until(lambda: full.connections <= 1)
    assert capfd.readouterr() == ("", "")
    assert json.loads(json.dumps(Talk(full.path).ask("GET", "/nope"))) == [404, {"message": "page not found"}]
