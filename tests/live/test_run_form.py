"""The form for `docker run` on the real engine: everything filled in is what the container has."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.live.conftest import DockerCli
from tests.live.test_app import on_engine
from tests.screens.test_run_form import fill, rows, selected


async def test_a_detached_run_has_all_that_was_filled_in(
    docker_cli: DockerCli, prefix: str, tmp_path: Path
) -> None:
    docker_cli("tag", "bb:2", f"{prefix}img:1")
    (tmp_path / "one.env").write_text("FROM_FILE=1\n")
    (tmp_path / "shared").mkdir()
    async with on_engine(prefix, folder=tmp_path) as w:
        await w.press("2", "n")
        await w.sees("Run a new container")
        await fill(w, image=f"{prefix}img:1", command="-c 'sleep 1000; echo \"$0\"' 2021-01-15", mode=True)
        await fill(w, name=f"{prefix}web", remove=True, ports="127.0.0.1:0:80/udp\n127.0.0.1::81")
        await fill(w, env="A=b c\nHOME", env_file="one.env", volumes=f"{prefix}vol:/data\n./shared:/in:ro")
        await fill(w, network=f"{prefix}net", make_network=True, alias="www", entrypoint="sh")
        await fill(w, workdir="/data", user="0:0", memory="64m", cpus="0.5", labels="team=a b", init=True)
        await fill(w, more="--cap-add NET_ADMIN --ulimit nofile=99")
        await w.press("ctrl+s")
        await w.until(lambda: selected(w) == f"{prefix}web", timeout=30)
        assert not rows(w)
    made = json.loads(await asyncio.to_thread(docker_cli, "inspect", f"{prefix}web"))[0]
    config, host = made["Config"], made["HostConfig"]
    assert config["Entrypoint"] == ["sh"]
    assert config["Cmd"] == ["-c", 'sleep 1000; echo "$0"', "2021-01-15"]
    assert {"A=b c", "FROM_FILE=1"} <= set(config["Env"])
    assert any(one.startswith("HOME=") for one in config["Env"])
    assert (config["WorkingDir"], config["User"], config["Labels"]["team"]) == ("/data", "0:0", "a b")
    assert set(host["PortBindings"]) == {"80/udp", "81/tcp"}
    assert set(host["Binds"]) == {f"{prefix}vol:/data", f"{tmp_path}/shared:/in:ro"}
    assert (host["Memory"], host["NanoCpus"], host["Init"]) == (64 << 20, 500_000_000, True)
    assert host["CapAdd"] in (["NET_ADMIN"], ["CAP_NET_ADMIN"])
    assert host["Ulimits"][0]["Soft"] == 99
    assert host["NetworkMode"] == f"{prefix}net"
    assert "www" in made["NetworkSettings"]["Networks"][f"{prefix}net"]["Aliases"]
    assert not host["AutoRemove"]


async def test_a_port_that_is_taken_is_said_before_the_run(docker_cli: DockerCli, prefix: str) -> None:
    docker_cli("run", "-d", "--name", f"{prefix}web", "-p", "127.0.0.1::80", "bb:2", "sleep", "1000")
    port = docker_cli("port", f"{prefix}web", "80/tcp").rpartition(":")[2]
    async with on_engine(prefix) as w:
        await w.press("2", "n")
        await w.sees("Run a new container")
        await fill(w, image="bb:2", ports=f"{port}:80")
        await w.press("ctrl+s")
        await w.until(lambda: rows(w)["ports"].fault)
        assert rows(w)["ports"].fault == f"port {port} is taken by {prefix}web"
