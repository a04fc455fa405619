"""The pictures of README, replayed on the demo engine; `make screenshots` accepts new ones."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import textual
from textual.widgets import Static

from tests.screens.wherry import Driven, driven, driven_without
from tui.demo.api import build as api_build
from tui.demo.server import DemoEngine
from tui.demo.wire.messages import send
from tui.engine import jobs

if TYPE_CHECKING:
    from tui.demo.wire.messages import Messages
    from tui.demo.wire.sink import Sink

PICTURES = Path(__file__).parent.parent.parent / "screenshots"
NOW = 1_790_000_000.0
FOLDER = Path("/home/ada")
NOWHERE = "unix:///srv/docker.sock"


@dataclass(frozen=True)
class Scene:
    """What a picture shows.

    Args:
        texts: what is on the screen when it is there.
        keys: what leads there.
        engine: whether there is one.
        builds: whether what leads there is a build, which stands still in the middle.

    """

    texts: tuple[str, ...]
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (120, 34)
    engine: bool = True
    builds: bool = False


DOCKERFILE = """FROM python:3.13-slim
RUN pip install pandas sqlalchemy psycopg2
WORKDIR /app
COPY pipeline.py pipeline.py
ENTRYPOINT ["python", "pipeline.py"]
"""
BUILT = 26
"""How many messages of the build are told."""
SCENES = {
    "main": Scene(("HTTP/1.1", "loop 5x", "out of memory", "taxi_pgdata")),
    "small": Scene(("loop 5x", "out of memory"), size=(80, 24)),
    "search": Scene(("payments", "1 of"), keys=("l", "_", "slash", *"payments", "enter")),
    "compose": Scene(("Services", "unhealthy", "shop-worker"), keys=("1",)),
    "remove": Scene(("Remove", "docker rm"), keys=("down", "d")),
    "question": Scene(("Lost for good", "capital"), keys=("4", "d")),
    "build": Scene(
        ("[2/5] RUN pip", "Downloading numpy", "running"),
        keys=("3", "b", *"pipeline:v1", "enter"),
        size=(100, 26),
        builds=True,
    ),
    "run": Scene(("docker run", "--entrypoint"), keys=("3", "X")),
    "form": Scene(("Build an image", "docker build"), keys=("3", "b")),
    "unreachable": Scene(("No Docker engine", "opens the demo"), size=(100, 26), engine=False),
}


def half(sink: Sink, messages: Messages, pace: float) -> None:
    """Tell the beginning of a build, and no more until the client leaves."""
    send(sink, (message for message in islice(messages, BUILT)), 0)
    while True:
        sink.wait()


def running(w: Driven) -> set[str]:
    """Give the running containers that can be seen."""
    seen = {*w.app.main.panes[1].seen, w.app.main.detail.row.id if w.app.main.detail.row else ""}
    return {one.id for one in w.app.session.store.containers if one.state == "running" and one.id in seen}


async def settled(w: Driven) -> None:
    """Wait until the screen, and which containers are looked at on it, has not changed for a while."""
    before: object = None
    since = time.monotonic()
    while time.monotonic() - since < 0.5:
        await w.pilot.pause(0.05)
        now = (w.text, running(w))
        if now != before:
            before, since = now, time.monotonic()


@asynccontextmanager
async def played(scene: Scene, socket: str) -> AsyncIterator[Driven]:
    """Show a scene, the same to the last digit each time."""
    if not scene.engine:
        async with driven_without(NOWHERE, scene.size) as w:
            await w.sees(*scene.texts)
            yield w
        return
    moments = [NOW]
    with DemoEngine(socket, clock=lambda: moments[0]) as engine:
        folder = Path.cwd() if scene.builds else FOLDER
        async with driven(engine, size=scene.size, folder=folder) as w:
            await w.press(*scene.keys)
            await w.sees(*scene.texts)
            if scene.builds:
                # The test's own folder is called otherwise each time.
                command = w.app.screen.query_one("#job-command", Static)
                command.update(f"$ docker build -t pipeline:v1 {FOLDER}")
                await settled(w)
                yield w
                return
            await w.until(lambda: all(c.facts is not None for c in w.app.session.store.containers))
            await settled(w)
            # Two moments, so that there are numbers, and always the same.
            await w.until(lambda: running(w) == set(w.app.session.store.numbers.levels))
            moments[0] += 0.05
            await w.until(
                lambda: all(one.cpu is not None for one in w.app.session.store.numbers.levels.values())
            )
            await settled(w)
            yield w


@pytest.mark.parametrize("name", SCENES)
async def test_a_picture_is_what_wherry_draws(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if textual.__version__ != "8.2.8":
        pytest.skip(f"the pictures were drawn by Textual 8.2.8, not {textual.__version__}")
    monkeypatch.setattr(time, "time", lambda: NOW)
    if SCENES[name].builds:
        Path("Dockerfile").write_text(DOCKERFILE)  # noqa: ASYNC240  # small files
        Path("pipeline.py").write_text("print('hello')\n")  # noqa: ASYNC240
        monkeypatch.setattr(api_build, "send", half)
        monkeypatch.setattr(jobs, "Report", partial(jobs.Report, clock=lambda: 0.0))
    async with played(SCENES[name], str(tmp_path / "demo.sock")) as w:
        picture = w.app.export_screenshot(title="wherry", simplify=True)
    # Some programs drop the spaces that a text begins with, unless told.
    picture = picture.replace("<svg ", '<svg xml:space="preserve" ', 1)
    path = PICTURES / f"{name}.svg"
    if os.environ.get("WHERRY_SCREENSHOTS") == "write":
        path.write_text(picture, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == picture, "make screenshots accepts what is drawn now"
