"""Runs on the real engine without a docker CLI: a platform, and further names on a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.conftest import DockerCli
from tests.live.test_app import URL
from tui.engine.address import resolve
from tui.engine.background import api_run_job
from tui.engine.connection import Connection
from tui.engine.jobs import Job
from tui.engine.platforms import is_of


@pytest.fixture
def connection() -> Iterator[Connection]:
    made = Connection(lambda: resolve(None, None, {"DOCKER_HOST": URL}))
    made.establish()
    yield made
    made.close()


def run(connection: Connection, *words: str) -> Job:
    job = api_run_job(connection, (), ("run", "-d", *words), "bb:2", {}, Path("/"))
    assert job.wait(30)
    return job


def test_aliases_are_found_on_the_network(connection: Connection, docker_cli: DockerCli, prefix: str) -> None:
    net, web = f"{prefix}net", f"{prefix}web"
    docker_cli("network", "create", net)
    words = ("--name", web, "--network", net, "--network-alias", "www", "--platform", "linux/amd64")
    job = run(connection, *words, "--init", "bb:2", "sleep", "1000")
    assert not job.failure
    made = json.loads(docker_cli("inspect", web))[0]
    assert made["NetworkSettings"]["Networks"][net]["Aliases"] == ["www"]
    address = made["NetworkSettings"]["Networks"][net]["IPAddress"]
    assert address in docker_cli("exec", web, "nslookup", "www")


@pytest.mark.parametrize(
    "platform", ["linux", "amd64", "Linux/x86_64", "linux/amd64/v2", "linux/arm64", "arm"]
)
def test_what_fits_a_platform_is_what_the_engine_takes(
    connection: Connection, prefix: str, platform: str
) -> None:
    job = run(connection, "--name", f"{prefix}box", "--platform", platform, "bb:2", "true")
    fitting = is_of(connection, "bb:2", platform)
    assert job.failure == "" if fitting else job.failure.startswith("image with reference bb:2 was found but")
