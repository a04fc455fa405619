from __future__ import annotations

import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.widgets import Input

from tests.widgets.test_ansi import hostile
from tui.widgets.log import Line, TextLog
from tui.widgets.log_paint import clock
from tui.widgets.log_search import Pattern
from tui.widgets.log_view import LogView
from tui.widgets.ring import Ring

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.geometry import Region
    from textual.message import Message
    from textual.pilot import Pilot
    from textual.timer import Timer

STYLES = Path(__file__).parents[2] / "styles" / "log.tcss"
STAMP = "2024-05-06T07:08:09.123456789Z"


class Counted(TextLog):
    """A log that notes what it is asked to repaint, and the timers it sets."""

    def __init__(self, **kwargs: Any) -> None:
        self.refreshed: list[tuple[Region, ...]] = []
        self.timers: list[Timer] = []
        super().__init__(**kwargs)

    def refresh(self, *regions: Region, **kwargs: bool) -> Self:
        if kwargs.get("repaint", True):
            self.refreshed.append(regions)
        return super().refresh(*regions, **kwargs)

    def set_timer(self, *args: Any, **kwargs: Any) -> Timer:
        self.timers.append(timer := super().set_timer(*args, **kwargs))
        return timer


class Host(App[None]):
    CSS_PATH = STYLES

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        self.log_text = Counted(**kwargs)
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.log_text
        yield Input()

    def on_text_log_search_asked(self, message: TextLog.SearchAsked) -> None:
        self.said.append(message)

    def on_text_log_filter_asked(self, message: TextLog.FilterAsked) -> None:
        self.said.append(message)

    def on_text_log_copied(self, message: TextLog.Copied) -> None:
        self.said.append(message)

    def on_text_log_said(self, message: TextLog.Said) -> None:
        self.said.append(message)


# A host of 40 by 13: the input takes three rows, so ten are left, of 37 cells of text.
SIZE = (40, 13)


def numbered(count: int, start: int = 0) -> list[Line]:
    return [Line(f"line {number}") for number in range(start, start + count)]


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "this did not come about in five seconds"
        await pilot.pause(0.01)
    await pilot.pause()


async def fed(pilot: Pilot[None], log: TextLog, lines: Sequence[Line]) -> None:
    """Feed lines and wait until they are taken in."""
    log.feed(lines)
    await until(pilot, lambda: not log._arriving.end)


def shown(log: TextLog) -> list[str]:
    """Return what is on the screen, without the sign and the blanks at the end."""
    return [strip.text[2:].rstrip() for strip in log.render_lines(log.size.region)]


def signs(log: TextLog) -> str:
    return "".join(strip.text[0] for strip in log.render_lines(log.size.region))


def styles_of(log: TextLog, row: int) -> list[tuple[str, Any]]:
    return [(text, style) for text, style, _ in log.render_line(row) if text.strip()]


def says(app: Host) -> list[str]:
    return [message.text for message in app.said if isinstance(message, TextLog.Said)]


# Growing


async def test_lines_appear_and_the_end_is_followed() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, numbered(25))
        assert shown(app.log_text) == [f"line {number}" for number in range(15, 25)]
        await fed(pilot, app.log_text, numbered(1, 25))
        assert shown(app.log_text)[-1] == "line 25"
        assert app.log_text.following


async def test_lines_fed_before_there_is_a_screen_are_shown() -> None:
    app = Host()
    app.log_text.feed(numbered(3))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.log_text.line_count == 3)
        assert shown(app.log_text)[:4] == ["line 0", "line 1", "line 2", ""]


async def test_a_burst_of_100k_lines_is_shown_at_once() -> None:
    app = Host()
    lines = [
        Line(f"{number} INFO request served in 12 ms for /api/v1/things", STAMP) for number in range(100_000)
    ]
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        begin = time.perf_counter()
        for start in range(0, len(lines), 10_000):
            app.log_text.feed(lines[start : start + 10_000])
            await pilot.pause()
        await until(pilot, lambda: app.log_text.text_of_visible().endswith(lines[-1].text))
        assert time.perf_counter() - begin < 10
        assert shown(app.log_text)[-1].startswith("99999 INFO")
        assert app.log_text.line_count == 50_000


