"""What containers use, as the user sees it: read for what is on the screen, drawn where it differs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.geometry import Region
from textual.widget import Widget

from tests.screens.wherry import Driven, driven
from tui.config import Config
from tui.demo.acts.things import Temper
from tui.demo.scenes import scale
from tui.demo.server import DemoEngine
from tui.engine.stats import Counters, Numbers
from tui.engine.updates import Sampled
from tui.store import ranking

QUICK = Config(stats_interval=0.3)
NEVER_AGAIN = Config(stats_interval=3600)


def line(w: Driven, name: str) -> str:
    """Give the line of the containers' list that shows a container."""
    lines = [one.partition("│")[0] for one in w.text.splitlines()]
    return next((one for one in lines if re.match(rf".[●◍○✗‖↻] {name} ", one)), "")


def asked(engine: DemoEngine) -> set[str]:
    """Give the ids whose numbers the engine was asked for since the last look."""
    paths = [target.split("?")[0] for _, target in tuple(engine.requests)]
    engine.requests.clear()
    return {path.split("/")[2] for path in paths if path.endswith("/stats")}


def numbers(cpu: float | None = 1.0, memory: int = 41_000_000, limit: int = 0) -> Numbers:
    return Numbers(Counters(time.time(), 1.0, memory, limit, 0, 0, 0, 0, 3), cpu, 0.0, 0.0, 0.0, 0.0)


def give(w: Driven, read: dict[str, Numbers]) -> None:
    """Let numbers arrive."""
    w.app._apply([Sampled(read)])


def id_of(w: Driven, name: str) -> str:
    return next(one.id for one in w.app.session.store.containers if one.name == name)


async def read_no_more(w: Driven, count: int = 1) -> None:
    """Wait for both first readings of so many containers, after which none is under way, and end it."""
    levels = w.app.session.store.numbers.levels
    await w.until(lambda: len(levels) >= count and all(one.cpu is not None for one in levels.values()))
    w.app.session.connection.sampler.close()
    await w.settles()


async def test_running_rows_show_cpu_and_memory_soon_and_others_nothing(engine: DemoEngine) -> None:
    async with driven(engine, config=NEVER_AGAIN) as w:
        await w.until(lambda: re.search(r"running +[\d.]+% +[\d.]+[KMG]", line(w, "shop-web-1")))
        still = [one.name for one in w.app.session.store.containers if one.state != "running"]
        assert len(still) > 2
        for name in still:
            assert line(w, name)
            assert not re.search(r"\d%|\d[KMG]\b", line(w, name))


