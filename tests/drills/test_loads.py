"""More than anybody can read: keys are answered all the while, and it ends true."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.demo.talk import Talk
from tests.drills.drill import PATIENCE, Apart, Quick, engine_apart, healthy, live, rows_of, started
from tests.screens.wherry import KINDS
from tui.details.logs import LogsTab


@asynccontextmanager
async def driven_apart(folder: Path) -> AsyncIterator[tuple[Apart, Quick]]:
    """Run wherry on an engine in a process of its own, until everything is listed."""
    with engine_apart(folder) as engine:
        async with started(engine.url) as w:
            await w.until(lambda: w.app.session.store.listed >= KINDS)
            yield engine, w


async def keys_for(w: Quick, seconds: float) -> int:
    """Press keys that move the cursor, one after the other, each answered; gives how many."""
    pane, count = w.app.main.pane, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = pane.cursor_index
        w.key("j" if count % 2 == 0 else "k")
        await w.until(lambda before=before: pane.cursor_index != before, PATIENCE)
        assert live(w)
        count += 1
    healthy(w)
    return count


def matches(w: Quick, engine: Apart) -> bool:
    """Say whether the lists are what the engine lists now."""
    talk = Talk(engine.url.removeprefix("unix://"))
    states = {item["Id"]: item["State"] for item in talk.ask("GET", "/containers/json?all=1")[1]}
    volumes = {item["Name"] for item in talk.ask("GET", "/volumes")[1]["Volumes"]}
    talk.close()
    return {row.id: row.state for row in w.app.session.store.containers} == states and {
        row.id for row in rows_of(w, "volume")
    } == volumes


async def test_two_thousand_events_a_second(tmp_path: Path) -> None:
    async with driven_apart(tmp_path) as (engine, w):
        engine.tell("storm 2000")
        await w.until(lambda: any(one.name.startswith("storm-") for one in w.app.session.store.events))
        assert await keys_for(w, 1) > 3
        engine.tell("clear")
        engine.tell("stop shop-web-1")
        await w.until(
            lambda: any(one.state == "exited" for one in rows_of(w, "container") if one.name == "shop-web-1")
        )
        await w.until(lambda: matches(w, engine), every=0.2)
        stop = next(one for one in reversed(w.app.session.store.events) if one.action == "stop")
        assert stop.name == "shop-web-1"
        await w.press("6")
        await w.sees("shop-web-1")


async def test_a_log_of_a_hundred_thousand_lines_a_second(tmp_path: Path) -> None:
    async with driven_apart(tmp_path) as (engine, w):
        await w.until(lambda: w.log)
        tab = w.app.main.detail.tab
        assert isinstance(tab, LogsTab)
        name = w.cursor
        engine.tell(f"flood {name} 100000")
        await w.until(lambda: tab.text.line_count > 5_000)
        for _ in range(5):
            began = time.monotonic()
            w.key("question_mark")
            await w.until(lambda: w.app.screen is not w.app.main, PATIENCE)
            w.key("escape")
            await w.until(lambda: w.app.screen is w.app.main, PATIENCE)
            assert time.monotonic() - began < PATIENCE
        assert live(w)
        engine.tell("clear")
        engine.tell(f"log {name} 'this was the last line'")
        await w.until(lambda: "this was the last line" in tab.text.text_of_visible(), 30)
        healthy(w)


async def test_ten_thousand_containers(tmp_path: Path) -> None:
    async with driven_apart(tmp_path) as (engine, w):
        before = len(w.app.session.store.containers)
        engine.tell("crowd 10000")
        await w.until(lambda: len(w.app.session.store.containers) == before + 10_000, 20)
        await w.sees(f"2 Containers {before + 10_000}")
        pane = w.app.main.pane
        for key, place in (("G", before + 9_999), ("g", 0), ("pagedown", None)):
            began = time.monotonic()
            w.key(key)
            await w.until(
                lambda place=place: pane.cursor_index == place if place is not None else pane.cursor_index
            )
            assert time.monotonic() - began < PATIENCE
        w.key("slash", *"crowd01249")
        await w.until(lambda: len(pane.view.shown) == 8)
        await w.sees("crowd01249-worker0-1")
        w.key("escape")
        engine.tell("clear")
        await w.until(lambda: len(w.app.session.store.containers) == before, 20)
        assert matches(w, engine)
