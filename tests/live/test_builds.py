"""Builds on the real engine, driven by keys, with both builders; and what of a folder they are sent."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.test_context import PATTERNS, make, sent
from tests.live.conftest import SOCKET, DockerCli
from tests.screens.test_builds import built, fill, job_of
from tests.screens.wherry import Driven, driven_on
from tui.engine.jobs import Job, JobState
from tui.engine.tools import find_tools
from tui.widgets.log import TextLog

URL = f"unix://{SOCKET}"
needs_buildx = pytest.mark.skipif(not find_tools(os.environ).buildx, reason="no buildx here")
BARE = {"PATH": "/nowhere"}


@pytest.fixture
def label() -> str:
    """What makes the steps of one test known from all others."""
    return secrets.token_hex(8)


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def leftovers(docker_cli: DockerCli, label: str, prefix: str) -> Iterator[None]:
    """Remove what a test left without a name: nothing else makes them known."""
    yield
    marked = ("--filter", f"label=wherry.test={label}")
    if found := docker_cli("ps", "-aq", *marked).split():
        docker_cli("rm", "-f", *found)
    if found := docker_cli("images", "-q", *marked).split():
        docker_cli("rmi", "-f", *found, check=False)


def write(folder: Path, label: str, text: str) -> None:
    (folder / "Dockerfile").write_text(f"FROM bb:2 AS base\nLABEL wherry.test={label}\n{text}")


async def ended(w: Driven) -> None:
    await w.until(lambda: bool(w.app.session.activity.entries))
    await w.until(lambda: job_of(w).state is not JobState.RUNNING, timeout=60)


@needs_buildx
async def test_a_cache_mount_a_heredoc_and_a_secret_work_and_the_secret_is_shown_nowhere(
    context: Path, label: str, prefix: str
) -> None:
    write(
        context,
        label,
        "RUN --mount=type=cache,target=/c --mount=type=secret,id=key <<EOF\n"
        f"echo {label} > /c/x\nsha256sum /run/secrets/key > /sum\ncat /c/x\nEOF\n",
    )
    (context / "key").write_text("hunter2")
    (context / ".dockerignore").write_text("*\n")
    async with driven_on(URL, folder=context) as w:
        await w.press("3", "b")
        await w.sees("context: no file")
        await w.type(f"{prefix}all:1")
        await fill(w, "--secret", f"id=key,src={context}/key")
        await w.press("ctrl+s")
        await ended(w)
        job = job_of(w)
        assert job.state is JobState.DONE, job.output
        assert any(label in line for step in job.steps for line in job.output_of(step.key))
        await w.sees("done in")
        assert f"id=key,src={context}/key" in job.words
        assert "hunter2" not in " ".join((*job.words, *job.output, w.text))


@needs_buildx
async def test_a_target_is_offered_from_the_file_and_built(context: Path, label: str, prefix: str) -> None:
    write(context, label, "FROM base AS test\nRUN exit 9\nFROM base AS run\nRUN echo run > /which\n")
    async with driven_on(URL, folder=context) as w:
        await w.press("3", "b")
        await w.sees("stages: base, test, run")
        await w.type(f"{prefix}stage:1 {prefix}stage:2")
        await fill(w, "--target", "nope")
        await w.press("enter")
        await w.sees("there is no stage nope; the stages: run, test, base")
        await w.press("ctrl+u")
        await w.type("run")
        await w.press("enter")
        await ended(w)
        assert job_of(w).state is JobState.DONE, job_of(w).output
        await w.press("escape")
        await w.until(lambda: w.row is not None and w.row.id == job_of(w).result)
        assert {f"{prefix}stage:1", f"{prefix}stage:2"} <= set(w.row.tags)


@pytest.mark.parametrize(
    "environ", [pytest.param(None, marks=needs_buildx), BARE], ids=["buildkit", "classic"]
)
async def test_a_step_that_fails_and_a_broken_file_are_told_in_a_line_with_their_log(
    context: Path, label: str, environ: dict[str, str] | None
) -> None:
    write(context, label, f"RUN echo before {label}; seq 300 >&2; exit 3\n")
    async with driven_on(URL, folder=context, environ=environ) as w:
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.press("enter")
        await ended(w)
        job = job_of(w)
        assert job.failure.endswith("failed with exit code 3")
        await w.sees("failed after", "failed with exit code 3")
        failed = next(step for step in job.steps if step.state == "failed")
        log = job.output_of(failed.key)
        assert any(f"before {label}" in line for line in log)
        assert "300" in [line.strip() for line in log]
        await w.press("escape")
        write(context, label, "RUNN x\n")
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.press("enter")
        await w.until(lambda: len(w.app.session.activity.entries) == 2)
        await ended(w)
        assert "line 3" in job_of(w).failure
        assert "RUNN" in job_of(w).failure


@pytest.fixture
def gate(docker_cli: DockerCli) -> Iterator[socket.socket]:
    """Listen where a step of a build can reach it, which then waits for an answer."""
    gateway = docker_cli("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}")
    try:
        listening = socket.create_server((gateway, 0))
    except OSError as error:
        pytest.skip(f"nothing can listen on the engine's bridge: {error}")
    with listening:
        listening.settimeout(30)
        yield listening


@needs_buildx
async def test_three_builds_at_once_each_have_their_own_output_and_end(
    context: Path, label: str, prefix: str, docker_cli: DockerCli, gate: socket.socket
) -> None:
    host, port = gate.getsockname()
    for name, then in (("good", "true"), ("bad", "exit 3"), ("long", "sleep 100")):
        write(context, label, f"RUN echo I am {name}; nc {host} {port} < /dev/null; {then}\n")
        (context / "Dockerfile").rename(context / f"{name}.Dockerfile")
    jobs: dict[str, Job] = {}
    waiting: dict[str, socket.socket] = {}
    async with driven_on(URL, folder=context) as w:
        for name in ("good", "bad", "long"):
            await w.press("3", "b")
            await w.sees("Build an image")
            await w.press("ctrl+u")
            await w.type(f"{prefix}{name}:1")
            await fill(w, "--file", "")
            await w.press("ctrl+u")
            await w.type(f"{name}.Dockerfile")
            await w.press("ctrl+s")
            waiting[name], _ = await asyncio.to_thread(gate.accept)
            await w.sees(f"I am {name}")
            jobs[name] = job_of(w)
            await w.press("escape")
        await w.sees("3 jobs, A shows")
        assert {job.state for job in jobs.values()} == {JobState.RUNNING}
        await w.press("A")
        await w.sees(*(f"-t {prefix}{name}:1" for name in jobs), f"─build {prefix}long:1─")
        await w.press("ctrl+c")
        await w.until(lambda: jobs["long"].state is JobState.CANCELLED)
        assert {jobs["good"].state, jobs["bad"].state} == {JobState.RUNNING}
        await w.press("escape")
        await w.sees("2 jobs, A shows")
        for name, sock in waiting.items():
            with sock:
                if name != "long":
                    sock.sendall(f"{name} goes on\n".encode())
        await w.until(lambda: all(job.state is not JobState.RUNNING for job in jobs.values()), timeout=60)
        await w.sees_no("A shows")
        assert jobs["good"].result.startswith("sha256:")
        assert jobs["bad"].failure.endswith("failed with exit code 3")
        await w.press("A")
        for name, end in (("long", "cancelled"), ("bad", "failed"), ("good", "done")):
            await w.sees(f"build {prefix}{name}:1: {end}")
            told = w.app.screen.query_one("#activity-output", TextLog).all_text()
            # BuildKit says once more at the end what a step that failed said.
            said = set(re.findall(r" (I am \w+|\w+ goes on)$", told, re.MULTILINE))
            assert said == {f"I am {name}", *([f"{name} goes on"] if name != "long" else ())}
            await w.press("down")
    assert docker_cli("images", "-q", f"{prefix}good")
    assert docker_cli("images", "-q", f"{prefix}bad") + docker_cli("images", "-q", f"{prefix}long") == ""


@needs_buildx
async def test_a_registry_that_is_not_there_is_told_in_its_words(context: Path) -> None:
    (context / "Dockerfile").write_text("FROM 127.0.0.1:1/nobody/listens:1\n")
    async with driven_on(URL, folder=context) as w:
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.press("enter")
        await ended(w)
        assert "connection refused" in job_of(w).failure
        assert "\n" not in job_of(w).failure


@pytest.mark.parametrize(
    "environ", [pytest.param(None, marks=needs_buildx), BARE], ids=["buildkit", "classic"]
)
async def test_after_a_change_and_b_the_old_container_is_marked(
    context: Path, label: str, prefix: str, docker_cli: DockerCli, environ: dict[str, str] | None
) -> None:
    write(context, label, f"COPY word /word\n# {label}\n")
    (context / "word").write_text(f"first {label}")
    async with driven_on(URL, folder=context, environ=environ) as w:
        for pane in w.app.main.panes[1:3]:
            pane.set_filter(prefix)
        first = await built(w, f"{prefix}app:1")
        docker_cli("run", "-d", "--name", f"{prefix}c", f"{prefix}app:1", "sleep", "600")
        store = w.app.session.store
        await w.until(lambda: any(one.name == f"{prefix}c" for one in store.containers))
        assert not any(one.older for one in store.containers if one.name == f"{prefix}c")
        (context / "word").write_text(f"second {label}")
        await w.press("B")
        await w.until(lambda: len(w.app.session.activity.entries) == 2)
        await ended(w)
        assert job_of(w).state is JobState.DONE, job_of(w).output
        assert job_of(w).result != first.result
        await w.until(lambda: any(one.older == f"{prefix}app:1" for one in store.containers))
        await w.press("escape", "2")
        await w.sees("running older", "older image")
    # What is told by the list alone is known to the next session too.
    async with driven_on(URL, folder=context, environ=environ) as w:
        w.app.main.panes[1].set_filter(prefix)
        await w.sees("running older")


async def test_the_classic_builder_refuses_what_it_would_pass_over(context: Path, label: str) -> None:
    write(context, label, "RUN <<EOF\necho never\nEOF\n")
    async with driven_on(URL, folder=context, environ=BARE) as w:
        await w.press("3", "b")
        await w.sees("classic builder: building with BuildKit needs", "context:")
        await w.press("enter")
        await w.sees("line 3: a heredoc in RUN needs BuildKit")
        assert not w.app.session.activity.entries


@pytest.mark.parametrize(
    "environ", [pytest.param(None, marks=needs_buildx), BARE], ids=["buildkit", "classic"]
)
async def test_what_is_said_beforehand_is_what_arrives(
    context: Path, label: str, environ: dict[str, str] | None
) -> None:
    write(context, label, f"COPY . /ctx\nRUN echo {label}; find /ctx -type f -exec stat -c '%s %n' {{}} +\n")
    make(context, "a/b/kept.txt", "a/gone.log", "top.log", "sub/kept.log")
    (context / "a/b/kept.txt").write_bytes(bytes(123_456))
    (context / "a/gone.log").write_bytes(bytes(999_999))
    (context / ".dockerignore").write_text("**/*.log\n!sub/*.log\n.dockerignore\nDockerfile\n")
    async with driven_on(URL, folder=context, environ=environ) as w:
        await w.press("3", "b")
        await w.sees("context: 2 files, 123K")
        await w.press("enter")
        await ended(w)
        job = job_of(w)
        step = next(step for step in job.steps if "find /ctx" in step.name)
        arrived = dict(line.split()[::-1] for line in job.output_of(step.key) if " /ctx/" in line)
        assert job.state is JobState.DONE, job.output
        assert arrived == {"/ctx/a/b/kept.txt": "123456", "/ctx/sub/kept.log": str(len("sub/kept.log"))}


@needs_buildx
@pytest.mark.parametrize("text", PATTERNS)
def test_patterns_are_understood_as_docker_understands_them(tmp_path: Path, text: str) -> None:
    context, out = tmp_path / "context", tmp_path / "out"
    make(context, "a/b/c.txt", "a/d.go", "e.txt")
    (context / ".dockerignore").write_text(text)
    file = tmp_path / "Dockerfile"
    file.write_text("FROM scratch\nCOPY . /\n")
    docker = shutil.which("docker")
    assert docker is not None
    argv = [docker, "-H", URL, "build", "-q", "-f", str(file), "-o", f"type=local,dest={out}", str(context)]
    subprocess.run(argv, check=True, capture_output=True, env={**os.environ, "DOCKER_BUILDKIT": "1"})
    arrived = sorted(str(one.relative_to(out)) for one in out.rglob("*") if one.is_file())
    assert arrived == sent(context, text)
