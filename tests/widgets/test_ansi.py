from __future__ import annotations

import json
import re
import time
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from tui.widgets.ansi import LONGEST, Styled, cells, height, parse, plain, row_starts, window
from tui.widgets.json_text import json_lines
from tui.widgets.sgr import PLAIN, look_after

# Mostly what hurts: pieces of control sequences, controls, joiners, wide and combining characters.
hostile = st.lists(
    st.one_of(
        st.text(st.one_of(st.characters(), st.characters(categories=["Cs"])), max_size=8),
        st.sampled_from(
            [
                *(
                    "\x1b",
                    "\x1b[",
                    "\x1b]",
                    "\x1bP",
                    "\x9b",
                    "\x9d",
                    "\x1b[31m",
                    "\x1b[0m",
                    "\x1b[38;2;1;2;3m",
                ),
                *("\x1b[2J", "\x1b\\", "\x07", "\x1b(B", "31;1", "m", ";", "\r", "\n", "\t", "\x00", "\x7f"),
                *(
                    "日",
                    "👍",
                    "👩‍💻",
                    "🇩🇪",
                    "é",
                    "e",
                    "\u0301",
                    "\u1160",
                    "\u200b",
                    "\u202e",
                    "\ufe0f",
                    "\u2028",
                ),
            ]
        ),
    ),
    max_size=24,
).map("".join)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain text [done] [/bold]", "plain text [done] [/bold]"),
        ("\x1b[31mred\x1b[0m text", "red text"),
        ("a\x1b[2Jb\x1b[Hc\x1b[10;20Hd\x1b[?25le\x1b[>4;1mf\x1b[1 qg", "abcdefg"),
        ("a\x1b]52;c;ZXZpbA==\x07b", "ab"),
        ("a\x1b]0;title\x1b\\b\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "ablink"),
        ("a\x1b]52;c;ZXZpbA==", "a"),
        ("a\x1bPq#0;2\x1b\\b\x1b_apc\x1b\\c\x1b^pm\x1b\\d\x1bXsos\x1b\\e", "abcde"),
        ("a\x1bPtmux;\x1b\x1b]52;c;ZXZpbA==\x07\x1b\\b", "ab"),
        ("a\x1b(0b\x1b)Bc\x1b#8d\x1b%Ge", "abcde"),
        ("a\x1bcb\x1b7c\x1bMd\x1b=e\x1b", "abcde"),
        ("a\x9b31mb\x9d0;t\x9cc\x90q\x9cd\x85e", "abcde"),
        ("a\x00\x07\x08\x0b\x0c\x0e\x7fb", "ab"),
        ("a\x1b[31", "a"),
        ("a\tb", "a       b"),
        ("1234567\t8\t9", "1234567 8       9"),
        ("日本\tx", "日本    x"),
        ("\x1b[1mab\x1b[0m\tc", "ab      c"),
        ("10%\r50%\r100%", "100%"),
        ("text\r\n", "text"),
        ("text\r\r\n", "text"),
        ("two\nlines", "two lines"),
        ("lone \udc80 turn\u202e end", "lone · turn· end"),
        ("e\u0301 x\u0301\u0301\u0301\u0301", "é x\u0301\u0301"),
        ("x\u0307", "ẋ"),
        ("", ""),
    ],
)
def test_only_what_is_to_be_seen_is_left(raw: str, shown: str) -> None:
    assert plain(raw) == shown
    assert parse(raw).text == shown


@pytest.mark.parametrize(
    ("codes", "style"),
    [
        ("31", Style(color="color(1)")),
        ("97", Style(color="color(15)")),
        ("44", Style(bgcolor="color(4)")),
        ("103", Style(bgcolor="color(11)")),
        ("38;5;208", Style(color="color(208)")),
        ("48;5;17", Style(bgcolor="color(17)")),
        ("38;2;1;20;255", Style(color="#0114ff")),
        ("48;2;1;20;255;1", Style(bgcolor="#0114ff", bold=True)),
        ("38:5:208", Style(color="color(208)")),
        ("38:2::1:20:255", Style(color="#0114ff")),
        ("38:2:1:20:255", Style(color="#0114ff")),
        ("1;2;3;4;7", Style(bold=True, dim=True, italic=True, underline=True, reverse=True)),
        ("4:3", Style(underline=True)),
        ("1;31;0;32", Style(color="color(2)")),
        ("1;31;;32", Style(color="color(2)")),
        ("1;2;22;3", Style(italic=True)),
        ("3;4;7;23;24;27;1", Style(bold=True)),
        ("31;42;39", Style(bgcolor="color(2)")),
        ("31;42;49", Style(color="color(1)")),
    ],
)
def test_colour_codes_become_styles(codes: str, style: Style) -> None:
    text, spans = parse(f"a\x1b[{codes}mb\x1b[mc")
    assert text == "abc"
    assert [(span.start, span.end) for span in spans] == [(1, 2)]
    assert spans[0].style == style


