from __future__ import annotations

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.frames import LONGEST_LINE, FramedLines, LogLine, NotFramedError, RawLines

T1 = "2026-11-24T09:32:10.806219320Z"
T2 = "2026-11-24T09:32:10.806598416Z"
PIECE = 16384


def frame(kind: int, payload: str | bytes) -> bytes:
    raw = payload.encode() if isinstance(payload, str) else payload
    return struct.pack(">BxxxI", kind, len(raw)) + raw


def read(parser: FramedLines | RawLines, data: bytes, cuts: list[int] | None = None) -> list[LogLine]:
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts or []), len(data)]
    lines = []
    for start, stop in itertools.pairwise(places):
        lines += parser.feed(data[start:stop])
    return lines + parser.finish()


def test_lines_of_both_streams_in_order():
    data = frame(1, f"{T1} one\n") + frame(2, f"{T2} two\n") + frame(1, f"{T2} \n")
    assert read(FramedLines(), data) == [(T1, "stdout", "one"), (T2, "stderr", "two"), (T2, "stdout", "")]


def test_pieces_of_a_long_line_are_joined_around_a_line_of_the_other_stream():
    data = (
        frame(1, f"{T1} " + "x" * PIECE)
        + frame(2, f"{T2} between\n")
        + frame(1, f"{T1} " + "y" * PIECE)
        + frame(1, f"{T1} end\n")
    )
    assert read(FramedLines(), data) == [
        (T2, "stderr", "between"),
        (T1, "stdout", "x" * PIECE + "y" * PIECE + "end"),
    ]


def test_pieces_with_times_of_their_own_are_joined():
    data = frame(1, f"{T1} " + "x" * 8191) + frame(1, f"{T2} end\n")
    assert read(FramedLines(), data) == [(T1, "stdout", "x" * 8191 + "end")]


def test_a_last_line_without_newline_comes_at_the_end():
    parser = FramedLines()
    assert parser.feed(frame(1, f"{T1} Password: ")) == []
    assert parser.open_times() == [T1]
    assert parser.finish() == [(T1, "stdout", "Password: ")]


def test_a_last_line_without_newline_is_not_glued_to_the_next_run():
    data = frame(1, f"{T1} bye") + frame(1, f"{T2} hello\n")
    assert read(FramedLines(), data) == [(T1, "stdout", "bye"), (T2, "stdout", "hello")]


@pytest.mark.parametrize(
    ("payload", "texts"),
    [
        (f"{T1} dos\r\n".encode(), ["dos"]),
        (f"{T1} 10%\r20%\r\n".encode(), ["10%\r20%"]),
        (f"{T1} ".encode() + b"\xff\xfe\n", ["\ufffd\ufffd"]),
        (f"{T1} a\nb\n".encode(), ["a", "b"]),
        (f"{T1} \n".encode(), [""]),
        (f"{T1} two  spaces \n".encode(), ["two  spaces "]),
    ],
)
def test_line_ends_and_strange_bytes(payload, texts):
    assert [line.text for line in read(FramedLines(), frame(1, payload))] == texts
    assert [line.text for line in read(RawLines(), payload)][:1] == texts[:1]


def test_words_of_the_engine_have_no_time():
    assert read(FramedLines(), frame(2, "Error grabbing logs: unexpected EOF\n")) == [
        ("", "stderr", "Error grabbing logs: unexpected EOF")
    ]


def test_podmans_whole_seconds():
    assert read(FramedLines(), frame(1, "2026-11-24T09:32:10+01:00 hi\n")) == [
        ("2026-11-24T09:32:10+01:00", "stdout", "hi")
    ]


@pytest.mark.parametrize("parser", [FramedLines, RawLines])
def test_an_endless_line_is_cut_within_no_character(parser):
    text = "a" + "é" * LONGEST_LINE
    raw = text.encode()
    if parser is FramedLines:
        pieces = [raw[at : at + PIECE] for at in range(0, len(raw), PIECE)]
        data = b"".join(frame(1, f"{T1} ".encode() + piece) for piece in pieces) + frame(1, f"{T1} \n")
    else:
        data = f"{T1} ".encode() + raw + b"\n"
    lines = read(parser(), data)
    assert len(lines) > 1
    assert all(line.time == T1 and len(line.text.encode()) <= LONGEST_LINE + 1 for line in lines)
    if parser is FramedLines:
        assert "".join(line.text for line in lines) == text