async def test_what_arrives_at_once_is_painted_once() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, numbered(30))
        app.log_text.refreshed.clear()
        app.log_text.timers.clear()
        for number in range(30, 230):
            app.log_text.feed(numbered(1, number))
        await until(pilot, lambda: app.log_text.line_count == 230)
        assert len(app.log_text.timers) <= 1
        assert len(app.log_text.refreshed) <= 2


async def test_a_steady_stream_is_painted_15_times_a_second_at_the_most() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, numbered(30))
        begin = time.monotonic()
        counts: set[int] = set()
        number = 30
        while time.monotonic() < begin + 0.5:
            app.log_text.feed(numbered(1, number))
            number += 1
            await pilot.pause()
            counts.add(app.log_text.line_count)
        assert len(counts) > 2
        assert len(counts) <= (time.monotonic() - begin) * 15 + 2


async def test_nothing_is_scheduled_while_nothing_arrives() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, numbered(30))
        await fed(pilot, app.log_text, numbered(30, 30))
        app.log_text.refreshed.clear()
        app.log_text.timers.clear()
        begin = time.monotonic()
        await until(pilot, lambda: time.monotonic() > begin + 0.2)
        assert app.log_text.timers == []
        assert app.log_text.refreshed == []


async def test_lines_below_the_last_repaint_only_their_rows() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, numbered(3))
        app.log_text.refreshed.clear()
        await fed(pilot, app.log_text, numbered(2, 3))
        assert [[(region.y, region.bottom) for region in regions] for regions in app.log_text.refreshed] == [
            [(3, 10)]
        ]
        assert shown(app.log_text)[:5] == [f"line {number}" for number in range(5)]


async def test_both_bounds_hold() -> None:
    app = Host(max_lines=100, max_bytes=200_000)
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, numbered(1000))
        assert app.log_text.line_count == 100
        await fed(pilot, app.log_text, [Line("x" * 5_000 + str(number)) for number in range(50)])
        assert 30 < app.log_text.line_count < 40
        assert app.log_text.all_text().endswith("49")


# Reading


async def test_what_is_read_stays_while_lines_arrive() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.log_text.focus()
        await fed(pilot, app.log_text, numbered(50))
        await pilot.press("k", "k", "k")
        assert not app.log_text.following
        before = shown(app.log_text)
        assert before[-1] == "line 46"
        app.log_text.refreshed.clear()
        await fed(pilot, app.log_text, numbered(500, 50))
        assert shown(app.log_text) == before
        assert app.log_text.refreshed == []


async def test_what_is_read_stays_while_old_lines_are_dropped() -> None:
    app = Host(max_lines=100)
    async with app.run_test(size=SIZE) as pilot:
        app.log_text.focus()
        await fed(pilot, app.log_text, numbered(100))
        await pilot.press("pageup")
        before = shown(app.log_text)
        assert before[0] == "line 81"
        for start in range(100, 180, 10):
            await fed(pilot, app.log_text, numbered(10, start))
            assert shown(app.log_text) == before
        await pilot.press("j")
        assert shown(app.log_text)[0] == "line 82"
        await fed(pilot, app.log_text, numbered(50, 180))
        assert shown(app.log_text)[0] == "line 130", "the oldest line that is left"
        assert not app.log_text.following


async def test_what_is_read_stays_while_wrapped_lines_are_dropped() -> None:
    app = Host(max_lines=20)
    long = [Line(f"{number} " + "x" * 50) for number in range(60)]
    async with app.run_test(size=SIZE) as pilot:
        app.log_text.focus()
        await fed(pilot, app.log_text, long[:20])
        await pilot.press("k")
        before = shown(app.log_text)
        await fed(pilot, app.log_text, long[20:30])
        assert shown(app.log_text) == before


