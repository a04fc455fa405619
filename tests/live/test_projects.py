"""Compose projects on the real engine: found, remembered, and brought up in every way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.conftest import SOCKET
from tests.screens.wherry import driven_on
from tui.config import Config
from tui.details.project_file import FileTab
from tui.details.project_logs import ProjectLogsTab
from tui.screens.form import FormScreen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.live.conftest import DockerCli
    from tests.screens.wherry import Driven
    from tui.widgets.log import Line

URL = f"unix://{SOCKET}"
FILE = """\
services:
  web:
    image: bb:2
    init: true
    command: sleep 1000
    environment: {GREETING: "${GREETING:-none}"}
  tools:
    image: bb:2
    init: true
    command: sleep 1000
    profiles: [debug]
"""


@pytest.fixture
def stack(tmp_path: Path, prefix: str, docker_cli: DockerCli) -> Iterator[Path]:
    """A folder with a compose file, beside an empty one."""
    folder = tmp_path / "stacks" / f"{prefix}shop"
    folder.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (folder / "compose.yaml").write_text(FILE)
    yield folder
    docker_cli("compose", "-p", folder.name, "down", "--remove-orphans", "--timeout", "0")


async def at(w: Driven, name: str) -> None:
    """Go to a project."""
    await w.until(lambda: w.app.session.tools is not None)
    w.app.main.panes[0].set_filter(name)
    await w.press("1")
    await w.until(lambda: w.cursor == name)


async def up(w: Driven) -> None:
    await w.press("u")
    await w.answer("enter")
    await w.sees("done in", timeout=60)
    await w.press("escape")


def names(docker_cli: DockerCli, project: str) -> list[str]:
    label = f"label=com.docker.compose.project={project}"
    return sorted(docker_cli("ps", "-a", "--filter", label, "--format", "{{.Names}}").split())


async def test_one_that_is_down_is_brought_up_again_from_memory_in_another_folder(
    stack: Path, docker_cli: DockerCli
) -> None:
    name = stack.name
    elsewhere = stack.parent.parent / "elsewhere"
    async with driven_on(URL, folder=stack) as w:
        await at(w, name)
        await up(w)
        await w.until(lambda: w.row.up == 1)
        await w.press("d")
        await w.answer("y")
        await w.sees("done in", timeout=60)
        await w.press("escape")
        await w.until(lambda: w.row.state == "down")
    async with driven_on(URL, folder=elsewhere) as w:
        await at(w, name)
        assert w.row.state == "down"
        await up(w)
        await w.until(lambda: w.row.up == 1)
    assert names(docker_cli, name) == [f"{name}-web-1"]
    docker_cli("compose", "-p", name, "down", "--timeout", "0")
    (stack / "compose.yaml").unlink()
    async with driven_on(URL, folder=elsewhere) as w:
        await at(w, name)
        await w.press("u")
        await w.sees("not on this machine")
        await w.press("d")
        await w.answer("enter")
        await w.sees("is forgotten")
        await w.until(lambda: w.row is None)
    async with driven_on(URL, folder=elsewhere) as w:
        await w.press("1")
        assert name not in w.text


async def test_a_folder_of_folders_in_the_config_and_a_parent_are_looked_at(
    stack: Path, docker_cli: DockerCli
) -> None:
    config = Config(project_folders=(str(stack.parent),))
    async with driven_on(URL, config=config, folder=stack.parent.parent / "elsewhere") as w:
        await at(w, stack.name)
        assert w.row.files == (str(stack / "compose.yaml"),)
    (stack / "src" / "deep").mkdir(parents=True)
    async with driven_on(URL, folder=stack / "src" / "deep") as w:
        await at(w, stack.name)
        assert w.row.here


async def test_up_with_a_profile_scaled_recreated_and_a_one_off(stack: Path, docker_cli: DockerCli) -> None:
    name = stack.name
    async with driven_on(URL, folder=stack) as w:
        await at(w, name)
        await w.press("U")
        await w.sees(f"Up {name}", "up -d")
        await w.press("tab")
        await w.type("nosuch")
        await w.press("enter")
        await w.sees("no service belongs to nosuch: it has debug")
        await w.press(*["backspace"] * 6)
        await w.type("debug")
        await w.sees("--profile debug up -d")
        await w.press("enter")
        await w.sees("done in", timeout=60)
        assert names(docker_cli, name) == [f"{name}-tools-1", f"{name}-web-1"]
        await w.press("escape")
        first = docker_cli("inspect", "-f", "{{.Id}}", f"{name}-web-1")
        await choose(w, "scale")
        await w.until(lambda: isinstance(w.app.screen, FormScreen))
        await w.press("shift+tab", "right", "tab", "backspace")
        await w.type("0")
        await w.sees("1 of 1 are removed, with what they wrote outside of volumes")
        await w.press("backspace")
        await w.type("3")
        await w.sees("scale web=3")
        await w.press("enter")
        await w.sees("done in", timeout=60)
        await w.press("escape")
        assert len(names(docker_cli, name)) == 4
        await w.until(lambda: w.row.up == 4)
        await w.sees("web: 3 of 3 up", "together")
        await choose(w, "recreate a service")
        await w.sees("Recreate which service")
        await w.type("web")
        await w.press("enter")
        await w.sees("done in", timeout=60)
        await w.press("escape")
        assert docker_cli("inspect", "-f", "{{.Id}}", f"{name}-web-1") != first
        first = docker_cli("inspect", "-f", "{{.State.StartedAt}}", f"{name}-tools-1")
        await choose(w, "one service")
        await w.sees("Which service")
        await w.type("restart tools")
        await w.press("enter")
        await w.sees("done in", timeout=60)
        await w.press("escape")
        assert docker_cli("inspect", "-f", "{{.State.StartedAt}}", f"{name}-tools-1") != first
        await w.press("X")
        await w.sees("Run a one-off")
        await w.press("shift+tab", "right", "tab")
        await w.type("echo 'hello there'")
        await w.press("enter")
        await w.until(lambda: w.lender.loans)
        assert w.lender.loans[-1].argv[-5:] == ("run", "--rm", "web", "echo", "hello there")


async def choose(w: Driven, label: str) -> None:
    """Choose from the menu of acts."""
    await w.press("m")
    await w.until(lambda: w.app.screen is not w.app.main)
    await w.type(label)
    await w.press("enter")


async def test_the_file_beside_what_runs_and_what_is_wrong_with_it(
    stack: Path, docker_cli: DockerCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.delenv("VISUAL", raising=False)
    name, file = stack.name, stack / "compose.yaml"
    text = (
        "services:\n  web:\n    image: bb:2\n    init: true\n    command: sleep 1000\n"
        "    environment: {DB_PASSWORD: hunter2, A: '${NOSUCH}'}\n"
        "  db: {image: 'bb:2', command: sleep 9000}\n"
    )
    file.write_text(text)
    docker_cli("compose", "-f", str(file), "up", "-d")
    async with driven_on(URL, folder=stack) as w:
        await at(w, name)
        await w.press("enter", "]", "]")
        await says(w, "✓ web", "as the file says, 1 container", "! NOSUCH is not set", "DB_PASSWORD: ••••")
        assert "hunter2" not in page(w)
        await w.press("v")
        await says(w, "DB_PASSWORD: hunter2")
        file.write_text(text.replace("sleep 1000", "sleep 2000", 1) + "  more: {image: 'bb:2'}\n")
        await says(w, "≠ web", "up makes it anew", "≠ more", "up creates 1 container", "✓ db")
        await w.press("escape", "r")
        await w.answer("enter")
        await w.sees("restart does not read it", "restart as it was made", "up as the file says")
        await w.press("escape", "enter")
        file.write_text("services:\n\tweb: {image: 'bb:2'}\n")
        await says(w, "line 2", "here is a tab")
        file.write_text("services:\n  web:\n    imag: bb:2\n")
        await says(w, "imag is not allowed")
        file.write_text(text)
        await says(w, "✓ web")
        await w.press("escape", "e")
        await w.until(lambda: w.lender.loans)
        assert w.lender.loans[-1].argv == ("true", str(file))


async def test_what_is_read_from_elsewhere_is_compared_too(stack: Path, docker_cli: DockerCli) -> None:
    (stack / "e.env").write_text("K=1\n")
    (stack / "compose.yaml").write_text(
        "services:\n"
        "  a: {image: 'bb:2', init: true, command: sleep 1000, env_file: [e.env]}\n"
        "  b: {image: 'bb:2', init: true, command: sleep 1000, network_mode: 'service:a'}\n"
    )
    docker_cli("compose", "-f", str(stack / "compose.yaml"), "up", "-d")
    async with driven_on(URL, folder=stack) as w:
        await at(w, stack.name)
        await w.press("enter", "]", "]")
        await says(w, "✓ a", "✓ b")
        (stack / "e.env").write_text("K=2\n")
        (stack / "compose.yaml").touch()
        await says(w, "≠ a", "≠ b")


async def test_the_log_of_a_project_is_merged_and_follows_its_replicas(
    stack: Path, docker_cli: DockerCli
) -> None:
    name, file = stack.name, stack / "compose.yaml"
    say = "sh -c 'for i in 1 2 3; do echo {0} $$i; sleep 0.2; done; sleep 1000'"
    file.write_text(
        "services:\n"
        f"  web: {{image: 'bb:2', init: true, command: \"{say.format('web')}\"}}\n"
        f"  db: {{image: 'bb:2', init: true, command: \"{say.format('db')}\"}}\n"
    )
    docker_cli("compose", "-f", str(file), "up", "-d")
    async with driven_on(URL, folder=stack) as w:
        await at(w, name)
        await w.press("l")
        await says(w, "web 3", "db 3")
        moments = [line.time for line in lines_of(w)]
        assert moments == sorted(moments), "in the order of time"
        docker_cli("compose", "-f", str(file), "up", "-d", "--scale", "web=2")
        await says(w, "web-2 │")
        docker_cli("compose", "-p", name, "restart", "--timeout", "0", "db")
        await w.until(lambda: page(w).count("db 3") == 2)
        assert page(w).count("web 3") == 2, "what was read is not read again"
        await w.press("c")
        await w.sees("Whose lines?")
        await w.type("web")
        await w.press("enter")
        await w.press("escape")
        await w.until(lambda: "web" not in page(w) and "db 3" in page(w))


def lines_of(w: Driven) -> list[Line]:
    """Give the lines of the merged log."""
    tab = w.app.main.detail.tab
    assert isinstance(tab, ProjectLogsTab)
    return list(tab.text._view.ring)


def page(w: Driven) -> str:
    """Give the text of the tab that is shown."""
    tab = w.app.main.detail.tab
    return tab.text.all_text() if isinstance(tab, FileTab | ProjectLogsTab) else ""


async def says(w: Driven, *texts: str) -> None:
    """Wait until all of these are in the tab's text."""
    await w.until(lambda: all(text in page(w) for text in texts))


