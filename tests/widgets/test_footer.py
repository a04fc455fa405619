from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tui.widgets.footer import KeyFooter, KeyHint

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Region
    from textual.pilot import Pilot

STYLES = Path(__file__).parents[2] / "styles" / "widgets.tcss"
HINTS = (
    KeyHint("s", "stop"),
    KeyHint("S", "start", enabled=False),
    KeyHint("r", "restart"),
    KeyHint("x", "shell"),
    KeyHint("l", "logs"),
    KeyHint("d", "remove"),
    KeyHint("space", "mark"),
    KeyHint("/", "filter"),
    KeyHint(":", "find", keep=True),
    KeyHint("?", "help", keep=True),
)


class Counted(KeyFooter):
    repaints = 0

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        self.repaints += 1
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class Host(App[None]):
    CSS_PATH = STYLES

    def __init__(self) -> None:
        super().__init__()
        self.footer = Counted(HINTS)

    def compose(self) -> ComposeResult:
        yield self.footer


def shown(footer: KeyFooter) -> str:
    [strip] = footer.render_lines(footer.size.region)
    return strip.text.rstrip()


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await pilot.pause(0.01)


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (160, " s stop  r restart  x shell  l logs  d remove  space mark  / filter  : find  ? help"),
        (80, " s stop  r restart  x shell  l logs  d remove  space mark  …  : find  ? help"),
        (60, " s stop  r restart  x shell  l logs  …  : find  ? help"),
        (20, " …  : find  ? help"),
        (16, " : find  ? help"),
        (14, " …  ? help"),
        (8, " ? help"),
    ],
)
async def test_as_many_keys_as_fit(width: int, expected: str) -> None:
    app = Host()
    async with app.run_test(size=(width, 15)) as pilot:
        await pilot.pause()
        assert shown(app.footer) == expected


async def test_a_message_takes_the_place_of_the_keys_until_the_next_key() -> None:
    app = Host()
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        app.footer.say("stopped shop-db-1")
        await pilot.pause()
        assert shown(app.footer) == " stopped shop-db-1"
        assert app.footer.message == "stopped shop-db-1"
        app.footer.dismiss()
        await pilot.pause()
        assert shown(app.footer).startswith(" s stop")
        assert app.footer.message == ""


async def test_a_message_goes_by_itself() -> None:
    app = Host()
    async with app.run_test(size=(60, 15)) as pilot:
        app.footer.say("soon gone", seconds=0.05)
        await until(pilot, lambda: not app.footer.message)
        await pilot.pause()
        assert shown(app.footer).startswith(" s stop")


async def test_a_new_message_has_its_own_time() -> None:
    app = Host()
    async with app.run_test(size=(60, 15)) as pilot:
        app.footer.say("first", seconds=0.05)
        app.footer.say("second", seconds=0)
        loop = asyncio.get_running_loop()
        end = loop.time() + 0.2
        await until(pilot, lambda: loop.time() > end)
        assert app.footer.message == "second"


async def test_new_keys_wait_behind_a_message() -> None:
    app = Host()
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        app.footer.say("wait")
        app.footer.set_hints([KeyHint("q", "back")])
        await pilot.pause()
        assert shown(app.footer) == " wait"
        app.footer.dismiss()
        await pilot.pause()
        assert shown(app.footer) == " q back"


async def test_what_is_wrong_has_a_sign_of_its_own() -> None:
    app = Host()
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        app.footer.say("no such container", "error")
        await pilot.pause()
        assert shown(app.footer) == " ✗ no such container"
        app.footer.ascii = True
        await pilot.pause()
        assert shown(app.footer) == " x no such container"
        app.footer.say("2 hidden", "warn")
        await pilot.pause()
        assert shown(app.footer) == " ! 2 hidden"


async def test_only_another_text_repaints() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.footer.repaints = 0
        app.footer.set_hints(list(HINTS))
        app.footer.dismiss()
        app.footer.set_hints([*HINTS[:2], KeyHint("R", "no", enabled=False), *HINTS[2:]])
        assert app.footer.repaints == 0
        app.footer.say("a")
        app.footer.say("a")
        assert app.footer.repaints == 1
        app.footer.dismiss()
        assert app.footer.repaints == 2


async def test_hostile_text_is_harmless() -> None:
    app = Host()
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        app.footer.say("\x1b[2J[red]\n" + "日" * 100, "error")
        await pilot.pause()
        text = app.footer.render_line(0).text
        assert text.startswith(" ✗ ␛[2J[red]␊日")
        assert text.rstrip().endswith("…")
        assert cell_len(text) == 60
        app.footer.dismiss()
        app.footer.set_hints([KeyHint("[b]", "a\x1b[0mb")])
        await pilot.pause()
        assert shown(app.footer) == " [b] a␛[0mb"