async def test_a_cell_is_drawn_only_when_its_text_differs(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driven(engine, config=NEVER_AGAIN) as w:
        web, api = id_of(w, "shop-web-1"), id_of(w, "shop-api-1")
        await read_no_more(w, 6)
        give(w, {web: numbers(12.0), api: numbers(30.0)})
        await w.sees("12%", "30%", "41M")
        drawn: list[tuple[Widget, tuple[Region, ...]]] = []
        refresh = Widget.refresh

        def noted(self: Widget, *regions: Region, **how: Any) -> Widget:
            drawn.append((self, regions))
            return refresh(self, *regions, **how)

        monkeypatch.setattr(Widget, "refresh", noted)
        give(w, {web: numbers(12.2), api: numbers(30.4, 41_200_000)})
        await w.settles()
        assert drawn == []
        give(w, {web: numbers(55.0), api: numbers(30.0)})
        await w.sees("55%")
        [(widget, regions)] = drawn
        assert widget is w.app.main.panes[1]
        [region] = regions
        assert (region.height, region.width) == (1, 4)


async def test_only_what_is_on_the_screen_is_read(tmp_path: Path) -> None:
    with DemoEngine(str(tmp_path / "demo.sock"), scale(60, 5)) as engine:
        async with driven(engine, size=(120, 34), config=QUICK) as w:
            pane = w.app.main.panes[1]
            seen = set(pane.seen)
            assert 5 < len(seen) < 30
            await w.until(lambda: set(w.app.session.store.numbers.levels) == seen)
            asked(engine)
            await w.until(lambda: len(engine.requests) > len(seen))
            assert asked(engine) == seen
            await w.press("G")
            await w.until(lambda: not seen & set(pane.seen))
            await w.until(lambda: set(w.app.session.store.numbers.levels) <= set(pane.seen))
            asked(engine)
            await w.until(lambda: len(engine.requests) > 20)
            assert asked(engine) <= set(pane.seen)
            pane.scroll_to(y=0, animate=False)
            await w.until(lambda: seen <= set(w.app.session.store.numbers.levels))


async def test_where_the_list_is_hidden_only_the_selected_one_is_read(tmp_path: Path) -> None:
    with DemoEngine(str(tmp_path / "demo.sock"), scale(30, 0)) as engine:
        async with driven(engine, size=(80, 24), config=QUICK) as w:
            row = w.row.id
            await w.until(lambda: len(w.app.session.store.numbers.levels) > 10)
            await w.press("enter")
            await w.until(lambda: set(w.app.session.store.numbers.levels) == {row})
            asked(engine)
            await w.until(lambda: len(engine.requests) > 2)
            assert asked(engine) == {row}
            await w.press("escape")
            await w.until(lambda: len(w.app.session.store.numbers.levels) > 10)
            await w.press("3")
            await w.until(lambda: not w.app.session.store.numbers.levels)


async def test_nothing_is_read_behind_another_screen_and_all_behind_a_dialog(engine: DemoEngine) -> None:
    async with driven(engine, config=QUICK) as w:
        levels = w.app.session.store.numbers.levels
        await w.until(lambda: len(levels) > 3)
        await w.press("question_mark")
        await w.until(lambda: w.app.screen is not w.app.main)
        assert len(levels) > 3
        await w.press("escape")
        await w.press("A")
        await w.until(lambda: not levels)
        await w.press("escape")
        await w.until(lambda: len(levels) > 3)


async def test_nothing_is_read_while_another_program_has_the_terminal(engine: DemoEngine) -> None:
    async with driven(engine, config=QUICK) as w:
        levels = w.app.session.store.numbers.levels
        await w.until(lambda: len(levels) > 3)
        w.app.app_suspend_signal.publish(w.app)
        assert not levels
        await w.pilot.pause(0.7)
        assert not levels
        w.app.app_resume_signal.publish(w.app)
        await w.until(lambda: len(levels) > 3)


async def test_an_unfocused_terminal_is_served_rarely(engine: DemoEngine) -> None:
    async with driven(engine, config=Config()) as w:
        sampler = w.app.session.connection.sampler
        assert sampler.interval == 2
        w.app.post_message(events.AppBlur())
        await w.until(lambda: sampler.interval == 10)
        w.app.main.sampling.pace(8)
        assert sampler.interval == 16
        w.app.main.sampling.pace(2)
        assert sampler.interval == 10
        w.app.post_message(events.AppFocus())
        await w.until(lambda: sampler.interval == 4)
        w.app.main.sampling.pace(1)
        assert sampler.interval == 2


async def test_off_takes_the_columns_away_and_asks_nothing(engine: DemoEngine) -> None:
    async with driven(engine, config=Config(stats_interval=None)) as w:
        await w.press("t")
        await w.sees("numbers are off: the config says stats_interval: off")
        assert w.app.session.connection.sampler.interval is None
        assert asked(engine) == set()
        assert {"cpu", "memory", "limit"}.isdisjoint(column.key for column in w.app.main.panes[1].columns)


async def test_numbers_go_when_it_is_paused_and_come_back(engine: DemoEngine) -> None:
    async with driven(engine, config=QUICK) as w:
        shown = re.compile(r"[\d.]+% +[\d.]+[KMG]")
        await w.until(lambda: shown.search(line(w, "shop-web-1")))
        engine.world.pause("shop-web-1")
        await w.until(lambda: "paused" in line(w, "shop-web-1"))
        assert not shown.search(line(w, "shop-web-1"))
        engine.world.unpause("shop-web-1")
        await w.until(lambda: shown.search(line(w, "shop-web-1")))


async def test_after_a_lost_link_no_old_number_is_shown(engine: DemoEngine) -> None:
    async with driven(engine, config=NEVER_AGAIN) as w:
        web = id_of(w, "shop-web-1")
        await read_no_more(w, 6)
        give(w, {web: numbers(77.0)})
        await w.sees("77%")
        engine.stop()
        await w.sees("lost since", "77%")
        assert w.app.main.panes[1].dimmed
        engine.start()
        await w.sees("● live")
        await w.sees_no("77%")


async def test_an_order_by_memory_holds_and_the_cursor_keeps_its_object(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "HOLDS", 1e9)
    async with driven(engine, config=NEVER_AGAIN) as w:
        pane, levels = w.app.main.panes[1], w.app.session.store.numbers.levels
        running = [one.id for one in w.app.session.store.containers if one.state == "running"]
        await read_no_more(w, len(running))
        assert set(levels) == set(running)
        give(w, {one: numbers(memory=(place + 1) * 10**6) for place, one in enumerate(running)})
        before = w.row.id
        await w.press("o")
        await w.sees("by mem")
        await w.type("mem")
        await w.press("enter")
        await w.until(lambda: [row.id for row in pane.view.shown][: len(running)] == running[::-1])
        assert w.row.id == before
        give(w, {running[0]: numbers(memory=10**9)})
        await w.sees("1.0G")
        assert pane.view.shown[0].id == running[-1]
        monkeypatch.setattr(ranking, "HOLDS", 0)
        give(w, {running[0]: numbers(memory=10**9)})
        await w.until(lambda: pane.view.shown[0].id == running[0])
        assert w.row.id == before


async def test_an_order_by_cpu_knows_what_is_not_on_the_screen(tmp_path: Path) -> None:
    def busy_last(world: Any) -> None:
        scale(60, 0)(world)
        world.create_container("zzz-busy", "bb:2", ["server"], temper=Temper(cpu=3.0))
        world.start("zzz-busy")

    with DemoEngine(str(tmp_path / "demo.sock"), busy_last) as engine:
        async with driven(engine, size=(120, 34), config=QUICK) as w:
            pane = w.app.main.panes[1]
            pane.view.sort = "cpu"
            pane.show_again()
            await w.until(lambda: pane.view.shown[0].name == "zzz-busy")
            pane.view.sort = ""
            pane.show_again()
            await w.until(lambda: set(w.app.session.store.numbers.levels) <= set(pane.seen))


async def test_what_rises_to_the_top_is_seen_while_the_cursor_can_be_seen_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "HOLDS", 0)
    with DemoEngine(str(tmp_path / "demo.sock"), scale(60, 0)) as engine:
        async with driven(engine, size=(120, 34), config=QUICK) as w:
            pane = w.app.main.panes[1]
            pane.view.sort = "cpu"
            pane.show_again()
            await read_no_more(w, 60)
            ids = [one.id for one in w.app.session.store.containers]
            give(w, {one: numbers(90.0 - place) for place, one in enumerate(ids)})
            await w.press("g")
            assert (w.row.id, pane.scroll_offset.y) == (ids[0], 0)
            give(w, {ids[50]: numbers(95.0), ids[51]: numbers(99.0)})
            await w.until(lambda: pane.view.shown[0].id == ids[51])
            await w.settles()
            assert (w.row.id, pane.cursor_index, pane.scroll_offset.y) == (ids[0], 2, 0)


