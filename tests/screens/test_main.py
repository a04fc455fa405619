"""The main screen on the demo engine: live, true, and never the wrong object."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual import events

from tests.screens.wherry import driven
from tui.config import Config
from tui.demo.server import DemoEngine
from tui.details import objects
from tui.engine.tools import Tools
from tui.screens import question
from tui.screens.question import QuestionScreen
from tui.screens.unreachable import UnreachableScreen


async def test_it_shows_what_is_there(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        text = await w.sees("shop-api-1", "unhealthy", "out of memory", "loop", "taxi_pgdata", "5/6")
        assert "● live" in text
        assert "1 Projects 2" in text
        assert "2 Containers 10" in text


async def test_what_happens_outside_is_shown_with_the_cursor_on_the_same_object(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("G", "k")
        assert w.cursor == "hello"
        engine.world.create_container("aaa-first", "hello-world")
        engine.world.rename("shop-web-1", "zzz-last")
        await w.sees("aaa-first", "zzz-last")
        assert w.cursor == "hello"


async def test_a_filter_survives_enter_refreshes_and_a_lost_connection(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("slash")
        await w.type("POSTGRES !taxi")
        await w.until(lambda: [r.name for r in w.app.main.pane.view.shown] == ["shop-db-1"])
        await w.press("enter")
        engine.world.create_container("another", "hello-world")
        engine.stop()
        await w.sees("lost since")
        engine.start()
        await w.sees("● live", "1/11", "/POSTGRES !taxi")
        assert [row.name for row in w.app.main.pane.view.shown] == ["shop-db-1"]
        await w.press("escape")
        await w.until(lambda: len(w.app.main.pane.view.shown) == 11)


async def test_marks_and_filter_bound_what_a_bulk_act_touches(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        for name in ("shop-cache-1", "shop-db-1", "shop-web-1"):
            assert w.app.main.pane.move_to(
                next(c.id for c in w.app.session.store.containers if c.name == name)
            )
            await w.press("space")
        await w.press("slash")
        await w.type("!web")
        await w.press("enter", "s")
        text = await w.sees("Stop 2 containers", "shop-cache-1", "shop-db-1", "1 marked ones are hidden")
        assert "docker stop shop-web-1" not in text
        await w.answer("y")
        await w.sees("2 of 2 done")
        states = {c.name: c.state for c in w.app.session.store.containers}
        await w.until(lambda: engine.world.find("shop-db-1").state == "exited")
        assert engine.world.find("shop-web-1").state == "running"
        assert engine.world.find("taxi-pgdatabase-1").state == "running"
        assert states["shop-web-1"] == "running"


async def test_where_all_marked_are_hidden_nothing_is_done(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("space", "slash")
        await w.type("taxi")
        await w.press("enter", "s")
        await w.sees("all 1 marked are hidden by the filter")
        assert not w.app.main.bottom.busy


async def test_a_question_names_host_and_target_and_enter_agrees(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("s")
        await w.sees("Stop shop-api-1 on local?", "docker stop shop-api-1")
        await w.answer("enter")
        await w.sees("docker stop shop-api-1 ✓")
        assert engine.world.find("shop-api-1").state == "exited"
        assert w.app.focused is w.app.main.pane


async def test_what_was_typed_ahead_answers_no_question(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driven(engine) as w:
        monkeypatch.setattr(question, "DEAF", 600)
        await w.press("d", "y", "Y", "enter", "escape")
        await w.until(lambda: isinstance(w.app.screen, QuestionScreen))
        monkeypatch.setattr(question, "DEAF", 0)
        await w.press("enter")
        await w.until(lambda: w.app.screen is w.app.main)
        assert engine.world.find("shop-api-1") is not None


async def test_escape_followed_at_once_by_a_letter_is_both(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("enter")
        await w.until(lambda: w.app.focused is not w.app.main.pane)
        await w.press("alt+s")
        await w.sees("Stop shop-api-1 on local?")


async def test_keys_pressed_at_once_work_in_their_order(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        for key in ("3", "2", "j", "slash", "d", "b"):
            w.app.post_message(events.Key(key, key if len(key) == 1 else "/"))
        await w.until(lambda: w.app.main.pane.view.filter_text == "db")
        assert w.app.main.pane.kind.name == "container"
        assert w.app.screen is w.app.main


async def test_a_question_is_withdrawn_when_its_object_changes(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("d")
        await w.sees("Remove shop-api-1")
        engine.world.stop("shop-api-1")
        await w.sees("the question was withdrawn: shop-api-1 changed: exited")
        assert w.app.screen is w.app.main


async def test_losing_data_wants_a_capital_y(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("4")
        w.app.main.pane.move_to("scratch")
        await w.press("d")
        await w.sees("Lost for good: volume scratch and all data in it", "docker volume rm scratch")
        await w.answer("y")
        await w.sees("capital Y")
        await w.press("Y")
        await w.sees("docker volume rm scratch ✓")
        await w.sees("Volumes 4")


async def test_on_a_production_host_the_name_must_be_typed(engine: DemoEngine) -> None:
    async with driven(engine, config=Config(production=("local",))) as w:
        await w.press("4")
        w.app.main.pane.move_to("scratch")
        await w.press("d")
        await w.sees("Type scratch and Enter")
        await asyncio.sleep(0.35)
        await w.type("wrong")
        await w.press("enter")
        await w.sees("That is not scratch")
        await w.press("ctrl+u")
        await w.type("scratch")
        await w.press("enter")
        await w.sees("Volumes 4")


async def test_a_refusal_is_shown_in_dockers_words_and_kept_in_activity(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("d")
        await w.sees("Remove shop-api-1")
        await w.answer("y")
        await w.sees("docker rm shop-api-1: ", "container is running")
        await w.press("A")
        await w.sees("Activity", "✗", "docker rm shop-api-1")


async def test_a_key_that_does_not_apply_says_why(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("S")
        await w.sees("shop-api-1 is running already")


async def test_for_a_moment_after_the_object_vanished_act_keys_do_nothing(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "VANISHED_HOLD", 30.0)  # a busy machine takes longer than a moment
    async with driven(engine) as w:
        w.app.main.pane.move_to(engine.world.find("hello").id)
        engine.world.remove("hello")
        await w.until(lambda: w.cursor != "hello")
        await w.press("d")
        await w.sees("has just gone")
        assert w.app.screen is w.app.main


async def test_a_lost_engine_is_said_and_come_back_from_with_no_key_pressed(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.sees("HTTP/1.1")
        engine.stop()
        await w.sees("lost since")
        assert all(pane.dimmed for pane in w.app.main.panes)
        await w.press("s")
        await w.sees("not connected: nothing is done")
        assert not w.app.main.bottom.busy
        engine.world.create_container("made-meanwhile", "hello-world")
        engine.start()
        await w.sees("● live", "made-meanwhile")
        engine.world.log("shop-api-1", "written after the return")
        await w.sees("written after the return")
        assert not any(pane.dimmed for pane in w.app.main.panes)


async def test_an_engine_that_hangs_is_lost_too(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        engine.freeze()
        await w.sees("lost since", timeout=20)
        engine.thaw()
        await w.sees("● live", timeout=20)


async def test_without_an_engine_it_explains_and_goes_on_when_there_is_one(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.sees("● live")
    engine.stop()
    from tui.app import Wherry
    from tui.engine.address import resolve
    from tui.engine.connection import Connection

    app: Any = Wherry(Connection(lambda: resolve(engine.url, None, {})), Config())
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(200):
            await asyncio.sleep(0.02)
            await pilot.pause()
            if isinstance(app.screen, UnreachableScreen):
                break
        assert isinstance(app.screen, UnreachableScreen)
        engine.start()
        for _ in range(300):
            await asyncio.sleep(0.02)
            await pilot.pause()
            if app.screen is app.main:
                break
        assert app.screen is app.main


async def test_read_only_refuses_what_changes_anything(engine: DemoEngine) -> None:
    async with driven(engine, config=Config(read_only=True)) as w:
        await w.sees("read-only")
        await w.press("s")
        await w.sees("read-only: the config says so")


async def test_a_users_key_replaces_the_usual_one_everywhere(engine: DemoEngine) -> None:
    async with driven(engine, config=Config(keymap={"container.stop": "ctrl+s"})) as w:
        await w.sees("^s stop")
        await w.press("s")
        assert not w.app.main.bottom.busy
        await w.press("ctrl+s")
        await w.sees("Stop shop-api-1 on local?")


async def test_pausing_and_unpausing_share_a_key(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.press("p")
        await w.answer("enter")
        await w.sees("paused")
        await w.press("p")
        await w.sees("docker unpause shop-api-1 ✓")


async def test_hostile_names_and_logs_change_nothing_on_the_screen(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        engine.world.log("shop-api-1", "[done] \x1b[2Jcleared \x1b]0;title\x07[/bold] end")
        text = await w.sees("[done] cleared [/bold] end")
        assert "\x1b" not in text
        assert "2 Containers 10" in text


async def test_every_pane_its_detail_and_its_forms_are_usable_at_small_sizes_too(engine: DemoEngine) -> None:
    async with driven(engine) as w:

        async def at_small_sizes(*words: str) -> None:
            for width, height in ((80, 24), (60, 15)):
                await w.resize(width, height)
                text = await w.sees(*words)
                assert max(map(len, text.splitlines())) <= width

        for number, title in enumerate(
            ("Projects", "Containers", "Images", "Volumes", "Networks", "Events"), 1
        ):
            await w.press(str(number))
            await at_small_sizes(f"{number} {title}", "? help")
            assert w.cursor
            await w.press("enter")
            await w.until(lambda: w.app.focused is not w.app.main.pane)
            await at_small_sizes("? help")
            await w.press("escape")
            await w.until(lambda: w.app.focused is w.app.main.pane)
        for pane, key, words in (
            ("3", "b", ("Build an image", "$ docker build", "Enter go")),
            ("3", "X", ("Run ", "$ docker run", "Enter go")),
            ("4", "n", ("New volume", "$ docker volume create", "Enter go")),
            ("5", "n", ("New network", "$ docker network create", "Enter go")),
            ("2", "X", ("Run a command in", "$ docker exec", "Enter go")),
            ("2", "d", ("Remove ", "docker rm", "yes", "Enter no")),
            ("1", "d", ("Down ", "docker compose", "yes", "Enter no")),
            ("2", "c", ("Networks of", "disconnect")),
        ):
            await w.press(pane, key)
            await at_small_sizes(*words)
            await w.answer("escape")
            await w.until(lambda: w.app.screen is w.app.main)


async def test_a_small_screen_shows_one_list_or_one_detail(engine: DemoEngine) -> None:
    async with driven(engine, size=(80, 24)) as w:
        text = await w.sees("2 Cont 10", "shop-api-1")
        assert "HTTP/1.1" not in text
        await w.press("enter")
        text = await w.sees("HTTP/1.1", "Logs  Stats  Inspect")
        assert "shop-cache-1" not in text
        await w.press("escape")
        await w.sees("shop-cache-1")
        w.pilot.app.screen.refresh()
        await w.pilot.resize_terminal(160, 45)
        await w.sees("1 Projects 2", "6 Events")


async def test_growing_and_shrinking(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        detail = w.app.main.detail
        await w.press("plus", "plus")
        await w.until(lambda: not detail.display)
        await w.press("underscore", "underscore")
        await w.until(lambda: detail.display)
        await w.press("enter", "plus", "plus")
        await w.until(lambda: detail.size.width >= 158)


async def test_compose_replacing_a_container_takes_cursor_mark_and_log_along(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        w.app.main.pane.move_to(engine.world.find("shop-web-1").id)
        await w.press("space", "k")
        assert w.cursor == "shop-web-1"
        await w.until(lambda: w.app.main.detail.tab is not None)
        labels = dict(engine.world.find("shop-web-1").labels)
        engine.world.remove("shop-web-1", force=True)
        new = engine.world.create_container("shop-web-1", "nginx:1.29-alpine", labels=labels)
        engine.world.start("shop-web-1")
        engine.world.log("shop-web-1", "from the successor")
        await w.sees("from the successor")
        assert w.app.main.pane.cursor_key == new
        assert w.app.main.pane.view.marks == {new}


async def test_a_compose_file_in_the_home_of_nobody_is_not_there(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        w.app.session.tools = Tools("docker", compose=("docker", "compose"))
        await w.press("1", "n")
        await w.sees("Bring up a compose file")
        await w.press("ctrl+u")
        await w.type("~nobody-has-this-name/x")
        await w.press("enter")
        await w.sees("✗", "there is no such file or folder on this machine")
        assert not w.app.session.activity.entries
