"""R on the real engine where a container hangs together with others: links, volumes from others, Compose."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

from tests.live.conftest import DockerCli
from tests.live.test_app import on_engine
from tests.live.test_recreate import change, fill, inspect, mounted
from tests.screens.wherry import Driven

SLEEP = ("--init", "bb:2", "sleep", "1000")
COMPOSE = """\
services:
  db: &sleeping
    image: bb:2
    init: true
    command: sleep 1000
  web:
    <<: *sleeping
    environment: {A: "1"}
    volumes: [data:/data, /anon]
    depends_on: [db]
volumes: {data: {}}
"""


async def made_anew(w: Driven, docker_cli: DockerCli, name: str) -> dict[str, Any]:
    """Change a variable, and give the container that is there then."""
    await w.sees("nothing is changed yet")
    await fill(w, "env", "A=2")
    await w.press("ctrl+s")
    await w.sees("done in", timeout=40)
    return dict(await asyncio.to_thread(inspect, docker_cli, name))


def ends(one: dict[str, Any], key: str) -> dict[str, Any]:
    """Give what a container's places in its networks have under a key."""
    return {name: end[key] for name, end in one["NetworkSettings"]["Networks"].items()}


async def test_links_are_kept(docker_cli: DockerCli, prefix: str) -> None:
    db, web = f"{prefix}db", f"{prefix}web"
    docker_cli("run", "-d", "--name", db, *SLEEP)
    docker_cli("run", "-d", "--name", web, "--link", f"{db}:store", "--link", db, "-e", "A=1", *SLEEP)
    before = inspect(docker_cli, web)
    assert len(before["HostConfig"]["Links"]) == 2
    async with on_engine(web) as w:
        await change(w, prefix)
        after = await made_anew(w, docker_cli, web)
    assert after["Id"] != before["Id"]
    assert sorted(after["HostConfig"]["Links"]) == sorted(before["HostConfig"]["Links"])
    address = inspect(docker_cli, db)["NetworkSettings"]["IPAddress"]
    hosts = docker_cli("exec", web, "cat", "/etc/hosts")
    assert f"{address}\tstore" in hosts
    assert f"{address}\t{db}" in hosts


async def test_what_others_link_to_is_asked_about(docker_cli: DockerCli, prefix: str) -> None:
    web, app = f"{prefix}web", f"{prefix}app"
    docker_cli("run", "-d", "--name", web, "-e", "A=1", *SLEEP)
    docker_cli("run", "-d", "--name", app, "--link", f"{web}:store", *SLEEP)
    before = inspect(docker_cli, web)
    async with on_engine(web) as w:
        await w.press("2")
        await w.until(lambda: w.cursor == web)
        await w.press("R")
        await w.sees(f"{app} links to {web}", "break for good", "they will not start again")
        await w.press("enter")
        await w.sees("nothing was done")
        assert inspect(docker_cli, web)["Id"] == before["Id"]
        await w.press("R")
        await w.sees(f"{app} links to {web}")
        await w.press("down", "enter")
        await made_anew(w, docker_cli, web)
    # The link went away with the old one: that is what was said.
    docker_cli("stop", "-t", "1", app)
    docker_cli("start", app, check=False)
    assert inspect(docker_cli, app)["State"]["Status"] == "exited"


async def test_links_in_a_network_of_ones_own_are_kept_and_go_with_it_to_another(
    docker_cli: DockerCli, prefix: str
) -> None:
    db, web, net, other = (f"{prefix}{word}" for word in ("db", "web", "net", "other"))
    for one in (net, other):
        docker_cli("network", "create", one)
    docker_cli("run", "-d", "--name", db, "--network", net, *SLEEP)
    docker_cli("network", "connect", other, db)
    docker_cli(*("run", "-d", "--name", web, "--network", net, "--link", f"{db}:store", "-e", "A=1"), *SLEEP)
    before = inspect(docker_cli, web)
    assert ends(before, "Links") == {net: [f"{db}:store"]}
    async with on_engine(web) as w:
        await change(w, prefix)
        after = await made_anew(w, docker_cli, web)
        assert after["Id"] != before["Id"]
        assert ends(after, "Links") == ends(before, "Links")
        assert docker_cli("exec", web, "nslookup", "store")
        await w.press("escape")
        await w.until(lambda: w.app.screen is w.app.main)
        # The old one was under the cursor: what comes in its place is not acted on at once.
        await w.until(lambda: not w.app.main.pane.vanished_just_now)
        await w.press("R")
        await w.sees("Recreate", "nothing is changed yet")
        await fill(w, "network", other)
        await w.sees(f"network: {net} → {other}")
        await w.press("ctrl+s")
        await w.until(lambda: inspect(docker_cli, web)["Id"] != after["Id"], timeout=40)
        await w.sees("done in", timeout=40)
    moved = inspect(docker_cli, web)
    assert ends(moved, "Links") == {other: [f"{db}:store"]}
    assert docker_cli("exec", web, "nslookup", "store")


