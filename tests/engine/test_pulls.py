from __future__ import annotations

import base64
import json
import queue
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.demo.talk import until
from tests.engine.scripted import OK, Scripted, chunk
from tui.engine.images import Image
from tui.engine.jobs import Job, JobState
from tui.engine.pulls import LookWork, PullWork, PushWork, Verdict
from tui.engine.references import parse

HUNG = threading.Event()


def said(*messages: dict[str, Any], end: bool = True) -> bytes:
    """Write a whole answer, or one that stops in the middle."""
    return (
        OK
        + b"".join(chunk(json.dumps(one).encode() + b"\r\n") for one in messages)
        + (chunk(b"") if end else b"")
    )


def layer(status: str, current: int = 0, total: int = 0, key: str = "a1") -> dict[str, Any]:
    detail = {"current": current, "total": total} if current else {}
    return {"status": status, "id": key, "progressDetail": detail}


def environ(folder: Path) -> dict[str, str]:
    return {"DOCKER_CONFIG": str(folder), "PATH": ""}


def pull(engine: Scripted, folder: Path, name: str = "app:1", platform: str = "") -> Job:
    work = PullWork(engine.connection, environ(folder), parse(name), platform)
    return Job("pull", (), name, work).start()


def ended(job: Job) -> Job:
    assert job.wait(10), "it did not end"
    return job


DONE = {"status": "Status: Downloaded newer image for app:1"}


def test_a_pull_tells_of_every_layer_and_of_the_bytes(tmp_path):
    parts = [
        {"status": "Pulling from library/app", "id": "1"},
        layer("Pulling fs layer"),
        layer("Already exists", key="b2"),
        layer("Downloading", 30, 100),
        layer("Download complete"),
        layer("Extracting", 50, 100),
        layer("Pull complete"),
        {"status": "Digest: sha256:12"},
        DONE,
    ]
    with Scripted(tmp_path, lambda sock: sock.sendall(said(*parts))) as engine:
        job = ended(pull(engine, tmp_path, platform="linux/arm64"))
        assert job.state is JobState.DONE
        assert job.result == "Downloaded newer image for app:1"
        steps = {step.key: step for step in job.steps}
        assert steps.keys() == {"a1", "b2"}
        assert (steps["a1"].state, steps["a1"].current, steps["a1"].total) == ("done", 100, 100)
        assert (steps["b2"].state, steps["b2"].word) == ("cached", "Already exists")
        assert job.output_of("a1") == (
            "Pulling fs layer",
            "Downloading",
            "Download complete",
            "Extracting",
            "Pull complete",
        )
        assert engine.heads[0].startswith("POST /images/create?fromImage=app&tag=1&platform=linux%2Farm64 ")
        assert not engine.adopted


def test_what_a_layer_does_now_is_said_in_dockers_words(tmp_path):
    go = threading.Event()

    def answer(sock: socket.socket) -> None:
        parts = [layer("Downloading", 100, 100), layer("Extracting", 45, 100)]
        sock.sendall(said(*parts, layer("Downloading", 10, 100, "c3"), end=False))
        go.wait(10)

    with Scripted(tmp_path, answer) as engine:
        job = pull(engine, tmp_path)
        until(lambda: [step.word for step in job.steps] == ["Extracting 45%", "Downloading"], 10)
        words = {step.key: step.word for step in job.steps}
        assert words == {"a1": "Extracting 45%", "c3": "Downloading"}
        assert job.progress == (0.55, "55%")
        go.set()
        ended(job)


def test_the_percent_never_falls_and_is_not_whole_before_the_end(tmp_path):
    asked = queue.SimpleQueue[dict[str, Any]]()
    sizes = {"a": 10, "b": 400, "c": 1, "d": 90}
    parts = [layer("Pulling fs layer", key=key) for key in sizes]
    for key, size in sizes.items():
        parts += [layer("Downloading", n, size, key) for n in (size // 2 or 1, size)]
        parts += [layer("Download complete", key=key)]
    # One that is not whole is fetched anew, and one more turns up.
    parts += [layer("Retrying in 5 seconds", key="b"), layer("Downloading", 1, 400, "b")]
    parts += [layer("Downloading", 7, 900, "e"), layer("Pull complete", key="b")]

    def answer(sock: socket.socket) -> None:
        sock.sendall(OK)
        while message := asked.get(timeout=10):
            sock.sendall(chunk(json.dumps(message).encode() + b"\n"))
        sock.sendall(chunk(b""))

    with Scripted(tmp_path, answer) as engine:
        job = pull(engine, tmp_path)
        shown: list[float] = []
        for number, part in enumerate(parts):
            asked.put(part)
            # A line of its own says that it was read.
            asked.put({"status": f"line {number}"})
            until(lambda line=f"line {number}": line in job.output, 10)
            shown += [share for share in (job.progress[0],) if share is not None]
        assert shown[0] == pytest.approx(5 / 40)
        assert shown == sorted(shown)
        assert len(set(shown)) > 4
        assert shown[-1] < 1
        asked.put(DONE)
        asked.put({})
        ended(job)


def test_an_answer_that_stops_in_the_middle_is_a_failure(tmp_path):
    with Scripted(
        tmp_path, lambda sock: sock.sendall(said(layer("Downloading", 5, 10), DONE, end=False))
    ) as engine:
        job = ended(pull(engine, tmp_path))
        assert job.state is JobState.FAILED
        assert "closed the connection in the middle" in job.failure
        assert job.steps[0].state == "waiting"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b'HTTP/1.1 404 Not Found\r\nContent-Length: 22\r\n\r\n{"message":"no such"}\r\n', "no such"),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "the engine answered 500"),
        (b"HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nforbidden", "forbidden"),
        (OK + chunk(b"<html>\n") + chunk(b""), "makes no sense"),
        (OK + chunk(b"[1]\n") + chunk(b""), "makes no sense"),
        (b"SSH-2.0-x\r\n\r\n", "no engine"),
        (
            said({"errorDetail": {"message": "toomanyrequests: slow down"}, "error": "x"}),
            "toomanyrequests: slow down",
        ),
        (
            said(DONE, {"error": "does not match the specified platform"}),
            "does not match the specified platform",
        ),
    ],
)
def test_a_refusal_is_told_in_dockers_words(tmp_path, answer, words):
    with Scripted(tmp_path, lambda sock: sock.sendall(answer)) as engine:
        job = ended(pull(engine, tmp_path))
        assert job.state is JobState.FAILED
        assert words in job.failure
        assert "\n" not in job.failure


