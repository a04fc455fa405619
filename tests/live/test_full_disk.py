"""Full disks, real ones: what is said of them, what is left, and that nothing has to be typed again."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live.conftest import SOCKET, DockerCli
from tests.screens.test_builds import fill, job_of
from tests.screens.wherry import driven_on
from tui.engine.jobs import JobState
from tui.engine.tools import find_tools

URL = f"unix://{SOCKET}"
BARE = {"PATH": "/nowhere"}
NO_ROOM = "No space left on device"
needs_buildx = pytest.mark.skipif(not find_tools(os.environ).buildx, reason="no buildx here")


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    """Mount a small disk, where that is permitted."""
    folder.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(argv, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no small disk can be mounted here: {error}")
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(
    ("step", "environ"),
    [
        pytest.param(
            "RUN --mount=type=tmpfs,size=1m,target=/t dd if=/dev/zero of=/t/x bs=64k count=64",
            None,
            marks=needs_buildx,
            id="buildkit",
        ),
        pytest.param("RUN dd if=/dev/zero of=/dev/shm/x bs=1M count=80", BARE, id="classic"),
    ],
)
async def test_a_build_without_room_says_so_leaves_nothing_and_is_still_filled_in(
    tmp_path: Path,
    prefix: str,
    docker_cli: DockerCli,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    environ: dict[str, str] | None,
) -> None:
    context, temporary = tmp_path / "app", tmp_path / "temporary"
    context.mkdir()
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    (context / "Dockerfile").write_text(f"FROM bb:2\nARG A\nLABEL wherry.test={prefix}\n{step}\n")
    async with driven_on(URL, folder=context, environ=environ) as w:
        await w.press("3", "b")
        await w.sees("Build an image")
        await w.type(f"{prefix}app:1")
        await fill(w, "--build-arg", "A=typed")
        await w.press("ctrl+s")
        await w.sees("failed after", NO_ROOM, timeout=60)
        job = job_of(w)
        assert job.state is JobState.FAILED
        assert job.failure.startswith("step [")
        assert " failed with exit code 1: dd: error writing " in job.failure
        assert job.failure.endswith(NO_ROOM)
        await w.press("escape")
        # The main screen says it too, and Activity keeps it.
        await w.sees(f"build {prefix}app:1: failed")
        await w.press("3", "b")
        await w.sees("Build an image", f"-t {prefix}app:1", "A=typed")
        await w.press("escape")
    assert list(temporary.iterdir()) == []
    assert docker_cli("images", "-q", f"{prefix}app") == ""
    # The classic builder's own leavings: what failed, and the layers before it.
    marked = ("--filter", f"label=wherry.test={prefix}")
    assert docker_cli("ps", "-aq", *marked) == ""
    if left := docker_cli("images", "-aq", *marked).split():
        docker_cli("rmi", "-f", *left, check=False)


@needs_buildx
async def test_a_build_and_a_save_on_a_full_machine_are_sentences(
    tmp_path: Path, prefix: str, docker_cli: DockerCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM bb:2\n")
    name = f"{prefix}saved:1"
    docker_cli("tag", "bb:2", name)
    with disk(tmp_path / "small", "size=512k") as small, disk(tmp_path / "full", "nr_inodes=1") as full:
        async with driven_on(URL, folder=tmp_path) as w:
            # No room for the file in which the docker CLI tells the image's id.
            monkeypatch.setattr(tempfile, "tempdir", str(full))
            await w.press("3", "b")
            await w.sees("Build an image")
            await w.type(f"{prefix}app:1")
            await w.press("ctrl+s")
            # The form is there again, with what went wrong.
            await w.sees(
                "Build an image",
                f"-t {prefix}app:1",
                f"no temporary file can be made on this machine: {NO_ROOM}",
            )
            await w.press("escape")
            w.app.main.pane.set_filter(name)
            await w.until(lambda: w.row is not None and name in w.row.tags)
            await w.press("greater_than_sign")
            await w.sees("Save ")
            await w.press("ctrl+u")
            await w.type(f"{small}/kept.tar")
            await w.press("ctrl+s")
            await w.sees("failed after", "the disk is full", timeout=30)
            assert job_of(w).failure == (
                f"the disk is full: {small}/kept.tar was not written, and nothing of it is left"
            )
            assert list(small.iterdir()) == []
            await w.press("escape", "greater_than_sign")
            await w.sees("Save ", "docker save -o", "/small/kept.tar")
            await w.press("escape")