async def test_keys_move() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.log_text.focus()
        await fed(pilot, app.log_text, numbered(100))
        tops = []
        for key in (
            "g",
            "j",
            "down",
            "k",
            "up",
            "ctrl+d",
            "ctrl+u",
            "pagedown",
            "pageup",
            "G",
            "home",
            "end",
        ):
            await pilot.press(key)
            tops.append(int(shown(app.log_text)[0].removeprefix("line ")))
        assert tops == [0, 1, 2, 1, 0, 5, 0, 9, 0, 90, 0, 90]


async def test_leaving_the_end_stops_following_and_coming_back_begins_it() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, numbered(50))
        seen = []
        for key in ("k", "j", "F", "F", "g", "F"):
            await pilot.press(key)
            seen.append((log.following, shown(log)[-1]))
        assert seen == [
            (False, "line 48"),
            (True, "line 49"),
            (False, "line 49"),
            (True, "line 49"),
            (False, "line 9"),
            (True, "line 49"),
        ]


async def test_the_wheel_scrolls_and_leaves_the_end_and_comes_back() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, log, numbered(50))

        def wheel(kind: type[MouseScrollUp] | type[MouseScrollDown]) -> None:
            log.post_message(kind(log, 1, 1, 0, 0, 0, False, False, False))

        wheel(MouseScrollUp)
        await until(pilot, lambda: not log.following)
        assert shown(log)[-1] != "line 49"
        before = shown(log)
        await fed(pilot, log, numbered(1, 50))
        assert shown(log) == before
        for _ in range(3):
            wheel(MouseScrollDown)
        await until(pilot, lambda: log.following)
        assert shown(log)[-1] == "line 50"


# Pause


async def test_a_pause_freezes_the_screen_and_counts() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, numbered(20))
        before = shown(log)
        await pilot.press("space")
        log.feed(numbered(30, 20))
        await until(pilot, lambda: log.held == 30)
        log.feed(numbered(5, 50))
        await until(pilot, lambda: log.held == 35)
        assert shown(log) == before
        assert log.status == "paused, 35 more"
        await pilot.press("space")
        assert (log.held, log.paused) == (0, False)
        assert shown(log)[-1] == "line 54"
        assert log.status == "following"


async def test_what_comes_on_a_pause_is_bounded_too() -> None:
    app = Host(max_lines=50)
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, log, numbered(20))
        log.paused = True
        for start in range(20, 1020, 100):
            log.feed(numbered(100, start))
        await until(pilot, lambda: log.held == 1000)
        assert log.line_count == 20
        log.paused = False
        await pilot.pause()
        assert log.all_text().splitlines() == [f"line {number}" for number in range(970, 1020)]


async def test_following_ends_a_pause() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, numbered(20))
        await pilot.press("space")
        log.feed(numbered(1, 20))
        await pilot.press("F")
        await pilot.pause()
        assert (log.paused, log.following, shown(log)[-1]) == (False, True, "line 20")


# What the program wrote


async def test_text_that_looks_like_markup_is_shown_as_it_is() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, [Line("[done] [b]x[/b] [/] [@click=app.quit]")])
        assert shown(app.log_text)[0] == "[done] [b]x[/b] [/] [@click=app.quit]"


async def test_sequences_that_would_steer_the_terminal_are_not_drawn() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, [Line("a\x1b[2Jb\x1b]52;c;ZXZpbA==\x07c\x1b[Hd\x1bce\x07\x08")])
        assert shown(app.log_text)[0] == "abcde"


async def test_colours_are_kept() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, [Line("a\x1b[1;31mb\x1b[0mc"), Line("d")])
        (a, plain_style), (b, red), (c, after) = styles_of(app.log_text, 0)
        assert (a, b, c) == ("a", "b", "c")
        assert red.bold
        assert red.color.number == 1
        assert plain_style == after == styles_of(app.log_text, 1)[0][1]