@pytest.mark.parametrize(
    "codes",
    ["", "0", "1;0", "38", "38;5", "38;5;256", "38;2;1;2", "48;2;999;0;0", "5", "9" * 5000, "4:0", "38:"],
)
def test_codes_that_say_nothing_leave_the_text_as_it_is(codes: str) -> None:
    assert parse(f"\x1b[{codes}mtext") == Styled("text", ())


def test_a_line_begins_plain() -> None:
    assert parse("\x1b[31mred").spans
    assert not parse("next").spans


@given(st.text("0123456789;:", max_size=40))
def test_any_codes_are_read(codes: str) -> None:
    look, style = look_after(PLAIN, codes)
    assert (style is None) == (look == PLAIN)


@given(hostile)
def test_any_text_is_left_without_what_steers_a_terminal(raw: str) -> None:
    text, spans = parse(raw)
    assert text == plain(raw)
    assert {unicodedata.category(one) for one in text}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    text.encode()
    assert cells(text) == cell_len(text) == sum(cell_len(one) for one in text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)


@given(hostile, st.integers(2, 20))
def test_rows_hold_all_of_the_text_and_fit(raw: str, width: int) -> None:
    text = plain(raw)
    starts = row_starts(text, width)
    rows = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    assert "".join(rows) == text
    assert all(cell_len(row) <= width for row in rows)
    assert height(text, width) == len(rows)


@given(hostile, st.integers(0, 30), st.integers(2, 20))
def test_a_window_shows_the_cells_that_it_should(raw: str, left: int, width: int) -> None:
    text = plain(raw)
    start, end, blank, cut = window(text, left, width)
    shown = text[start:end]
    assert blank + cell_len(shown) <= width
    assert cut == (cell_len(text) > left + width)
    if shown:
        assert cell_len(text[:start]) + cell_len(shown) == cell_len(text[:end])
        assert cell_len(text[:start]) == left + blank
    if not cut:
        assert end == len(text)


def test_a_wide_character_that_does_not_fit_goes_to_the_next_row() -> None:
    assert row_starts("abc日本x", 4) == [0, 3, 5]
    assert height("abc日本x", 4) == 3


@pytest.mark.parametrize(
    "raw",
    [
        "x" * 1_000_000,
        "日" * 1_000_000,
        "\x1b[31m" * 200_000,
        "\x1b[1mx" * 200_000,
        "\x1b]" * 500_000,
        "\x1b[" + "1;" * 500_000,
        "a" + "\u0301" * 1_000_000,
        "\t" * 1_000_000,
    ],
    ids=["ascii", "wide", "codes", "coloured", "strings", "parameters", "marks", "tabs"],
)
def test_a_line_of_a_megabyte_is_soon_done(raw: str) -> None:
    begin = time.perf_counter()
    text = parse(raw).text
    assert height(text, 80) == len(row_starts(text, 80))
    assert time.perf_counter() - begin < 1
    assert text == plain(raw)


def test_what_is_not_shown_of_a_long_line_is_said() -> None:
    assert plain("x" * (LONGEST + 5)) == "x" * LONGEST + "…"
    assert plain("x" * LONGEST) == "x" * LONGEST


# JSON


def test_json_keeps_its_order_and_is_the_same_value_again() -> None:
    value: dict[str, Any] = {"b": [1, -2.5e9, True, None, {}], "a": {"x": 'say "hi": {', "empty": []}}
    lines = json_lines(value)
    assert [plain(line.text) for line in lines][:4] == ["{", '  "b": [', "    1,", "    -2500000000.0,"]
    assert json.loads("\n".join(plain(line.text) for line in lines)) == value


def test_json_is_coloured_by_what_it_is() -> None:
    _, text, number, word, _ = (parse(line.text) for line in json_lines({"k": "s", "n": 1, "t": True}))
    colored = [[styled.text[start:end] for start, end, _ in styled.spans] for styled in (text, number, word)]
    assert colored == [['"k"', '"s"'], ['"n"', "1"], ['"t"', "true"]]
    assert len({styled.spans[0].style for styled in (text, number, word)}) == 1
    assert len({styled.spans[1].style for styled in (text, number, word)}) == 3


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | hostile,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(hostile, inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_any_json_stays_in_its_lines(value: Any) -> None:
    lines = json_lines(value)
    bare = [re.sub("\x1b\\[[0-9]+m", "", line.text) for line in lines]
    assert not any(unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} for text in bare for one in text)
    assert json.loads("\n".join(bare)) == json.loads(json.dumps(value))
