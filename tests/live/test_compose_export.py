"""Containers written out as a compose file, which makes the same containers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from tests.live.conftest import SOCKET
from tests.screens.wherry import driven_on

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live.conftest import DockerCli

URL = f"unix://{SOCKET}"


async def test_two_containers_become_a_file_that_makes_them_again(
    docker_cli: DockerCli, prefix: str, tmp_path: Path
) -> None:
    web, db, net, data = (f"{prefix}{name}" for name in ("web", "db", "net", "data"))
    docker_cli("network", "create", net)
    docker_cli("volume", "create", data)
    common = ("run", "-d", "--init", "--network", net)
    docker_cli(*common, "--name", db, "-v", f"{data}:/data", "-e", "DB_PASSWORD=a$b", "bb:2", "sleep", "1000")
    docker_cli(
        *(*common, "--name", web, "--restart", "on-failure:3", "-m", "64m", "--cpus", "0.5"),
        *("-v", f"{tmp_path}:/src:ro", "-w", "/src", "-l", "tier=front", "--cap-drop", "NET_RAW"),
        *("--health-cmd", "true", "--health-interval", "9s", "bb:2", "sh", "-c", "sleep 1000; echo $HOME"),
    )
    before = {name: facts(docker_cli, name) for name in (web, db)}
    async with driven_on(URL, folder=tmp_path) as w:
        w.app.main.panes[1].set_filter(prefix)
        await w.press("2", "asterisk", "m")
        await w.until(lambda: w.app.screen is not w.app.main)
        await w.type("compose file")
        await w.press("enter")
        await w.sees("Write a compose file of")
        await w.press("enter")
        await w.sees("is written, 2 services", "secrets in its environment")
        assert w.app.screen is w.app.main
    file = tmp_path / "compose.yaml"
    assert file.stat().st_mode & 0o077 == 0
    content = yaml.safe_load(file.read_text())
    assert "environment" not in content["services"][web], "what the image says is left out"
    docker_cli("rm", "-f", web, db)
    project = f"{prefix}again"
    docker_cli("compose", "-p", project, "-f", str(file), "up", "-d")
    try:
        after = {name: facts(docker_cli, f"{project}-{name}-1") for name in (web, db)}
        assert after == before
    finally:
        docker_cli("compose", "-p", project, "-f", str(file), "down", "--timeout", "0")


def facts(docker_cli: DockerCli, name: str) -> dict[str, Any]:
    """Give what should be the same of a container and its copy."""
    (found,) = json.loads(docker_cli("inspect", name))
    host, config = found["HostConfig"], found["Config"]
    return {
        **{key: host[key] for key in ("RestartPolicy", "Memory", "NanoCpus", "CapDrop", "Init")},
        **{key: config[key] for key in ("Cmd", "Entrypoint", "Env", "WorkingDir", "Image")},
        "health": config.get("Healthcheck"),
        "tier": config["Labels"].get("tier"),
        "mounts": sorted(
            (m["Type"], m.get("Name") or m["Source"], m["Destination"], m["RW"]) for m in found["Mounts"]
        ),
        "networks": sorted(found["NetworkSettings"]["Networks"]),
    }