async def test_what_wherry_says_can_not_be_taken_for_the_program() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.feed([Line("» stopped"), Line("oops", error=True)])
        log.note("stopped, exit code 1\nand gone")
        await until(pilot, lambda: log.line_count == 4)
        assert signs(log)[:4] == " ▎»»"
        assert shown(log)[:4] == ["» stopped", "oops", "stopped, exit code 1", "and gone"]
        assert styles_of(log, 2)[1][1].dim
        assert not styles_of(log, 0)[0][1].dim
        log.ascii = True
        await pilot.pause()
        assert signs(log)[:4] == " !**"


async def test_times_are_shown_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    clock.__globals__["_clock"].cache_clear()
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(
            pilot, log, [Line("with", STAMP), Line("without"), Line("bad", "never"), Line("x" * 40, STAMP)]
        )
        assert shown(log)[0] == "with"
        await pilot.press("t")
        assert shown(log)[:5] == [
            "12:38:09 with",
            "         without",
            "         bad",
            "12:38:09 " + "x" * 28,
            "         " + "x" * 12,
        ]
        assert log.text_of_visible().splitlines()[0] == "12:38:09 with"
        await pilot.press("t")
        assert shown(log)[0] == "with"
    monkeypatch.undo()
    time.tzset()
    clock.__globals__["_clock"].cache_clear()


def test_any_stamp_is_a_time_or_nothing() -> None:
    assert len(clock(STAMP, "%H:%M:%S")) == 8
    assert clock(STAMP, "%H:%M:%S.%f")[8:] == ".123456"
    for stamp in ("", "x", "9999-99-99T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert len(clock(stamp, "%H:%M:%S")) in {0, 8}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(hostile, st.booleans(), st.booleans()), max_size=8),
    st.tuples(st.integers(1, 50), st.integers(4, 12)),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "e", "re:.", "日"]),
    st.booleans(),
)
async def test_any_text_is_drawn_in_exactly_the_cells_there_are(
    texts: list[tuple[str, bool, bool]],
    size: tuple[int, int],
    wrap: bool,
    times: bool,
    pattern: str,
    ascii_only: bool,
) -> None:
    app = Host(wrap=wrap, times=times)
    log = app.log_text
    async with app.run_test(size=size) as pilot:
        log.ascii = ascii_only
        log.set_lines([Line(text, STAMP, error, own) for text, error, own in texts])
        log.search(pattern)
        await pilot.pause()
        for y in range(max(log.size.height, 5)):
            strip = log.render_line(y)
            assert strip.cell_length == cell_len(strip.text) == log.size.width
            assert {unicodedata.category(one) for one in strip.text}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
            assert strip.text.isascii() or not ascii_only


@pytest.mark.parametrize(
    "raw", ["x" * 1_000_000, "日" * 1_000_000, "\x1b[1mx" * 200_000, "\x1b[31m" * 200_000]
)
@pytest.mark.parametrize("wrap", [True, False])
async def test_lines_of_a_megabyte_do_not_hang_the_screen(raw: str, wrap: bool) -> None:
    app = Host(wrap=wrap)
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        begin = time.perf_counter()
        await fed(pilot, log, [Line(raw), Line(raw), Line("end")])
        await pilot.press("k", "g", "j", "pagedown")
        await pilot.pause()
        assert time.perf_counter() - begin < 2


# Wrapping


async def test_long_lines_go_on_in_the_next_row_or_are_cut() -> None:
    app = Host()
    log = app.log_text
    text = "".join(chr(ord("a") + place % 26) for place in range(80))
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, [Line(text), Line("end")])
        assert shown(log)[:4] == [text[:37], text[37:74], text[74:], "end"]
        await pilot.press("w")
        assert shown(log)[:3] == [text[:36] + "…", "end", ""]
        await pilot.press("shift+right")
        assert shown(log)[:3] == [text[18:54] + "…", "", ""]
        await pilot.press("shift+right", "shift+right", "shift+right")
        assert shown(log)[0] == text[43:]
        await pilot.press("shift+left", "shift+left", "shift+left", "w")
        assert shown(log)[:4] == [text[:37], text[37:74], text[74:], "end"]
        await pilot.press("shift+right")
        assert len(says(app)) == 1


