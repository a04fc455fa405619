"""What all drills ask of wherry: it answers keys, it says what is wrong, and it ends true."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from textual import events

from tests.screens.wherry import KINDS, Driven, Lender
from tui.app import Wherry
from tui.config import Config
from tui.demo.faults.control import tell
from tui.demo.server import DemoEngine
from tui.engine.address import resolve
from tui.engine.connection import Connection

ROOT = Path(__file__).parents[2]
PATIENCE = 5.0
"""Seconds in which a key must be answered, on a busy machine too."""


class Quick(Driven):
    """A running wherry that is looked at often, and never waited for until it has nothing to do."""

    async def until(self, holds: Callable[[], Any], timeout: float = 10, every: float = 0.005) -> None:
        """Wait until a condition holds, looking every so many seconds."""
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"it did not happen:\n{self.text}")
            await asyncio.sleep(every)

    async def sees(self, *texts: str, timeout: float = 10) -> str:
        """Wait until all of these are on the screen, and give the screen."""
        await self.until(lambda: _shows(self.text, texts), timeout, 0.05)
        return self.text

    async def press(self, *keys: str) -> None:
        """Press keys, and give wherry a moment; what comes of them is to be waited for."""
        self.key(*keys)
        await asyncio.sleep(0.03)

    def key(self, *keys: str) -> None:
        """Press keys as a terminal does, which waits for nothing."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))


def _shows(screen: str, texts: tuple[str, ...]) -> bool:
    return all(text in screen for text in texts)


@asynccontextmanager
async def started(url: str, size: tuple[int, int] = (150, 36)) -> AsyncIterator[Quick]:
    """Run wherry on the engine at `url`, whatever it answers; an error that nobody expected fails."""
    lender = Lender()
    app = Wherry(Connection(lambda: resolve(None, None, {"DOCKER_HOST": url})), Config(), lend=lender)
    async with app.run_test(size=size) as pilot:
        one = Quick(app, pilot, lender)
        yield one
        healthy(one)


@asynccontextmanager
async def driven(engine: DemoEngine, size: tuple[int, int] = (150, 36)) -> AsyncIterator[Quick]:
    """Run wherry on a demo engine until everything is listed."""
    async with started(engine.url, size) as one:
        await one.until(lambda: one.app.session.store.listed >= KINDS and one.app.session.tools is not None)
        yield one


def healthy(w: Driven) -> None:
    """Look whether wherry still runs, and nothing in it failed."""
    assert w.app.crash is None, w.app.crash
    assert w.app.is_running


async def answers(w: Driven) -> None:
    """Press keys, and see that they are answered."""
    for key in ("G", "g"):
        before = w.app.main.pane.cursor_index
        began = time.monotonic()
        await w.press(key)
        await w.until(lambda before=before: w.app.main.pane.cursor_index != before, PATIENCE)
        assert time.monotonic() - began < PATIENCE
    healthy(w)


async def answers_in_place(w: Driven) -> None:
    """Hide what is stopped and show it again: keys are answered, and the cursor stays where it is."""
    view = w.app.main.pane.view
    for hidden in (True, False):
        await w.press("h")
        await w.until(lambda hidden=hidden: view.hide_stopped is hidden, PATIENCE)
    healthy(w)


def is_true(w: Driven, engine: DemoEngine) -> bool:
    """Say whether the lists show what the engine has."""
    store, world = w.app.session.store, engine.world
    with world.lock:
        return (
            not store.refused
            and {row.id: row.state for row in store.containers}
            == {one.id: one.state for one in world.containers.values()}
            and {row.id for row in store.rows("image")} == set(world.images)
            and {row.id for row in store.rows("volume")} == set(world.volumes)
            and {row.id for row in store.rows("network")} == set(world.networks)
        )


def asked(engine: DemoEngine, path: str) -> int:
    """Count the requests for a path."""
    return sum(target.partition("?")[0] == path for _, target in engine.requests)


class Apart:
    """A demo engine in a process of its own, so that it takes no time from wherry's."""

    def __init__(self, folder: Path) -> None:
        self.url = f"unix://{folder / 'apart.sock'}"
        self.control = str(folder / "apart.ctl")

    def tell(self, command: str) -> str:
        """Give a command, and what came back of it."""
        told = tell(self.control, command)
        assert told.startswith("ok "), told
        return told.removeprefix("ok ")


@contextmanager
def engine_apart(folder: Path, scene: str = "stack") -> Iterator[Apart]:
    """Run a demo engine as a process."""
    made = Apart(folder)
    words = [sys.executable, "-m", "tui.demo", "--socket", made.url.removeprefix("unix://")]
    words += ["--control", made.control, "--scene", scene]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ}) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline()
            yield made
        finally:
            process.terminate()


def titles(w: Driven) -> dict[str, str]:
    """Give the title of each pane, by its kind."""
    return {pane.kind.name: pane.title_text for pane in w.app.main.panes}


def rows_of(w: Driven, kind: str) -> tuple[Any, ...]:
    """Give the rows of a kind that wherry knows."""
    return w.app.session.store.rows(kind)


def live(w: Driven) -> bool:
    """Say whether wherry holds its link to be live."""
    link = w.app.session.store.link
    return link is not None and link.live
