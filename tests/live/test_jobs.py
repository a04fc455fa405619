from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docker import APIClient

from tui.engine.address import Address
from tui.engine.build import build_job
from tui.engine.buildanswers import BuildAnswers
from tui.engine.buildchecks import check_build
from tui.engine.client import make_client
from tui.engine.jobs import Job, JobState
from tui.engine.questions import Questions
from tui.engine.tools import find_tools
from tui.engine.versions import agree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.engine.client import Client

pytestmark = pytest.mark.live

ADDRESS = Address("unix:///var/run/docker.sock", "a test", "", None, is_default=True)


@pytest.fixture(scope="module")
def api() -> Iterator[APIClient]:
    client = APIClient(base_url=ADDRESS.url, version="auto", timeout=30)
    yield client
    client.close()


@pytest.fixture
def tag(api: APIClient) -> Iterator[str]:
    """A name for an image, which is removed at the end."""
    name = f"wherry-test-jobs-{uuid.uuid4().hex[:8]}:1"
    yield name
    if api.images(name):
        api.remove_image(name)


@pytest.fixture
def label() -> str:
    """What makes the objects of one test known from all others, and its steps from those in the cache."""
    return uuid.uuid4().hex


@pytest.fixture(autouse=True)
def leftovers(api: APIClient, label: str) -> Iterator[None]:
    """Remove the untagged images that a test made, and see that it left no container."""
    yield
    marked = {"label": f"wherry.test={label}"}
    containers = api.containers(all=True, filters=marked)
    for container in containers:
        api.remove_container(container["Id"], force=True)
    for image in api.images(filters={**marked, "dangling": True}):
        api.remove_image(image["Id"])
    assert not containers, "a build left a container"


class Builder:
    """Builds in one of the two ways."""

    def __init__(self, folder: Path, label: str, tag: str, buildx: bool) -> None:
        self.folder, self.label, self.tag, self.buildx = folder, label, tag, buildx
        self.jobs: list[Job] = []

    def build(
        self, *lines: str, target: str = "", args: tuple[tuple[str, str], ...] = (), file: str = ""
    ) -> Job:
        text = "\n".join(("FROM bb:2 AS base", f"LABEL wherry.test={self.label}", *lines, ""))
        (self.folder / (file or "Dockerfile")).write_text(text)
        answers = BuildAnswers(str(self.folder), file, (self.tag,), args, target)
        assert check_build(answers) == {}
        environ = ADDRESS.child_environ(os.environ)
        job = build_job(answers, ADDRESS.words(), environ, self.buildx, self.client)
        self.jobs.append(job)
        return job

    def built(
        self, *lines: str, target: str = "", args: tuple[tuple[str, str], ...] = (), file: str = ""
    ) -> Job:
        job = self.build(*lines, target=target, args=args, file=file)
        assert job.wait(60), "the build did not end"
        return job

    def client(self) -> Client:
        return make_client(ADDRESS, agree(Questions(ADDRESS, "", 10).ask("/version"))[0], None)


@pytest.fixture(params=[True, False], ids=["buildkit", "classic"])
def builder(request: pytest.FixtureRequest, tmp_path: Path, label: str, tag: str) -> Iterator[Builder]:
    if request.param and not find_tools(os.environ).buildx:
        pytest.skip("the docker CLI here has no buildx")
    folder = tmp_path / "context"
    folder.mkdir()
    one = Builder(folder, label, tag, request.param)
    yield one
    for job in one.jobs:
        job.cancel()
        assert job.wait(15)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def states(job: Job) -> dict[str, str]:
    return {step.name: step.state for step in job.steps}


def of_step(job: Job, part: str) -> tuple[str, ...]:
    key = next(step.key for step in job.steps if part in step.name)
    return job.output_of(key)


