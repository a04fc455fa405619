from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

from tui.widgets.fields import CheckField, ChoiceField, LinesField, TextField
from tui.widgets.form import Form, LinesInput, Toggle
from tui.widgets.prompt import LineInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.pilot import Pilot

    from tui.widgets.fields import Field, Values

STYLES = Path(__file__).parents[2] / "styles" / "widgets.tcss"
SIZES = [(60, 15), (80, 24), (160, 45)]


def number(value: str) -> str:
    return "" if not value or value.isdigit() else "This must be a number."


FIELDS: tuple[Field, ...] = (
    TextField("name", "name", hint="empty: Docker makes one up", required=True),
    TextField("driver", "--driver", suggestions=("bridge", "macvlan")),
    CheckField("remove", "--rm", value=True, hint="remove it when it ends"),
    ChoiceField("network", "--network", ("bridge", "host", "none"), "host"),
    LinesField("labels", "--label", hint="name=value, one a line"),
    TextField("cpus", "--cpus", check=number),
)
UNTOUCHED: Values = {
    "name": "",
    "driver": "",
    "remove": True,
    "network": "host",
    "labels": "",
    "cpus": "",
}


class Host(App[None]):
    CSS_PATH = STYLES

    def __init__(
        self, fields: Sequence[Field] = FIELDS, first: str | None = None, ansi: bool = False
    ) -> None:
        super().__init__(ansi_color=ansi or None)
        if ansi:
            self.theme = "ansi-dark"
        self.form = Form(fields, first=first)
        self.changed: list[Values] = []
        self.submitted: list[Values] = []
        self.cancelled: list[Values] = []

    def compose(self) -> ComposeResult:
        yield self.form

    def on_form_changed(self, message: Form.Changed) -> None:
        self.changed.append(message.values)

    def on_form_submitted(self, message: Form.Submitted) -> None:
        self.submitted.append(message.values)

    def on_form_cancelled(self, message: Form.Cancelled) -> None:
        self.cancelled.append(message.values)


def screen(app: App[None]) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def focused(app: App[None]) -> str:
    """Return the label of the field that the screen shows as the focused one."""
    [line] = [line for line in screen(app) if line.startswith(("▸", ">"))]
    return line[2:].split("  ")[0]


async def settle(pilot: Pilot[None]) -> None:
    """Wait until what a key led to is laid out and scrolled."""
    for _ in range(2):
        await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


