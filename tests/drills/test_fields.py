"""Every field of every answer, null and missing, one by one: wherry goes on, and ends true."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from tests.demo.talk import Talk
from tests.drills.drill import asked, driven, healthy, is_true, live, rows_of, titles
from tests.screens.wherry import Driven
from tui.demo.faults import EVERY, Missing, Null, fields
from tui.demo.faults.fault import Fault
from tui.demo.server import DemoEngine
from tui.details import image_config, layers
from tui.details.text import TextTab
from tui.engine import containers, images, stats
from tui.engine.address import resolve
from tui.engine.connection import Connection
from tui.engine.errors import EngineError
from tui.engine.updates import Listed, Refused, Update
from tui.widgets.json_text import json_lines

LISTS = {
    "container": "/containers/json",
    "image": "/images/json",
    "volume": "/volumes",
    "network": "/networks",
}
NAMELESS = {("container", "Id"), ("image", "Id"), ("volume", "Volumes.Name")}
"""Without these, nothing can be done to it: the list is refused, and what was known stays."""
BOTH = pytest.mark.parametrize("fault", [Null, Missing])


def known(engine: DemoEngine, target: str) -> list[str]:
    """List all fields that an answer has, and the whole of it."""
    return [*fields.paths(Talk(engine.path).ask("GET", target)[1]), fields.WHOLE]


def drawn(w: Driven) -> str:
    """Give the text of all cells of the present pane."""
    return " ".join(str(cell) for row in w.app.main.pane.rows for cell in row.cells)


def met(fault: Any) -> bool:
    """Say whether a fault of a field was met."""
    return bool(fault.latest)


def instead(engine: DemoEngine, fault: Fault) -> Any:
    """Let a fault be, and no other."""
    engine.faults.clear()
    return engine.faults.add(fault)


@BOTH
@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.usefixtures("hurried")
async def test_lists(small: DemoEngine, kind: str, fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = LISTS[kind]
    told: list[str] = []
    async with driven(small) as w:
        feed, apply = w.app.session.connection.feed, w.app.session.store.apply

        def applied(updates: Sequence[Update]) -> frozenset[str]:
            told.extend(one.kind for one in updates if isinstance(one, Listed | Refused))
            return apply(updates)

        monkeypatch.setattr(w.app.session.store, "apply", applied)
        await w.press(str([pane.kind.name for pane in w.app.main.panes].index(kind) + 1))
        for field in known(small, f"{path}?all=1"):
            made, before = instead(small, fault(path, field)), len(told)
            feed.list_again([kind])
            await w.until(lambda made=made, before=before: met(made) and kind in told[before:])
            healthy(w)
            assert live(w)
            assert "None" not in drawn(w), field
            if (kind, field) in NAMELESS:
                await w.until(lambda: "makes no sense: one has no" in titles(w)[kind])
                assert w.app.main.pane.dimmed
        small.faults.clear()
        feed.list_again()
        await w.until(lambda: is_true(w, small))


@BOTH
async def test_inspect_of_a_container(small: DemoEngine, fault: Any) -> None:
    one = small.world.find("shop-web-1").id
    path = f"/containers/{one}/json"
    async with driven(small) as w:
        connection = w.app.session.connection
        for field in known(small, path):
            made = instead(small, fault(path, field))
            try:
                found = await asyncio.to_thread(containers.inspect, connection, one)
            except EngineError as error:
                assert field == fields.WHOLE
                told = str(error)
                assert "no sense" in told or "no JSON" in told  # both are good ends
            else:
                assert containers.parse_facts(found) is not None
                assert json_lines(found)
            assert met(made)
        made = instead(small, fault(path, EVERY))
        await w.press("enter", "right_square_bracket", "right_square_bracket")
        await w.until(partial(met, made))
        await w.until(
            lambda: isinstance(w.app.main.detail.tab, TextTab) and w.app.main.detail.tab.text.all_text()
        )
        healthy(w)


@BOTH
async def test_history_and_config_of_an_image(small: DemoEngine, fault: Any) -> None:
    one = next(iter(small.world.images))
    async with driven(small) as w:
        connection = w.app.session.connection

        def look(kind: str) -> str:
            try:
                if kind == "history":
                    return str(layers.draw(images.layers(connection, one)))
                return str(image_config.draw(images.inspect(connection, one)))
            except EngineError as error:
                return str(error)

        for kind in ("history", "json"):
            for field in known(small, f"/images/bb:2/{kind}"):
                made = instead(small, fault(f"/images/.*/{kind}", field))
                told = await asyncio.to_thread(look, kind)
                assert "None" not in told.replace("style=None", "").replace("time=None", ""), field
                assert met(made)
        instead(small, fault("/images/.*", EVERY))
        await w.press("3", "enter")
        for _ in range(4):
            await w.press("right_square_bracket")
            await w.until(
                lambda: (
                    not isinstance(w.app.main.detail.tab, TextTab) or w.app.main.detail.tab.text.all_text()
                )
            )
            healthy(w)


@BOTH
@pytest.mark.usefixtures("hurried")
async def test_events(small: DemoEngine, fault: Any) -> None:
    """Whatever an event does not say, the lists end true, and the timeline can be drawn."""
    world = small.world
    async with driven(small) as w:
        await w.press("6")
        sample = fields.paths(json.loads(world.events.kept[-1].wire()))
        for field in [*sample, "Actor.Attributes.*"]:
            made = instead(small, fault("/events", field))
            act = world.unpause if world.find("shop-web-1").state == "paused" else world.pause
            act("shop-web-1")
            await w.until(lambda made=made: met(made) and is_true(w, small))
            healthy(w)
            assert live(w)
            assert "None" not in drawn(w), field
        assert len(rows_of(w, "event")) >= len(sample), "none of them was dropped"


@BOTH
async def test_numbers(small: DemoEngine, fault: Any) -> None:
    one = small.world.find("shop-web-1").id
    path = f"/containers/{one}/stats"
    target = f"{path}?stream=false&one-shot=true"
    everything = known(small, target)
    for field in everything:
        instead(small, fault(path, field))
        found = stats.parse(Talk(small.path).ask("GET", target)[1])
        assert found is None or stats.numbers(found, found).counters is found, field
    instead(small, fault(path, EVERY))
    async with driven(small) as w:
        w.app.session.connection.sampler.interval = 0.01
        before = asked(small, path)
        await w.until(lambda: asked(small, path) > before + len(everything))
        healthy(w)
        small.faults.clear()
        await w.until(lambda: one in w.app.session.store.numbers.latest)


@BOTH
@pytest.mark.parametrize("path", ["/version", "/info", "/_ping"])
def test_what_the_engine_says_of_itself(small: DemoEngine, fault: Any, path: str) -> None:
    connection = Connection(lambda: resolve(None, None, {"DOCKER_HOST": small.url}))

    def meet() -> str:
        try:
            connection.establish()
            connection.ping()
        except EngineError as error:
            return str(error)
        return connection.version

    try:
        for field in known(small, path):
            instead(small, fault(path, field))
            assert "None" not in meet(), field
        small.faults.clear()
        assert meet() == "26.1.5"
    finally:
        connection.close()
