from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tui.demo.server import DemoEngine
from tui.engine import containers
from tui.engine.address import resolve
from tui.engine.connection import Connection
from tui.engine.jobs import Job, JobState
from tui.engine.recreate import Recreation, recreate_job
from tui.engine.recreate_body import answers_from
from tui.engine.runform import RunAnswers


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with DemoEngine(str(tmp_path / "e.sock")) as engine:
        made = Connection(lambda: resolve(None, None, {"DOCKER_HOST": engine.url}))
        made.establish()
        yield made
        made.close()


def running(connection: Connection) -> tuple[containers.Container, RunAnswers]:
    row = next(row for row in containers.rows(connection) if row.up)
    inspected = containers.inspect(connection, row.id)
    return row, answers_from(inspected, connection.ask("/images/{}/json", inspected["Image"]))


def recreated(connection: Connection, one: str, before: RunAnswers, after: RunAnswers) -> Job:
    work = Recreation(connection, one, before, after, "aside", {}, Path("/"))
    job = recreate_job(work, (), before.name)
    assert job.wait(30), "it did not end"
    return job


@pytest.mark.parametrize(
    ("field", "text"), [("command", "'not closed"), ("memory", "lots"), ("image", "no-such-image:1")]
)
def test_what_cannot_be_made_leaves_the_old_one_running(connection, field, text):
    row, before = running(connection)
    job = recreated(connection, row.id, before, replace(before, **{field: text}))
    assert job.state is JobState.FAILED
    assert "the old one runs again" in job.failure
    (now,) = containers.rows(connection, [row.id])
    assert (now.name, now.state) == (row.name, "running")
