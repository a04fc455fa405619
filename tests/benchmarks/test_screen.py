"""The screen: what a driver that writes differences sends, and what a terminal answers."""

from __future__ import annotations

import re

from tests.benchmarks.screen import Screen


def fed(*outputs: bytes, cols: int = 20, rows: int = 4) -> tuple[Screen, list[bytes]]:
    screen = Screen(cols, rows)
    return screen, [answer for output in outputs for answer in screen.feed(output)]


def test_the_cursors_real_place_is_the_answer():
    assert fed(b"\x1b[3;7H\x1b[6nxy\x1b[6n")[1] == [b"\x1b[3;7R", b"\x1b[3;9R"]


def test_answers_come_in_the_order_of_the_questions():
    _, answers = fed(b"\x1b[?2026$p\x1b[c\x1b[?2048$p\x1b[6n")
    assert answers[0] == b"\x1b[?2026;2$y"
    assert re.fullmatch(rb"\x1b\[\?[0-9;]+c", answers[1])
    assert answers[2:] == [b"\x1b[?2048;0$y", b"\x1b[1;1R"]


def test_a_question_cut_in_two_is_answered_once():
    assert fed(b"a\x1b[", b"6", b"n")[1] == [b"\x1b[1;2R"]
    assert fed(b"\x1b[?2026", b"$p")[1] == [b"\x1b[?2026;2$y"]


def test_a_scroll_region_moves_its_rows_only():
    screen, _ = fed(b"one\r\ntwo\r\nthree\r\nfour", b"\x1b[2;3r\x1b[3;1H\n\x1b[r")
    assert screen.text() == "one\nthree\n\nfour"
    screen.feed(b"\x1b[2;3r\x1b[2;1H\x1bM\x1b[r")
    assert screen.text() == "one\n\nthree\nfour"


def test_scrolls_without_a_cursor_and_repeats():
    screen, _ = fed(b"one\r\ntwo\r\nthree\r\nfour", b"\x1b[2S")
    assert screen.text() == "three\nfour\n\n"
    screen.feed(b"\x1b[T\x1b[1;1Hx\x1b[4b")
    assert screen.text() == "xxxxx\nthree\nfour\n"


def test_nothing_of_links_titles_and_sync_marks_is_seen():
    screen, _ = fed(
        b"\x1b[?2026h\x1b]0;title\x07\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\\x1b[>1u\x1b[?2026l"
    )
    assert screen.text().strip() == "link"


def test_bars_are_what_stands_on_a_ground_of_its_own():
    screen, _ = fed(
        b"plain\r\n\x1b[48;2;1;2;3mon a ground\x1b[m\r\n\x1b[7mreversed\x1b[m \x1b[41mshort\x1b[m"
    )
    assert screen.bars() == ((1, 0, 11, "010203"), (2, 0, 8, "on default"))


def test_a_bar_that_moves_is_another_bar_and_a_new_text_on_it_is_none():
    screen, _ = fed(b"\x1b[44m" + b"x" * 10)
    before = screen.bars()
    screen.feed(b"\r\x1b[44m" + b"y" * 10)
    assert screen.bars() == before
    screen.feed(b"\r\x1b[m" + b"y" * 10 + b"\r\n\x1b[44m" + b"x" * 10)
    assert screen.bars() != before
