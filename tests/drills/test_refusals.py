"""Answers that refuse, or make no sense: one sentence where they belong, and all else goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.drills.drill import answers, healthy, is_true, live, rows_of, started, titles
from tests.screens.wherry import Driven, driven
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


@pytest.mark.parametrize("kind", LISTS)
async def test_a_list_that_was_refused_from_the_start(engine: DemoEngine, kind: str) -> None:
    engine.faults.add(Status(LISTS[kind], 500, "the disk is full"))
    async with started(engine.url) as w:
        await w.sees("● live", "Docker would not list them: the disk is full")
        engine.faults.clear()
        await w.until(lambda: is_true(w, engine))


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        (("2", "enter", "right_square_bracket", "right_square_bracket"), "/containers/.*/json"),
        (("3", "enter", "right_square_bracket"), "/images/.*/history"),
        (("3", "enter", "right_square_bracket", "right_square_bracket"), "/images/.*/json"),
        (("4", "enter", "right_square_bracket"), "/volumes/.*"),
        (("5", "enter", "right_square_bracket"), "/networks/.*"),
    ],
)
async def test_a_tab_says_why_it_shows_nothing(small: DemoEngine, keys: tuple[str, ...], path: str) -> None:
    async with driven(small) as w:
        await w.press(*keys)
        await w.until(lambda: w.app.main.detail.tab is not None and text(w))
        for fault, said in refusals(path):
            if isinstance(fault, Garble) and fault.way == "types":
                continue  # an inspect is shown as it is, whatever is in it
            small.faults.add(fault)
            w.app.main.detail.tab.load()  # type: ignore[union-attr]  # it is there
            await w.sees(said)
            healthy(w)
            assert live(w)
            small.faults.clear()
            w.app.main.detail.tab.load()  # type: ignore[union-attr]  # it is there
            await w.until(lambda: text(w))


def text(w: Driven) -> str:
    """Give the text of the tab that is shown."""
    tab: Any = w.app.main.detail.tab
    return str(tab.text.all_text())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Status("/containers/.*/logs", 500, "no log file"), "no log file"),
        (Garble("/containers/.*/logs", "html"), "the log came in a form"),
        (Garble("/containers/.*/logs", "shape"), "the log came in a form"),
        (Garble("/containers/.*/logs", "deep"), "the log came in a form"),
        (Garble("/containers/.*/logs", "types"), ""),
        (Garble("/containers/.*/logs", "bytes"), ""),
        (Garble("/containers/.*/logs", "cut"), ""),
        (ContentType("/containers/.*/logs", "text/html"), "it is ready"),
        (ContentType("/containers/.*/logs", "application/vnd.docker.raw-stream"), "it is ready"),
        (ContentType("/containers/.*/logs", "application/vnd.docker.multiplexed-stream"), "it is ready"),
    ],
    ids=str,
)
async def test_logs(small: DemoEngine, fault: Fault, said: str) -> None:
    small.faults.add(fault)
    async with driven(small) as w:
        w.app.main.pane.move_to(small.world.find("shop-web-1").id)
        await w.sees("shop-web-1", said)
        small.world.log("shop-web-1", "one more")
        await answers(w)
        assert live(w)
        small.faults.clear()
        w.app.main.pane.move_to(small.world.find("ended").id)
        await w.until(lambda: w.app.main.detail.row is not None and w.app.main.detail.row.name == "ended")
        w.app.main.pane.move_to(small.world.find("shop-web-1").id)
        await w.sees("it is ready", "one more")


@pytest.mark.parametrize("path", ["/containers/.*/stats", "/info"])
async def test_numbers_that_are_refused_come_back(small: DemoEngine, path: str) -> None:
    async with driven(small) as w:
        sampler, numbers = w.app.session.connection.sampler, w.app.session.store.numbers
        sampler.interval = 0.02
        for fault, _ in refusals(path):
            small.faults.add(fault)
            asked = len(small.requests)
            await w.until(lambda asked=asked: len(small.requests) > asked + 4)
            healthy(w)
            assert live(w)
            small.faults.clear()
        before = dict(numbers.latest)
        await w.until(lambda: numbers.latest and numbers.latest != before)


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
            for fault, _ in refusals(path):
                small.faults.add(fault)
                try:
                    await asyncio.to_thread(act)
                except EngineError as error:
                    assert "\n" not in str(error)  # noqa: PT017  # an act without an answer can't be garbled
                small.faults.clear()
        if small.world.find("shop-web-1").state == "paused":
            small.world.unpause("shop-web-1")  # nonsense was said of it, and it was done
        await w.until(lambda: is_true(w, small))
        small.faults.add(Status("/containers/.*/pause", 500, "no cgroups here"))
        w.app.main.pane.move_to(small.world.find("shop-web-1").id)
        await w.press("p")
        await w.sees("docker pause shop-web-1: no cgroups here")
        healthy(w)