async def test_a_redeploy_that_does_not_become_healthy_is_rolled_back(
    stack: Path, docker_cli: DockerCli
) -> None:
    name = stack.name
    (stack / "compose.yaml").write_text(
        "services:\n  web:\n    build: .\n    init: true\n    command: sleep 1000\n"
        '    healthcheck: {test: ["CMD", "test", "-e", "/good"], interval: 300ms, retries: 2}\n'
    )
    dockerfile = stack / "Dockerfile"
    dockerfile.write_text("FROM bb:2\nRUN touch /good\n")
    docker_cli("compose", "-f", str(stack / "compose.yaml"), "up", "-d", "--wait")
    good = docker_cli("inspect", "-f", "{{.Image}}", f"{name}-web-1")
    dockerfile.write_text("FROM bb:2\nRUN touch /bad\n")
    bad = good
    try:
        async with driven_on(URL, folder=stack) as w:
            await at(w, name)
            await w.until(lambda: w.row.up == 1)
            await w.press("R")
            await w.sees(f"Redeploy {name}", "the way back leads to")
            await w.press("right", "tab", *["backspace"] * 2)
            await w.type("20")
            await w.sees("--wait-timeout 20", "--build")
            await w.press("enter")
            await w.sees("It failed. Roll back", "leave it as it is", timeout=60)
            bad = docker_cli("inspect", "-f", "{{.Image}}", f"{name}-web-1")
            assert bad != good
            await w.press("down", "enter")
            await w.sees("done in", timeout=60)
            assert docker_cli("inspect", "-f", "{{.Image}}", f"{name}-web-1") == good
            assert docker_cli("inspect", "-f", "{{.State.Health.Status}}", f"{name}-web-1") == "healthy"
            assert docker_cli("image", "inspect", "-f", "{{.Id}}", f"{name}-web") == good
    finally:
        docker_cli("compose", "-p", name, "down", "--timeout", "0", "--rmi", "all")
        docker_cli("rmi", "-f", bad)
