"""Answers that refuse, or make no sense: one sentence where they belong, and all else goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.drills.drill import (
    answers,
    answers_in_place,
    asked,
    driven,
    healthy,
    is_true,
    live,
    rows_of,
    started,
    titles,
)
from tests.screens.wherry import Driven
from tui.demo.faults import ContentType, Garble, Status
from tui.demo.faults.fault import Fault
from tui.demo.server import DemoEngine
from tui.engine import containers, images, volumes
from tui.engine.errors import EngineError

LISTS = {
    "container": "/containers/json",
    "image": "/images/json",
    "volume": "/volumes",
    "network": "/networks",
}
WAYS = {
    "cut": "is no JSON",
    "html": "is no JSON",
    "bytes": "is no JSON",
    "deep": "is no JSON",
    "shape": "makes no sense",
    "types": "makes no sense",
}


def refusals(path: str) -> list[tuple[Fault, str]]:
    """Give all that can be wrong with a whole answer, and what is said of it."""
    return [
        (Status(path, 500, "the disk is full"), "the disk is full"),
        (Status(path, 503), "the engine answered 503"),
        *((Garble(path, way), said) for way, said in WAYS.items()),
    ]


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.usefixtures("hurried")
async def test_one_list_is_refused_and_the_others_go_on(small: DemoEngine, kind: str) -> None:
    async with driven(small) as w:
        for fault, said in refusals(LISTS[kind]):
            small.faults.add(fault)
            w.app.session.connection.feed.list_again([kind])
            await w.until(lambda said=said: said in titles(w)[kind])
            assert live(w)
            assert {pane.kind.name for pane in w.app.main.panes if pane.dimmed} == {kind}
            assert "stale: " in titles(w)[kind]
            assert rows_of(w, kind), "what was known is still shown"
            if kind != "container":
                small.world.pause("shop-web-1")
                await w.until(lambda: any(row.state == "paused" for row in w.app.session.store.containers))
                small.world.unpause("shop-web-1")
            healthy(w)
            small.faults.clear()
            await w.until(lambda: is_true(w, small))
            assert not any(pane.dimmed for pane in w.app.main.panes)
        await answers(w)


@pytest.mark.parametrize("kind", ["container", "image"])
@pytest.mark.usefixtures("hurried")
async def test_a_list_that_was_refused_from_the_start(engine: DemoEngine, kind: str) -> None:
    engine.faults.add(Status(LISTS[kind], 500, "the disk is full"))
    async with started(engine.url) as w:
        await w.sees("● live", "Docker would not list them: the disk is full")
        engine.faults.clear()
        await w.until(lambda: is_true(w, engine))


async def test_a_tab_says_why_it_shows_nothing(small: DemoEngine) -> None:
    tabs = [
        ("2", "Inspect", "/containers/.*/json"),
        ("3", "Layers", "/images/.*/history"),
        ("3", "Config", "/images/.*/json"),
        ("4", "Inspect", "/volumes/.*"),
        ("5", "Inspect", "/networks/.*"),
    ]
    async with driven(small) as w:
        for pane, title, path in tabs:
            await w.press(pane)
            await w.until(lambda: w.app.main.detail.row is not None and w.app.main.detail.row is w.row)
            await w.app.main.detail.open_tab(title)
            await w.until(lambda: text(w) and getattr(w.app.main.detail.tab, "row", None) is w.row)
            await says_why(w, small, path)


async def says_why(w: Driven, engine: DemoEngine, path: str) -> None:
    """See that the tab that is shown says why, and recovers."""
    tab: Any = w.app.main.detail.tab
    for fault, said in refusals(path):
        if isinstance(fault, Garble) and fault.way == "types":
            continue  # an inspect is shown as it is, whatever is in it
        engine.faults.add(fault)
        tab.load()
        await w.until(lambda said=said: said in tab.text.placeholder and not text(w))
        healthy(w)
        assert live(w)
        engine.faults.clear()
        tab.load()
        await w.until(lambda: text(w))
    engine.faults.add(Status(path, 500, "the disk is full"))
    tab.load()
    await w.sees("the disk is full")
    engine.faults.clear()


def text(w: Driven) -> str:
    """Give the text of the tab that is shown."""
    tab: Any = w.app.main.detail.tab
    return str(tab.text.all_text()) if hasattr(tab, "text") else ""


async def test_logs(small: DemoEngine) -> None:
    path, logs = "/containers/.*/logs", f"/containers/{small.world.find('shop-web-1').id}/logs"
    nonsense = "the log came in a form"
    faults: list[tuple[Fault, str]] = [
        (Status(path, 500, "no log file"), "no log file"),
        (Garble(path, "html"), nonsense),
        (Garble(path, "shape"), nonsense),
        (Garble(path, "deep"), nonsense),
        (Garble(path, "types"), ""),
        (Garble(path, "bytes"), ""),
        (Garble(path, "cut"), ""),
        (ContentType(path, "text/html"), "it is ready"),
        (ContentType(path, "application/vnd.docker.raw-stream"), "it is ready"),
        (ContentType(path, "application/vnd.docker.multiplexed-stream"), "it is ready"),
    ]
    async with driven(small) as w:
        await w.sees("it is ready")
        tab: Any = w.app.main.detail.tab
        for fault, said in faults:
            small.faults.add(fault)
            before = asked(small, logs)
            tab.load()
            small.world.log("shop-web-1", "one more")
            await w.until(lambda said=said, before=before: asked(small, logs) > before and said in text(w))
            await answers_in_place(w)
            assert live(w)
            small.faults.clear()
            tab.load()
            await w.until(lambda: "it is ready" in text(w) and "one more" in text(w))
            assert nonsense not in text(w)


@pytest.mark.parametrize("path", ["/containers/.*/stats", "/info"])
async def test_numbers_that_are_refused_come_back(small: DemoEngine, path: str) -> None:
    async with driven(small) as w:
        sampler, numbers = w.app.session.connection.sampler, w.app.session.store.numbers
        sampler.interval = 0.02
        for fault, _ in refusals(path):
            small.faults.add(fault)
            before = len(small.requests)
            await w.until(lambda before=before: len(small.requests) > before + 4)
            healthy(w)
            assert live(w)
            small.faults.clear()
        latest = dict(numbers.latest)
        await w.until(lambda: numbers.latest and numbers.latest != latest)


async def test_events_that_are_refused_are_a_lost_link_in_the_engines_words(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        engine.faults.add(Status("/events", 500, "too many listeners"))
        engine.stop()
        engine.start()
        await w.sees("✗ lost since", "too many listeners")
        await answers(w)
        engine.faults.clear()
        await w.sees("● live")
        await w.until(lambda: is_true(w, engine))


@pytest.mark.parametrize(
    "fault", [ContentType(".*", "text/html"), ContentType(".*", "application/octet-stream")]
)
async def test_a_wrong_type_of_json_does_not_matter(engine: DemoEngine, fault: Fault) -> None:
    engine.faults.add(fault)
    async with driven(engine) as w:
        engine.world.pause("shop-web-1")
        await w.sees("paused")
        await w.until(lambda: is_true(w, engine))


async def test_acts_that_are_refused_or_answered_with_nonsense_are_told(small: DemoEngine) -> None:
    async with driven(small) as w:
        connection = w.app.session.connection
        acts: list[tuple[str, Any]] = [
            ("/containers/.*/pause", lambda: containers.pause(connection, "shop-web-1")),
            ("/volumes/create", lambda: volumes.create(connection, "made", "", {}, {})),
            ("/images/bb:2", lambda: images.remove(connection, "bb:2", force=False)),
            ("/containers/.*/exec", lambda: containers.shell_of(connection, "shop-web-1")),
        ]
        for path, act in acts:
            for fault, said in refusals(path):
                small.faults.add(fault)
                told = ""
                try:
                    await asyncio.to_thread(act)
                except EngineError as error:
                    told = str(error)
                assert "\n" not in told
                # An act without an answer can't be garbled.
                if isinstance(fault, Status):
                    assert said in told
                small.faults.clear()
        if small.world.find("shop-web-1").state == "paused":
            small.world.unpause("shop-web-1")  # nonsense was said of it, and it was done
        await w.until(lambda: is_true(w, small))
        small.faults.add(Status("/containers/.*/pause", 500, "no cgroups here"))
        w.app.main.pane.move_to(small.world.find("shop-web-1").id)
        await w.press("p")
        await w.sees("Pause shop-web-1 on local?")
        await w.answer("enter")
        await w.sees("docker pause shop-web-1: no cgroups here")
        healthy(w)
