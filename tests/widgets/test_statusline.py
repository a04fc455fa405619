from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tui.widgets.statusline import Segment, StatusLine

if TYPE_CHECKING:
    from textual.geometry import Region

STYLES = Path(__file__).parents[2] / "styles" / "widgets.tcss"
SEGMENTS = (
    Segment("prod (ssh)", "bold"),
    Segment("● live", "good", 1),
    Segment("12 up · 1 unhealthy · 3 exited", "", 3),
    Segment("read-only", "warn", 1, "right"),
    Segment("Engine 26.1", "dim", 4, "right"),
)


class Counted(StatusLine):
    repaints = 0

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        self.repaints += 1
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class Host(App[None]):
    CSS_PATH = STYLES

    def __init__(self, line: StatusLine) -> None:
        super().__init__()
        self.line = line

    def compose(self) -> ComposeResult:
        yield self.line


def shown(line: StatusLine) -> str:
    [strip] = line.render_lines(line.size.region)
    return strip.text


async def test_left_and_right_ends() -> None:
    app = Host(StatusLine(SEGMENTS))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = shown(app.line)
        assert text.startswith(" prod (ssh)  ● live  12 up · 1 unhealthy · 3 exited   ")
        assert text.endswith("   read-only  Engine 26.1 ")
        assert len(text) == 80


@pytest.mark.parametrize(
    ("width", "there", "gone"),
    [
        (160, ("prod", "live", "12 up", "read-only", "Engine"), ()),
        (70, ("prod", "live", "12 up", "read-only"), ("Engine",)),
        (60, ("prod", "live", "read-only"), ("12 up", "Engine")),
        (45, ("prod", "live", "read-only"), ("12 up", "Engine")),
        (22, ("prod", "live"), ("read-only", "12 up", "Engine")),
        (14, ("prod",), ("live", "read-only")),
    ],
)
async def test_what_does_not_fit_leaves_by_priority(
    width: int, there: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    app = Host(StatusLine(SEGMENTS))
    async with app.run_test(size=(width, 15)) as pilot:
        await pilot.pause()
        text = shown(app.line)
        assert [word for word in there if word not in text] == []
        assert [word for word in gone if word in text] == []


async def test_what_never_leaves_is_cut_and_the_widest_first() -> None:
    app = Host(StatusLine([Segment("prod", "bold"), Segment("lost: " + "x" * 90, "bad")]))
    async with app.run_test(size=(40, 15)) as pilot:
        await pilot.pause()
        assert shown(app.line).startswith(" prod  lost: xxxxx")
        assert shown(app.line).endswith("x… ")


async def test_the_same_again_repaints_nothing() -> None:
    app = Host(Counted(SEGMENTS))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        line = app.line
        assert isinstance(line, Counted)
        line.repaints = 0
        line.set_segments(list(SEGMENTS))
        assert line.repaints == 0
        line.set_segments([*SEGMENTS, Segment("")])
        assert line.repaints == 0
        line.set_segments(SEGMENTS[:2])
        assert line.repaints == 1
        line.set_segments([SEGMENTS[0], Segment("● live", "bad", 1)])
        assert line.repaints == 2
        await pilot.pause()
        assert "12 up" not in shown(line)


async def test_segments_come_back_in_a_wider_terminal() -> None:
    app = Host(StatusLine(SEGMENTS))
    async with app.run_test(size=(45, 15)) as pilot:
        await pilot.pause()
        assert "Engine" not in shown(app.line)
        await pilot.resize_terminal(100, 15)
        await pilot.pause()
        assert "Engine" in shown(app.line)


async def test_hostile_text_is_harmless() -> None:
    app = Host(StatusLine([Segment("[red]a\x1b[2Jb\nc", "bold"), Segment("日本\u202e", "", 1, "right")]))
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.pause()
        assert shown(app.line).startswith(" [red]a␛[2Jb␊c ")
        assert shown(app.line).endswith(" 日本· ")
        assert cell_len(shown(app.line)) == 60
        app.line.ascii = True
        await pilot.pause()
        assert shown(app.line).isascii()
        assert cell_len(shown(app.line)) == 60


@given(
    texts=st.lists(st.tuples(st.text(max_size=30), st.integers(0, 4), st.booleans()), max_size=6),
    width=st.integers(1, 120),
)
def test_the_line_never_gets_wider_than_there_is_room(texts: list[tuple[str, int, bool]], width: int) -> None:
    line = StatusLine([Segment(text, "", prio, "right" if right else "left") for text, prio, right in texts])
    [pieces] = line.lines(width)
    least = 2 + 3 * sum(prio == 0 for _, prio, _ in texts)
    assert sum(cell_len(text) for text, _ in pieces) <= max(width, least)
