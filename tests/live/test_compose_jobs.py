from __future__ import annotations

import os
import time
import uuid
from typing import TYPE_CHECKING

import pytest
from docker import APIClient

from tui.engine.address import Address
from tui.engine.compose import (
    ComposeProject,
    Up,
    act_job,
    check_project,
    compose_words,
    down_job,
    find_files,
    name_words,
    project_name,
    services,
    up_job,
)
from tui.engine.jobs import Job, JobState
from tui.engine.process import ProcessWork
from tui.engine.tools import Tools, find_tools

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.live

ADDRESS = Address("unix:///var/run/docker.sock", "a test", "", None, is_default=True)
ENVIRON = ADDRESS.child_environ(os.environ)
FILE = """\
services:
  db:
    image: bb:2
    init: true
    command: sleep 600
    volumes: [data:/data]
    healthcheck: {test: ["CMD", "true"], interval: 1s}
  web:
    image: bb:2
    init: true
    command: sleep 600
    depends_on: {db: {condition: service_healthy}}
volumes: {data: {}}
"""


class Project:
    """A project on the real engine."""

    def __init__(self, folder: Path, api: APIClient, tools: Tools) -> None:
        self.folder, self.api, self.tools = folder, api, tools
        self.name = folder.name

    def writes(self, text: str) -> None:
        (self.folder / "compose.yaml").write_text(text)

    @property
    def reference(self) -> ComposeProject:
        files = tuple(str(file) for file in find_files(self.folder))
        return ComposeProject(self.name, str(self.folder), files)

    def up(self, **options: bool) -> Job:
        return ended(up_job(self.tools, self.reference, (), ENVIRON, Up(**options)))  # type: ignore[arg-type]  # flags only

    def down(self, **options: bool) -> Job:
        return ended(down_job(self.tools, self.reference, (), ENVIRON, **options))

    @property
    def states(self) -> dict[str, str]:
        """The state of each container, by service."""
        marked = {"label": f"com.docker.compose.project={self.name}"}
        containers = self.api.containers(all=True, filters=marked)
        return {one["Labels"]["com.docker.compose.service"]: one["State"] for one in containers}

    @property
    def volumes(self) -> list[str]:
        marked = {"label": f"com.docker.compose.project={self.name}"}
        return [volume["Name"] for volume in self.api.volumes(filters=marked)["Volumes"] or ()]

    def compose(self, *command: str) -> list[str]:
        """Give what Compose itself says in the project's folder."""
        work = ProcessWork((*self.tools.compose, *command), cwd=str(self.folder), environ=ENVIRON)
        return ended(Job("", (), "", work).start()).output


def ended(job: Job) -> Job:
    assert job.wait(90), "the job did not end"
    return job


@pytest.fixture(scope="module")
def tools() -> Tools:
    found = find_tools(os.environ)
    if not found.compose:
        pytest.skip(found.why_not("compose"))
    return found


@pytest.fixture
def project(tmp_path: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project, with another one in the folder that the test runs in."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "compose.yaml").write_text(
        "name: wherry-test-jobs-wrong\nservices: {wrong: {image: bb:2}}\n"
    )
    (elsewhere / ".env").write_text("COMPOSE_PROJECT_NAME=wherry-test-jobs-wrong\n")
    monkeypatch.chdir(elsewhere)
    folder = tmp_path / f"wherry-test-jobs-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    api = APIClient(base_url=ADDRESS.url, version="auto", timeout=30)
    one = Project(folder, api, tools)
    one.writes(FILE)
    yield one
    ended(down_job(tools, one.reference, (), ENVIRON, volumes=True))
    assert (one.states, one.volumes) == ({}, [])
    api.close()


def test_up_and_down_from_another_folder(project: Project) -> None:
    job = project.up()
    assert job.state is JobState.DONE, job.output
    assert project.states == {"db": "running", "web": "running"}
    steps = {step.name: step.state for step in job.steps}
    assert steps[f"Container {project.name}-web-1"] == "done"
    assert set(steps.values()) == {"done"}
    assert project.up().steps[-1].state in {"cached", "done"}

    job = project.down()
    assert job.state is JobState.DONE, job.output
    assert project.states == {}
    assert project.volumes == [f"{project.name}_data"]


def test_what_is_shown_is_what_compose_understands(project: Project) -> None:
    words = compose_words(project.tools, project.reference, (), "config", "--services")
    work = ProcessWork(words, cwd="/", environ=ENVIRON)
    assert sorted(ended(Job("", words, "", work).start()).output) == ["db", "web"]


