from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from tui.widgets.prompt import LineInput, Prompt, QuestionLine, pasted, pictures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.pilot import Pilot
    from textual.widget import Widget

STYLES = Path(__file__).parents[2] / "styles" / "widgets.tcss"
SIZES = [(60, 15), (80, 24), (160, 45)]


class Host(App[None]):
    CSS_PATH = STYLES

    def __init__(self, widget: Widget, ansi: bool = False) -> None:
        super().__init__()
        if ansi:
            self.theme = "ansi-dark"
        self.widget = widget
        self.said: list[str] = []
        self.answers: list[bool] = []
        self.keys: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        self.said.append(f"changed {message.value}")

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        self.said.append(f"submitted {message.value}")

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        self.said.append("cancelled")

    def on_question_line_answered(self, message: QuestionLine.Answered) -> None:
        self.answers.append(message.yes)

    def on_key(self, event: events.Key) -> None:
        self.keys.append(event.key)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def shown(widget: Widget) -> list[str]:
    return [strip.text.rstrip() for strip in widget.render_lines(widget.size.region)]


def screen(app: App[None]) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


# A line to type


@pytest.mark.parametrize("size", SIZES)
async def test_a_prompt_is_one_line_and_says_what_is_typed(size: tuple[int, int]) -> None:
    app = Host(Prompt("filter:"))
    async with app.run_test(size=size) as pilot:
        await pilot.press(*"web")
        assert screen(app)[0] == " filter: web"
        assert app.widget.size.height == 1
        await pilot.press("enter")
        assert app.said == ["changed w", "changed we", "changed web", "submitted web"]


async def test_a_prompt_goes_on_from_a_value_and_says_nothing_by_itself() -> None:
    app = Host(Prompt("/", "db"))
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        assert app.said == []
        await pilot.press("1")
        assert app.said == ["changed db1"]


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_a_prompt_is_cancelled(key: str) -> None:
    app = Host(Prompt("/"))
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.press("q", key)
        assert app.said == ["changed q", "cancelled"]


async def test_a_prompt_takes_the_focus_when_asked() -> None:
    app = Host(Prompt("/"))
    async with app.run_test(size=(60, 15)) as pilot:
        app.screen.set_focus(None)
        app.widget.focus()
        await pilot.press("a")
        assert app.said == ["changed a"]


async def test_pasted_lines_become_one() -> None:
    app = Host(Prompt("/"))
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        await paste(pilot, "one\n\n\ttwo\r\nthr\x1b[31mee\n")
        await pilot.press("enter")
        assert app.said[-1] == "submitted one  two thr[31mee"
        await paste(pilot, "\n")
        assert app.query_one(Input).value == "one  two thr[31mee"


async def test_a_copied_newline_is_not_pasted_either() -> None:
    app = Host(Prompt("/"))
    async with app.run_test(size=(60, 15)) as pilot:
        app.copy_to_clipboard("a\nb")
        await pilot.press("ctrl+v")
        assert app.query_one(Input).value == "a b"


async def test_hostile_values_are_drawn_as_pictures_and_kept_raw() -> None:
    app = Host(Prompt("[b]\x1b[2J", "a\x1b[2J\r\nb\u202e[red]"))
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        assert screen(app)[0] == " [b]␛[2J a␛[2J␍␊b·[red]"
        await pilot.press("enter")
        assert app.said == ["submitted a\x1b[2J\r\nb\u202e[red]"]


async def test_ascii_only_is_ascii_only() -> None:
    app = Host(Prompt("é", "日本\x1b"))
    async with app.run_test(size=(60, 15)) as pilot:
        assert isinstance(app.widget, Prompt)
        app.widget.ascii = True
        await pilot.pause()
        assert screen(app)[0] == " ? ?????"


async def test_the_cursor_is_seen_in_sixteen_colours() -> None:
    app = Host(Prompt("/", "ab"), ansi=True)
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.press("home")
        [cursor] = [each for each in app.query_one(Input).render_line(0) if each.text == "a"]
        assert cursor.style is not None
        assert cursor.style.reverse
        assert cursor.style.bgcolor is not None
        assert cursor.style.color is not None
        assert cursor.style.bgcolor.is_default
        assert cursor.style.color.is_default


async def test_a_suggestion_is_accepted_and_unsafe_ones_are_not_offered() -> None:
    app = Host(LineInput(suggestions=("bridge", "evil\x1b[2J")))
    async with app.run_test(size=(60, 15)) as pilot:
        app.widget.focus()
        await pilot.press("B")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert shown(app.widget)[0] == "Bridge"
        await pilot.press("right")
        assert app.query_one(Input).value == "bridge"
        await pilot.press(*["backspace"] * 6, "e", "v")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert shown(app.widget)[0] == "ev"


