"""wherry on the real engine, driven by keys: live, and every verb with what it did checked by the CLI."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.live.conftest import SOCKET, DockerCli
from tests.live.proxy import EngineProxy
from tests.screens.test_run_form import fill
from tests.screens.wherry import Driven, driven_on

URL = f"unix://{SOCKET}"


@asynccontextmanager
async def on_engine(prefix: str, url: str = URL, folder: Path | None = None) -> AsyncIterator[Driven]:
    """Run wherry on the engine, its lists filtered to what the test made."""
    async with driven_on(url, folder=folder) as w:
        for pane in w.app.main.panes:
            pane.set_filter(prefix)
        yield w


def state(docker_cli: DockerCli, name: str) -> str:
    return docker_cli("inspect", "-f", "{{.State.Status}}", name)


async def shell(docker_cli: DockerCli, *words: str) -> None:
    """Run the CLI without stopping the screen."""
    await asyncio.to_thread(docker_cli, *words)


async def test_what_happens_outside_is_on_the_screen_within_300_ms(
    docker_cli: DockerCli, prefix: str
) -> None:
    async with on_engine(prefix) as w:
        store, seen = w.app.session.store, {}

        async def shown(what: str) -> None:
            began = time.monotonic()
            await w.until(lambda: what in w.text)
            seen[what] = time.monotonic() - began

        await shell(docker_cli, "run", "-d", "--name", f"{prefix}web", "bb:2", "sleep", "1000")
        await shown(f"{prefix}web")
        await shell(docker_cli, "rename", f"{prefix}web", f"{prefix}other")
        await shown(f"{prefix}other")
        await shell(docker_cli, "pause", f"{prefix}other")
        await shown("paused")
        await shell(docker_cli, "unpause", f"{prefix}other")
        await shell(docker_cli, "kill", f"{prefix}other")
        await shown("exit 137")
        await shell(docker_cli, "tag", "bb:2", f"{prefix}img:1")
        await shown(f"{prefix}img:1"[:20])
        await shell(docker_cli, "volume", "create", f"{prefix}vol")
        await shown(f"{prefix}vol")
        await shell(docker_cli, "network", "create", f"{prefix}net")
        await shown(f"{prefix}net")
        assert sorted(seen.values())[len(seen) // 2] < 0.3
        assert store.link is not None


async def test_a_health_check_that_fails_is_shown(docker_cli: DockerCli, prefix: str) -> None:
    flags = ("--health-cmd", "test -f /ok", "--health-interval", "1s", "--health-retries", "1")
    async with on_engine(prefix) as w:
        await shell(docker_cli, "run", "-d", "--name", f"{prefix}sick", *flags, "bb:2", "sleep", "1000")
        await w.sees("starting")
        await w.sees("unhealthy")
        await shell(docker_cli, "exec", f"{prefix}sick", "touch", "/ok")
        await w.sees("running")


async def test_compose_up_of_forty_services_is_a_few_refreshes_and_keys_are_answered(
    docker_cli: DockerCli, prefix: str, tmp_path: Path
) -> None:
    services = {
        f"s{n:02}": {"image": "bb:2", "command": "sleep 1000", "stop_grace_period": "0s"} for n in range(40)
    }
    file = tmp_path / "compose.yaml"
    file.write_text(json.dumps({"services": services}))
    project = prefix.rstrip("-")
    async with on_engine(prefix) as w:
        listings = 0
        apply = w.app.session.store.apply

        def count(updates):
            nonlocal listings
            listings += sum(getattr(update, "kind", "") == "container" for update in updates)
            return apply(updates)

        w.app.session.store.apply = count  # type: ignore[method-assign]
        up = asyncio.to_thread(docker_cli, "compose", "-p", project, "-f", str(file), "up", "-d")
        task = asyncio.ensure_future(up)
        seen: set[int] = set()
        while not task.done():
            seen.add(sum(c.up for c in w.app.main.pane.view.shown))
            began = time.monotonic()
            await w.press("j")
            assert time.monotonic() - began < 2
            await asyncio.sleep(0.02)
        await task
        await w.until(lambda: sum(c.up for c in w.app.main.pane.view.shown) == 40)
        assert len(seen) >= 3, "it was refreshed while the burst lasted"
        assert listings < 120, "forty services are 120 events and far fewer listings"
        await asyncio.to_thread(docker_cli, "compose", "-p", project, "-f", str(file), "down")


async def test_stop_start_restart_pause_kill_rename_remove(docker_cli: DockerCli, prefix: str) -> None:
    name = f"{prefix}web"
    docker_cli("run", "-d", "--stop-timeout", "0", "--name", name, "bb:2", "sleep", "1000")
    async with on_engine(prefix) as w:
        await w.press("s")
        await w.sees(f"Stop {name} on local?")
        await w.answer("enter")
        await w.sees(f"docker stop {name} ✓")
        assert state(docker_cli, name) == "exited"
        await w.until(lambda: w.row.state == "exited")
        await w.press("S")
        await w.sees(f"docker start {name} ✓")
        assert state(docker_cli, name) == "running"
        await w.until(lambda: w.row.state == "running")
        started = docker_cli("inspect", "-f", "{{.State.StartedAt}}", name)
        await w.press("r")
        await w.answer("enter")
        await w.sees(f"docker restart {name} ✓")
        assert docker_cli("inspect", "-f", "{{.State.StartedAt}}", name) != started
        await w.until(lambda: w.row.state == "running")
        await w.press("p")
        await w.answer("enter")
        await w.sees(f"docker pause {name} ✓", "paused")
        assert state(docker_cli, name) == "paused"
        await w.press("p")
        await w.sees(f"docker unpause {name} ✓")
        await w.until(lambda: w.row.state == "running")
        await w.press("ctrl+k")
        await w.sees("Kill ", "docker kill -s KILL")
        await asyncio.sleep(0.35)
        await w.press("s", "s", "s", "s", "s", "s", "s", "y")
        await w.sees("✓")
        assert state(docker_cli, name) == "exited"
        await w.press("m")
        await w.sees("Give it another name")
        await w.type("rename")
        await w.press("enter")
        await w.sees("Rename ", f"docker rename {name} {name}")
        await w.type("2")
        await w.press("enter")
        await w.sees(f"docker rename {name} {name}2 ✓", f"{name}2")
        await w.until(lambda: w.row.name == f"{name}2")
        await w.press("d")
        await w.sees(f"Remove {name}2")
        await w.answer("y")
        await w.sees(f"docker rm {name}2 ✓")
        assert docker_cli("ps", "-aq", "--filter", f"name={name}") == ""


async def test_removing_by_force_with_anonymous_volumes(docker_cli: DockerCli, prefix: str) -> None:
    docker_cli("run", "-d", "--name", f"{prefix}a", "-v", "/data", "bb:2", "sleep", "1000")
    volume = docker_cli("inspect", "-f", "{{range .Mounts}}{{.Name}}{{end}}", f"{prefix}a")
    async with on_engine(prefix) as w:
        await w.press("d")
        await w.sees("f kills it first")
        await asyncio.sleep(0.35)
        await w.press("f", "v")
        await w.sees("Lost for good: 1 anonymous volumes", f"docker rm -f -v {prefix}a")
        await w.press("Y")
        await w.sees(f"docker rm -f -v {prefix}a ✓")
    assert docker_cli("ps", "-aq", "--filter", f"name={prefix}a") == ""
    assert volume not in docker_cli("volume", "ls", "-q")


async def test_marks_and_filter_bound_a_bulk_act_and_failures_are_told_one_by_one(
    docker_cli: DockerCli, prefix: str
) -> None:
    for name in ("a", "b", "c", "keep"):
        docker_cli("run", "-d", "--stop-timeout", "0", "--name", f"{prefix}{name}", "bb:2", "sleep", "1000")
    async with on_engine(prefix) as w:
        w.app.main.pane.set_filter(f"{prefix} !keep")
        await w.press("asterisk", "s")
        await w.sees("Stop 3 containers", f"{prefix}a", f"{prefix}b", f"{prefix}c")
        await w.answer("y")
        await w.sees("3 of 3 done")
        assert [state(docker_cli, f"{prefix}{n}") for n in ("a", "b", "c", "keep")] == ["exited"] * 3 + [
            "running"
        ]
        docker_cli("start", f"{prefix}b")
        await w.until(
            lambda: [c.state for c in w.app.main.pane.view.shown] == ["exited", "running", "exited"]
        )
        await w.press("d")
        await w.sees("Remove 3 containers")
        await w.answer("y")
        await w.sees("2 of 3 done", f"✗ docker rm {prefix}b: ", "container is running")
    assert {
        line[len(prefix) :]
        for line in docker_cli("ps", "-a", "--format", "{{.Names}}").split()
        if line.startswith(prefix)
    } == {"b", "keep"}


async def test_new_volume_and_network_connect_disconnect_and_remove(
    docker_cli: DockerCli, prefix: str
) -> None:
    docker_cli("run", "-d", "--stop-timeout", "0", "--name", f"{prefix}web", "bb:2", "sleep", "1000")
    async with on_engine(prefix) as w:
        await w.press("4", "n")
        await w.sees("New volume")
        await w.type(f"{prefix}vol")
        await w.press("tab", "tab")
        await w.type("tier=data")
        await w.press("ctrl+s")
        await w.sees(f"docker volume create --label tier=data {prefix}vol ✓")
        assert docker_cli("volume", "inspect", "-f", "{{.Labels.tier}}", f"{prefix}vol") == "data"
        await w.press("5", "n")
        await w.sees("New network")
        await w.type(f"{prefix}net")
        await w.press("tab", "tab")
        await w.type("10.251.7.0/24")
        await w.press("tab", "tab", "space", "ctrl+s")
        await w.sees(f"docker network create --subnet 10.251.7.0/24 --internal {prefix}net")
        await w.sees("✓")
        found = json.loads(docker_cli("network", "inspect", f"{prefix}net"))[0]
        assert (found["Internal"], found["IPAM"]["Config"][0]["Subnet"]) == (True, "10.251.7.0/24")
        await w.until(lambda: w.cursor == f"{prefix}net")
        await w.press("c")
        await w.sees("Containers on ")
        await w.type(f"connect {prefix}web")
        await w.press("enter")
        await w.sees(f"docker network connect {prefix}net {prefix}web ✓", "10.251.7.2")
        assert f"{prefix}net" in docker_cli(
            "inspect", "-f", "{{json .NetworkSettings.Networks}}", f"{prefix}web"
        )
        await w.press("d")
        await w.sees("is used by")
        await w.answer("escape")
        await w.press("2", "c")
        await w.sees("Networks of ")
        await w.type(f"disconnect {prefix}net")
        await w.press("enter")
        await w.sees(f"docker network disconnect {prefix}net {prefix}web ✓")
        await w.press("5", "d")
        await w.answer("y")
        await w.sees(f"docker network rm {prefix}net ✓")
        await w.press("4", "d")
        await w.answer("Y")
        await w.sees(f"docker volume rm {prefix}vol ✓")
    assert prefix not in docker_cli("volume", "ls") + docker_cli("network", "ls")


async def test_a_form_that_the_engine_refuses_comes_back_with_all_that_was_typed(
    docker_cli: DockerCli, prefix: str
) -> None:
    docker_cli("network", "create", "--subnet", "10.251.8.0/24", f"{prefix}taken")
    async with on_engine(prefix) as w:
        await w.press("5", "n")
        await w.sees("New network")
        await w.type(f"{prefix}net")
        await w.press("tab", "tab")
        await w.type("10.251.8.0/25")
        await w.press("enter")
        await w.sees("New network", "10.251.8.0/25", f"{prefix}net", "overlaps")


async def test_build_with_arguments_and_again_in_two_keys(
    docker_cli: DockerCli, prefix: str, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM bb:2\nARG WHO=nobody\nRUN echo hello $WHO\nRUN date > /made\n")
    async with on_engine(prefix, folder=tmp_path) as w:
        await w.press("3", "b")
        await w.sees("Build an image", str(tmp_path))
        await w.type(f"{prefix}img:1")
        await w.press("tab")
        await w.type("WHO=world")
        await w.press("ctrl+s")
        await w.sees("RUN echo hello", "done in", timeout=60)
        assert "hello world" in w.text
        await w.press("escape")
        await w.sees(f"{prefix}img:1"[:24])
        await w.press("b")
        await w.sees("Build an image", "WHO=world")
        await w.press("enter")
        await w.sees("cached", "done in", timeout=60)
        await w.press("escape", "A")
        await w.sees(f"docker build -t {prefix}img:1 --build-arg WHO=world", "✓")
    assert docker_cli("images", "-q", f"{prefix}img:1")


async def test_the_step_that_fails_is_kept_to_read(
    docker_cli: DockerCli, prefix: str, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM bb:2\nRUN echo before; exit 3\n")
    async with on_engine(prefix, folder=tmp_path) as w:
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.type(f"{prefix}bad")
        await w.press("enter")
        await w.sees("failed after", "exit code: 3", "before", timeout=60)
        await w.press("escape", "A")
        await w.sees("✗", "before")


async def test_cancelling_a_build_ends_it(docker_cli: DockerCli, prefix: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM bb:2\nRUN echo {prefix}; sleep 600\n")
    async with on_engine(prefix, folder=tmp_path) as w:
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.press("enter")
        await w.sees("running", "sleep 600", timeout=60)
        await w.press("ctrl+c")
        await w.sees("cancelled after", timeout=20)
    ran = await asyncio.to_thread(
        subprocess.run, ["pgrep", "-f", f"echo {prefix}; sleep 600"], capture_output=True, check=False
    )
    assert ran.returncode != 0


async def test_running_interactively_hands_the_terminal_over(docker_cli: DockerCli, prefix: str) -> None:
    docker_cli("tag", "bb:2", f"{prefix}img:1")
    docker_cli("run", "-dit", "--stop-timeout", "0", "--name", f"{prefix}tty", "bb:2", "sh")
    docker_cli("run", "-d", "--stop-timeout", "0", "--name", f"{prefix}web", "bb:2", "sleep", "1000")
    async with on_engine(prefix) as w:
        await w.press("3")
        await w.until(lambda: w.cursor)
        await w.press("x")
        await w.until(lambda: w.lender.loans)
        loan = w.lender.loans.pop()
        assert loan.argv[:4] == ("docker", "run", "-it", "--rm")
        assert loan.environ["DOCKER_HOST"] == URL
        w.app.main.panes[1].set_filter(f"{prefix}web")
        await w.press("2", "x")
        await w.until(lambda: w.lender.loans)
        loan = w.lender.loans.pop()
        assert loan.argv[-2:] == (f"{prefix}web", "ash"), "busybox has ash and no bash"
        await w.press("a")
        await w.until(lambda: w.lender.loans)
        loan = w.lender.loans.pop()
        assert "--sig-proxy=false" in loan.argv
        assert "ctrl+c detaches" in loan.hint
        w.app.main.panes[1].set_filter(f"{prefix}tty")
        await w.press("a")
        await w.until(lambda: w.lender.loans)
        assert "ctrl+p ctrl+q detaches" in w.lender.loans.pop().hint


async def test_running_in_the_background_with_a_name_and_an_entrypoint(
    docker_cli: DockerCli, prefix: str
) -> None:
    docker_cli("tag", "bb:2", f"{prefix}img:1")
    async with on_engine(prefix) as w:
        await w.press("3")
        await w.until(lambda: w.cursor)
        w.app.main.pane.move_to(next(i.id for i in w.app.main.pane.view.shown))
        await w.press("X")
        await w.sees("Run ")
        await fill(w, command="1000", mode=True, name=f"{prefix}back", entrypoint="sleep")
        await w.press("ctrl+s")
        await w.until(lambda: any(c.name == f"{prefix}back" for c in w.app.session.store.containers))
    made = json.loads(docker_cli("inspect", f"{prefix}back"))[0]
    assert (made["Config"]["Entrypoint"], made["Config"]["Cmd"]) == (["sleep"], ["1000"])


async def test_removing_an_image_wants_a_capital_y(
    docker_cli: DockerCli, prefix: str, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM bb:2\nLABEL of={prefix}\n")
    docker_cli("build", "-q", "-t", f"{prefix}img:1", str(tmp_path))
    async with on_engine(prefix) as w:
        await w.press("3")
        await w.until(lambda: w.cursor.startswith(prefix))
        await w.press("d")
        await w.sees("no registry is known to have it")
        await w.answer("Y")
        await w.sees(f"docker rmi {prefix}img:1 ✓")
    assert docker_cli("images", "-q", f"{prefix}img:1") == ""


async def test_compose_up_and_down_in_the_projects_own_folder(
    docker_cli: DockerCli, prefix: str, tmp_path: Path
) -> None:
    here, elsewhere = tmp_path / f"{prefix}here", tmp_path / f"{prefix}elsewhere"
    for folder in (here, elsewhere):
        folder.mkdir()
        (folder / "compose.yaml").write_text(
            "services:\n  web:\n    image: bb:2\n    command: sleep 1000\n    stop_grace_period: 0s\n"
            "    volumes: [data:/data, ./:/src]\nvolumes:\n  data:\n"
        )
    docker_cli("compose", "-f", str(elsewhere / "compose.yaml"), "up", "-d")
    docker_cli("compose", "-f", str(elsewhere / "compose.yaml"), "stop")
    async with on_engine(prefix, folder=here) as w:
        await w.press("1")
        await w.sees(f"{prefix}here"[:12])
        assert w.cursor == f"{prefix}here"
        await w.press("u")
        await w.sees("Up ", "Enter yes")
        await w.answer("enter")
        await w.sees("done in", "Started", timeout=60)
        await w.press("escape")
        await w.until(lambda: w.row.up == 1)
        w.app.main.pane.move_to(f"{prefix}elsewhere")
        await w.press("u")
        await w.answer("enter")
        await w.sees("done in", timeout=60)
        source = docker_cli(
            "inspect",
            "-f",
            '{{range .Mounts}}{{if eq .Type "bind"}}{{.Source}}{{end}}{{end}}',
            f"{prefix}elsewhere-web-1",
        )
        assert source == str(elsewhere)
        await w.press("escape")
        for name in ("here", "elsewhere"):
            w.app.main.pane.move_to(f"{prefix}{name}")
            await w.until(lambda name=name: w.cursor == f"{prefix}{name}" and w.row.up == 1)
            await w.press("d")
            await w.sees("Down ", f"{prefix}{name}-web-1", "networks")
            await asyncio.sleep(0.35)
            await w.press("v")
            await w.sees(f"volume {prefix}{name}_data")
            await w.press("Y")
            await w.sees("done in", timeout=60)
            await w.press("escape")
    assert prefix not in docker_cli("ps", "-a") + docker_cli("volume", "ls") + docker_cli("network", "ls")


async def test_a_typed_compose_file_and_a_broken_one(
    docker_cli: DockerCli, prefix: str, tmp_path: Path
) -> None:
    folder = tmp_path / f"{prefix}typed"
    folder.mkdir()
    (folder / "compose.yaml").write_text("services:\n  web:\n    imag: bb:2\n")
    async with on_engine(prefix, folder=tmp_path) as w:
        await w.press("1", "n")
        await w.sees("Bring up a compose file", "there is no compose file in")
        await w.type(f"/{folder.name}")
        await w.press("enter")
        await w.sees("failed after", "imag", timeout=60)
        (folder / "compose.yaml").write_text("services:\n  web:\n   image: bb:2\n\tbad: 1\n")
        await w.press("escape", "n", "enter")
        await w.sees("failed after", "line 3", timeout=60)


async def test_logs_are_followed_through_a_stop_a_start_and_a_cut(
    docker_cli: DockerCli, prefix: str, cuttable: EngineProxy
) -> None:
    script = "n=0; while true; do n=$((n+1)); echo tick-$n; sleep 0.2; done"
    docker_cli("run", "-d", "--stop-timeout", "0", "--name", f"{prefix}log", "bb:2", "sh", "-c", script)
    async with on_engine(prefix, f"unix://{cuttable.path}") as w:
        await w.sees("tick-3")
        cuttable.cut()
        await w.sees("lost since")
        await w.press("s")
        await w.sees("not connected")
        docker_cli("volume", "create", f"{prefix}meanwhile")
        await asyncio.sleep(0.5)
        cuttable.restore()
        await w.sees("● live", f"{prefix}meanwhile")
        at = len(w.log.split())
        await w.until(lambda: len(w.log.split()) > at + 3)
        ticks = [word for word in w.log.split() if word.startswith("tick-")]
        assert ticks == [f"tick-{n}" for n in range(1, len(ticks) + 1)], "nothing lost, nothing twice"
        docker_cli("stop", f"{prefix}log")
        await w.sees("stopped, exit code 137")
        docker_cli("start", f"{prefix}log")
        await w.until(lambda: w.log.count("tick-2\n") == 2)


async def test_an_engine_that_hangs_is_lost_and_comes_back(
    docker_cli: DockerCli, prefix: str, cuttable: EngineProxy
) -> None:
    docker_cli("create", "--name", f"{prefix}one", "bb:2")
    async with on_engine(prefix, f"unix://{cuttable.path}") as w:
        await w.sees(f"{prefix}one")
        cuttable.freeze()
        await w.sees("lost since", timeout=25)
        cuttable.thaw()
        await w.sees("● live", timeout=25)


@pytest.mark.parametrize("missing", ["docker", "compose"])
async def test_what_is_missing_on_this_machine_only_stops_what_needs_it(
    docker_cli: DockerCli, prefix: str, tmp_path: Path, missing: str
) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {image: 'bb:2'}}\n")
    (tmp_path / "Dockerfile").write_text("FROM bb:2\nRUN echo classic\n")
    empty = tmp_path / "bin"
    empty.mkdir()
    if missing == "compose":
        (empty / "docker").write_text(
            "#!/bin/sh\ncase $1 in --version) echo Docker version 28.0.0;; *) exit 1;; esac\n"
        )
        (empty / "docker").chmod(0o755)
    docker_cli("run", "-d", "--stop-timeout", "0", "--name", f"{prefix}web", "bb:2", "sleep", "1000")
    async with driven_on(URL, folder=tmp_path, environ={**os.environ, "PATH": str(empty)}) as w:
        w.app.main.panes[1].set_filter(prefix)
        await w.press("1", "u")
        await w.sees("Docker Compose v2" if missing == "compose" else "compose needs Docker Compose v2")
        await w.press("2")
        await w.until(lambda: w.cursor == f"{prefix}web")
        if missing == "docker":
            await w.press("x")
            await w.until(lambda: w.lender.loans)
            assert w.lender.loans[0].program is not None, "over the engine's API, without a docker CLI"
        await w.press("s")
        await w.answer("enter")
        await w.sees(f"docker stop {prefix}web ✓")
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.type(f"{prefix}img:1")
        await w.press("enter")
        await w.sees("done in", "classic", timeout=60)