async def test_the_line_on_top_stays_when_wrapping_changes() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, [Line(f"{number} " + "x" * 60) for number in range(60)])
        await pilot.press("g", "pagedown", "pagedown")
        top = shown(log)[0].split()[0]
        assert top == "9"
        for _ in range(2):
            await pilot.press("w")
            assert shown(log)[0].split()[0] == top


async def test_a_resize_keeps_what_is_read() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, [Line(f"{number} " + "x" * 60) for number in range(60)])
        assert shown(log)[-2].startswith("59 ")
        await pilot.resize_terminal(30, 20)
        await pilot.pause()
        assert log.following
        assert shown(log)[-1].strip("x ") == ""
        assert shown(log)[-3].startswith("59 ")
        await pilot.press("g", *["j"] * 15)
        top = shown(log)[0].split()[0]
        assert top == "5"
        for size in ((70, 13), (20, 8), (100, 40), (40, 13)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert shown(log)[0].split()[0] == top
            assert not log.following


async def test_no_room_at_all_does_no_harm() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, [Line("日本語 text " * 9)] * 3 + numbered(1))
        for size in ((1, 1), (2, 2), (3, 5), SIZE):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.press("w", "k", "G", "w", "t", "t")
        assert shown(log)[-1] == "line 0"


def test_50k_lines_are_wrapped_and_searched_in_a_moment() -> None:
    view = LogView(Ring())
    view.extend(
        [Line(f"{number} INFO request served for /api/v1/things and words " * 2) for number in range(50_000)]
    )
    times: dict[str, list[float]] = {"wrap": [], "search": []}
    for _ in range(3):
        begin = time.perf_counter()
        view.lay_out(60)
        times["wrap"].append(time.perf_counter() - begin)
        begin = time.perf_counter()
        view.search_for(Pattern("4999"))
        times["search"].append(time.perf_counter() - begin)
        view.search_for(None)
    assert view.rows == 100_000
    # Twice what it should take on a quiet machine.
    assert min(times["wrap"]) < 0.2
    assert min(times["search"]) < 0.1


# Searching


async def test_a_search_finds_highlights_and_goes_there() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, numbered(100))
        await pilot.press("g")
        assert log.search("LINE 5".lower()) == log.matches == 11
        assert shown(log)[5] == "line 5"
        assert [text for text, _ in styles_of(log, 5)] == ["line 5"]
        assert styles_of(log, 5)[0][1] != styles_of(log, 4)[0][1]
        await pilot.press("n")
        assert "line 50" in shown(log)
        row = shown(log).index("line 51")
        assert [text for text, _ in styles_of(log, row)] == ["line 5", "1"]
        assert styles_of(log, row)[0][1] != styles_of(log, row - 1)[0][1], "the current one stands out"
        await pilot.press("N")
        assert "line 5" in shown(log)
        await pilot.press("N")
        assert "line 59" in shown(log)
        assert says(app) == ["went on from the end"]
        await pilot.press("n")
        assert "line 5" in shown(log)
        assert says(app)[1:] == ["went on from the top"]


async def test_a_search_from_the_end_shows_the_latest() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, numbered(100))
        app.log_text.search("line 3")
        assert "line 39" in shown(app.log_text)
        assert not app.log_text.following


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("error", 3),
        ("Error", 1),
        ("ERROR", 1),
        ("er.or", 0),
        ("re:er.or", 3),
        ("re:^e", 2),
        ("re:E\\w+$", 2),
        ("re:e\\S", 4),
        ("31", 0),
        ("[0m", 0),
        ("é", 1),
        ("É", 0),
        ("re:x*", 5),
        ("", 0),
    ],
)
async def test_what_a_search_finds(pattern: str, count: int) -> None:
    app = Host()
    texts = ("an Error", "error", "\x1b[31mER\x1b[0mROR", "café", "other")
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, app.log_text, [Line(text) for text in texts])
        assert app.log_text.search(pattern) == count
        assert len(shown(app.log_text)) == 10


