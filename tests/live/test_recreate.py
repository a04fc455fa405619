"""R on the real engine: what is changed is changed, all else is kept, and what fails is put back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from textual import events

from tests.live.conftest import DockerCli
from tests.live.test_app import on_engine
from tests.screens.wherry import Driven
from tui.widgets.field_row import FieldRow


def inspect(docker_cli: DockerCli, name: str) -> Any:
    return json.loads(docker_cli("inspect", name))[0]


def mounted(one: dict[str, Any]) -> set[Any]:
    return {(m["Type"], m["Source"], m["Destination"], m["RW"]) for m in one["Mounts"]}


async def change(w: Driven, prefix: str) -> None:
    """Open the form of the container on which the cursor is when all is listed."""
    await w.press("2")
    await w.until(lambda: w.cursor == f"{prefix}web")
    await w.press("R")
    await w.sees("Recreate")


async def fill(w: Driven, key: str, text: str) -> None:
    """Put a text in the place of what a field has."""
    row = next(row for row in w.app.screen.query(FieldRow) if row.spec.key == key)
    w.app.screen.set_focus(row.editor)
    await w.press("end")
    while row.editor.value:
        await w.press("ctrl+u" if str(row.editor.value).count("\n") == 0 else "backspace")
    w.app.post_message(events.Paste(text))
    await w.until(lambda: row.editor.value == text)


def made(docker_cli: DockerCli, prefix: str, *words: str) -> dict[str, Any]:
    docker_cli("network", "create", "--subnet", "10.213.7.0/24", f"{prefix}net")
    docker_cli("network", "create", f"{prefix}other")
    docker_cli("volume", "create", f"{prefix}vol")
    docker_cli(
        *("run", "-d", "--name", f"{prefix}web", "--network", f"{prefix}net", "--network-alias", "www"),
        *("--ip", "10.213.7.77", "-v", f"{prefix}vol:/data", "-v", "/anon", "-v", "/tmp:/host:ro"),
        *("--mount", f"type=volume,source={prefix}vol,target=/second,readonly"),
        *("-e", "A=1", "-l", "team=a", "--ulimit", "nofile=123:456", "--cap-add", "NET_ADMIN"),
        *("--health-cmd", "true", "--health-interval", "1h", "--log-opt", "max-size=1m"),
        *("--restart", "on-failure:3", "-m", "64m", "--hostname", "inside", "--stop-timeout", "0"),
        *("--tmpfs", "/scratch", "--sysctl", "net.core.somaxconn=99", "-p", "127.0.0.1::80"),
        *("bb:2", *(words or ("sleep", "1000"))),
    )
    docker_cli("network", "connect", "--alias", "second", f"{prefix}other", f"{prefix}web")
    docker_cli("exec", f"{prefix}web", "sh", "-c", "echo kept > /anon/file; echo kept > /data/file")
    return dict(inspect(docker_cli, f"{prefix}web"))


async def test_a_changed_variable_keeps_everything_else(docker_cli: DockerCli, prefix: str) -> None:
    before = await asyncio.to_thread(made, docker_cli, prefix)
    async with on_engine(prefix) as w:
        await change(w, prefix)
        await w.sees("nothing is changed yet")
        await fill(w, "env", "A=2\nB=x y")
        await w.sees("env: A=1 → A=2, B=x y")
        await w.press("ctrl+s")
        await w.sees("done in", timeout=40)
        after = await asyncio.to_thread(inspect, docker_cli, f"{prefix}web")
    assert after["Id"] != before["Id"]
    assert after["State"]["Running"]
    assert {"A=2", "B=x y"} <= set(after["Config"]["Env"])
    assert "A=1" not in after["Config"]["Env"]

    def but(one: dict[str, Any], *keys: str) -> dict[str, Any]:
        return {key: value for key, value in one.items() if key not in keys}

    assert but(after["Config"], "Env", "Volumes") == but(before["Config"], "Env", "Volumes")
    kept = ("Binds", "Mounts")
    assert but(after["HostConfig"], *kept) == but(before["HostConfig"], *kept)
    assert mounted(after) == mounted(before)
    networks, were = after["NetworkSettings"]["Networks"], before["NetworkSettings"]["Networks"]
    assert networks.keys() == were.keys()
    for name in networks:
        assert networks[name]["Aliases"] == were[name]["Aliases"]
        assert (networks[name]["IPAMConfig"] or {}) == (were[name]["IPAMConfig"] or {})
    assert docker_cli("exec", f"{prefix}web", "cat", "/anon/file", "/data/file") == "kept\nkept"
    names = docker_cli("ps", "-a", "--format", "{{.Names}}").split()
    assert [one for one in names if one.startswith(prefix)] == [f"{prefix}web"]


async def test_what_fails_is_put_back(docker_cli: DockerCli, prefix: str) -> None:
    before = await asyncio.to_thread(made, docker_cli, prefix)
    async with on_engine(prefix) as w:
        await w.press("2")
        await w.until(lambda: w.cursor == f"{prefix}web")
        typed = ""
        for command, why in (
            ("no-such-program", "executable file not found"),
            ("sh -c 'echo so sad; exit 3'", "so sad"),
        ):
            await w.press("R")
            await w.sees("Recreate", "as it is" if typed else "nothing is changed yet", typed)
            await fill(w, "command", command)
            typed = command[:10]
            await w.press("ctrl+s")
            await w.sees("the old one runs again", timeout=40)
            assert why.split()[0] in w.text
            after = await asyncio.to_thread(inspect, docker_cli, f"{prefix}web")
            assert after["Id"] == before["Id"]
            assert after["State"]["Running"]
            await w.press("escape")
            await w.until(lambda: w.app.screen is w.app.main)
    names = docker_cli("ps", "-a", "--format", "{{.Names}}").split()
    assert [one for one in names if one.startswith(prefix)] == [f"{prefix}web"]


async def test_cancelling_puts_the_old_one_back(docker_cli: DockerCli, prefix: str) -> None:
    before = await asyncio.to_thread(made, docker_cli, prefix)
    async with on_engine(prefix) as w:
        await change(w, prefix)
        await w.sees("nothing is changed yet")
        await fill(w, "env", "A=2")
        await w.press("ctrl+s")
        await w.sees("watch it for")
        await w.until(lambda: w.app.session.activity.jobs)
        job = w.app.session.activity.jobs[0].job
        assert job is not None
        await w.until(lambda: any(step.name.startswith("watch") for step in job.steps))
        job.cancel()
        await w.until(lambda: job.ended is not None, timeout=40)
        assert job.state.value == "cancelled"
    after = inspect(docker_cli, f"{prefix}web")
    assert after["Id"] == before["Id"]
    assert after["State"]["Running"]


async def test_what_was_run_with_rm_is_left_alone(docker_cli: DockerCli, prefix: str) -> None:
    docker_cli("run", "-d", "--rm", "--name", f"{prefix}web", "bb:2", "sleep", "1000")
    async with on_engine(prefix) as w:
        await w.press("2")
        await w.until(lambda: w.cursor == f"{prefix}web")
        await w.press("R")
        await w.sees("was run with --rm")
