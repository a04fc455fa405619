from __future__ import annotations

from sys import getsizeof

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.ring import Line, Ring


def lines(*texts: str) -> list[Line]:
    return [Line(text) for text in texts]


def test_the_oldest_lines_go_first_and_the_others_keep_their_numbers() -> None:
    ring = Ring(max_lines=3)
    ring.extend(lines("a", "b"))
    ring.extend(lines("c", "d", "e"))
    assert [line.text for line in ring] == ["c", "d", "e"]
    assert (ring.base, ring.end) == (2, 5)
    assert ring[3] == Line("d")


def test_a_number_not_held_is_refused() -> None:
    ring = Ring(max_lines=2)
    ring.extend(lines("a", "b", "c"))
    for number in (0, 3):
        with pytest.raises(IndexError):
            ring[number]


def test_a_batch_larger_than_the_ring_leaves_its_end() -> None:
    ring = Ring(max_lines=2)
    ring.extend(lines(*"abcdef"))
    assert [line.text for line in ring] == ["e", "f"]
    assert ring.base == 4


def test_bytes_are_bounded_as_well_as_lines() -> None:
    ring = Ring(max_lines=1000, max_bytes=100_000)
    for number in range(100):
        ring.extend(lines(f"{number} " + "日" * 2000))
    assert sum(getsizeof(line.text) for line in ring) == ring.bytes <= 100_000
    assert [line.text.split()[0] for line in ring][-1] == "99"
    assert ring.end == 100


def test_one_endless_line_is_cut_and_does_not_drive_out_the_others() -> None:
    ring = Ring(max_bytes=80_000)
    ring.extend(lines("before", "😀" * 1_000_000, "after"))
    assert [line.text[:6] for line in ring] == ["before", "😀😀😀😀😀😀", "after"]
    assert ring[1].text.endswith("…")
    assert ring.bytes <= 80_000


def test_what_was_missed_leaves_no_hole() -> None:
    ring = Ring()
    ring.extend(lines("a", "b"))
    ring.extend(lines("z"), missed=10)
    assert [line.text for line in ring] == ["z"]
    assert ring.base == 12


def test_numbers_go_on_after_clearing() -> None:
    ring = Ring()
    ring.extend(lines("a", "b"))
    ring.clear()
    assert (len(ring), ring.bytes, ring.base) == (0, 0, 2)
    ring.extend(lines("c"))
    assert ring[2] == Line("c")


def test_lines_since_a_number() -> None:
    ring = Ring(max_lines=3)
    ring.extend(lines(*"abcd"))
    assert [line.text for line in ring.since(2)] == ["c", "d"]
    assert [line.text for line in ring.since(0)] == ["b", "c", "d"]
    assert ring.since(9) == []


@given(st.lists(st.lists(st.text(max_size=60), max_size=8), max_size=8), st.integers(1, 6))
def test_a_ring_is_the_end_of_all_that_came(batches: list[list[str]], most: int) -> None:
    ring = Ring(max_lines=most, max_bytes=4000)
    came: list[str] = []
    for batch in batches:
        ring.extend(lines(*batch))
        came += batch
        held = [line.text for line in ring]
        assert came[len(came) - len(held) :] == held
        assert (ring.end, len(held)) == (len(came), len(ring))
        assert ring.bytes == sum(getsizeof(text) for text in held) <= 4000
        assert len(held) <= most
        assert not came or held