async def test_the_stats_tab_shows_all_there_is(engine: DemoEngine) -> None:
    async with driven(engine, config=NEVER_AGAIN) as w:
        pane = w.app.main.pane
        pane.move_to(id_of(w, "shop-web-1"))
        await w.press("t")
        text = await w.sees("LAST TWO MINUTES", "of one core", "network in", "disk write", "processes")
        assert re.search(r"memory +[\d.]+M +(no limit|of )", text)
        await w.until(lambda: re.search(r"network in +[\d.]+[BKM]/s +[\d.]+[BKMG] in all", w.text))
        web = w.row.id
        await read_no_more(w, 6)
        half = replace(numbers(50.0), received=1_200.0)
        give(w, {web: replace(half, counters=replace(half.counters, limit=82_000_000))})
        await w.sees("of 82M, 50%", "1K/s", "50%")
        engine.world.pause("shop-web-1")
        await w.sees("nothing is read: it is paused")
        assert "LAST TWO MINUTES" in w.text


async def test_history_grows_only_while_it_is_looked_at(engine: DemoEngine) -> None:
    async with driven(engine, config=QUICK) as w:
        w.app.main.pane.move_to(id_of(w, "shop-web-1"))

        def cells() -> int:
            return sum("\u2801" <= char <= "\u28ff" for char in w.text)

        assert cells() == 0
        await w.press("t")
        await w.until(lambda: cells() > 6)
        await w.press("left_square_bracket")
        await w.until(lambda: cells() == 0)
        await w.press("right_square_bracket")
        await w.sees("LAST TWO MINUTES")
        assert cells() <= 12


async def test_ascii_draws_history_in_ascii(engine: DemoEngine) -> None:
    async with driven(engine, config=Config(stats_interval=0.3, ascii=True)) as w:
        w.app.main.pane.move_to(id_of(w, "shop-web-1"))
        await w.press("t")
        await w.until(lambda: re.search(r"memory .*[.:+#]{3}", w.text))
        assert not any("\u2800" <= char <= "\u28ff" for char in w.text)


async def test_an_image_has_no_stats(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("3", "t")
        await w.sees("has no stats")


@pytest.mark.parametrize(("pane", "name"), [("5", "taxi"), ("1", "shop")])
async def test_lists_beside_other_objects_show_numbers_too(engine: DemoEngine, pane: str, name: str) -> None:
    async with driven(engine, size=(200, 45), config=QUICK) as w:
        await w.press(pane)
        _move_to(w, lambda row: row.name.startswith(name))
        await w.until(lambda: re.search(r"│.*(running|unhealthy).* [\d.]+% +[\d.]+[KMG]", w.text))


def _move_to(w: Driven, wanted: Callable[[Any], bool]) -> None:
    pane = w.app.main.pane
    assert pane.move_to(next(row.id for row in pane.view.shown if wanted(row)))
