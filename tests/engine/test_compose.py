from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tui.engine.compose import (
    ComposeProject,
    Up,
    act_job,
    check_project,
    compose_words,
    down_job,
    files_job,
    name_words,
    up_job,
)
from tui.engine.jobs import Job, JobState
from tui.engine.tools import Tools

TOOLS = Tools("/usr/bin/docker", True, ("docker", "compose"))
FAR = ("--context", "prod")


@pytest.fixture
def project(tmp_path: Path) -> ComposeProject:
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in ("compose.yaml", "more.yaml", "prod.env"):
        (folder / name).write_text("")
    return ComposeProject("shop", str(folder), (str(folder / "compose.yaml"), "more.yaml"), ("prod.env",))


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose docker only writes down how it was called."""
    program = tmp_path / "docker"
    program.write_text('#!/bin/sh\necho "$PWD"\nprintf "%s\\n" "$@"\n/usr/bin/env | /bin/grep ^COMPOSE\n')
    program.chmod(0o755)
    return {"PATH": str(tmp_path)}


def ended(job: Job) -> Job:
    assert job.wait(15), "the job did not end"
    assert job.state is JobState.DONE, job.failure
    return job


def ran(job: Job) -> tuple[str, tuple[str, ...]]:
    """Give the folder and the words that a job ran with."""
    folder, *words = (line for line in ended(job).output if not line.startswith("COMPOSE_"))
    return folder, tuple(words)


class TestWords:
    def test_hold_for_every_folder(self, project: ComposeProject) -> None:
        folder = project.folder
        assert compose_words(TOOLS, project, FAR, "up", "-d") == (
            *("docker", "--context", "prod", "compose", "--project-directory", folder),
            *(
                "-f",
                f"{folder}/compose.yaml",
                "-f",
                f"{folder}/more.yaml",
                "--env-file",
                f"{folder}/prod.env",
            ),
            *("-p", "shop", "up", "-d"),
        )

    def test_by_name_read_no_file(self, project: ComposeProject) -> None:
        assert name_words(TOOLS, project, (), "stop") == ("docker", "compose", "-p", "shop", "stop")

    def test_know_the_program_of_its_own(self, project: ComposeProject) -> None:
        alone = Tools(None, False, ("docker-compose",))
        assert name_words(alone, project, FAR, "stop")[:5] == ("docker-compose", *FAR, "-p", "shop")


class TestCheck:
    def test_finds_nothing_where_all_is_here(self, project: ComposeProject) -> None:
        assert check_project(project) == ""

    def test_names_what_is_not_here(self, project: ComposeProject) -> None:
        Path(project.folder, "more.yaml").unlink()
        assert check_project(project) == f"not on this machine: {project.folder}/more.yaml"
        Path(project.folder, "prod.env").unlink()
        assert check_project(project).endswith(f"{project.folder}/more.yaml, {project.folder}/prod.env")

    def test_says_that_the_files_are_not_known(self) -> None:
        assert (
            check_project(ComposeProject("shop", "/srv/shop"))
            == "it is not known which files shop was made from"
        )


class TestJobs:
    def test_run_what_they_show_in_the_projects_own_folder(
        self,
        project: ComposeProject,
        environ: dict[str, str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        job = up_job(TOOLS, project, FAR, environ)
        folder, words = ran(job)
        assert folder == project.folder
        assert job.words == ("docker", *FAR, *words)
        assert (job.title, job.target) == ("up shop", "shop")

    def test_never_run_in_the_folder_of_wherry(
        self, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        far = ComposeProject("far", str(tmp_path / "not-here"))
        assert ran(act_job(TOOLS, far, (), environ, "stop"))[0] == "/"

    def test_are_told_to_print_plain_lines(self, project: ComposeProject, environ: dict[str, str]) -> None:
        output = ended(act_job(TOOLS, project, (), {**environ, "COMPOSE_PROGRESS": "json"}, "stop")).output
        assert "COMPOSE_PROGRESS=plain" in output
        assert "COMPOSE_ANSI=never" in output

    def test_up_takes_options(self, project: ComposeProject, environ: dict[str, str]) -> None:
        how = Up(("web",), build=True, pull="always", recreate=True, orphans=True, wait=True, timeout=9)
        job = up_job(TOOLS, replace(project, profiles=("a", "b")), (), environ, how)
        command = "--profile a --profile b up -d --build --pull always --force-recreate --remove-orphans"
        assert " ".join(ran(job)[1]).endswith(f"-p shop {command} --wait --wait-timeout 9 web")

    def test_down_needs_no_file(self, project: ComposeProject, environ: dict[str, str]) -> None:
        words = ran(down_job(TOOLS, project, (), environ, volumes=True, images=True))[1]
        assert words == ("compose", "-p", "shop", "down", "--volumes", "--rmi", "local", "--remove-orphans")

    def test_down_that_spares_orphans_reads_the_files(
        self, project: ComposeProject, environ: dict[str, str]
    ) -> None:
        words = ran(down_job(TOOLS, project, (), environ, orphans=False))[1]
        assert "-f" in words
        assert words[-3:] == ("-p", "shop", "down")

    @pytest.mark.parametrize("act", ["stop", "start", "restart", "pause", "unpause"])
    def test_acts_need_no_file(self, project: ComposeProject, environ: dict[str, str], act: str) -> None:
        job = act_job(TOOLS, project, (), environ, act, "web")  # type: ignore[arg-type]  # it is one
        assert ran(job)[1] == ("compose", "-p", "shop", act, "web")

    def test_other_commands_read_the_files(self, project: ComposeProject, environ: dict[str, str]) -> None:
        assert ran(files_job(TOOLS, project, (), environ, "build", "--pull"))[1][-3:] == (
            "shop",
            "build",
            "--pull",
        )
