from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tui.widgets.tabs import TabBar

if TYPE_CHECKING:
    from collections.abc import Sequence

STYLES = Path(__file__).parents[2] / "styles" / "widgets.tcss"
TITLES = ("Logs", "Stats", "Inspect", "Env", "Top", "Changes", "Health")


class Host(App[None]):
    CSS_PATH = STYLES

    def __init__(
        self, titles: Sequence[str] = TITLES, active: int = 0, width: int = 0, ansi: bool = False
    ) -> None:
        super().__init__()
        if ansi:
            self.theme = "ansi-dark"
        self.bar = TabBar(titles, active)
        if width:
            self.bar.styles.width = width
        self.picked: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.bar

    def on_tab_bar_picked(self, message: TabBar.Picked) -> None:
        self.picked.append(message.index)


def shown(bar: TabBar) -> str:
    return bar.render_lines(bar.size.region)[0].text.rstrip()


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (160, 45)])
async def test_all_titles_stand_on_one_line(size: tuple[int, int]) -> None:
    app = Host(active=1)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert shown(app.bar) == " Logs  Stats  Inspect  Env  Top  Changes  Health"
        assert app.bar.size.height == 1


async def test_the_active_tab_looks_different() -> None:
    app = Host(active=1)
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        styles = {segment.text.strip(): segment.style for segment in app.bar.render_line(0)}
        assert styles["Stats"] != styles["Logs"] == styles["Env"]


async def test_without_colour_or_in_ascii_the_active_tab_has_brackets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Host(active=1)
    async with app.run_test(size=(60, 15)) as pilot:
        app.bar.ascii = True
        await pilot.pause()
        assert shown(app.bar).startswith(" Logs [Stats] Inspect ")
    monkeypatch.setenv("NO_COLOR", "1")
    app = Host(active=1, ansi=True)
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        assert shown(app.bar).startswith(" Logs [Stats] Inspect ")


async def test_sixteen_colours_reverse_the_active_tab() -> None:
    app = Host(active=1, ansi=True)
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        styles = {segment.text.strip(): segment.style for segment in app.bar.render_line(0)}
        assert styles["Stats"] is not None
        assert styles["Stats"].reverse
        assert styles["Logs"] is not None
        assert not styles["Logs"].reverse


async def test_the_active_tab_is_always_in_sight() -> None:
    app = Host(width=24)
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        assert shown(app.bar) == " Logs  Stats  Inspect ›"
        app.bar.set_tabs(TITLES, 3)
        await pilot.pause()
        assert shown(app.bar) == "‹ Stats  Inspect  Env ›"
        app.bar.set_tabs(TITLES, 6)
        await pilot.pause()
        assert shown(app.bar) == "‹ Top  Changes  Health"
        app.bar.set_tabs(TITLES, 4)
        await pilot.pause()
        assert shown(app.bar) == "‹ Top  Changes  Health"
        app.bar.set_tabs(TITLES, 0)
        await pilot.pause()
        assert shown(app.bar) == " Logs  Stats  Inspect ›"


async def test_room_that_came_is_used() -> None:
    app = Host(active=6)
    async with app.run_test(size=(30, 15)) as pilot:
        await pilot.pause()
        assert shown(app.bar).startswith("‹")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert shown(app.bar).startswith(" Logs  Stats")


async def test_a_click_picks_a_tab() -> None:
    app = Host()
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        await pilot.click(TabBar, offset=(8, 0))
        await pilot.click(TabBar, offset=(8, 0))
        await pilot.click(TabBar, offset=(59, 0))
        await pilot.click(TabBar, offset=(0, 0))
        assert app.picked == [1, 0]
        assert app.bar.active == 0


async def test_a_click_on_a_sign_picks_the_next_hidden_tab() -> None:
    app = Host(width=24)
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        await pilot.click(TabBar, offset=(22, 0))
        assert app.picked == [3]
        await pilot.pause()
        await pilot.click(TabBar, offset=(0, 0))
        assert app.picked == [3, 0]


async def test_new_tabs_and_none() -> None:
    app = Host(active=5)
    async with app.run_test(size=(60, 15)) as pilot:
        app.bar.set_tabs(("Layers", "Inspect"), 9)
        await pilot.pause()
        assert shown(app.bar) == " Layers  Inspect"
        assert app.bar.active == 1
        app.bar.set_tabs((), 0)
        await pilot.pause()
        assert shown(app.bar) == ""
        await pilot.click(TabBar, offset=(3, 0))
        assert app.picked == []


async def test_hostile_titles_are_harmless() -> None:
    app = Host(("[red]x", "a\x1b[2J", "日本語"))
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        assert shown(app.bar) == " [red]x  a␛[2J  日本語"
        await pilot.click(TabBar, offset=(18, 0))
        assert app.picked == [2]


@given(
    titles=st.lists(st.text(alphabet="ab\x1b", min_size=1, max_size=12), min_size=1, max_size=9),
    actives=st.lists(st.integers(0, 8), min_size=1, max_size=5),
    width=st.integers(18, 70),
)
def test_the_active_tab_is_whole_at_any_width(titles: list[str], actives: list[int], width: int) -> None:
    bar = TabBar(titles, 0)
    bar.set_reactive(TabBar.ascii, True)
    for active in actives:
        bar.set_tabs(titles, active)
        [pieces] = bar.lines(width)
        [text] = [text for text, look in pieces if look == "active"]
        assert text == f"[{titles[bar.active]}]".replace("\x1b", "?")
        assert sum(cell_len(text) for text, _ in pieces) <= width