async def test_volumes_from_another_are_kept(docker_cli: DockerCli, prefix: str) -> None:
    db, web = f"{prefix}db", f"{prefix}web"
    docker_cli("run", "-d", "--name", db, "-v", "/data", "-v", f"{prefix}vol:/named", *SLEEP)
    docker_cli("exec", db, "sh", "-c", "echo kept > /data/file")
    docker_cli(*("run", "-d", "--name", web, "--volumes-from", f"{db}:ro", "-v", "/own", "-e", "A=1"), *SLEEP)
    docker_cli("exec", web, "sh", "-c", "echo kept > /own/file")
    before = inspect(docker_cli, web)
    own = next(m["Name"] for m in before["Mounts"] if m["Destination"] == "/own")
    async with on_engine(web) as w:
        await change(w, prefix)
        after = await made_anew(w, docker_cli, web)
    assert after["Id"] != before["Id"]
    assert mounted(after) == mounted(before)
    assert after["HostConfig"]["VolumesFrom"] == [f"{db}:ro"]
    # What is the other's is taken from there again, and only what is its own by its name.
    assert after["HostConfig"]["Binds"] == [f"{own}:/own"]
    assert docker_cli("exec", web, "cat", "/data/file", "/own/file") == "kept\nkept"
    docker_cli("rm", "-f", web)
    docker_cli("volume", "rm", own)  # nobody else would: it goes by its name now


async def test_what_volumes_come_from_is_gone_and_the_old_one_is_put_back(
    docker_cli: DockerCli, prefix: str
) -> None:
    db, web = f"{prefix}db", f"{prefix}web"
    docker_cli("create", "--name", db, "-v", f"{prefix}vol:/data", *SLEEP)
    docker_cli("run", "-d", "--name", web, "--volumes-from", db, "-e", "A=1", *SLEEP)
    docker_cli("rm", db)
    before = inspect(docker_cli, web)
    async with on_engine(web) as w:
        await change(w, prefix)
        await fill(w, "env", "A=2")
        await w.press("ctrl+s")
        await w.sees("the old one runs again", timeout=40)
        assert f"No such container: {db}" in w.text
    after = inspect(docker_cli, web)
    assert (after["Id"], after["State"]["Running"]) == (before["Id"], True)


async def test_one_of_a_compose_project(docker_cli: DockerCli, prefix: str, tmp_path: Path) -> None:
    project = prefix.rstrip("-")
    (tmp_path / "compose.yaml").write_text(COMPOSE)

    def compose(*words: str) -> str:
        argv = ["docker", "compose", "-p", project, *words]
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120)
        return done.stdout + done.stderr

    await asyncio.to_thread(compose, "up", "-d")
    web = f"{project}-web-1"
    before = inspect(docker_cli, web)
    docker_cli("exec", web, "sh", "-c", "echo kept > /anon/file; echo kept > /data/file")
    async with on_engine(web) as w:
        await w.press("2")
        await w.until(lambda: w.cursor == web)
        await w.press("R")
        await w.sees(f"{web} is of the Compose project {project}", "edit its file, then press u")
        await w.press("enter")
        await w.sees("nothing was done")
        assert inspect(docker_cli, web)["Id"] == before["Id"]
        await w.press("R")
        await w.sees("recreate it all the same", "Compose does not notice")
        await w.press("down", "enter")
        after = await made_anew(w, docker_cli, web)
    assert after["Id"] != before["Id"]
    assert "A=2" in after["Config"]["Env"]
    assert after["Config"]["Labels"] == before["Config"]["Labels"]
    assert mounted(after) == mounted(before)
    assert ends(after, "Aliases") == ends(before, "Aliases")
    assert docker_cli("exec", web, "cat", "/anon/file", "/data/file") == "kept\nkept"
    assert docker_cli("exec", f"{project}-db-1", "nslookup", "web")
    # Compose still has it for its own: it is neither an orphan nor made a second time.
    assert compose("ps", "-q", "web").strip() == after["Id"]
    # What it was made with is not compared, only the file that it was made from.
    compose("up", "-d")
    assert inspect(docker_cli, web)["Id"] == after["Id"]
    compose("up", "-d", "--force-recreate", "--timeout", "1")
    assert "A=1" in inspect(docker_cli, web)["Config"]["Env"]
    compose("down", "--volumes", "--timeout", "1")
    anonymous = next(m["Name"] for m in before["Mounts"] if m["Destination"] == "/anon")
    docker_cli("volume", "rm", "--force", anonymous)  # nobody else would: it went by its name