def test_a_pull_that_hangs_ends_when_it_is_cancelled(tmp_path):
    with Scripted(tmp_path, lambda sock: sock.recv(1)) as engine:
        job = pull(engine, tmp_path)
        assert engine.asked.wait(10)
        job.cancel()
        assert ended(job).state is JobState.CANCELLED
        assert not engine.adopted


def test_what_was_cancelled_before_it_began_asks_nothing(tmp_path):
    with Scripted(tmp_path, lambda sock: None) as engine:
        work = PullWork(engine.connection, environ(tmp_path), parse("app"), "")
        work.cancel()
        assert ended(Job("pull", (), "app", work).start()).state is JobState.FAILED
        assert not engine.heads


def test_the_login_of_the_registry_is_sent_and_never_shown(tmp_path):
    auth = base64.b64encode(b"ada:pw-s3cret").decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"reg.example.org": {"auth": auth}}}))
    with Scripted(tmp_path, lambda sock: sock.sendall(said({"error": "denied"}))) as engine:
        job = ended(pull(engine, tmp_path, "reg.example.org/app:1"))
        header = next(line for line in engine.heads[0].splitlines() if line.startswith("X-Registry-Auth: "))
        assert json.loads(base64.urlsafe_b64decode(header.partition(" ")[2]))["password"] == "pw-s3cret"
        told = repr((job.snapshot(), job.title, job.words))
        assert "s3cret" not in told


def test_a_missing_helper_is_a_sentence_and_nothing_is_asked(tmp_path):
    (tmp_path / "config.json").write_text('{"credsStore": "gone"}')
    with Scripted(tmp_path, lambda sock: None) as engine:
        job = ended(pull(engine, tmp_path))
        assert "docker-credential-gone" in job.failure
        assert "not installed" in job.failure
        assert not engine.heads


def push(engine: Scripted, folder: Path) -> Job:
    work = PushWork(engine.connection, environ(folder), parse("localhost:5000/app:1"))
    return ended(Job("push", (), "app", work).start())


def test_a_push_gives_the_digest(tmp_path):
    parts = [
        layer("Preparing"),
        layer("Pushing", 5, 10),
        layer("Pushed"),
        {"status": "1: digest: sha256:12 size: 735"},
        {"progressDetail": {}, "aux": {"Tag": "1", "Digest": "sha256:12", "Size": 735}},
    ]
    with Scripted(tmp_path, lambda sock: sock.sendall(said(*parts))) as engine:
        job = push(engine, tmp_path)
        assert (job.state, job.result) == (JobState.DONE, "1: digest: sha256:12 size: 735")
        assert engine.heads[0].startswith("POST /images/localhost:5000/app/push?tag=1 ")


def test_a_push_that_is_refused_late_failed_though_http_says_200(tmp_path):
    parts = [
        layer("Preparing"),
        {"errorDetail": {"message": "denied: no access"}, "error": "denied: no access"},
    ]
    with Scripted(tmp_path, lambda sock: sock.sendall(said(*parts))) as engine:
        assert push(engine, tmp_path).failure == "denied: no access"


def test_a_push_without_a_digest_is_no_success(tmp_path):
    with Scripted(tmp_path, lambda sock: sock.sendall(said(layer("Pushed")))) as engine:
        assert "ended the push before" in push(engine, tmp_path).failure


def image(name: str, *digests: str) -> Image:
    return Image(f"sha256:{name}", (name,) if name else (), digests, 0, 0)


def test_looking_compares_the_registrys_digest_with_those_here(tmp_path):
    def answer(sock: socket.socket) -> None:
        if "/old/" in engine.heads[-1] or "old:1" in engine.heads[-1]:
            body = b'{"Descriptor": {"digest": "sha256:new"}}'
        elif "same:1" in engine.heads[-1]:
            body = b'{"Descriptor": {"digest": "sha256:here"}}'
        else:
            sock.sendall(b"HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\ndenied")
            return
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    told: dict[str, Verdict] = {}
    images = (
        image("old:1", "old@sha256:here"),
        image("same:1", "same@sha256:here"),
        image("built:1"),
        image("shut:1", "shut@sha256:here"),
        image(""),
    )
    with Scripted(tmp_path, answer) as engine:
        work = LookWork(
            engine.connection,
            environ(tmp_path),
            images,
            lambda one, verdict: told.update({one.name: verdict}),
        )
        job = ended(Job("newer?", (), "all", work).start())
    lines = {" ".join(line.split()) for line in job.output}
    assert lines == {
        "old:1 newer: sha256:new",
        "same:1 up to date",
        "built:1 not from a registry",
        "shut:1 registry refused: denied",
        "<none> not from a registry",
    }
    assert {name: verdict.newer for name, verdict in told.items()} == {
        "old:1": True,
        "same:1": False,
        "built:1": None,
        "<none> ": None,
    }
    assert job.state is JobState.FAILED
    assert job.failure == "1 of 5 could not be asked"
    assert len(engine.heads) == 3