def test_raw_long_line_loses_its_repeated_times():
    data = f"{T1} {'x' * PIECE}{T1} {'y' * PIECE}{T1} end\r\n{T2} next\r\n".encode()
    assert read(RawLines(), data) == [
        (T1, "stdout", "x" * PIECE + "y" * PIECE + "end"),
        (T2, "stdout", "next"),
    ]


def test_raw_endless_line_of_pieces_keeps_all_of_its_text():
    data = f"{T1} {'x' * PIECE}".encode() * 40 + b"\r\n" + f"{T2} next\r\n".encode()
    *cut, last = read(RawLines(), data)
    assert "".join(line.text for line in cut) == "x" * PIECE * 40
    assert [len(line.text) for line in cut] == [LONGEST_LINE, LONGEST_LINE, 8 * PIECE]
    assert last == (T2, "stdout", "next")


def test_raw_text_that_looks_like_its_own_time_stays():
    data = f"{T1} said {T1} again\n".encode()
    assert read(RawLines(), data) == [(T1, "stdout", f"said {T1} again")]


def test_raw_bytes_are_no_frames():
    with pytest.raises(NotFramedError):
        FramedLines().feed(f"{T1} hello\r\n".encode())


def test_a_stream_that_stops_within_a_frame_says_so():
    parser = FramedLines()
    parser.feed(frame(1, f"{T1} hello\n")[:-3])
    assert parser.cut_off()
    whole = FramedLines()
    whole.feed(frame(1, f"{T1} hello\n"))
    assert not whole.cut_off()


TEXT = st.binary(max_size=40) | st.integers(0, 3 * PIECE).map(lambda size: b"z" * size)
CUTS = st.lists(st.integers(0, 10**6), max_size=12)


@given(st.lists(st.tuples(st.sampled_from([1, 2]), st.sampled_from([T1, T2]), TEXT), max_size=12), CUTS)
def test_any_split_of_frames_gives_the_same_lines(frames, cuts):
    data = b"".join(frame(kind, f"{stamp} ".encode() + text) for kind, stamp, text in frames)
    assert read(FramedLines(), data, cuts) == read(FramedLines(), data)


@given(
    st.lists(st.tuples(st.sampled_from([T1, T2, ""]), TEXT, st.integers(0, 40)), max_size=6),
    st.sampled_from([b"\n", b"\r\n", b""]),
    CUTS,
)
def test_any_split_of_raw_bytes_gives_the_same_lines(lines, ending, cuts):
    data = b"".join((f"{stamp} ".encode() + text) * (1 + again) + ending for stamp, text, again in lines)
    assert read(RawLines(), data, cuts) == read(RawLines(), data)


@given(st.binary(max_size=200), CUTS)
def test_noise_ends_in_lines_or_a_refusal(data, cuts):
    read(RawLines(), data, cuts)
    try:
        read(FramedLines(), data, cuts)
    except NotFramedError:
        assert data


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["stdout", "stderr"]),
            st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30),
            st.integers(1, 2000),
        ),
        max_size=8,
    ),
    CUTS,
)
def test_what_an_engine_frames_comes_back(written, cuts):
    data, expected = b"", []
    for number, (name, text, times) in enumerate(written):
        stamp = f"2026-11-24T09:32:10.{number:09d}Z"
        raw = (text * times).encode()
        expected.append((stamp, name, text * times))
        kind = 1 if name == "stdout" else 2
        while len(raw) > PIECE:
            data += frame(kind, f"{stamp} ".encode() + raw[:PIECE])
            raw = raw[PIECE:]
        data += frame(kind, f"{stamp} ".encode() + raw + b"\n")
    if all(len(text.encode()) <= LONGEST_LINE for _, _, text in expected):
        assert read(FramedLines(), data, cuts) == expected
