from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.engine import tools
from tui.engine.tools import Tools, find_tools

if TYPE_CHECKING:
    from pathlib import Path

DOCKER = """#!/bin/sh
[ -z "$DOCKER_CONTEXT" ] || exit 1
case "$*" in
    --version) echo "Docker version 28.2.2, build e6534b4" ;;
    "buildx version") {buildx} ;;
    "compose version --short") {compose} ;;
    *) exit 64 ;;
esac
"""
NO_PLUGIN = "echo \"docker: 'x' is not a docker command.\" >&2; exit 1"
BUILDX = "echo github.com/docker/buildx 0.13.1+ds1 0.13.1"


class Machine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, name: str, script: str) -> None:
        (self.folder / name).write_text(script)
        (self.folder / name).chmod(0o755)

    def has_docker(self, buildx: str = NO_PLUGIN, compose: str = NO_PLUGIN) -> None:
        self.has("docker", DOCKER.format(buildx=buildx, compose=compose))

    def has_standalone(self, version: str) -> None:
        self.has("docker-compose", f'#!/bin/sh\n[ "$*" = "version --short" ] && echo {version}\n')

    def found(self, **environ: str) -> Tools:
        return find_tools({"PATH": str(self.folder), **environ})


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_nothing(machine: Machine) -> None:
    found = machine.found()
    assert found == Tools()
    assert "docker CLI" in found.why_not("docker")
    assert "classic builder is used" in found.why_not("buildx")
    assert found.why_not("compose") == "compose needs Docker Compose v2 (the docker-compose-plugin package)"


def test_everything(machine: Machine) -> None:
    machine.has_docker(BUILDX, "echo 2.26.1-4")
    found = machine.found()
    assert found == Tools(
        str(machine.folder / "docker"), True, ("docker", "compose"), "28.2.2", "0.13.1+ds1", "2.26.1-4"
    )
    assert [found.why_not(need) for need in ("docker", "buildx", "compose")] == ["", "", ""]


@pytest.mark.parametrize("version", ["2.5.0", "v2.40.3", "5.0.1"])
def test_compose_from_v2_on_is_taken(machine: Machine, version: str) -> None:
    machine.has_docker(compose=f"echo {version}")
    assert machine.found().compose == ("docker", "compose")


def test_the_plugin_goes_before_the_program(machine: Machine) -> None:
    machine.has_docker(compose="echo 2.26.1")
    machine.has_standalone("2.20.0")
    found = machine.found()
    assert (found.compose, found.compose_version) == (("docker", "compose"), "2.26.1")


def test_the_program_where_there_is_no_plugin(machine: Machine) -> None:
    machine.has_docker()
    machine.has_standalone("v2.20.0")
    assert machine.found().compose == ("docker-compose",)


def test_v1_is_not_taken_and_named(machine: Machine) -> None:
    machine.has_standalone("1.29.2")
    found = machine.found()
    assert found.compose == ()
    assert found.why_not("compose").endswith("here is only v1, 1.29.2")


def test_podmans_stand_in_has_no_buildx(machine: Machine) -> None:
    machine.has_docker(buildx="echo buildah 1.28.2")
    assert machine.found().buildx is False


def test_a_broken_context_does_not_matter(machine: Machine) -> None:
    machine.has_docker(BUILDX)
    assert machine.found(DOCKER_CONTEXT="missing").buildx is True


def test_a_program_that_hangs_is_not_waited_for(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "_TIMEOUT", 0.2)
    machine.has_docker(BUILDX, "exec sleep 30")
    found = find_tools({"PATH": f"{machine.folder}:/usr/bin:/bin"})
    assert found.buildx is True
    assert found.compose != ("docker", "compose")