# Looks


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_labels_stand_beside_the_inputs(size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        await press(pilot, *"web")
        lines = [line for line in screen(app) if line]
        assert lines == [
            "▸ name *     web",
            "  --driver",
            "  --rm       [x]",
            "  --network  ‹ host ›",
            "  --label",
            "  --cpus",
            "  empty: Docker makes one up",
        ]
        assert app.form.size.height == 9


async def test_labels_stand_above_the_inputs_where_it_is_narrow() -> None:
    app = Host()
    async with app.run_test(size=(60, 15)) as pilot:
        await press(pilot, *"web")
        assert screen(app)[:6] == [
            "▸ name *",
            "  web",
            "  --driver",
            "",
            "  --rm       [x]",
            "  --network  ‹ host ›",
        ]
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert screen(app)[0] == "▸ name *     web"


@pytest.mark.parametrize("size", SIZES)
async def test_the_field_with_the_focus_is_always_in_view(size: tuple[int, int]) -> None:
    count = size[1] + 5
    fields = [TextField(f"f{index}", f"field {index}", hint=f"hint {index}") for index in range(count)]
    app = Host(fields)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        for index in (*range(0, count, 7), count - 1):
            for _ in range(index - int(focused(app).removeprefix("field "))):
                app.post_message(events.Key("down", None))
            await settle(pilot)
            assert focused(app) == f"field {index}"
            assert screen(app)[size[1] - 1].strip() == f"hint {index}"
        await press(pilot, "tab")
        assert focused(app) == "field 0"
        await press(pilot, "shift+tab", "x")
        assert focused(app) == f"field {count - 1}"
        assert any(line.rstrip("▁▂▃▄▅▆▇█ ").endswith(" x") for line in screen(app))


async def test_the_field_with_the_focus_stays_in_view_when_the_terminal_shrinks() -> None:
    app = Host(first="cpus")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.resize_terminal(60, 8)
        await settle(pilot)
        assert focused(app) == "--cpus"


async def test_a_form_beside_something_docked_takes_the_rest() -> None:
    class Framed(Host):
        CSS = "Static { dock: bottom; height: 2; }"

        def compose(self) -> ComposeResult:
            yield self.form
            yield Static("docker run\nkeys")

    app = Framed(first="cpus")
    async with app.run_test(size=(60, 12)) as pilot:
        await settle(pilot)
        assert screen(app)[-2:] == ["docker run", "keys"]
        assert focused(app) == "--cpus"


async def test_a_long_value_shows_its_end_where_the_cursor_is() -> None:
    app = Host([TextField("a", "a", value="x" * 200 + "END")])
    async with app.run_test(size=(60, 15)) as pilot:
        await settle(pilot)
        assert screen(app)[1].endswith("xEND")


async def test_focus_and_inputs_are_told_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Host(ansi=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert screen(app)[0].startswith("▸ name *")
        cursor, *blank = app.form.query(LineInput).first().render_line(0)
        assert cursor.style is not None
        assert cursor.style.reverse
        assert all(segment.style and segment.style.underline for segment in blank)
        assert len("".join(segment.text for segment in blank)) > 40
        await press(pilot, "tab", "tab")
        box = next(iter(app.form.query(Toggle).first().render_line(0)))
        assert box.style is not None
        assert box.style.reverse
        await press(pilot, "tab", "tab")
        [cursor] = [
            each
            for each in app.form.query_one(LinesInput).render_line(0)
            if each.style and each.style.reverse
        ]
        assert cursor.text == " "


async def test_ascii_only_is_ascii_only() -> None:
    app = Host([*FIELDS, TextField("secret", "sécret", value="hunter2", secret=True)])
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.ascii = True
        await settle(pilot)
        await press(pilot, "enter")
        text = "\n".join(screen(app))
        assert text.isascii()
        for part in ("> name *", "< host >", "x This can't be left empty.", "s?cret     *******"):
            assert part in text


async def test_hostile_text_is_harmless_and_kept() -> None:
    evil = "a\x1b[2J\u202e[red]日"
    fields: tuple[Field, ...] = (
        TextField("text", evil, value=f"{evil}\nb", hint=evil, required=True),
        ChoiceField("choice", "choice", (evil, "x")),
        LinesField("lines", "lines", value=f"{evil}\nsecond\t\x9bx"),
        CheckField("check", "[b]" + "l" * 90),
    )
    app = Host(fields)
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.show_errors({"text": evil, "other": evil})
        await settle(pilot)
        lines = screen(app)
        safe = "a␛[2J·[red]日"
        assert lines[0].startswith(f"▸ {safe} *")
        assert lines[0].endswith(f"{safe}␊b")
        assert lines[1].strip() == f"✗ {safe}"
        assert lines[2].endswith(f"‹ {safe} ›")
        assert lines[3].endswith(safe)
        assert "second" in lines[4]
        assert lines[4].endswith("·x")
        assert lines[6].startswith("  [b]lllll")
        assert "…" in lines[6]
        assert not any("\x1b" in line for line in lines)
        assert {cell_len(line) <= 80 for line in lines} == {True}
        assert app.form.values == {
            "text": f"{evil}\nb",
            "choice": evil,
            "lines": f"{evil}\nsecond\t\x9bx",
            "check": False,
        }


# Moving


async def test_tab_and_arrows_go_from_field_to_field() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        seen = [focused(app)]
        for key in (
            "tab",
            "down",
            "down",
            "tab",
            "down",
            "down",
            "tab",
            "shift+tab",
            "up",
            "up",
            "shift+tab",
        ):
            await press(pilot, key)
            seen.append(focused(app))
        labels = ["name *", "--driver", "--rm", "--network", "--label", "--cpus"]
        assert seen == [*labels, labels[5], labels[0], labels[5], labels[4], labels[3], labels[2]]


async def test_the_first_field_can_be_named() -> None:
    app = Host(first="network")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert focused(app) == "--network"
    app = Host(first="no such field")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert focused(app) == "name *"


async def test_keys_typed_ahead_go_into_the_field_they_were_meant_for() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("a", "b", "tab", "c", "down", "down", "right", "tab", "enter", "d"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        assert app.form.values == UNTOUCHED | {
            "name": "ab",
            "driver": "c",
            "network": "none",
            "labels": "\nd",
        }


async def test_arrows_move_within_several_lines_and_leave_at_the_ends() -> None:
    app = Host(first="labels")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a", "enter", "b", "enter", "c", "up", "up", "x")
        assert app.form.values["labels"] == "ax\nb\nc"
        assert focused(app) == "--label"
        await press(pilot, "up")
        assert focused(app) == "--network"
        await press(pilot, "down", "down", "down", "y")
        assert app.form.values["labels"] == "ax\nb\ncy"
        await press(pilot, "down")
        assert focused(app) == "--cpus"


async def test_the_note_says_the_hint_and_the_keys_of_the_field() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        notes = []
        for _ in range(5):
            notes.append(screen(app)[8].strip())
            await press(pilot, "tab")
        assert notes == [
            "empty: Docker makes one up",
            "(right: complete)",
            "remove it when it ends (space: change)",
            "(left, right: choose)",
            "name=value, one a line (Enter: new line, ctrl+s: done)",
        ]


# Filling in


async def test_values_are_there_before_and_after() -> None:
    app = Host()
    assert app.form.values == UNTOUCHED
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.form.values == UNTOUCHED
        assert app.changed == []


async def test_each_change_is_said() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a", "tab", "tab", "space", "tab", "left", "tab", "b")
        assert app.changed[0] == UNTOUCHED | {"name": "a"}
        assert app.changed[-1] == UNTOUCHED | {
            "name": "a",
            "remove": False,
            "network": "bridge",
            "labels": "b",
        }
        assert len(app.changed) == 4


async def test_a_choice_goes_round_and_a_wrong_value_is_the_first() -> None:
    app = Host([ChoiceField("c", "c", ("a", "b", "c"), "gone"), ChoiceField("none", "none", ())])
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        seen = [app.form.values["c"]]
        for key in ("right", "space", "right", "left"):
            await press(pilot, key)
            seen.append(app.form.values["c"])
        assert seen == ["a", "b", "c", "a", "c"]
        await press(pilot, "tab", "space", "left")
        assert app.form.values["none"] == ""


async def test_the_mouse_chooses_and_focuses() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.click("Toggle")
        await settle(pilot)
        assert focused(app) == "--rm"
        assert app.form.values["remove"] is False


async def test_a_suggestion_is_completed() -> None:
    app = Host(first="driver")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "m")
        await app.workers.wait_for_complete()
        await settle(pilot)
        await press(pilot, "right")
        assert app.form.values["driver"] == "macvlan"


async def test_pasted_lines_break_nothing() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.post_message(events.Paste("one\r\ntwo\x1b[31m\n"))
        await settle(pilot)
        assert app.form.values["name"] == "one two[31m"
        assert app.submitted == []
        app.form.query_one(LinesInput).focus()
        await settle(pilot)
        app.post_message(events.Paste("A=1\r\nB=2\x1b[31m\n"))
        await press(pilot, "c")
        assert app.form.values["labels"] == "A=1\nB=2[31mc"


# Handing in


@pytest.mark.parametrize("field", ["name", "driver", "remove", "network", "cpus"])
async def test_enter_hands_in_from_any_one_line_field(field: str) -> None:
    app = Host([TextField("name", "name", value="web"), *FIELDS[1:]], first=field)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter")
        assert app.submitted == [UNTOUCHED | {"name": "web"}]


async def test_ctrl_s_hands_in_from_several_lines() -> None:
    app = Host(FIELDS[1:], first="labels")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a", "enter", "b", "ctrl+s")
        assert [values["labels"] for values in app.submitted] == ["a\nb"]


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_giving_up_says_what_was_filled_in(key: str) -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a", key)
        assert app.cancelled == [UNTOUCHED | {"name": "a"}]
        assert app.submitted == []


@pytest.mark.parametrize("size", SIZES)
async def test_a_wrong_field_is_focused_and_says_what_is_wrong(size: tuple[int, int]) -> None:
    app = Host(first="cpus")
    async with app.run_test(size=size) as pilot:
        await press(pilot, "x", "enter")
        assert app.submitted == []
        assert focused(app) == "name *"
        lines = screen(app)
        above = next(index for index, line in enumerate(lines) if line.startswith("▸"))
        assert lines[above + (2 if size[0] < 70 else 1)].strip() == "✗ This can't be left empty."
        await press(pilot, "w", "enter")
        assert focused(app) == "--cpus"
        assert "✗ This must be a number." in "\n".join(screen(app))
        assert "left empty" not in "\n".join(screen(app))
        await press(pilot, "backspace", "2", "enter")
        assert app.submitted == [UNTOUCHED | {"name": "w", "cpus": "2"}]


async def test_a_fault_goes_as_soon_as_it_is_put_right_and_not_sooner() -> None:
    app = Host([TextField("cpus", "--cpus", value="x", check=number)])
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "y")
        assert "✗ This must be a number." in "\n".join(screen(app))
        await press(pilot, "backspace", "backspace", "1")
        assert "✗" not in "\n".join(screen(app))


async def test_blank_is_left_empty_too() -> None:
    app = Host([TextField("name", "name", value="  ", required=True)])
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter")
        assert app.submitted == []


async def test_faults_found_elsewhere_are_shown_at_their_fields() -> None:
    app = Host(first="cpus")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.form.show_errors({"driver": "No such driver.", "": "Both can't be."})
        await settle(pilot)
        assert focused(app) == "--driver"
        assert screen(app)[2].strip() == "✗ No such driver."
        assert screen(app)[9].strip() == "✗ Both can't be."
        await press(pilot, "x")
        assert "No such driver." not in "\n".join(screen(app))
        app.form.show_errors({})
        await settle(pilot)
        assert "✗" not in "\n".join(screen(app))


async def test_no_fields_is_a_form_all_the_same() -> None:
    app = Host(())
    async with app.run_test(size=(60, 15)) as pilot:
        await press(pilot, "tab", "down")
        app.form.action_step(1, around=True)
        app.form.action_submit()
        await settle(pilot)
        assert app.submitted == [{}]


def test_secrets_are_not_in_what_a_traceback_would_print() -> None:
    assert "hunter2" not in repr(TextField("s", "s", value="hunter2", secret=True))
    for message in (Form.Changed, Form.Submitted, Form.Cancelled):
        assert "hunter2" not in repr(message({"s": "hunter2"}))


# In one burst


async def test_editing_keys_and_text_of_one_burst_work_in_their_order() -> None:
    app = Host([TextField("text", "text", value="web"), LinesField("lines", "lines", value="a\nb")])
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("backspace", *"c", "home", *"xy", "right", *"z", "delete", "end", *"!"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        assert app.form.values["text"] == "xywzc!"
        await press(pilot, "tab", "down", "end")
        for key in ("backspace", *"c", "home", *"x", "up", "end", "backspace", *"d"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        assert app.form.values["lines"] == "d\nxc"


# Completing lines, and remarks


async def test_a_line_of_several_is_completed() -> None:
    def complete(line: str) -> list[str]:
        return [one for one in ("data:/data", "logs:/logs") if one.startswith(line)]

    app = Host([LinesField("lines", "lines", complete=complete, grows=True)])
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "d")
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert "data:/data" in screen(app)[0]
        await press(pilot, "right", "enter", "l", "o")
        await app.workers.wait_for_complete()
        await press(pilot, "right")
        assert app.form.values["lines"] == "data:/data\nlogs:/logs"
        assert app.form.query_one(LinesInput).size.height == 2


async def test_a_remark_is_shown_until_something_is_wrong() -> None:
    app = Host([TextField("cpus", "--cpus", value="x", check=number)])
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.show_remarks({"cpus": "a remark"})
        await settle(pilot)
        assert "a remark" in screen(app)[1]
        await press(pilot, "enter")
        assert "✗ This must be a number." in screen(app)[1]
        await press(pilot, "backspace", "1")
        assert "a remark" in screen(app)[1]
