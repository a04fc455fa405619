"""A terminal that gets only the differences shows what one shows that gets every frame."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.terminal.emulator import Emulator
from tui.terminal.difference import Scroll, Writer, find_scroll
from tui.terminal.frame import Cells, UnknownFrameError, is_frame, read
from tui.terminal.sgr import Looks, parse

WIDTH, HEIGHT = 24, 10
MARKS = "\u0301\u0308"
STYLES = ["", "1", "2", "38;2;1;2;3", "1;38;2;1;2;3;48;2;9;9;9", "7", "4;31", "48;5;7", "32;44", "9", "1;3;4"]


def styled(style: str, text: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


def run(x: int, y: int, parts: list[tuple[str, str]]) -> str:
    """Write parts from a place on, as far as they fit: Textual never writes past the edge."""
    out, at = [f"\x1b[{y + 1};{x + 1}H"], x
    for style, text in parts:
        if at + cell_len(text) > WIDTH or (at == 0 and text[:1] and text[0] in MARKS):
            break
        at += cell_len(text)
        out.append(styled(style, text))
    return "".join(out)


TEXTS = st.text(alphabet=f"ab  xy é─│日本ｶ中👍{MARKS}", max_size=14) | st.just(" " * 14)
PARTS = st.lists(st.tuples(st.sampled_from(STYLES), TEXTS), max_size=3)
RUNS = st.builds(run, st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1), PARTS)
ANYTHING = st.lists(RUNS, min_size=1, max_size=12).map("".join)


def lines(first: int, x: int, style: str) -> str:
    return "".join(run(x, y, [(style, f"line {first + y:<6}")]) for y in range(HEIGHT))


SCROLLED = st.builds(lines, st.integers(0, 30), st.integers(0, 4), st.sampled_from(STYLES))


class Terminals:
    """One terminal that gets every frame, and one that gets the differences."""

    def __init__(self, *, erases: bool) -> None:
        self.stock, self.light = Emulator(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT)
        self.looks = Looks()
        self.writer = Writer(self.looks, erases=erases)
        self.wanted, self.shown = Cells(WIDTH, HEIGHT), Cells(WIDTH, HEIGHT)
        self.shown.forget()
        self.dirty = set(range(HEIGHT))

    def frame(self, text: str) -> None:
        self.stock.write(text)
        self.dirty |= read(text, self.wanted, self.looks)

    def send(self) -> str:
        text = self.writer.difference(self.shown, self.wanted, self.dirty)
        self.light.write(text)
        self.dirty.clear()
        return text


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(ANYTHING | SCROLLED, st.booleans()), max_size=6), st.booleans())
def test_the_screen_is_the_same_whatever_is_drawn(frames: list[tuple[str, bool]], erases: bool) -> None:
    terminals = Terminals(erases=erases)
    for text, sent in frames:
        terminals.frame(text)
        if sent:
            terminals.send()
            assert terminals.stock.differences(terminals.light) == []


def test_a_mark_on_a_wide_character_leaves_it_whole() -> None:
    terminals = Terminals(erases=False)
    terminals.frame(run(0, 0, [("", "中a")]) + "\x1b[1;2H\u0301")
    terminals.send()
    assert terminals.stock.differences(terminals.light) == []


def test_a_mark_on_the_last_of_many_blanks_stays_on_it() -> None:
    terminals = Terminals(erases=True)
    terminals.frame(run(10, 0, [("", " " * 14), ("", "\u0301")]))
    terminals.send()
    assert terminals.stock.differences(terminals.light) == []


def test_nothing_is_written_where_nothing_differs() -> None:
    terminals = Terminals(erases=True)
    terminals.frame(lines(0, 0, "1"))
    terminals.send()
    terminals.frame(lines(0, 0, "1"))
    assert terminals.send() == ""


def test_one_changed_cell_costs_a_few_bytes() -> None:
    terminals = Terminals(erases=True)
    terminals.frame(run(0, 3, [("38;2;9;9;9", "cpu 0.3% mem 41M")]))
    terminals.send()
    terminals.frame(run(0, 3, [("38;2;9;9;9", "cpu 0.4% mem 41M")]))
    assert len(terminals.send()) < 30


def test_a_scroll_in_one_half_is_written_as_a_scroll_and_leaves_the_other_half_alone() -> None:
    terminals = Terminals(erases=False)
    for y in range(HEIGHT):
        terminals.frame(run(0, y, [("1", f"left{y}")]))
        terminals.frame(run(8, y, [("", f"a long line {y}")]))
    terminals.send()
    for y in range(HEIGHT):
        terminals.frame(run(8, y, [("", f"a long line {y + 1}")]))
    assert terminals.send()
    assert terminals.stock.differences(terminals.light) == []


def test_a_page_that_scrolls_is_cheaper_than_drawing_it() -> None:
    terminals = Terminals(erases=False)
    words = [f"{chr(97 + n) * 18}{n:03}" for n in range(HEIGHT + 1)]
    for y in range(HEIGHT):
        terminals.frame(run(0, y, [("", words[y])]))
    terminals.send()
    for y in range(HEIGHT):
        terminals.frame(run(0, y, [("", words[y + 1])]))
    assert len(terminals.send()) < 100
    assert terminals.stock.differences(terminals.light) == []


def test_a_scroll_is_found_by_what_moved() -> None:
    terminals = Terminals(erases=False)
    terminals.frame(lines(0, 0, ""))
    terminals.send()
    terminals.frame(lines(2, 0, ""))
    found = find_scroll(terminals.shown, terminals.wanted, sorted(terminals.dirty))
    assert found == Scroll(0, HEIGHT - 1, 2)


@pytest.mark.parametrize(
    "text",
    ["\x1b[1;1Ha\tb", "\x1b[1;1H\x1b[2J", "\x1b[1;1H\x1b[99mx", "\x1b[1;1Ha\x07", "\x1b[1;1H\x1b[38;2;1mx"],
)
def test_what_no_frame_holds_is_not_guessed_at(text: str) -> None:
    with pytest.raises(UnknownFrameError):
        read(text, Cells(WIDTH, HEIGHT), Looks())


def test_modes_and_questions_are_no_frames() -> None:
    assert is_frame("\x1b[3;1Hx")
    assert not any(map(is_frame, ["\x1b[?25l", "\x1b[6n", "\x1b]52;c;eA==\a", "\x07", "\x1b[>1u"]))


def test_links_are_part_of_the_look() -> None:
    looks, cells = Looks(), Cells(WIDTH, HEIGHT)
    read("\x1b[1;1H\x1b]8;id=1;https://x.test\x1b\\\x1b[4mab\x1b[0m\x1b]8;;\x1b\\c", cells, looks)
    assert looks.looks[cells.looks[0][0]].link == "id=1;https://x.test"
    assert looks.looks[cells.looks[0][2]].link == ""
    way = looks.change(0, cells.looks[0][0])
    assert re.search(r"\x1b\]8;id=1;https://x.test\x1b\\", way)
    assert looks.change(cells.looks[0][0], 0).startswith("\x1b]8;;\x1b\\")


def test_a_cell_beyond_the_edge_is_cut_off() -> None:
    cells = Cells(4, 1)
    read("\x1b[1;3Habcdef", cells, Looks())
    assert cells.chars == [[" ", " ", "a", "b"]]
    assert read("\x1b[9;1Habc", cells, Looks()) == set()


@given(st.sampled_from(STYLES), st.sampled_from(STYLES))
def test_the_way_between_two_looks_ends_at_the_second(one: str, two: str) -> None:
    looks = Looks()
    first, second = looks.number(one, ""), looks.number(two, "")
    screen, other = Emulator(2, 1), Emulator(2, 1)
    screen.write(f"\x1b[1;1H\x1b[{one}mx{looks.change(first, second)}y")
    other.write(f"\x1b[1;1H\x1b[{one}mx\x1b[0;{two}my")
    assert screen.differences(other) == []


def test_the_same_look_in_other_words_is_one() -> None:
    looks = Looks()
    assert looks.number("1;31", "") == looks.number("31;1", "")
    assert parse("1;39;49") == parse("1")
