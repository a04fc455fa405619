from __future__ import annotations

import os
import resource
import socket
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.messages import archive
from tests.demo.talk import until
from tests.engine.scripted import OK, Scripted, chunk
from tui.demo.server import DemoEngine
from tui.engine import archives, images
from tui.engine.address import resolve
from tui.engine.connection import Connection
from tui.engine.jobs import Job, JobState


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with DemoEngine(str(tmp_path / "e.sock")) as engine:
        made = Connection(lambda: resolve(None, None, {"DOCKER_HOST": engine.url}))
        made.establish()
        yield made
        made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "out"
    made.mkdir()
    return made


def ended(job: Job) -> Job:
    assert job.wait(20), "it did not end"
    return job


def save(connection: Connection, name: str, path: Path, overwrite: bool = False) -> Job:
    return ended(archives.save_job(connection, (), [name], path, 1000, overwrite=overwrite))


def first(connection: Connection) -> str:
    return next(image.tags[0] for image in images.rows(connection) if image.tags)


def test_an_image_is_saved_removed_and_loaded(connection, folder):
    name, path = first(connection), folder / "one.tar"
    job = save(connection, name, path)
    assert (job.state, job.result) == (JobState.DONE, str(path))
    assert tarfile.is_tarfile(path)
    assert [file.name for file in folder.iterdir()] == ["one.tar"]
    assert job.steps[0].current == path.stat().st_size
    loaded = ended(archives.load_job(connection, (), path))
    assert (loaded.state, loaded.result) == (JobState.DONE, name)


def test_a_file_is_replaced_only_where_that_was_said(connection, folder):
    name, path = first(connection), folder / "one.tar"
    path.write_text("mine")
    path.chmod(0o640)
    assert "replaced only if you say so" in save(connection, name, path).failure
    assert path.read_text() == "mine"
    assert save(connection, name, path, overwrite=True).state is JobState.DONE
    assert tarfile.is_tarfile(path)
    assert path.stat().st_mode & 0o777 == 0o640


def test_through_a_link_its_target_is_written(connection, folder):
    (folder / "link.tar").symlink_to(folder / "real.tar")
    assert save(connection, first(connection), folder / "link.tar").state is JobState.DONE
    assert (folder / "link.tar").is_symlink()
    assert tarfile.is_tarfile(folder / "real.tar")


@pytest.mark.parametrize("name", ["nope", "no such/name", "x&names=y"])
def test_what_is_not_there_leaves_no_file(connection, folder, name):
    job = save(connection, name, folder / "one.tar")
    assert job.state is JobState.FAILED
    assert not list(folder.iterdir())


def test_a_disk_without_room_is_one_sentence_and_leaves_nothing(connection, folder):
    name = first(connection)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        job = save(connection, name, folder / "one.tar")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert job.state is JobState.FAILED
    assert "larger than files may be here" in job.failure
    assert not list(folder.iterdir())


TAR = archive({"file": b"x" * 2000})


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (OK + chunk(TAR), "closed the connection in the middle"),
        (OK + chunk(TAR[:2048]) + chunk(b""), "no whole archive"),
        (
            OK
            + chunk(TAR[:2048])
            + chunk(b'{"errorDetail":{"message":"layer is gone"},"error":"x"}\r\n')
            + chunk(b""),
            "layer is gone",
        ),
        (OK + chunk(b""), "no whole archive"),
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "answered 500"),
    ],
)
def test_an_archive_that_is_not_whole_is_not_kept(tmp_path, folder, answer, words):
    with Scripted(tmp_path, lambda sock: sock.sendall(answer)) as engine:
        job = ended(archives.save_job(engine.connection, (), ["a"], folder / "one.tar", 0, overwrite=False))
    assert job.state is JobState.FAILED
    assert words in job.failure
    assert not list(folder.iterdir())


def test_a_cancelled_save_leaves_no_file(tmp_path, folder):
    def answer(sock: socket.socket) -> None:
        sock.sendall(OK + chunk(TAR[:2048]))
        sock.recv(1)

    with Scripted(tmp_path, answer) as engine:
        job = archives.save_job(engine.connection, (), ["a"], folder / "one.tar", 0, overwrite=False)
        until(lambda: any(step.current for step in job.steps), 10)
        assert list(folder.iterdir())
        job.cancel()
        assert ended(job).state is JobState.CANCELLED
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hello\n", "holds no image that docker save wrote: unexpected EOF"),
        (archive({"file": b"x"}), "import makes an image of a tar of files"),
        (b"", "this file is empty"),
    ],
)
def test_a_file_that_holds_no_image_is_told_by_name(connection, folder, content, words):
    path = folder / "one.tar"
    path.write_bytes(content)
    job = ended(archives.load_job(connection, (), path))
    assert job.state is JobState.FAILED
    assert words in job.failure
    assert str(path) in job.failure


def test_the_answer_may_come_before_all_was_sent(tmp_path, folder):
    path = folder / "large.tar"
    path.write_bytes(b"x" * 8_000_000)
    refusal = b'HTTP/1.1 403 No\r\nContent-Length: 17\r\n\r\n{"message":"no"}\n'
    with Scripted(tmp_path, lambda sock: sock.sendall(refusal)) as engine:
        job = ended(archives.load_job(engine.connection, (), path))
    assert job.failure == "no"


def test_a_load_can_be_cancelled_while_it_sends(tmp_path, folder):
    path = folder / "large.tar"
    path.write_bytes(b"x" * 8_000_000)
    hold = threading.Event()
    with Scripted(tmp_path, lambda sock: hold.wait(20)) as engine:
        job = archives.load_job(engine.connection, (), path)
        assert engine.asked.wait(10)
        job.cancel()
        assert ended(job).state is JobState.CANCELLED
        hold.set()


def test_a_container_is_exported_and_imported_again(connection, folder):
    from tui.engine import containers

    one = containers.rows(connection)[0]
    path = folder / "files.tar"
    assert (
        ended(archives.export_job(connection, (), one.id, one.name, path, overwrite=False)).state
        is JobState.DONE
    )
    job = ended(archives.import_job(connection, (), path, "again:1", "by a test", ['CMD ["a b"]']))
    assert (job.state, job.result) == (JobState.DONE, "again:1")
    made = images.inspect(connection, "again:1")
    assert made["Config"]["Cmd"] == ["a b"]
    assert made["Comment"] == "by a test"


def test_what_is_no_tar_is_not_imported(connection, folder):
    path = folder / "one.tar"
    path.write_bytes(b"hello\n")
    assert "is no tar archive" in ended(archives.import_job(connection, (), path, "a:1", "", ())).failure


def test_places_are_judged_before_anything_is_asked(folder):
    (folder / "there").write_text("x")
    assert archives.check_target(folder / "new.tar", overwrite=False) == ""
    assert archives.check_target(folder / "there", overwrite=True) == ""
    assert "is a folder" in archives.check_target(folder, overwrite=True)
    assert "is no file" in archives.check_target(Path("/dev/null"), overwrite=True)
    assert "there is no folder" in archives.check_target(folder / "a" / "b.tar", overwrite=False)
    assert "no such file" in archives.check_source(folder / "gone")
    assert "is a folder" in archives.check_source(folder)
    if os.geteuid():
        (folder / "there").chmod(0)
        assert "can't be read" in archives.check_source(folder / "there")
