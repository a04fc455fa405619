"""The pictures of README, replayed on the demo engine; `make screenshots` accepts new ones."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import textual

from tests.screens.wherry import Driven, driven, driven_without
from tui.demo.server import DemoEngine

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

    """

    texts: tuple[str, ...]
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (120, 34)
    engine: bool = True


SCENES = {
    "main": Scene(("HTTP/1.1", "loop 5x", "out of memory", "taxi_pgdata")),
    "small": Scene(("loop 5x", "out of memory"), size=(80, 24)),
    "search": Scene(("payments", "1 of"), keys=("l", "_", "slash", *"payments", "enter")),
    "compose": Scene(("Services", "unhealthy", "shop-worker"), keys=("1",)),
    "remove": Scene(("Remove", "docker rm"), keys=("down", "d")),
    "question": Scene(("Lost for good", "capital"), keys=("4", "d")),
    "form": Scene(("Build an image", "docker build"), keys=("3", "b")),
    "unreachable": Scene(("No Docker engine", "opens the demo"), size=(100, 26), engine=False),
}


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
        async with driven(engine, size=scene.size, folder=FOLDER) as w:
            await w.press(*scene.keys)
            await w.sees(*scene.texts)
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
    async with played(SCENES[name], str(tmp_path / "demo.sock")) as w:
        picture = w.app.export_screenshot(title="wherry", simplify=True)
    # Some programs drop the spaces that a text begins with, unless told.
    picture = picture.replace("<svg ", '<svg xml:space="preserve" ', 1)
    path = PICTURES / f"{name}.svg"
    if os.environ.get("WHERRY_SCREENSHOTS") == "write":
        path.write_text(picture, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == picture, "make screenshots accepts what is drawn now"
