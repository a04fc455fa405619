"""The link breaks: it is said, nothing that is shown is lost, keys work, and it comes back by itself."""

from __future__ import annotations

import pytest

from tests.drills.drill import answers, answers_in_place, asked, driven, is_true, live, started
from tests.screens.wherry import Driven
from tui.demo.faults import Cut, Garble, Hang, Refuse, Slow
from tui.demo.faults.fault import Fault
from tui.demo.server import DemoEngine
from tui.engine import connection, events, feed
from tui.screens.unreachable import UnreachableScreen

pytestmark = pytest.mark.usefixtures("hurried")


async def set_up(w: Driven) -> None:
    """Filter, mark, put the cursor, and follow a log."""
    await w.press("slash")
    await w.type("shop")
    await w.press("enter")
    await w.until(lambda: len(w.app.main.pane.view.shown) == 6)
    await w.press("space")
    await w.until(lambda: w.app.main.detail.tab is not None and w.app.main.detail.tab.row is w.row and w.log)


def kept(w: Driven) -> tuple[object, ...]:
    """Give what a user has set up."""
    view = w.app.main.pane.view
    return view.filter_text, frozenset(view.marks), w.cursor, tuple(row.id for row in view.shown)


@pytest.mark.parametrize("how", ["killed", "stopped", "closed"])
async def test_no_connection_goes_on_or_begins(engine: DemoEngine, how: str) -> None:
    async with driven(engine) as w:
        await set_up(w)
        before, log = kept(w), w.log
        engine.faults.add(Refuse(how))
        said = {
            "killed": "nothing is listening there",
            "stopped": "no socket",
            "closed": "closed the connection",
        }
        await w.sees("✗ lost since", said[how])
        assert w.app.main.pane.dimmed
        assert w.app.main.detail.tab.text.dimmed  # type: ignore[union-attr]  # the log, which is shown
        await w.press("s")
        await w.sees("not connected")
        await answers_in_place(w)
        assert w.log.startswith(log)
        engine.world.log("shop-cache-1", "written while nobody was connected")
        engine.world.rename("shop-web-1", "shop-webb-1")
        engine.faults.clear()
        await w.sees("● live", "shop-webb-1", "written while nobody was connected")
        await w.until(lambda: is_true(w, engine))
        assert kept(w) == before
        assert not w.app.main.pane.dimmed
        assert w.log.count("written while nobody was connected") == 1
        assert w.log.startswith(log), "nothing of it is read twice or lost"


async def test_what_it_lives_on_breaks_again_and_again(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_STUCK", 0.2)
    faults: list[Fault] = [
        Cut("/events"),
        Cut("/events", 40),
        Cut("/containers/json"),
        Cut("/containers/json", 0),
    ]
    faults += [Garble("/events", way) for way in ("cut", "html", "shape", "bytes", "deep")]
    async with driven(engine) as w:
        await set_up(w)
        before = kept(w)
        for fault in faults:
            engine.faults.add(fault)
            engine.world.pause("shop-db-1")
            await w.sees("✗ lost since")
            await answers_in_place(w)
            engine.world.unpause("shop-db-1")
            engine.faults.clear()
            await w.until(lambda: live(w) and is_true(w, engine))
            assert kept(w) == before, str(fault)


async def test_an_engine_that_hangs_altogether(engine: DemoEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT", 0.3)
    monkeypatch.setattr(connection, "PING_TIMEOUT", 0.3)
    async with driven(engine) as w:
        await set_up(w)
        before = kept(w)
        engine.freeze()
        await w.sees("✗ lost since", "did not answer in time")
        await answers_in_place(w)
        engine.thaw()
        await w.sees("● live")
        await w.until(lambda: is_true(w, engine))
        assert kept(w) == before


async def test_a_ping_that_hangs_is_a_lost_link(engine: DemoEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT", 0.3)
    monkeypatch.setattr(connection, "PING_TIMEOUT", 0.3)
    async with driven(engine) as w:
        engine.faults.add(Hang("/_ping|/version"))
        await w.sees("✗ lost since", "did not answer in time")
        engine.faults.clear()
        await w.sees("● live")


async def test_lists_that_hang_keep_no_other_waiting(engine: DemoEngine) -> None:
    paths = ("/images/json", "/volumes", "/networks")
    async with driven(engine) as w:
        for path in paths:
            engine.faults.add(Hang(path))
        before = [asked(engine, path) for path in paths]
        w.app.session.connection.feed.list_again()
        await w.until(lambda: all(asked(engine, path) > old for path, old in zip(paths, before, strict=True)))
        engine.world.pause("shop-web-1")
        await w.sees("paused")
        engine.world.create_container("newcomer", "hello-world")
        await w.sees("newcomer")
        await answers(w)
        assert live(w)
        engine.faults.clear()
        await w.until(lambda: is_true(w, engine))


async def test_a_list_that_is_never_answered_is_said_and_costs_nothing_else(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CALL_TIMEOUT", 0.4)
    async with driven(engine) as w:
        engine.faults.add(Hang("/images/json"))
        w.app.session.connection.feed.list_again(["image"])
        await w.sees("3 Images 12 · stale: the engine did not")
        assert live(w)
        assert [pane.kind.name for pane in w.app.main.panes if pane.dimmed] == ["image"]
        engine.faults.clear()
        await w.until(lambda: is_true(w, engine))
        assert not any(pane.dimmed for pane in w.app.main.panes)


async def test_slow_answers_are_late_and_true(engine: DemoEngine) -> None:
    engine.faults.add(Slow(".*json|/volumes|/networks", 0.4))
    async with driven(engine) as w:
        engine.world.pause("shop-web-1")
        await answers(w)
        await w.until(lambda: is_true(w, engine))
        await w.sees("paused")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Refuse("killed"), "nothing is listening there"),
        (Refuse("closed"), "closed the connection"),
        (Hang("/version"), "did not answer in time"),
        (Garble("/version", "html"), "the engine's answer to /version is no JSON"),
        (Garble("/version", "shape"), "what answers there is no engine"),
        (Cut("/version"), "in the middle of an answer"),
    ],
    ids=str,
)
async def test_nothing_to_begin_with_is_explained_and_the_engine_found_later(
    engine: DemoEngine, fault: Fault, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PING_TIMEOUT", 0.3)
    engine.faults.add(fault)
    async with started(engine.url) as w:
        await w.until(lambda: isinstance(w.app.screen, UnreachableScreen))
        await w.sees("No Docker engine", said)
        engine.faults.clear()
        await w.sees("● live", "shop-web-1")
        await w.until(lambda: is_true(w, engine))


async def test_a_log_that_breaks_off_goes_on_by_itself(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await w.until(lambda: w.log)
        name = w.cursor
        log = w.log
        engine.faults.add(Cut("/containers/.*/logs", 13, times=1))
        engine.world.log(name, "it was cut in this line")
        await w.sees("the connection broke in the middle of a line")
        assert live(w)
        engine.world.log(name, "and went on")
        await w.until(lambda: "and went on" in w.log)
        assert w.log.count("it was cut in this line") == 1
        assert w.log.startswith(log)
