"""Images on their way, as the user sees it: pulled, pushed, tagged, saved, loaded, asked for."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tests.screens.wherry import Driven, driven, driven_on
from tui.demo.faults.answers import Cut, Status
from tui.demo.server import DemoEngine
from tui.engine.jobs import Job, JobState
from tui.screens.chooser import ChooserScreen
from tui.store.activity import Outcome

SLOW = 1000.0
"""By how much registries are slower where a test looks at what is not done yet."""


@pytest.fixture(autouse=True)
def brisk(engine: DemoEngine) -> None:
    """Let registries answer at once."""
    engine.world.pace = 0


def job_of(w: Driven, index: int = -1) -> Job:
    """Give the job of an act, the last one as a rule."""
    job = w.app.session.activity.entries[index].job
    assert job is not None
    return job


def tags(engine: DemoEngine) -> set[str]:
    """Give all names that images have in the engine."""
    return {tag for image in engine.world.images.values() for tag in image.tags}


def left_over(folder: Path) -> list[Path]:
    """Give the half-written files in a folder."""
    return list(folder.glob(".*.part"))


async def to_image(w: Driven, name: str) -> None:
    """Put the cursor on an image."""
    if w.app.main.pane.kind.name != "image":
        await w.press("3")
    row = next(row for row in w.app.session.store.rows("image") if name in (*row.tags, row.name))
    assert w.app.main.pane.move_to(row.id)
    await w.settles()


async def retype(w: Driven, text: str) -> None:
    """Type something else than what is in the field."""
    await w.press("ctrl+u")
    await w.type(text)


async def menu(w: Driven, label: str) -> None:
    """Choose an act from the menu."""
    await w.press("m")
    await w.until(lambda: isinstance(w.app.screen, ChooserScreen))
    await w.type(label)
    await w.press("enter")


# Pull


async def test_a_pull_shows_its_layers_and_ends_in_docker_s_words(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await to_image(w, "postgres:18")
        old = w.row.id
        await w.press("P")
        await w.sees("Pull an image", "docker", "pull postgres:18")
        await w.press("enter")
        await w.sees(
            "Pull complete", "Already exists", "Status: Downloaded newer image for postgres:18", "done in"
        )
        await w.press("escape")
        await w.sees("Downloaded newer image for postgres:18")
        await w.until(lambda: w.cursor == "postgres:18" and w.row.id != old)
        entry = w.app.session.activity.entries[-1]
        assert (entry.outcome, entry.output) == (Outcome.DONE, "Downloaded newer image for postgres:18")
        assert entry.command.endswith("pull postgres:18")
        # The list put the cursor there by itself, so keys that act wait a moment.
        await w.until(lambda: not w.app.main.pane.vanished_just_now)
        await w.press("P", "enter")
        await w.sees("Image is up to date for postgres:18")


async def test_on_an_empty_list_the_form_asks_and_completes(tmp_path: Path) -> None:
    with DemoEngine(str(tmp_path / "e.sock"), lambda world: None) as engine:
        engine.world.pace = 0
        async with driven(engine) as w:
            await w.press("3")
            await w.sees("P pulls one")
            await w.press("P")
            await w.sees("Pull an image")
            await w.press("enter")
            await w.sees("This can't be left empty.")
            await w.type("Redis:8")
            await w.press("enter")
            await w.sees("names are lower case: redis:8")
            await retype(w, "redis:8")
            await w.press("tab")
            await w.type("linux/ar")
            await w.press("right")
            await w.sees("pull --platform linux/arm64 redis:8")
            await w.press("enter")
            await w.sees("Downloaded newer image for redis:8")
            await w.press("escape")
            await w.until(lambda: w.cursor == "redis:8")
        pulled = next(image for image in engine.world.images.values() if "redis:8" in image.tags)
        assert pulled.architecture == "arm64"


async def test_known_names_are_completed(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("3", "P")
        await w.sees("Pull an image")
        await retype(w, "dpa")
        await w.until(lambda: "dpage/pgadmin4" in w.text.split("Pull an image")[1])
        await w.press("right")
        await w.sees("$ docker", "pull dpage/pgadmin4")


async def test_marked_images_are_pulled_at_once_each_as_its_own_job(engine: DemoEngine) -> None:
    engine.world.pace = SLOW
    async with driven(engine) as w:
        for name in ("postgres:18", "nginx:1.29-alpine"):
            await to_image(w, name)
            await w.press("space")
        await w.press("P")
        await w.sees("Pull 2 images", "pull postgres:18", "pull nginx:1.29-alpine")
        await w.answer("y")
        await w.sees("2 jobs", "A shows")
        jobs = [entry.job for entry in w.app.session.activity.jobs]
        assert {job.target for job in jobs if job} == {"postgres:18", "nginx:1.29-alpine"}
        for job in jobs:
            assert job is not None
            job.cancel()
        await w.until(lambda: not w.app.session.activity.jobs)
        await w.sees_no("2 jobs")


async def test_the_status_line_says_how_far_a_pull_is_and_cancel_ends_it(engine: DemoEngine) -> None:
    engine.world.pace = SLOW
    async with driven(engine) as w:
        await to_image(w, "postgres:18")
        await w.press("P", "enter")
        await w.sees("ctrl+c cancel", "Downloading")
        await w.press("escape")
        await w.until(lambda: "pull postgres:18 " in w.text.splitlines()[0] and "%" in w.text.splitlines()[0])
        await w.press("A")
        await w.sees("Activity", "pull postgres:18")
        await w.press("ctrl+c")
        await w.until(lambda: job_of(w).state is JobState.CANCELLED)
        await w.press("escape")
        await w.sees("cancelled")
        assert "pull postgres:18 " not in w.text.splitlines()[0]


async def test_leaving_asks_while_a_job_runs(engine: DemoEngine) -> None:
    engine.world.pace = SLOW
    async with driven(engine) as w:
        await to_image(w, "postgres:18")
        await w.press("P", "enter")
        await w.sees("Downloading")
        await w.press("escape", "q")
        await w.sees("1 running: pull postgres:18. Leave and cancel?")
        await w.answer("n")
        assert w.app.is_running
        assert job_of(w).state is JobState.RUNNING
        await w.press("q")
        await w.sees("Leave and cancel?")
        await w.answer("y")
        await w.until(lambda: not w.app.is_running)
        assert job_of(w).wait(10)
        assert job_of(w).state is JobState.CANCELLED


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Status(r"/images/create", 403, "no pulls here"), "no pulls here"),
        (Status(r"/images/create", 500, ""), "500"),
        (Cut(r"/images/create", 200), "closed the connection"),
    ],
)
async def test_a_pull_that_fails_says_why_and_keeps_what_was_typed(
    engine: DemoEngine, fault: Status | Cut, words: str
) -> None:
    engine.faults.add(fault)
    async with driven(engine) as w:
        await to_image(w, "postgres:18")
        await w.press("P")
        await w.sees("Pull an image")
        await retype(w, "postgres:17")
        await w.press("enter")
        await w.sees("failed after", words)
        await w.press("escape", "P")
        await w.sees("pull postgres:17")
        assert "postgres:17" not in tags(engine)


async def test_a_tag_that_does_not_exist_is_told_in_dockers_words(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("3", "P")
        await w.sees("Pull an image")
        await retype(w, "postgres:nope")
        await w.press("enter")
        await w.sees("failed after", "manifest for postgres:nope not found")


# Push and newer


async def test_a_push_goes_where_the_tag_says(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await to_image(w, "shop-api:latest")
        await w.press("T")
        await w.sees("Tag shop-api:latest")
        await w.type("localhost:5000/shop/api:1")
        await w.press("enter")
        await w.until(lambda: "localhost:5000/shop/api:1" in tags(engine))
        await w.until(lambda: len(w.row.tags) == 2)
        await menu(w, "push")
        await w.sees("Push localhost:5000/shop/api:1", "push localhost:5000/shop/api:1")
        await w.press("enter")
        await w.sees("Pushed", "digest: sha256:", "done in")


async def test_a_push_to_docker_hub_is_said_and_must_be_meant(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await to_image(w, "shop-api:latest")
        await menu(w, "push")
        await w.sees("Push shop-api:latest", "names no registry")
        await w.press("enter")
        await w.sees("docker.io/library/shop-api:latest. Say yes here")
        assert not w.app.session.activity.entries
        await w.press("space", "enter")
        await w.sees("failed after", "denied: requested access to the resource is denied")


async def test_what_is_newer_is_marked_until_it_was_pulled(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        for name in ("postgres:18", "redis:8-alpine", "shop-api:latest"):
            await to_image(w, name)
            await w.press("space")
        await menu(w, "newer")
        await w.sees("newer: sha256:", "up to date", "not from a registry", "done in")
        assert len(w.app.session.activity.entries) == 1
        await w.press("escape")
        await w.press("backslash")

        def marked(name: str) -> str:
            return next((line for line in w.text.splitlines() if f" {name} " in line), "")

        await w.until(lambda: "newer" in marked("postgres:18") and "current" in marked("redis:8-alpine"))
        await to_image(w, "postgres:18")
        await w.press("P", "enter")
        await w.sees("Downloaded newer image")
        await w.press("escape")
        await w.until(lambda: marked("postgres:18") and "newer" not in marked("postgres:18"))


async def test_a_registry_that_refuses_is_a_line_of_its_own(engine: DemoEngine) -> None:
    engine.faults.add(Status(r"/distribution/postgres:18/json", 401, "unauthorized: log in first"))
    async with driven(engine) as w:
        await to_image(w, "postgres:18")
        await menu(w, "newer")
        await w.sees("registry refused: unauthorized: log in first", "failed after")


# Names


async def test_a_name_that_is_none_is_refused_at_the_field(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await to_image(w, "shop-api:latest")
        await w.press("T")
        await w.sees("Tag shop-api:latest")
        await w.type("Shop:1")
        await w.press("enter")
        await w.sees("names are lower case: shop:1")
        await retype(w, "redis:8-alpine")
        await w.sees("takes the name away from")
        await retype(w, "shop-api")
        await w.press("enter")
        await w.sees("it is called shop-api:latest already")


async def test_one_of_several_tags_is_taken_away(engine: DemoEngine) -> None:
    engine.world.give(engine.world.find_image("redis:8-alpine"), "mine:1")
    async with driven(engine) as w:
        await to_image(w, "shop-api:latest")
        await menu(w, "untag")
        await w.sees("shop-api:latest has no other tag: d removes it")
        await to_image(w, "mine:1")
        await menu(w, "untag")
        await w.sees("untag mine:1", "untag redis:8-alpine", "the image stays as mine:1")
        await w.type("mine")
        await w.press("enter")
        await w.until(lambda: "mine:1" not in tags(engine))
        assert "redis:8-alpine" in tags(engine)


async def test_removing_explains_what_goes_and_shows_dockers_refusal(engine: DemoEngine) -> None:
    engine.world.give(engine.world.find_image("redis:8-alpine"), "mine:1")
    async with driven(engine) as w:
        await to_image(w, "mine:1")
        await w.press("d")
        await w.sees(
            "all 2 tags of it go: mine:1, redis:8-alpine",
            "shop-cache-1 (running)",
            "rmi mine:1 redis:8-alpine",
        )
        await w.answer("o")
        await w.sees("only mine:1 goes; the image stays as redis:8-alpine")
        await w.answer("y")
        await w.until(lambda: "mine:1" not in tags(engine))
        await w.until(lambda: w.cursor == "redis:8-alpine")
        await w.press("d")
        await w.sees("is used by shop-cache-1")
        await w.answer("y")
        await w.sees("conflict: unable to remove repository reference")
        assert "redis:8-alpine" in tags(engine)


# Archives


async def test_images_are_saved_together_and_loaded_again(engine: DemoEngine, tmp_path: Path) -> None:
    async with driven_on(engine.url, folder=tmp_path) as w:
        for name in ("redis:8-alpine", "hello-world:latest"):
            await to_image(w, name)
            await w.press("space")
        await w.press("greater_than_sign")
        await w.sees("Save hello-world:latest, redis:8-alpine", "/images.tar")
        await w.press("enter")
        await w.sees("done in")
        assert tarfile.is_tarfile(tmp_path / "images.tar")
        assert left_over(tmp_path) == []
        await w.press("escape", "backslash")
        engine.world.remove_image("hello-world:latest", force=True)
        await w.until(
            lambda: not any("hello-world:latest" in row.tags for row in w.app.session.store.rows("image"))
        )
        await to_image(w, "postgres:16")
        await w.press("less_than_sign")
        await w.sees("Load images")
        await w.type("im")
        await w.until(lambda: "images.tar" in w.text.split("Load images")[1])
        await w.press("right")
        await w.sees("load -i images.tar")
        await w.press("enter")
        await w.sees("Loaded image: hello-world:latest", "done in")
        await w.press("escape")
        await w.sees("hello-world:latest, redis:8-alpine")
        await w.until(lambda: w.cursor == "hello-world:latest")


async def test_a_file_is_overwritten_only_on_purpose(engine: DemoEngine, tmp_path: Path) -> None:
    (tmp_path / "redis-8-alpine.tar").write_text("mine")
    async with driven_on(engine.url, folder=tmp_path) as w:
        await to_image(w, "redis:8-alpine")
        await w.press("greater_than_sign")
        await w.sees("Save redis:8-alpine")
        await w.press("enter")
        await w.sees("it is replaced only if you say so")
        assert (tmp_path / "redis-8-alpine.tar").read_text() == "mine"
        await w.press("tab", "space", "enter")
        await w.sees("done in")
        assert tarfile.is_tarfile(tmp_path / "redis-8-alpine.tar")


async def test_a_file_that_holds_no_image_is_a_sentence(engine: DemoEngine, tmp_path: Path) -> None:
    (tmp_path / "notes.tar").write_text("no tar at all\n")
    async with driven_on(engine.url, folder=tmp_path) as w:
        await w.press("3", "less_than_sign")
        await w.sees("Load images")
        await w.type("nowhere.tar")
        await w.press("enter")
        await w.sees("there is no such file on this machine")
        await retype(w, "notes.tar")
        await w.press("enter")
        await w.sees("failed after", "holds no image that docker save wrote")


async def test_a_container_is_committed_and_exported_and_its_files_imported(
    engine: DemoEngine, tmp_path: Path
) -> None:
    async with driven_on(engine.url, folder=tmp_path) as w:
        w.app.main.panes[1].set_filter("shop-web-1")
        await w.press("2")
        await w.until(lambda: w.cursor == "shop-web-1")
        await menu(w, "commit")
        await w.sees("Commit shop-web-1")
        await w.type("web:kept")
        await w.sees("commit shop-web-1 web:kept")
        await w.press("enter")
        await w.until(lambda: "web:kept" in tags(engine))
        await menu(w, "export")
        await w.sees("Export the files of shop-web-1", "/shop-web-1.tar")
        await w.press("enter")
        await w.sees("done in")
        await w.press("escape", "3")
        await menu(w, "import")
        await w.sees("Import an image")
        await w.type("shop-web-1.tar")
        await w.press("tab")
        await w.type("files:1")
        await w.press("enter")
        await w.sees("sha256:", "done in")
        await w.press("escape")
        await w.until(lambda: w.cursor == "files:1")