def test_acts_go_by_the_name_even_where_the_file_broke(project: Project) -> None:
    project.up()
    project.writes("services: [")
    for act, state in (
        ("pause", "paused"),
        ("unpause", "running"),
        ("restart", "running"),
        ("stop", "exited"),
    ):
        job = ended(act_job(project.tools, project.reference, (), ENVIRON, act, "db"))  # type: ignore[arg-type]
        assert job.state is JobState.DONE, job.output
        # What `docker ps` says lags a little behind what was done.
        end = time.monotonic() + 5
        while project.states != {"db": state, "web": "running"}:
            assert time.monotonic() < end, project.states
            time.sleep(0.05)
    assert project.down(volumes=True).state is JobState.DONE
    assert (project.states, project.volumes) == ({}, [])


def test_orphans_stay_where_they_are_spared(project: Project) -> None:
    project.up()
    project.writes("services: {web: {image: bb:2, command: sleep 600, init: true}}\n")
    project.down(orphans=False)
    assert project.states == {"db": "running"}
    project.down()
    assert project.states == {}


def test_a_broken_file_is_told_with_its_line(project: Project) -> None:
    project.writes("services:\n  a:\n    image: bb:2\n   x: y\n")
    job = project.up()
    assert job.state is JobState.FAILED
    assert "yaml: line " in job.failure


def test_what_compose_does_not_know_is_told(project: Project) -> None:
    project.writes("services:\n  a:\n    imag: bb:2\n")
    job = project.up()
    assert job.state is JobState.FAILED
    assert "imag" in job.failure
    assert "compose.yaml" in job.failure


def test_a_container_that_does_not_start_is_the_step_that_failed(project: Project) -> None:
    project.writes("services: {a: {image: bb:2, command: no-such-program}}\n")
    job = project.up()
    assert job.state is JobState.FAILED
    assert "no-such-program" in job.failure
    assert [step.name for step in job.steps if step.state == "failed"] == [f"Container {project.name}-a-1"]


def test_a_build_that_fails_is_told_by_its_step(project: Project) -> None:
    project.writes(
        "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM bb:2\n        RUN exit 3\n"
    )
    job = project.up(build=True)
    assert job.state is JobState.FAILED
    assert "RUN exit 3 failed with exit code 3" in job.failure


def test_cancelling_up_ends_it_soon(project: Project) -> None:
    project.writes(FILE.replace('["CMD", "true"]', '["CMD", "false"]').replace("1s", "60s"))
    job = up_job(project.tools, project.reference, (), ENVIRON)
    deadline = time.monotonic() + 30
    while not any(line.endswith(" Waiting") for line in job.output):
        assert time.monotonic() < deadline, job.output
        time.sleep(0.01)
    started = time.monotonic()
    job.cancel()
    assert job.wait(10)
    assert time.monotonic() - started < 3.5
    assert job.state is JobState.CANCELLED


def test_missing_files_are_told_before(project: Project) -> None:
    reference = project.reference
    assert check_project(reference) == ""
    (project.folder / "compose.yaml").unlink()
    assert check_project(reference) == f"not on this machine: {project.folder}/compose.yaml"


@pytest.mark.parametrize(
    ("text", "env"),
    [
        ("", ""),
        ("name: In.File\n", ""),
        ("name: ${X:-dflt}-a\n", ""),
        ("name: file\n", "COMPOSE_PROJECT_NAME=dot\n"),
        ("", 'export COMPOSE_PROJECT_NAME="quoted" # c\n'),
        ("", "A=x\nCOMPOSE_PROJECT_NAME=${A}y\n"),
    ],
)
def test_name_and_services_are_those_that_compose_finds(project: Project, text: str, env: str) -> None:
    project.writes(text + FILE)
    (project.folder / ".env").write_text(env)
    files = find_files(project.folder)
    name = project.compose("config")[0].removeprefix("name: ")
    assert project_name(project.folder, files, ENVIRON) == name
    assert list(services(files)) == sorted(project.compose("config", "--services"))


def test_names_alone_are_enough_for_a_listing(project: Project) -> None:
    project.up()
    words = name_words(project.tools, project.reference, (), "ps", "--services")
    work = ProcessWork(words, cwd="/", environ=ENVIRON)
    assert sorted(ended(Job("", words, "", work).start()).output) == ["db", "web"]
