"""What the driver writes makes the screen that Textual's own frames would make, and less of it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.wired import wired
from tui.demo.server import DemoEngine
from tui.store.activity import Outcome
from tui.terminal.driver import DiffDriver, driver_class, multiplexed

STRANGE = ["日本語のコンテナ", "naïve-café", "e\u0301clair", "rocket🚀ship", "family👨‍👩‍👧", "中" * 40]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DemoEngine]:
    """An engine on which everything says strange things."""
    with DemoEngine(str(tmp_path / "demo.sock")) as made:
        for one in list(made.world.containers.values()):
            if one.up:
                for text in STRANGE:
                    made.world.log(one.name, text)
        yield made


TOUR = [
    ["j"], ["j", "j", "j"], ["k"], ["G"], ["g"], ["ctrl+d"], ["ctrl+u"], ["pagedown"], ["pageup"],
    ["space", "space"], ["*"], ["\\"], ["/", "p", "g"], ["enter"], ["esc"], ["h"], ["h"],
    ["1"], ["enter"], ["j"], ["esc"], ["3"], ["]"], ["]"], ["["], ["4"], ["5"], ["6"], ["G"], ["g"], ["2"],
    ["?"], ["pagedown"], ["esc"], [":", "s", "t"], ["esc"], ["m"], ["esc"], ["A"], ["esc"],
    ["l"], ["g"], ["G"], ["/", "a", "enter"], ["n"], ["n"], ["esc"], ["i"], ["pagedown"], ["pageup"], ["w"],
    ["q"], ["+"], ["+"], ["_"], ["_"], ["tab"], ["tab"], ["shift+tab"], ["ctrl+l"], ["2"], ["d"], ["esc"],
]  # fmt: skip


async def test_every_settled_screen_of_a_long_tour_is_stocks(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wired(monkeypatch, engine.url) as (_, far):
        await far.sees("Containers")
        for keys in TOUR:
            await far.does(*keys)
        assert far.light_bytes < far.stock_bytes / 4, "it is much less"


async def test_after_another_program_had_the_terminal_everything_is_drawn_again(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wired(monkeypatch, engine.url) as (app, far):
        await far.sees("shop-web-1")
        for _ in range(3):
            far.junk("\x1b[2;5Hsomething else\x1b[41mhad the terminal\x1b[0m")
            with app.batch_update(), app.suspend():
                assert app._driver is not None
            app.refresh(layout=True)
            await far.settled()
            assert "something else" not in far.text
            await far.does("j")


async def test_ctrl_l_repairs_a_screen_that_somebody_wrote_on(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wired(monkeypatch, engine.url) as (_, far):
        await far.sees("shop-web-1")
        far.junk("\x1b[4;1HBroadcast message from root", stock=False)
        await far.until(lambda: "Broadcast" in far.text)
        await far.does("ctrl+l")
        await far.sees("Containers")
        assert "Broadcast" not in far.text


async def test_a_storm_of_resizes_ends_in_the_right_screen(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wired(monkeypatch, engine.url) as (_, far):
        await far.sees("shop-web-1")
        for keys in (["j"], ["?"]):
            await far.does(*keys)
            for step in range(25):
                far.resize(60 + step * 14 % 90, 15 + step * 10 % 30)
                await asyncio.sleep(0.02)
            far.resize(1, 1)
            await asyncio.sleep(0.05)
            far.resize(110, 30)
            await far.sees("Containers")
            await far.settled()
        await far.does("esc")
        await far.does("j")


async def test_a_terminal_that_never_answers_shows_everything(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wired(monkeypatch, engine.url, mute=True) as (_, far):
        await far.sees("shop-web-1")
        for key in "jjkG3452":
            await far.does(key)
        assert far.questions == 1, "it was asked once, to know whether it answers"


async def test_frames_that_a_slow_way_cannot_carry_are_skipped_and_the_user_is_told(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wired(monkeypatch, engine.url, columns=160, lines=45) as (_, far):
        await far.sees("shop-web-1")
        await far.does("j")
        await far.until(lambda: far.answers)
        far.answer_after = 0.6
        before = far.light_bytes, far.stock_bytes
        for _ in range(30):
            await far.does_fast("6", "G", "g", "2")
        await far.sees("slow link")
        light, stock = far.light_bytes - before[0], far.stock_bytes - before[1]
        assert light < stock / 10, "most frames were never sent"
        far.answer_after = 0.0
        await far.does("j")
        await far.until(lambda: "slow link" not in far.text)
        await far.settled()


async def test_a_frame_that_is_not_understood_makes_it_draw_as_stock_does_and_is_noted(
    engine: DemoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wired(monkeypatch, engine.url) as (app, far):
        await far.sees("shop-web-1")
        assert app._driver is not None
        app._driver.write("\x1b[1;1H\x1b[2Jnobody knows this")
        await far.until(lambda: app.session.activity.entries)
        await far.does("j")
        (entry,) = app.session.activity.entries
        assert entry.outcome is Outcome.FAILED
        assert "not understood" in entry.output
        before = far.light_bytes, far.stock_bytes
        await far.does("j")
        await far.does("k")
        # All but the marks that frame a frame.
        assert far.light_bytes - before[0] > 0.9 * (far.stock_bytes - before[1])
        app._driver.write("\x1b[1;1H\x1b[2Jagain")
        await far.does("ctrl+l")
        assert len(app.session.activity.entries) == 1, "it is said once"


def test_the_driver_can_be_switched_off() -> None:
    assert driver_class({}) is DiffDriver
    assert driver_class({"WHERRY_DRIVER": "stock"}) is not DiffDriver


def test_a_multiplexer_on_this_machine_is_known_and_one_at_the_far_end_is_not() -> None:
    assert multiplexed({"TMUX": "/tmp/tmux-0/default,1,0"})
    assert multiplexed({"STY": "1.pts-0"})
    assert not multiplexed({"TERM": "tmux-256color"})


@pytest.mark.parametrize(
    ("term", "keeps"), [("xterm-256color", True), ("screen-256color", False), ("no-such-terminal", False)]
)
def test_erasing_is_used_only_where_the_terminal_keeps_the_colour(term: str, keeps: bool) -> None:
    # In a process of its own: Python asks about one terminal only.
    script = f"from tui.terminal.driver import erases; print(erases({term!r}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(keeps)