async def test_a_pattern_that_is_none_is_refused_in_words() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, log, numbered(20))
        log.search("line 1")
        with pytest.raises(ValueError, match=r"\( is not a regular expression: "):
            log.search("re:(")
        with pytest.raises(ValueError, match="is not a regular expression"):
            log.filter_lines("re:[")
        assert (log.matches, log.search_text, log.filter_text) == (11, "line 1", "")


async def test_hits_are_counted_as_lines_come_and_go() -> None:
    app = Host(max_lines=20)
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, log, numbered(20))
        assert log.search("re:[05]$") == 4
        await fed(pilot, log, numbered(6, 20))
        assert log.matches == 4
        assert log.status == "following · / re:[05]$: 4"
        log.search("")
        assert (log.matches, log.status) == (0, "following")


async def test_the_current_hit_is_the_same_line_while_old_ones_are_dropped() -> None:
    app = Host(max_lines=100)
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, numbered(100))
        log.search("re:0$")
        await pilot.press("N", "N")
        before = shown(log)
        await fed(pilot, log, numbered(30, 100))
        assert shown(log) == before
        await pilot.press("n")
        assert log.status == "/ re:0$: 10"
        assert "line 80" in shown(log)


async def test_going_to_a_hit_leaves_the_end_so_that_it_can_be_read() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, numbered(100))
        log.search("line 99")
        assert log.following
        await pilot.press("n")
        before = shown(log)
        await fed(pilot, log, numbered(50, 100))
        assert shown(log) == before


async def test_keys_ask_for_what_to_type_and_change_nothing() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.log_text.focus()
        await fed(pilot, app.log_text, numbered(3))
        await pilot.press("slash", "ampersand", "n")
        asked = [type(message) for message in app.said]
        assert asked == [TextLog.SearchAsked, TextLog.FilterAsked, TextLog.SearchAsked]
        assert all(
            message.log is app.log_text for message in app.said if isinstance(message, TextLog.SearchAsked)
        )
        app.log_text.search("nowhere")
        await pilot.press("n")
        assert says(app) == ["no line has nowhere"]


# Filtering


async def test_a_filter_shows_only_what_matches_and_keeps_the_rest() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, log, numbered(30))
        log.filter_lines("re: 2?7$")
        assert shown(log)[:3] == ["line 7", "line 27", ""]
        assert log.line_count == 30
        log.feed([Line("line 8"), Line("other 27")])
        await until(pilot, lambda: log.line_count == 32)
        assert shown(log)[:4] == ["line 7", "line 27", "other 27", ""]
        assert log.status == "following · & re: 2?7$"
        log.filter_lines(None)
        assert shown(log)[-3:] == ["line 29", "line 8", "other 27"]


async def test_a_search_looks_only_at_what_is_shown() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, log, numbered(30))
        log.search("line")
        log.filter_lines("re:5$")
        assert log.matches == 3
        log.filter_lines(None)
        assert log.matches == 30


async def test_a_filter_keeps_what_is_read_on_the_screen() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, numbered(200))
        await pilot.press("g")
        for _ in range(10):
            await pilot.press("pagedown")
        assert shown(log)[0] == "line 90"
        log.filter_lines("re:[02468]$")
        assert shown(log)[:2] == ["line 90", "line 92"]
        log.filter_lines("")
        assert shown(log)[:2] == ["line 90", "line 91"]


async def test_only_what_went_to_stderr() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, [Line("out"), Line("bad", error=True), Line("note", own=True), Line("more")])
        await pilot.press("e")
        assert shown(log)[:3] == ["bad", "note", ""]
        assert log.status == "following · stderr only"
        await pilot.press("e")
        assert shown(log)[:4] == ["out", "bad", "note", "more"]


