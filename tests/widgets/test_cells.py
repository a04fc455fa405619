from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.cells import Cell, RowView, fit, row_pieces, safe, text_width, wrap
from tui.widgets.columns import Column, layout

# Mostly what hurts: controls, direction marks, joiners, wide and combining characters, surrogates.
hostile = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cs"]),
        st.sampled_from(
            list("\x00\t\n\r\x1b\x7f\x9b\xad\u0301\u200b\u200d\u202e\u2066\u2028\ufe0f\ufeff日👍👩🇩é\u1160")
        ),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain name-1.0_x", "plain name-1.0_x"),
        ("\x1b[2Jgone", "␛[2Jgone"),
        ("a\nb\rc", "a␊b␍c"),
        ("a\tb", "a b"),
        ("a\x00\x7f", "a␀␡"),
        ("\x9b31m", "·31m"),
        ("user\u202egnp.exe", "user·gnp.exe"),
        ("a\u200bb\ufeffc", "a·b·c"),
        ("a\u2028b", "a·b"),
        ("lone \udc80", "lone ·"),
        ("[done] [/bold]", "[done] [/bold]"),
        ("e\u0301te\u0301", "été"),
        ("x" + "\u0336" * 9 + "y", "x\u0336\u0336y"),
        ("\u0336x", "◌\u0336x"),
        ("❤\ufe0f", "❤"),
        ("👍🏽", "👍"),
        ("日本 ok", "日本 ok"),
        ("no\u00a0break\u3000wide", "no break wide"),
    ],
)
def test_text_is_shown_without_doing_anything(raw: str, shown: str) -> None:
    assert safe(raw) == shown


def test_ascii_mode_draws_nothing_but_ascii() -> None:
    assert safe("é日\x1bx\u0336", ascii_only=True) == "???x"


@given(hostile)
def test_safe_text_can_move_no_cursor_and_can_be_encoded(text: str) -> None:
    shown = safe(text)
    shown.encode()
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in shown)
    assert safe(shown) == shown
    assert safe(text, ascii_only=True).isascii()
    assert safe(text, ascii_only=True).isprintable()


@given(hostile)
def test_the_width_of_safe_text_is_that_of_its_characters(text: str) -> None:
    shown = safe(text)
    assert text_width(text) == cell_len(shown) == sum(map(cell_len, shown))


@given(hostile, st.integers(0, 40), st.sampled_from(["left", "right"]), st.booleans())
def test_fitted_text_has_exactly_the_width(text: str, width: int, align: str, ascii_only: bool) -> None:
    shown = fit(text, width, "right" if align == "right" else "left", ascii_only)
    assert cell_len(shown) == width


def test_text_that_does_not_fit_ends_in_an_ellipsis() -> None:
    assert fit("postgres", 8) == "postgres"
    assert fit("postgres", 5) == "post…"
    assert fit("postgres", 1) == "…"
    assert fit("two words", 5) == "two… "
    assert fit("日本語", 5) == "日本…"
    assert fit("日本語", 4) == "日… "
    assert fit("postgres", 5, ascii_only=True) == "post~"


def test_numbers_keep_to_the_right() -> None:
    assert fit("41M", 6, "right") == "   41M"
    assert fit("1234567", 4, "right") == "123…"


def test_marks_piled_on_one_letter_are_cut_and_said_to_be() -> None:
    assert fit("a" + "\u0336" * 5000, 10) == "a\u0336\u0336…" + " " * 8


@given(hostile, st.integers(1, 30))
def test_wrapped_lines_fit(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in wrap(text, width))


def test_text_wraps_between_words() -> None:
    assert wrap("No containers. Press n to run one.", 16) == ["No containers.", "Press n to run", "one."]
    assert wrap("one\n\ntwo", 16) == ["one", "", "two"]
    assert wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrap("anything", 0) == []


@given(
    st.lists(st.one_of(hostile, st.builds(Cell, hostile, st.sampled_from(["", "bad", "good"]))), max_size=6),
    st.integers(0, 80),
)
def test_the_pieces_of_a_row_fill_the_width(cells: list[Cell | str], width: int) -> None:
    columns = [Column(str(place), "", 7, grow=place % 2, priority=place) for place in range(5)]
    pieces = row_pieces(RowView(1, tuple(cells)), layout(columns, width), width)
    assert sum(cell_len(text) for text, _ in pieces) == width


def test_neighbours_of_one_style_are_one_piece() -> None:
    columns = [Column(key, "", 3) for key in "abcd"]
    row = RowView(1, ("a", "b", Cell("c", "bad"), "d"))
    assert row_pieces(row, layout(columns, 20), 20) == [("a   b   ", ""), ("c  ", "bad"), (" d       ", "")]


def test_a_heading_takes_the_whole_width() -> None:
    columns = [Column("a", "", 3), Column("b", "", 3)]
    row = RowView(1, ("Running since yesterday", "no"), heading=True)
    assert row_pieces(row, layout(columns, 12), 12) == [("Running sin…", "")]
