from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.geometry import Region
from textual.widgets import Input

from tui.widgets.keyed_rows import KeyedRows
from tui.widgets.table import Cell, Column, RowView, Table

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from textual.strip import Strip

STYLES = Path(__file__).parents[2] / "styles" / "table.tcss"
COLUMNS = (
    Column("state", "", 1),
    Column("name", "Name", 8, grow=1),
    Column("cpu", "CPU", 5, priority=1, align="right"),
    Column("image", "Image", 10, priority=2),
)


class Counted(Table):
    """A table that notes what it is asked to repaint and which lines it draws."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.refreshed: list[tuple[Region, ...]] = []
        self.drawn: list[int] = []
        super().__init__(*args, **kwargs)

    def refresh(self, *regions: Region, **kwargs: bool) -> Self:
        if kwargs.get("repaint", True):
            self.refreshed.append(regions)
        return super().refresh(*regions, **kwargs)

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)

    def forget_counts(self) -> None:
        self.refreshed.clear()
        self.drawn.clear()


class Host(App[None]):
    CSS_PATH = STYLES

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.table = table
        self.highlighted: list[Hashable] = []
        self.selected: list[Hashable] = []
        self.noted: list[str] = []

    def action_note(self, what: str) -> None:
        self.noted.append(what)

    def compose(self) -> ComposeResult:
        yield self.table
        yield Input()

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        self.highlighted.append(message.key)

    def on_table_selected(self, message: Table.Selected) -> None:
        self.selected.append(message.key)


def row(name: str, cpu: str = "0.1%", **kwargs: bool) -> RowView:
    return RowView(name, (Cell("●", "good"), name, cpu, "alpine:3"), **kwargs)


def many(count: int, start: int = 0) -> list[RowView]:
    return [row(f"c{number}") for number in range(start, start + count)]


def host(rows: Sequence[RowView] = (), **kwargs: Any) -> Host:
    table = Counted(COLUMNS, **kwargs)
    if rows:
        table.set_rows(rows)
    return Host(table)


def counted(app: Host) -> Counted:
    assert isinstance(app.table, Counted)
    return app.table


def at(app: Host) -> Hashable:
    return app.table.cursor_key


def shown(table: Table) -> list[str]:
    """Return what is on the screen, with the lines that nobody asked to repaint as they were."""
    return [strip.text for strip in table.render_lines(table.size.region)]


def anew(table: Table) -> list[str]:
    """Return what should be on the screen."""
    return [table.render_line(y).text for y in range(table.size.height)]


def cursor_line(table: Table) -> int:
    lines = [y for y, text in enumerate(shown(table)) if text[:1] in {"▸", "▹", "»", "›"}]
    assert len(lines) == 1
    return lines[0]


# The cursor belongs to a key


async def test_the_first_row_has_the_cursor() -> None:
    app = host(many(3))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        assert at(app) == "c0"
        assert app.highlighted == ["c0"]
        assert shown(app.table)[0].startswith("▸● c0 ")


async def test_the_cursor_stays_on_its_object_when_rows_are_sorted_anew() -> None:
    rows = many(5)
    app = host(rows)
    async with app.run_test(size=(40, 13)) as pilot:
        app.table.move_to("c1")
        await pilot.pause()
        app.highlighted.clear()
        app.table.set_rows(rows[::-1])
        await pilot.pause()
        assert (at(app), app.table.cursor_index) == ("c1", 3)
        assert app.highlighted == []
        assert app.table.cursor_vanished_at is None
        assert shown(app.table)[3].startswith("▸● c1 ")


async def test_the_cursor_keeps_its_line_when_rows_come_above() -> None:
    rows = many(50)
    app = host(rows)
    async with app.run_test(size=(40, 13)) as pilot:
        app.table.move_to("c20")
        await pilot.press("k", "k", "k")
        line = cursor_line(app.table)
        app.table.set_rows(many(7, start=100) + rows)
        await pilot.pause()
        assert at(app) == "c17"
        assert cursor_line(app.table) == line
        assert shown(app.table) == anew(app.table)


async def test_the_view_stays_where_it_was_scrolled_to_without_the_cursor() -> None:
    rows = many(50)
    app = host(rows)
    async with app.run_test(size=(40, 13)) as pilot:
        app.table.scroll_to(y=30, animate=False)
        await pilot.pause()
        assert shown(app.table)[0].startswith(" ● c30 ")
        app.table.set_rows(rows[5:])
        await pilot.pause()
        assert shown(app.table)[0].startswith(" ● c30 ")
        await pilot.press("j")
        assert cursor_line(app.table) == 0


async def test_a_vanished_object_leaves_the_cursor_to_the_row_that_followed() -> None:
    rows = many(5)
    app = host(rows)
    async with app.run_test(size=(40, 13)) as pilot:
        app.table.move_to("c2")
        await pilot.pause()
        app.highlighted.clear()
        before = time.monotonic()
        app.table.set_rows([rows[4], rows[1], rows[0]])
        await pilot.pause()
        assert at(app) == "c4"
        assert app.highlighted == ["c4"]
        vanished_at = app.table.cursor_vanished_at
        assert vanished_at is not None
        assert before <= vanished_at <= time.monotonic()
        await pilot.press("j")
        assert app.table.cursor_vanished_at is None


async def test_the_last_row_leaves_the_cursor_to_the_one_before_it() -> None:
    rows = many(5)
    app = host(rows)
    async with app.run_test(size=(40, 13)):
        app.table.move_to("c4")
        app.table.set_rows(rows[:4])
        assert at(app) == "c3"


async def test_without_rows_there_is_no_cursor_and_it_is_said() -> None:
    app = host(many(2))
    async with app.run_test(size=(40, 13)) as pilot:
        app.table.set_rows([])
        await pilot.pause()
        await pilot.press("j", "G", "ctrl+d", "pageup", "enter")
        assert at(app) is None
        assert app.table.cursor_index is None
        assert app.highlighted[-1] is None
        assert app.selected == []


async def test_the_cursor_goes_to_the_successor_in_the_same_list() -> None:
    rows = many(4)
    app = host(rows)
    async with app.run_test(size=(40, 13)):
        app.table.move_to("c1")
        app.table.follow_to("c1", "new")
        assert at(app) == "c1"
        app.table.set_rows([rows[0], rows[2], rows[3], row("new")])
        assert at(app) == "new"
        assert app.table.cursor_vanished_at is None


async def test_the_cursor_goes_to_a_late_successor_but_holds_the_keys() -> None:
    rows = many(4)
    app = host(rows)
    async with app.run_test(size=(40, 13)):
        app.table.move_to("c1")
        app.table.set_rows([rows[0], rows[2]])
        vanished_at = app.table.cursor_vanished_at
        assert vanished_at is not None
        app.table.follow_to("c1", "middle")
        app.table.follow_to("middle", "new")
        app.table.set_rows([rows[0], row("new"), rows[2]])
        assert at(app) == "new"
        assert app.table.cursor_vanished_at is not None
        assert app.table.cursor_vanished_at >= vanished_at


async def test_a_successor_is_waited_for_through_other_changes() -> None:
    rows = many(4)
    app = host(rows)
    async with app.run_test(size=(40, 13)):
        app.table.move_to("c1")
        app.table.follow_to("c1", "new")
        app.table.set_rows(rows[:3])
        app.table.set_rows([rows[0], rows[2]])
        assert at(app) == "c2"
        app.table.set_rows([rows[0], rows[2], row("new")])
        assert at(app) == "new"


async def test_an_object_once_followed_pulls_the_cursor_no_more() -> None:
    rows = many(4)
    app = host(rows)
    async with app.run_test(size=(40, 13)):
        app.table.move_to("c1")
        app.table.set_rows([rows[0], rows[2], rows[3]])
        app.table.follow_to("c1", "c3")
        assert at(app) == "c3"
        app.table.follow_to("c1", "c0")
        assert at(app) == "c3"


async def test_the_cursor_follows_nobody_once_the_user_has_moved_on() -> None:
    rows = many(4)
    app = host(rows)
    async with app.run_test(size=(40, 13)) as pilot:
        app.table.move_to("c1")
        app.table.set_rows([rows[0], rows[2], rows[3]])
        app.table.follow_to("c1", "new")
        await pilot.press("j")
        app.table.set_rows([rows[0], rows[2], rows[3], row("new")])
        assert at(app) == "c3"


async def test_another_objects_successor_does_not_move_the_cursor() -> None:
    rows = many(4)
    app = host(rows)
    async with app.run_test(size=(40, 13)):
        app.table.follow_to("c2", "new")
        app.table.set_rows([rows[0], rows[1], row("new"), rows[3]])
        assert at(app) == "c0"


async def test_two_rows_of_one_key_are_refused_and_change_nothing() -> None:
    app = host(many(2))
    async with app.run_test(size=(40, 13)):
        with pytest.raises(ValueError, match="same key"):
            app.table.set_rows([row("a"), row("a")])
        assert [each.key for each in app.table.rows] == ["c0", "c1"]


async def test_the_cursor_passes_over_headings() -> None:
    rows = [
        row("one", heading=True),
        row("a"),
        row("two", heading=True),
        row("b"),
        row("three", heading=True),
    ]
    app = host(rows)
    async with app.run_test(size=(40, 13)) as pilot:
        assert at(app) == "a"
        for key, expected in (("j", "b"), ("j", "b"), ("k", "a"), ("k", "a"), ("G", "b"), ("g", "a")):
            await pilot.press(key)
            assert at(app) == expected
        assert not app.table.move_to("two")
        await pilot.click(Counted, offset=(3, 2))
        assert at(app) == "a"


async def test_going_up_shows_the_heading_too() -> None:
    app = host([row("title", heading=True), *many(30)])
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.press("G", "g")
        assert cursor_line(app.table) == 1


@st.composite
def orders(draw: st.DrawFn) -> list[RowView]:
    names = draw(st.lists(st.integers(0, 30), unique=True, max_size=25))
    return [row(f"c{name}", heading=name % 7 == 0, mark=draw(st.booleans())) for name in names]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("rows"), orders()),
        st.tuples(st.just("move"), st.integers(-30, 30)),
        st.tuples(st.just("follow"), st.tuples(st.integers(0, 30), st.integers(0, 30))),
    ),
    max_size=12,
)


@given(steps)
def test_the_cursor_is_always_on_a_row_while_there_is_one(script: list[tuple[str, Any]]) -> None:
    rows = KeyedRows()
    for what, value in script:
        before, position = rows.key, rows.position
        if what == "rows":
            followed = bool(rows._successors)
            rows.set(value)
            if before in rows.index and not rows.rows[rows.index[before]].heading and not followed:
                assert rows.key == before
        elif what == "move":
            rows.move((position or 0) + value, value)
        else:
            rows.follow(f"c{value[0]}", f"c{value[1]}")
        free = {each.key for each in rows.rows if not each.heading}
        assert rows.key in free if free else rows.key is None


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.booleans())
def test_what_is_on_the_screen_is_what_should_be(script: list[tuple[str, Any]], show_header: bool) -> None:
    async def play() -> None:
        app = host(many(3), show_header=show_header)
        async with app.run_test(size=(30, 11)) as pilot:
            for what, value in script:
                if what == "rows":
                    app.table.set_rows(value)
                    for each in value[::3]:
                        app.table.update_cells(each.key, {"cpu": "99%"})
                elif what == "move":
                    app.table.action_move(value)
                else:
                    app.table.follow_to(f"c{value[0]}", f"c{value[1]}")
                await pilot.pause()
                assert shown(app.table) == anew(app.table)
                free = [each.key for each in app.table.rows if not each.heading]
                assert at(app) in free if free else at(app) is None
                if free and what == "move":
                    cursor_line(app.table)

    asyncio.run(play())


# Only what changed is repainted


async def test_the_same_rows_repaint_nothing() -> None:
    app = host(many(30))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        table = counted(app)
        table.forget_counts()
        table.set_rows(many(30))
        table.update_cells("c1", {"cpu": "0.1%"})
        table.update_cells("gone", {"cpu": "0.1%"})
        table.dimmed = False
        await pilot.pause()
        assert table.refreshed == []
        assert table.drawn == []


async def test_a_changed_cell_repaints_its_region_only() -> None:
    app = host(many(30))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        table = counted(app)
        table.forget_counts()
        table.update_cells("c2", {"cpu": "55.5%", "name": "c2"})
        await pilot.pause()
        [regions] = table.refreshed
        [region] = regions
        assert (region.y, region.width, region.height) == (2, 5, 1)
        assert shown(table)[2][region.x : region.right] == "55.5%"
        assert set(table.drawn) == {2}


async def test_changed_rows_repaint_their_lines_only() -> None:
    rows = many(30)
    app = host(rows, show_header=True)
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        table = counted(app)
        table.forget_counts()
        rows[1] = replace(rows[1], mark=True)
        rows[3] = row("c3", cpu="9.9%")
        rows[20] = row("c20", cpu="9.9%")
        table.set_rows(rows)
        await pilot.pause()
        [regions] = table.refreshed
        assert sorted((region.y, region.width) for region in regions) == [(2, 40), (4, 5)]
        assert shown(table) == anew(table)


async def test_rows_that_come_and_go_below_the_screen_repaint_no_line() -> None:
    app = host(many(30))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        table = counted(app)
        table.forget_counts()
        for count in (31, 90, 25):
            table.set_rows(many(count))
            await pilot.pause()
            assert table.max_scroll_y == count - table.size.height
            assert table.vertical_scrollbar.window_virtual_size == count
        assert table.refreshed == []
        assert table.drawn == []


async def test_rows_that_come_below_the_last_one_repaint_their_own_lines() -> None:
    app = host(many(3))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        table = counted(app)
        table.forget_counts()
        table.set_rows(many(5))
        await pilot.pause()
        assert set(table.drawn) == {3, 4}
        table.forget_counts()
        table.set_rows(many(4))
        await pilot.pause()
        assert set(table.drawn) == {4}
        assert shown(table) == anew(table)


async def test_a_view_scrolled_past_the_new_end_goes_back_to_it() -> None:
    app = host(many(90))
    async with app.run_test(size=(40, 13)) as pilot:
        table = counted(app)
        await pilot.press("G")
        table.set_rows(many(20))
        await pilot.pause()
        assert table.scroll_offset.y == 20 - table.size.height
        table.scroll_to(y=99, animate=False)
        table.set_rows(many(2))
        await pilot.pause()
        assert table.scroll_offset.y == 0
        assert shown(table) == anew(table)
        assert cursor_line(table) == 1


async def test_a_cell_outside_the_screen_repaints_nothing_until_it_is_seen() -> None:
    app = host(many(30))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        table = counted(app)
        table.forget_counts()
        table.update_cells("c25", {"cpu": "77.7%"})
        await pilot.pause()
        assert table.refreshed == []
        await pilot.press("G")
        assert any("77.7%" in text for text in shown(table))


async def test_a_column_that_is_not_shown_repaints_nothing() -> None:
    app = host(many(5))
    async with app.run_test(size=(18, 13)) as pilot:
        await pilot.pause()
        table = counted(app)
        table.forget_counts()
        table.update_cells("c1", {"image": "other"})
        assert table.refreshed == []


async def test_a_cursor_move_repaints_two_lines() -> None:
    app = host(many(30))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        table = counted(app)
        table.forget_counts()
        await pilot.press("j")
        assert {region.y for regions in table.refreshed for region in regions} == {0, 1}
        assert set(table.drawn) == {0, 1}


async def test_an_unknown_column_is_an_error() -> None:
    app = host(many(1))
    async with app.run_test(size=(40, 13)):
        with pytest.raises(KeyError):
            app.table.update_cells("c0", {"nonsense": "x"})


async def test_the_mouse_passing_over_repaints_nothing() -> None:
    app = host(many(30))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        table = counted(app)
        await pilot.hover(Counted, offset=(3, 1))
        table.forget_counts()
        await pilot.hover(Counted, offset=(3, 4))
        await pilot.hover(Counted, offset=(9, 7))
        await pilot.pause()
        assert table.drawn == []


async def test_lost_connection_dims_all_rows_in_one_repaint() -> None:
    app = host(many(5))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        table = counted(app)
        bright = [segment.style for segment in table.render_line(2)]
        table.forget_counts()
        table.dimmed = True
        await pilot.pause()
        assert table.refreshed == [()]
        dim = [segment.style for segment in table.render_line(2)]
        assert all(style is not None and style.dim for style in dim)
        table.dimmed = False
        assert [segment.style for segment in table.render_line(2)] == bright


# What a row looks like


async def test_states_are_told_by_signs_and_not_by_colours_alone() -> None:
    app = host([row("a"), row("b", mark=True), row("c")])
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        assert [text[0] for text in shown(app.table)[:3]] == ["▸", "▌", " "]
        await pilot.press("j")
        assert [text[0] for text in shown(app.table)[:3]] == [" ", "»", " "]
        app.query_one(Input).focus()
        await pilot.pause()
        assert [text[0] for text in shown(app.table)[:3]] == [" ", "›", " "]
        app.table.move_to("a")
        await pilot.pause()
        assert [text[0] for text in shown(app.table)[:3]] == ["▹", "▌", " "]


async def test_ascii_mode_draws_only_ascii() -> None:
    rows = [row("a"), row("é" * 90, mark=True)]
    app = host(rows, show_header=True)
    async with app.run_test(size=(40, 13)) as pilot:
        app.table.ascii = True
        app.table.sort_key = "name"
        await pilot.pause()
        text = shown(app.table)
        assert all(line.isascii() for line in text)
        assert [line[0] for line in text[1:3]] == [">", "*"]
        assert "Name^" in text[0]


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
async def test_cursor_marks_and_dim_rows_differ_in_style(theme: str) -> None:
    app = host([row("a"), row("b"), row("c", dim=True)])
    async with app.run_test(size=(40, 13)) as pilot:
        if theme in app.available_themes:
            app.theme = theme
        await pilot.pause()

        def name_style(line: int) -> object:
            return next(
                each.style for each in app.table.render_line(line) if each.text.strip(" ")[:1] in "abc"
            )

        focused, plain, dim = name_style(0), name_style(1), name_style(2)
        app.query_one(Input).focus()
        await pilot.pause()
        assert len({focused, plain, dim}) == 3
        assert name_style(0) != focused


async def test_what_is_wrong_stays_bright_in_a_dim_row() -> None:
    app = host([row("a"), RowView("b", (Cell("●", "bad"), "b"), dim=True)])
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        styles = {each.text.strip(): each.style for each in app.table.render_line(1) if each.style}
        assert styles["b"].dim
        assert not styles["●"].dim
        assert styles["●"].bold


async def test_styled_cells_keep_the_background_of_their_row() -> None:
    app = host([row("a"), row("b")])
    async with app.run_test(size=(40, 13)) as pilot:
        app.query_one(Input).focus()
        await pilot.pause()
        for line in (0, 1):
            styles = [segment.style for segment in app.table.render_line(line)]
            assert len({style.bgcolor for style in styles if style}) == 1
            assert len({style.color for style in styles if style}) > 1


async def test_colours_of_cells_give_way_to_the_cursor_with_focus() -> None:
    app = host([row("a"), row("b")])
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        styles = [segment.style for segment in app.table.render_line(0)]
        assert len({(style.color, style.bgcolor) for style in styles if style}) == 1
        assert app.table.render_line(1).text != ""
        below = [segment.style for segment in app.table.render_line(1)]
        assert {style.bgcolor for style in styles if style} != {style.bgcolor for style in below if style}


async def test_a_new_theme_is_drawn_at_once() -> None:
    app = host([row("a"), row("b")])
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        dark = [segment.style for segment in app.table.render_line(1)]
        app.theme = "textual-light"
        await pilot.pause()
        [light] = app.table.render_lines(Region(0, 1, 40, 1))
        assert all(segment.style not in dark for segment in light if segment.text.strip())


async def test_the_background_behind_the_table_is_followed() -> None:
    app = host([row("a"), row("b")])
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        before = {segment.style.bgcolor for segment in app.table.render_line(1) if segment.style}
        app.screen.styles.background = "darkgreen"
        await pilot.pause()
        app.table.refresh()
        shown(app.table)
        after = {segment.style.bgcolor for segment in app.table.render_line(1) if segment.style}
        assert before.isdisjoint(after)


async def test_a_row_that_becomes_a_heading_looks_like_one() -> None:
    app = host([row("a"), row("b")])
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        assert shown(app.table)[1].startswith(" ● b ")
        app.table.set_rows([row("a"), row("b", heading=True)])
        await pilot.pause()
        assert shown(app.table)[1].strip() == "●"


async def test_hostile_text_stays_in_its_cell() -> None:
    app = host(
        [RowView(1, ("\x1b[2J", "a\nb\u202e[bold]日本語日本語日本語日本語日本語", "\t", "\udc80" * 9000))]
    )
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        line = shown(app.table)[0]
        assert cell_len(line) == 40
        assert line.startswith("▸… a␊b·[bold]日本")
        assert line.rstrip().endswith("·········…")


@pytest.mark.parametrize("width", [1, 2, 3, 5, 10, 14, 20, 31, 44, 60, 84, 200])
async def test_every_width_is_filled_exactly(width: int) -> None:
    app = host(many(40), show_header=True)
    async with app.run_test(size=(width, 13)) as pilot:
        await pilot.pause()
        lines = shown(app.table)
        assert {cell_len(line) for line in lines} == {width}
        if width >= 10:
            assert all("c" in line for line in lines[1:])
            assert ("CPU" in lines[0]) == (width >= 18)
            assert ("Image" in lines[0]) == (width >= 29)


async def test_the_scroll_bar_takes_one_cell_and_only_when_needed() -> None:
    app = host(many(3))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        assert shown(app.table)[0].endswith("alpine:3  ")
        app.table.set_rows(many(30))
        await pilot.pause()
        await pilot.pause()
        assert shown(app.table)[0].endswith("alpine:3   ")
        app.table.set_rows(many(3))
        await pilot.pause()
        await pilot.pause()
        assert shown(app.table)[0].endswith("alpine:3  ")


async def test_columns_follow_a_new_size_and_the_cursor_stays_in_sight() -> None:
    app = host(many(40), show_header=True)
    async with app.run_test(size=(60, 33)) as pilot:
        await pilot.press(*"j" * 25)
        await pilot.resize_terminal(20, 9)
        await pilot.pause()
        assert "Image" not in shown(app.table)[0]
        assert shown(app.table)[cursor_line(app.table)].startswith("▸● c25")


async def test_fitted_columns_widen_with_their_content_and_not_beyond_the_limit() -> None:
    table = Counted((Column("name", "Name", 4, max_width=12), Column("end", "", 3)))
    table.set_rows([RowView(1, ("ab", "END")), RowView(2, ("abcdef", "END"))])
    async with Host(table).run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        assert shown(table)[0].index("END") == 1 + 6 + 1
        table.update_cells(1, {"name": "x" * 50})
        await pilot.pause()
        assert [line.index("END") for line in shown(table)[:2]] == [14, 14]
        assert "x" * 11 + "…" in shown(table)[0]
        table.set_rows([RowView(2, ("abcdef", "END"))])
        await pilot.pause()
        assert shown(table)[0].index("END") == 8


async def test_the_sorted_column_says_so_in_the_header() -> None:
    app = host(many(3), show_header=True)
    async with app.run_test(size=(40, 13)) as pilot:
        app.table.sort_key = "cpu"
        await pilot.pause()
        assert " CPU▲" in shown(app.table)[0]
        counted(app).forget_counts()
        app.table.reverse = True
        await pilot.pause()
        assert " CPU▼" in shown(app.table)[0]
        assert set(counted(app).drawn) == {0}
        app.table.show_header = False
        await pilot.pause()
        assert shown(app.table)[0].startswith("▸● c0")


async def test_an_empty_table_says_why() -> None:
    app = host(placeholder="No containers here. Press n to run one.")
    async with app.run_test(size=(24, 13)) as pilot:
        await pilot.pause()
        assert [line.rstrip() for line in shown(app.table)[:3]] == [
            " No containers here.",
            " Press n to run one.",
            "",
        ]
        app.table.placeholder = "Nothing [b]here[/b]."
        await pilot.pause()
        assert shown(app.table)[0].rstrip() == " Nothing [b]here[/b]."
        app.table.set_rows(many(1))
        await pilot.pause()
        assert shown(app.table)[0].startswith("▸● c0")
        assert shown(app.table)[1].strip() == ""


# Keys and mouse


async def test_keys_move_the_cursor() -> None:
    app = host(many(100))
    async with app.run_test(size=(40, 13)) as pilot:
        height = app.table.size.height
        expected = 0
        for key, step in (
            ("j", 1),
            ("down", 1),
            ("k", -1),
            ("up", -1),
            ("ctrl+d", height // 2),
            ("ctrl+u", -(height // 2)),
            ("pagedown", height - 1),
            ("pageup", -(height - 1)),
            ("G", 99),
            ("j", 0),
            ("g", -99),
            ("k", 0),
            ("end", 99),
            ("home", -99),
        ):
            await pilot.press(key)
            expected += step
            assert app.table.cursor_index == expected, key
            assert shown(app.table)[cursor_line(app.table)].startswith(f"▸● c{expected} ")


async def test_keys_can_be_given_by_their_ids() -> None:
    app = host(many(5))
    app.set_keymap({"list.down": "v", "list.select": "w"})
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.press("v", "j", "w", "enter")
        assert at(app) == "c1"
        assert app.selected == ["c1"]


async def test_left_and_right_are_left_to_the_screen() -> None:
    app = host(many(5))
    app.bind("left", "note('left')")
    app.bind("right", "note('right')")
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.press("left", "right")
        assert app.noted == ["left", "right"]


async def test_enter_selects() -> None:
    app = host(many(5))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.press("j", "enter")
        assert app.selected == ["c1"]


async def test_a_click_moves_and_a_click_on_the_cursor_selects(monkeypatch: pytest.MonkeyPatch) -> None:
    app = host(many(5), show_header=True)
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.click(Counted, offset=(5, 3))
        assert at(app) == "c2"
        assert app.selected == []
        await pilot.click(Counted, offset=(5, 1))
        assert at(app) == "c0"
        monkeypatch.setattr(Host, "CLICK_CHAIN_TIME_THRESHOLD", -1)  # as if it came long after this one
        await pilot.click(Counted, offset=(5, 1))
        assert app.selected == ["c0"]
        await pilot.click(Counted, offset=(5, 0))
        await pilot.click(Counted, offset=(5, 9))
        assert at(app) == "c0"
        assert app.selected == ["c0"]


async def test_a_double_click_selects_once() -> None:
    app = host(many(5))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.double_click(Counted, offset=(5, 3))
        assert at(app) == "c3"
        assert app.selected == ["c3"]
        assert not app.screen.selections


async def test_a_double_click_on_the_cursor_selects_once() -> None:
    app = host(many(5))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.double_click(Counted, offset=(5, 0))
        assert app.selected == ["c0"]


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    app = host(many(50))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        app.table.post_message(MouseScrollDown(app.table, 3, 3, 0, 1, 0, False, False, False, 3, 3))
        await pilot.pause()
        assert app.table.scroll_offset.y > 0
        assert at(app) == "c0"


async def test_of_many_moves_only_the_last_key_is_said() -> None:
    app = host(many(50))
    async with app.run_test(size=(40, 13)) as pilot:
        await pilot.pause()
        for _ in range(20):
            app.table.action_move(1)
        await pilot.pause()
        assert app.highlighted == ["c0", "c20"]


# Scale


async def test_five_thousand_rows_are_set_and_painted_at_once() -> None:
    app = host()
    rows = many(5000)
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        table = counted(app)
        took = []
        for turn in range(5):
            start = time.perf_counter()
            table.set_rows(rows if turn % 2 else rows[::-1])
            shown(table)
            took.append(time.perf_counter() - start)
        assert min(took) < 0.1
        table.forget_counts()
        table.action_bottom()
        await pilot.pause()
        assert len(table.drawn) < 200