async def test_it_is_said_when_everything_is_filtered_away() -> None:
    app = Host(placeholder="nothing was written yet")
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert shown(log)[0] == "nothing was written yet"
        await fed(pilot, log, numbered(3))
        assert shown(log)[0] == "line 0"
        log.filter_lines("nowhere")
        assert shown(log)[0] == "no line has nowhere"
        log.filter_lines(None)
        log.errors_only = True
        assert shown(log)[0] == "no line from stderr"


# Pages


async def test_a_page_begins_at_its_top() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.set_lines(numbered(50), keep_scroll=True)
        await pilot.pause()
        assert shown(log)[0] == "line 0"
        assert not log.following


async def test_a_newer_state_of_a_page_stays_where_it_was() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        log.set_lines(numbered(50))
        await pilot.press("j", "j", "j")
        log.refreshed.clear()
        log.set_lines(numbered(50), keep_scroll=True)
        await pilot.pause()
        assert log.refreshed == [], "the same text is not painted again"
        log.set_lines([Line(f"new {number}") for number in range(60)], keep_scroll=True)
        await pilot.pause()
        assert shown(log)[0] == "new 3"
        log.set_lines(numbered(50))
        await pilot.pause()
        assert shown(log)[0] == "line 0"


async def test_clearing_empties_follows_and_goes_on() -> None:
    app = Host(placeholder="nothing")
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, numbered(50))
        log.feed(numbered(5, 50))
        await pilot.press("g", "space", "C")
        assert (log.line_count, log.paused, log.following) == (0, False, True)
        assert shown(log)[0] == "nothing"
        await fed(pilot, log, numbered(50, 100))
        assert shown(log)[-1] == "line 149"
        assert log.all_text().startswith("line 100")


async def test_copying_hands_over_the_whole_lines_on_the_screen() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await pilot.press("y")
        assert says(app) == ["there is nothing to copy"]
        long = "\x1b[31m" + "x" * 500 + "\x1b[0m\ty"
        await fed(pilot, log, [*numbered(20), Line(long)])
        await pilot.press("g", "y")
        copied = [message.text for message in app.said if isinstance(message, TextLog.Copied)]
        assert copied == ["\n".join(f"line {number}" for number in range(10))]
        await pilot.press("G", "y")
        last = app.said[-1]
        assert isinstance(last, TextLog.Copied)
        assert last.text == "x" * 500 + "    y"


async def test_dimmed_text_has_one_style() -> None:
    app = Host()
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        await fed(pilot, log, [Line("a\x1b[1;31mb\x1b[0mc")])
        assert len({style for _, style in styles_of(log, 0)}) == 2
        log.dimmed = True
        await pilot.pause()
        found = {style for _, style in styles_of(log, 0)}
        assert len(found) == 1
        assert found.pop().dim


def test_every_key_has_an_id_and_a_description() -> None:
    ids = [binding.id for binding in TextLog.BINDINGS if not isinstance(binding, tuple)]
    assert len(set(ids)) == len(TextLog.BINDINGS)
    assert all(one is not None and one.startswith("text.") for one in ids)
    assert all(
        binding.description and not binding.show
        for binding in TextLog.BINDINGS
        if not isinstance(binding, tuple)
    )


@pytest.mark.parametrize("following", [True, False])
async def test_what_arrives_while_hidden_is_there_when_shown_again(following: bool) -> None:
    app = Host(max_lines=100)
    log = app.log_text
    async with app.run_test(size=SIZE) as pilot:
        log.focus()
        await fed(pilot, log, [Line(f"{number} " + "x" * 60) for number in range(100)])
        if not following:
            await pilot.press("pageup", "k")
        before = shown(log)
        log.display = False
        await pilot.pause()
        await fed(pilot, log, [Line(f"{number} " + "x" * 60) for number in range(100, 130)])
        log.display = True
        await pilot.pause()
        assert log.following is following
        if following:
            assert shown(log)[-2].startswith("129 ")
        else:
            assert shown(log) == before
