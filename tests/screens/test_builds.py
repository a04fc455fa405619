"""Building, as the user sees it: the form, what it says beforehand, and the job."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.wherry import Driven, driven_on
from tui import paths
from tui.actions import building
from tui.demo.faults.answers import Hang
from tui.demo.server import DemoEngine
from tui.engine.jobs import Job, JobState
from tui.screens.job import JobScreen

SIZES = [(160, 45), (80, 24)]
FILE = """ARG VERSION=3.12
FROM hello-world AS base
FROM base AS run
ARG GREETING
COPY . /app
"""


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text(FILE)
    (folder / "main.py").write_bytes(bytes(3000))
    (folder / ".dockerignore").write_text("*.log\n")
    (folder / "big.log").write_bytes(bytes(90_000))
    return folder


async def arrived(w: Driven, job: Job) -> None:
    """Wait until the cursor is on what a job made, and takes keys there."""
    await w.until(lambda: w.app.screen is w.app.main and w.row is not None and w.row.id == job.result)
    await w.until(lambda: not w.app.main.pane.vanished_just_now)


async def fill(w: Driven, field: str, text: str) -> None:
    """Go to a field by its label, and type."""
    for _ in range(12):
        if any(f"▸ {field}" in line for line in w.text.splitlines()):
            break
        await w.press("tab")
    else:
        raise AssertionError(f"no field {field}:\n{w.text}")
    await w.type(text)


def job_of(w: Driven) -> Job:
    entries = w.app.session.activity.entries
    assert entries
    assert entries[-1].job is not None
    return entries[-1].job


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_says_beforehand_what_is_sent_and_what_is_in_the_file(
    engine: DemoEngine, context: Path, size: tuple[int, int]
) -> None:
    (context / ".env").write_text("PASSWORD=x")
    async with driven_on(engine.url, size, folder=context) as w:
        await w.press("3", "b")
        await w.sees("context: 4 files, 3K", "! it holds .env", "stages: base, run", "VERSION=3.12, GREETING")
        (context / "other").mkdir()
        await fill(w, "context", "/other")
        await w.sees("context: no file")


async def test_a_build_has_several_tags_and_ends_with_its_image_selected(
    engine: DemoEngine, context: Path
) -> None:
    async with driven_on(engine.url, folder=context) as w:
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.type("mine:1 mine:latest")
        await fill(w, "--target", "ba")
        await w.press("enter")
        await w.sees("there is no stage ba; the stages: run, base")
        await w.type("se")
        await w.sees("-t mine:1 -t mine:latest --target base")
        await w.press("enter")
        await w.sees("done in")
        job = job_of(w)
        assert any("Sending build context to the engine: 3 files, 3K" in line for line in job.output)
        # Not the row on which b was pressed.
        assert w.app.session.activity.entries[-1].target == "mine:1"
        await w.press("escape")
        await arrived(w, job)
        assert set(w.row.tags) >= {"mine:1", "mine:latest"}
        await w.press("x")
        await w.until(lambda: w.lender.loans)
        assert w.lender.loans[0].argv[-1] in w.row.tags


async def test_an_image_without_a_tag_is_listed_and_selected_too(engine: DemoEngine, context: Path) -> None:
    async with driven_on(engine.url, folder=context) as w:
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.press("enter")
        await w.sees("done in")
        await w.press("escape")
        await w.until(lambda: w.row is not None and w.row.id == job_of(w).result)
        assert w.row.dangling


async def test_the_classic_builder_says_at_the_field_what_it_cannot_do(
    engine: DemoEngine, context: Path
) -> None:
    (context / "Dockerfile").write_text("FROM hello-world\nRUN --mount=type=cache,target=/c true\n")
    (context / "key").write_text("hunter2")
    async with driven_on(engine.url, folder=context) as w:
        await w.press("3", "b")
        await w.sees("classic builder: ")
        await fill(w, "--secret", f"id=key,src={context}/key")
        await w.sees("context:")
        await w.press("ctrl+s")
        await w.sees("line 2: RUN --mount needs BuildKit", "the classic builder has no secrets")
        assert not w.app.session.activity.entries
        assert "hunter2" not in w.text


async def built(w: Driven, tags: str) -> Job:
    """Build with these tags and go back to the list."""
    await w.press("3", "b")
    await w.sees("Build an image")
    await w.type(tags)
    await w.press("enter")
    await w.sees("done in")
    job = job_of(w)
    await w.press("escape")
    await arrived(w, job)
    return job


async def test_b_knows_how_an_image_was_built_over_a_restart_but_no_secrets(
    engine: DemoEngine, context: Path
) -> None:
    (context / "Dockerfile").write_text("FROM hello-world\nARG GREETING\nARG TOKEN\nCOPY main.py /\n")
    async with driven_on(engine.url, folder=context) as w:
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.type("mine:1")
        await fill(w, "--build-arg", "GREETING=hello")
        await w.press("enter")
        await w.type("TOKEN=hunter2")
        await w.sees("GREETING=hello --build-arg 'TOKEN=••••'")
        await w.press("ctrl+s")
        await w.sees("done in")
    assert "hunter2" not in paths.state_file().read_text()
    (context / "main.py").write_text("changed")
    async with driven_on(engine.url, folder=context.parent) as w:
        w.app.main.panes[2].set_filter("mine:1")
        await w.press("3", "B")
        await w.sees("done in")
        assert job_of(w).words == (
            *("docker", "build", "-t", "mine:1", "--build-arg", "GREETING=hello"),
            str(context),
        )


async def test_a_cache_with_a_key_is_not_kept(engine: DemoEngine, context: Path) -> None:
    key, plain = "type=s3,bucket=b,secret_access_key=hunter2", "type=inline"
    async with driven_on(engine.url, folder=context) as w:
        building.remember(w.app.session, ["mine:1"], {"context": ".", "cache_to": f"{key} {plain}"})
        assert w.app.session.builds["mine:1"]["cache_to"] == plain
    assert "hunter2" not in paths.state_file().read_text()


async def test_b_asks_how_where_wherry_did_not_build_it(engine: DemoEngine, context: Path) -> None:
    async with driven_on(engine.url, folder=context) as w:
        w.app.main.panes[2].set_filter("redis")
        await w.press("3", "B")
        await w.sees("wherry has not built it yet, and asks how", "-t redis:8-alpine")


@pytest.mark.parametrize(
    ("size", "way"),
    [((160, 45), ["stop again", "rm again"]), ((80, 24), ["stop again"])],
    ids=["plain", "rm"],
)
async def test_a_container_of_the_older_image_is_marked_and_b_replaces_it(
    engine: DemoEngine, context: Path, size: tuple[int, int], way: list[str]
) -> None:
    """One that was run with --rm goes by itself once it has stopped."""
    (context / "Dockerfile").write_text("FROM redis:8-alpine\nCOPY main.py /\n")
    async with driven_on(engine.url, size, folder=context, environ={"PATH": "/nowhere"}) as w:
        first = await built(w, "mine:1")
        await w.press("X")
        await w.sees("Run mine:1")
        await fill(w, "mode", " ")
        await fill(w, "--name", "again")
        if "rm again" in way:
            await fill(w, "--rm", " ")
        await w.press("enter")
        store = w.app.session.store
        await w.until(lambda: any(one.name == "again" and one.up for one in store.containers))
        (context / "main.py").write_text("changed")
        await built(w, "")
        await w.until(lambda: any(one.older == "mine:1" for one in store.containers))
        await w.press("2")
        w.app.main.panes[1].set_filter("state:outdated")
        await w.sees("running older")
        await w.press("enter")
        await w.sees("older image: mine:1 is a newer one by now; R recreates it")
        w.app.main.panes[2].set_filter("mine:1")
        await w.press("3", "B")
        asked = await w.sees("again (running) is stopped and removed", "$ ")
        commands = [line.split("$ ", 1)[1] for line in asked.splitlines() if "$ " in line]
        expected = ("build -t mine:1", *way, "run -d")
        assert len(commands) == len(expected), asked
        for command, words in zip(commands, expected, strict=True):
            assert words in command, asked
        await w.answer("y")
        await w.until(
            lambda: any(
                one.name == "again" and one.up and one.image_id not in {"", first.result} and not one.older
                for one in store.containers
            )
        )
        done = [entry.command for entry in w.app.session.activity.entries]
        assert [" ".join(command.split()[-2:]) for command in done[-1 - len(way) : -1]] == way


async def test_the_home_of_nobody_is_a_folder_that_is_not_there(engine: DemoEngine, context: Path) -> None:
    async with driven_on(engine.url, folder=context) as w:
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.press("shift+tab", "shift+tab", "ctrl+u")
        await w.type("~nobody-has-this-name/x")
        await w.press("ctrl+s")
        await w.sees("there is no such folder")
        assert not w.app.session.activity.entries


@pytest.mark.parametrize("turns_away", [False, True])
async def test_b_takes_the_terminal_only_from_who_still_looks_at_the_build(
    engine: DemoEngine, context: Path, turns_away: bool
) -> None:
    async with driven_on(engine.url, folder=context) as w:
        first = await built(w, "mine:1")
        await w.press("X")
        await w.sees("Run mine:1")
        await w.press("enter")
        await w.until(lambda: w.lender.loans)
        (context / "main.py").write_text("changed")
        late = engine.faults.add(Hang(r"/build"))
        await w.press("B")
        await w.until(lambda: isinstance(w.app.screen, JobScreen) and w.app.screen.job is not first)
        if turns_away:
            await w.press("escape")
            await w.until(lambda: w.app.screen is w.app.main)
        assert job_of(w).state is JobState.RUNNING
        engine.faults.remove(late)
        if turns_away:
            await w.sees("mine:1 is built: X runs it as before, x with run -it --rm")
            assert job_of(w).state is JobState.DONE
            assert len(w.lender.loans) == 1
        else:
            await w.until(lambda: len(w.lender.loans) == 2)
            assert w.lender.loans[1].argv == w.lender.loans[0].argv


async def test_the_log_of_the_step_that_failed_is_one_key_away(engine: DemoEngine, context: Path) -> None:
    (context / "Dockerfile").write_text("FROM redis:8-alpine\nRUN echo oh no; exit 3\n")
    async with driven_on(engine.url, folder=context) as w:
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.press("enter")
        await w.sees("failed after", "f its log alone")
        await w.press("f")
        await w.sees("Output of step 2")
        await w.sees_no("Sending build context")
        await w.press("f")
        await w.sees("Sending build context")
