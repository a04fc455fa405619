"""Images on their way on a real engine, from a real registry on loopback, and into real files."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.conftest import DockerCli, need_registry
from tests.live.registry import PASSWORD, USER, serving
from tests.screens.wherry import Driven, driven_on
from tui.engine import archives, images, pulls
from tui.engine.address import resolve
from tui.engine.connection import Connection
from tui.engine.jobs import Job, JobState
from tui.engine.references import parse

ENGINE = "unix:///var/run/docker.sock"
SOON = 5.0
"""Seconds within which a cancelled job must have ended, on a machine that is busy."""


@pytest.fixture
def connection() -> Iterator[Connection]:
    made = Connection(lambda: resolve(None, None, {"DOCKER_HOST": ENGINE}))
    made.establish()
    yield made
    made.close()


@pytest.fixture
def name(registry: str, prefix: str, docker_cli: DockerCli) -> Iterator[str]:
    """An image of bb:2 with a layer of its own, named for the registry."""
    yield from _named(f"{registry}/{prefix}app:1", docker_cli)


def _named(name: str, docker_cli: DockerCli) -> Iterator[str]:
    made = docker_cli("create", "bb:2", "sh", "-c", "exit")
    try:
        docker_cli("commit", "-m", name, made, name)
        yield name
    finally:
        docker_cli("rm", "-f", made)
        repository = name.rpartition(":")[0]
        shown = "{{.Repository}}:{{.Tag}} {{.ID}}"
        for line in docker_cli("images", "--format", shown, repository).splitlines():
            tagged, image = line.split()
            docker_cli("rmi", "-f", image if tagged.endswith(":<none>") else tagged)


def login(folder: Path, registry: str, password: str) -> dict[str, str]:
    auth = base64.b64encode(f"{USER}:{password}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {registry: {"auth": auth}}}))
    return {"DOCKER_CONFIG": str(folder), "PATH": os.environ["PATH"]}


def ended(job: Job) -> Job:
    assert job.wait(60), f"it did not end: {job.output}"
    return job


def pull(connection: Connection, name: str, environ: dict[str, str] | None = None) -> Job:
    return ended(pulls.pull_job(connection, environ or {}, ("docker", "pull", name), name))


def push(connection: Connection, name: str, environ: dict[str, str] | None = None) -> Job:
    return ended(pulls.push_job(connection, environ or {}, ("docker", "push", name), name))


def newer(connection: Connection, name: str) -> list[str]:
    image = next(one for one in images.rows(connection) if name in one.tags)
    return ended(pulls.look_job(connection, {}, (), (image,), lambda one, verdict: None)).output


def test_an_image_is_pushed_removed_and_pulled_back(connection, name, docker_cli):
    assert "not from a registry" in newer(connection, name)[0]
    pushed = push(connection, name)
    assert (pushed.state, pushed.failure) == (JobState.DONE, "")
    assert pushed.result.startswith("1: digest: sha256:")
    assert "up to date" in newer(connection, name)[0]
    known = pull(connection, name)
    assert known.result == f"Image is up to date for {name}"
    images.remove(connection, name, force=False)
    pulled = pull(connection, name)
    assert pulled.result == f"Downloaded newer image for {name}"
    assert docker_cli("image", "inspect", name, "--format", "{{.Comment}}") == name


def test_what_was_pushed_from_elsewhere_is_newer(connection, name, docker_cli, prefix):
    push(connection, name)
    docker_cli("tag", name, f"{prefix}kept:1")
    docker_cli("run", "--name", f"{prefix}box", "bb:2", "touch", "/changed")
    docker_cli("commit", f"{prefix}box", name)
    push(connection, name)
    docker_cli("rmi", name)
    docker_cli("tag", f"{prefix}kept:1", name)
    assert "newer: sha256:" in newer(connection, name)[0]
    assert pull(connection, name).result == f"Downloaded newer image for {name}"
    assert "up to date" in newer(connection, name)[0]


def test_layers_are_told_with_their_bytes(connection, registry, prefix, docker_cli):
    name, box = f"{registry}/{prefix}large:1", f"{prefix}large"
    # Not built: the layer would stay in the build cache, and need not be pulled.
    docker_cli("run", "--name", box, "bb:2", "dd", "if=/dev/urandom", "of=/large", "bs=1M", "count=30")
    docker_cli("commit", box, name)
    docker_cli("rm", box)
    try:
        assert push(connection, name).state is JobState.DONE
        docker_cli("rmi", name)
        job = pull(connection, name)
        assert job.state is JobState.DONE
        large = max(job.steps, key=lambda step: step.total)
        assert large.current == large.total > 30_000_000
        told = job.output_of(large.key)
        assert {"Pulling fs layer", "Downloading", "Pull complete"} <= set(told)
    finally:
        docker_cli("rmi", "-f", name, check=False)


def test_a_tag_that_is_not_there_is_told_in_dockers_words(connection, registry):
    job = pull(connection, f"{registry}/nothing:1")
    assert job.state is JobState.FAILED
    assert "not found: manifest unknown" in job.failure
    assert "An image does not exist locally" in push(connection, f"{registry}/nothing:1").failure


def test_a_shut_registry_wants_the_right_login_and_shows_none(connection, prefix, docker_cli, tmp_path):
    need_registry()
    with serving(tmp_path, shut=True) as registry:
        for name in _named(f"{registry}/{prefix}secret:1", docker_cli):
            wrong = login(tmp_path, registry, "wr0ng-s3cret")
            for environ in ({}, wrong):
                for job in (push(connection, name, environ), pull(connection, name, environ)):
                    assert job.state is JobState.FAILED
                    assert "no basic auth credentials" in job.failure or "unauthorized" in job.failure
                    assert "s3cret" not in repr((job.snapshot(), job.words))
            right = login(tmp_path, registry, PASSWORD)
            assert push(connection, name, right).state is JobState.DONE
            assert pull(connection, name, right).state is JobState.DONE
            image = next(one for one in images.rows(connection) if name in one.tags)
            look = ended(pulls.look_job(connection, {}, (), (image,), lambda one, verdict: None))
            assert "registry refused: " in look.output[0]


def test_a_registry_that_hangs_is_given_up_at_once(connection):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        job = pulls.pull_job(connection, {}, (), f"localhost:{listener.getsockname()[1]}/app:1")
        listener.settimeout(20)
        asking, _ = listener.accept()
        with asking:
            assert not job.wait(0.2)
            job.cancel()
            assert job.wait(SOON)
            assert job.state is JobState.CANCELLED


def test_images_are_saved_and_loaded_again(connection, name, docker_cli, tmp_path):
    path = tmp_path / "one.tar"
    job = ended(archives.save_job(connection, (), [name, "bb:2"], path, 4_000_000, overwrite=False))
    assert (job.state, job.failure) == (JobState.DONE, "")
    with tarfile.open(path) as archive:
        assert "manifest.json" in archive.getnames()
    docker_cli("rmi", name)
    loaded = ended(archives.load_job(connection, (), path))
    assert set(loaded.result.split(", ")) == {name, "bb:2"}
    assert docker_cli("image", "inspect", name, "--format", "{{.Comment}}") == name


def test_what_is_no_archive_is_said_by_the_files_name(connection, tmp_path):
    (tmp_path / "text.tar").write_bytes(b"no tar\n")
    with tarfile.open(tmp_path / "files.tar", "w") as archive:
        archive.add(tmp_path / "text.tar", "text.tar")
    (tmp_path / "noise.tar").write_bytes(os.urandom(3_000_000))
    for file in ("text.tar", "files.tar", "noise.tar"):
        job = ended(archives.load_job(connection, (), tmp_path / file))
        assert f"{file} holds no image that docker save wrote" in job.failure, file
    job = ended(archives.import_job(connection, (), tmp_path / "text.tar", "", "", ()))
    assert "text.tar is no tar archive" in job.failure


def test_a_full_disk_is_one_sentence_and_leaves_nothing(connection, tmp_path):
    if os.geteuid():
        pytest.skip("only root can mount a small disk")
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(small)], check=True)
    try:
        job = ended(archives.save_job(connection, (), ["bb:2"], small / "one.tar", 0, overwrite=False))
        assert job.failure.startswith("the disk is full")
        assert not list(small.iterdir())
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_cancelled_save_leaves_no_file(connection, docker_cli, prefix, tmp_path):
    name = f"{prefix}large:1"
    (tmp_path / "Dockerfile").write_text("FROM bb:2\nCOPY large /\n")
    (tmp_path / "large").write_bytes(os.urandom(60_000_000))
    docker_cli("build", "-q", "-t", name, str(tmp_path))
    folder = tmp_path / "out"
    folder.mkdir()
    job = archives.save_job(connection, (), [name], folder / "one.tar", 60_000_000, overwrite=False)
    job.cancel()
    ended(job)
    assert job.state is JobState.CANCELLED
    assert not list(folder.iterdir())


def test_a_container_is_exported_imported_and_committed(connection, docker_cli, prefix, tmp_path):
    box = f"{prefix}box"
    docker_cli("run", "--name", box, "bb:2", "touch", "/mine")
    path = tmp_path / "box.tar"
    container = docker_cli("inspect", box, "--format", "{{.Id}}")
    assert (
        ended(archives.export_job(connection, (), container, box, path, overwrite=False)).state
        is JobState.DONE
    )
    with tarfile.open(path) as archive:
        assert "mine" in archive.getnames()
    again = f"{prefix}again:1"
    job = ended(archives.import_job(connection, (), path, again, "by a test", ('CMD ["ls", "/mine"]',)))
    assert (job.state, job.result) == (JobState.DONE, again)
    assert docker_cli("run", "--rm", again) == "/mine"
    kept = f"{prefix}kept"
    made = images.commit(connection, container, parse(kept), "said", ("ENV A=b",), pause=True)
    assert docker_cli("image", "inspect", f"{kept}:latest", "--format", "{{.Id}}") == made
    assert docker_cli("image", "inspect", made, "--format", "{{.Comment}} {{.Config.Env}}").startswith(
        "said ["
    )


async def menu(w: Driven, label: str) -> None:
    await w.press("m")
    await w.sees("untag")
    await w.type(label)
    await w.press("enter")


async def test_by_keys_push_remove_and_pull_back(name, docker_cli):
    async with driven_on(ENGINE) as w:
        await w.press("3")
        w.app.main.pane.set_filter(name.partition("/")[2])
        await w.until(lambda: w.cursor == name)
        await menu(w, "push")
        await w.sees(f"docker push {name}")
        await w.press("enter")
        await w.sees("1: digest: sha256:", "done in")
        await w.press("escape", "d")
        await w.sees(f"docker rmi {name}")
        await w.answer("y")
        await w.until(lambda: w.row is None)
        await w.press("P")
        await w.sees("Pull an image")
        await w.type(name)
        await w.press("enter")
        await w.sees(f"Downloaded newer image for {name}", "done in")
        await w.press("escape")
        await w.until(lambda: w.cursor == name)