async def test_a_secret_is_not_shown() -> None:
    app = Host(LineInput("hunter2", secret=True))
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        assert shown(app.widget)[0] == "•••••••"
        app.query_one(LineInput).ascii = True
        await pilot.pause()
        assert shown(app.widget)[0] == "*******"


@given(st.text(st.characters(exclude_categories=("Co", "Cs"))))
def test_pictures_are_as_many_and_hold_no_control_characters(text: str) -> None:
    assert len(pictures(text)) == len(text)
    assert "\x1b" not in pictures(text)
    assert pictures(text).isprintable()


@given(st.text(), st.booleans())
def test_what_is_pasted_has_no_control_characters(text: str, several: bool) -> None:
    kept = pasted(text, several)
    assert several or "\n" not in kept
    assert all(each == "\n" or each >= " " for each in kept)


# A question


def question(
    text: str = "Stop shop-db-1 on prod?", command: str = "docker stop shop-db-1", yes: Sequence[str] = ()
) -> tuple[Host, Clock]:
    clock = Clock()
    return Host(QuestionLine(text, command, yes=yes, clock=clock)), clock


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_question_is_one_line_with_its_command(size: tuple[int, int]) -> None:
    app, _ = question()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        line = " Stop shop-db-1 on prod?   Enter yes · Esc no   docker stop shop-db-1"
        assert screen(app)[:2] == [line, ""]


async def test_the_command_is_cut_in_its_middle_then_leaves_and_the_question_stays() -> None:
    asked = "Stop shop-database-1 on prod?"
    app, _ = question(asked, "docker --context production stop shop-database-1")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert screen(app)[0] == f" {asked}   Enter yes · Esc no   docker --con…p-database-1"
        assert len(screen(app)[0]) <= 80
        await pilot.resize_terminal(60, 15)
        await pilot.pause()
        assert screen(app)[0] == f" {asked}   Enter yes · Esc no"


async def test_a_long_question_takes_more_lines_and_loses_nothing() -> None:
    name = "a-very-long-name-" * 6
    app, _ = question(f"Stop {name} on prod?")
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        lines = [line.strip() for line in screen(app) if line]
        assert 1 < len(lines) < 5
        assert "Enter yes · Esc no" in lines[-1]
        assert name in "".join(lines).replace(" ", "")


@pytest.mark.parametrize(
    ("key", "answer"),
    [("y", True), ("enter", True), ("n", False), ("escape", False), ("q", False), ("ctrl+c", False)],
)
async def test_keys_answer(key: str, answer: bool) -> None:
    app, clock = question()
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        clock.now += 0.31
        await pilot.press(key, "y", "n")
        assert app.answers == [answer]
        assert app.keys == []


async def test_what_was_typed_ahead_answers_nothing() -> None:
    app, clock = question()
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        clock.now += 0.29
        await pilot.press("y", "enter", "escape", "n", "q")
        assert app.answers == []
        clock.now += 0.02
        await pilot.press("enter")
        assert app.answers == [True]
        assert app.keys == []


async def test_other_keys_do_nothing() -> None:
    app, clock = question()
    app.bind("d", "bell")
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        clock.now += 1
        await pilot.press("x", "d", "Y", "tab", "space", "down", "f1")
        await paste(pilot, "y\n")
        assert app.answers == []
        assert app.keys == []
        assert app.focused is app.widget


async def test_the_key_that_asked_may_answer_once_it_was_released() -> None:
    app, clock = question(yes=("s",))
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        clock.now += 0.5
        for _ in range(40):
            clock.now += 0.033
            await pilot.press("s")
        assert app.answers == []
        clock.now += 0.4
        await pilot.press("s")
        assert app.answers == [True]


async def test_a_question_is_safe_and_ascii_where_wanted() -> None:
    app, _ = question("Stop [red]\x1b[2J on é?", "docker stop \x1b[2J")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert screen(app)[0] == " Stop [red]␛[2J on é?   Enter yes · Esc no   docker stop ␛[2J"
        assert isinstance(app.widget, QuestionLine)
        app.widget.ascii = True
        await pilot.pause()
        assert screen(app)[0] == " Stop [red]?[2J on ??   Enter yes, Esc no   docker stop ?[2J"


@given(
    st.text(alphabet="ab- 日é\x1b", max_size=150),
    st.text(alphabet="ab 日", max_size=150),
    st.integers(30, 200),
)
def test_no_line_of_a_question_is_too_wide(text: str, command: str, width: int) -> None:
    for line in QuestionLine(text, command).lines(width):
        assert sum(cell_len(piece) for piece, _ in line) <= width
