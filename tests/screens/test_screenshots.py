"""The pictures of README, replayed on the demo engine; `make screenshots` accepts new ones."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import textual

from tests.screens.wherry import Driven, driven
from tui.demo.server import DemoEngine

PICTURES = Path(__file__).parent.parent.parent / "screenshots"
NOW = 1_790_000_000.0

# What each picture shows: the size of the terminal, the keys that lead there, and what to wait for.
SCENES: dict[str, tuple[tuple[int, int], tuple[str, ...], tuple[str, ...]]] = {
    "main": ((120, 34), (), ("pool exhausted", "loop 5x", "out of memory", "taxi_pgdata")),
    "small": ((80, 24), (), ("loop 5x", "out of memory")),
    "question": ((120, 34), ("4", "d"), ("Lost for good", "capital")),
    "build": ((120, 34), ("3", "b"), ("Build an image", "docker build")),
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


@pytest.mark.parametrize("name", SCENES)
async def test_a_picture_is_what_wherry_draws(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if textual.__version__ != "8.2.8":
        pytest.skip(f"the pictures were drawn by Textual 8.2.8, not {textual.__version__}")
    size, keys, texts = SCENES[name]
    monkeypatch.setattr(time, "time", lambda: NOW)
    moments = [NOW]
    with DemoEngine(str(tmp_path / "demo.sock"), clock=lambda: moments[0]) as engine:
        async with driven(engine, size=size, folder=Path("/home/ada")) as w:
            await w.press(*keys)
            await w.sees(*texts)
            await w.until(lambda: all(c.facts is not None for c in w.app.session.store.containers))
            await settled(w)
            # Two moments, so that there are numbers, and always the same.
            await w.until(lambda: running(w) == set(w.app.session.store.numbers.levels))
            moments[0] += 0.05
            await w.until(
                lambda: all(one.cpu is not None for one in w.app.session.store.numbers.levels.values())
            )
            await settled(w)
            picture = w.app.export_screenshot(title="wherry", simplify=True)
    path = PICTURES / f"{name}.svg"
    if os.environ.get("WHERRY_SCREENSHOTS") == "write":
        path.write_text(picture, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == picture, "make screenshots accepts what is drawn now"