def test_a_build_makes_the_image_that_it_names(builder: Builder, api: APIClient) -> None:
    (builder.folder / "file").write_text("hello")
    job = builder.built("COPY file /file", f"RUN cat /file; echo {builder.label}")
    assert job.state is JobState.DONE, job.output
    assert job.result == api.images(builder.tag)[0]["Id"]
    assert set(states(job).values()) <= {"done", "cached"}
    assert any(f"hello{builder.label}" in line for line in of_step(job, "RUN cat"))


def test_building_again_finds_the_steps_in_the_cache(builder: Builder) -> None:
    builder.built(f"RUN echo {builder.label}")
    job = builder.built(f"RUN echo {builder.label}")
    assert job.state is JobState.DONE
    assert next(state for name, state in states(job).items() if "RUN echo" in name) == "cached"


def test_the_step_that_failed_is_kept_with_its_output(builder: Builder) -> None:
    job = builder.built(f"RUN echo first {builder.label}", "RUN echo oh no >&2; exit 3", "RUN echo never")
    assert job.state is JobState.FAILED
    assert [name for name, state in states(job).items() if state == "failed"] == [
        next(name for name in states(job) if "oh no" in name)
    ]
    assert "RUN echo oh no >&2; exit 3" in job.failure
    assert job.failure.endswith("failed with exit code 3")
    assert any("oh no" in line for line in of_step(job, "oh no"))
    assert not any("never" in name for name, state in states(job).items() if state == "done")


def test_cancelling_ends_the_step_that_sleeps(builder: Builder, api: APIClient, label: str) -> None:
    # Told apart from every other sleep on this machine by how long it takes.
    seconds = f"{600 + uuid.uuid4().int % 1_000_000}"
    job = builder.build(f"RUN echo {label}; sleep {seconds}")
    until(lambda: bool(_running(seconds)))
    started = time.monotonic()
    job.cancel()
    assert job.wait(10)
    assert time.monotonic() - started < 3
    assert (job.state, job.failure) == (JobState.CANCELLED, "cancelled")
    until(lambda: not _running(seconds), seconds=5)
    until(lambda: not api.containers(all=True, filters={"label": f"wherry.test={label}"}), seconds=5)


def _running(word: str) -> list[Path]:
    """Give the processes of this machine, clients and steps alike, that have this word."""
    return [path for path in Path("/proc").glob("[0-9]*") if word.encode() in _command_line(path)]


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def test_arguments_and_target_reach_the_builder(builder: Builder) -> None:
    job = builder.built(
        "ARG WORD",
        "RUN echo it is $WORD",
        "FROM base AS late",
        "RUN exit 9",
        target="base",
        args=(("WORD", builder.label),),
    )
    assert job.state is JobState.DONE, job.output
    assert f"it is {builder.label}" in of_step(job, "it is")


def test_a_dockerfile_may_lie_elsewhere(builder: Builder) -> None:
    (builder.folder / "file").write_text(builder.label)
    job = builder.built("COPY file /file", "RUN cat /file", file="../Elsewhere")
    assert job.state is JobState.DONE, job.output
    assert any(builder.label in line for line in of_step(job, "RUN cat"))


def test_a_broken_dockerfile_is_told_with_its_line(builder: Builder) -> None:
    job = builder.built("RUNN x")
    assert job.state is JobState.FAILED
    assert "RUNN" in job.failure
    assert "line 3" in job.failure


def test_a_missing_stage_is_told(builder: Builder) -> None:
    job = builder.built(target="nope")
    assert job.state is JobState.FAILED
    assert "nope" in job.failure


def test_no_engine_is_told(tmp_path: Path) -> None:
    nobody = Address(f"unix://{tmp_path}/no.sock", "a test", "", None, is_default=False)
    (tmp_path / "Dockerfile").write_text("FROM bb:2\n")
    for buildx in (True, False):
        job = build_job(
            BuildAnswers(str(tmp_path)),
            nobody.words(),
            nobody.child_environ(os.environ),
            buildx,
            lambda: make_client(nobody, "1.40", None),
        )
        assert job.wait(20)
        assert job.state is JobState.FAILED
        assert "socket" in job.failure or "Cannot connect" in job.failure
