"""Building, as the user sees it: the form, what it says beforehand, and the job."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.wherry import Driven, driven_on
from tui.demo.server import DemoEngine
from tui.engine.jobs import Job

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
    assert entries[0].job is not None
    return entries[0].job


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
        await w.press("escape")
        await w.until(lambda: w.row is not None and w.row.id == job.result)
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
        await w.sees("the classic builder is used")
        await fill(w, "--secret", f"id=key,src={context}/key")
        await w.sees("context:")
        await w.press("ctrl+s")
        await w.sees("line 2: RUN --mount needs BuildKit", "the classic builder has no secrets")
        assert not w.app.session.activity.entries
        assert "hunter2" not in w.text
