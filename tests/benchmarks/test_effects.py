"""What a key changed, told from what changes by itself."""

from __future__ import annotations

import os
import sys

from tests.benchmarks import reactions
from tests.benchmarks.effects import learn, moving
from tests.benchmarks.program import Program

CURSOR, OTHER = (0, 60, "blue"), (0, 62, "grey")
GROUND = [(y, 70, 80, "black") for y in range(9)]
# A bar on line 2 or 3 goes where j and k say, 0.3 s late; one on line 8 blinks all the while, if told to.
MOVES = """
import os, select, sys, time, tty
tty.setraw(0)
blinks = sys.argv[1] == "blinks"
y, other, due = 2, 0, []
while True:
    rows = {2: "", 3: "", 8: "\\x1b[41m" * other}
    rows[y] = "\\x1b[44m"
    os.write(1, "".join(f"\\x1b[{at};1H{look}{'x' * 30}\\x1b[m" for at, look in rows.items()).encode())
    if select.select([0], [], [], 0.02)[0]:
        due.append((time.monotonic() + 0.3, os.read(0, 1)))
    if due and due[0][0] <= time.monotonic():
        y = {b"j": 3, b"k": 2}.get(due.pop(0)[1], y)
    other = blinks and not other
"""


def at(y, shape):
    return (y, *shape)


def test_the_cursors_bar_is_the_one_that_went_and_came_back():
    before = [at(4, CURSOR), at(8, OTHER), *GROUND]
    there = [at(5, CURSOR), at(8, OTHER), *GROUND]
    assert moving(before, there, before) == {CURSOR}


def test_a_bar_that_only_comes_and_goes_will_do_where_none_moves():
    assert moving([at(4, CURSOR)], [], [at(4, CURSOR)]) == {CURSOR}


def test_looks_that_several_bars_have_are_not_watched():
    before = [at(4, CURSOR), at(4, OTHER), at(8, OTHER)]
    there = [at(5, CURSOR), at(9, OTHER), at(8, OTHER)]
    assert moving(before, there, before) == {CURSOR}


def test_nothing_moved():
    assert moving(GROUND, GROUND, GROUND) == frozenset()


def test_a_keys_effect_is_not_taken_for_what_changes_before_it():
    argv = [sys.executable, "-c", MOVES]
    with Program([*argv, "still"], dict(os.environ)) as program:
        assert program.until_shown("xxx", 20) is not None
        effect = learn(program, b"j", b"k")
    assert effect is not None
    assert effect.sure
    with Program([*argv, "blinks"], dict(os.environ)) as program:
        assert program.until_shown("xxx", 20) is not None
        times = reactions.keys(program, [b"j", b"k", b"j"], effect)
    assert len(times) == 3
    assert min(times) >= 0.3


def test_a_key_without_effect_is_not_learnt():
    with Program([sys.executable, "-c", MOVES, "still"], dict(os.environ)) as program:
        assert program.until_shown("xxx", 20) is not None
        assert learn(program, b"k", b"k") is None
