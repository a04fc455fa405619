"""A program on the harness's terminal, over its links."""

from __future__ import annotations

import os
import sys

import pytest

from tests.benchmarks.link import Link
from tests.benchmarks.program import EndedError, Program

ENV = {**os.environ, "TERM": "xterm-256color"}
# Asks where the cursor is, and prints the answer.
ASKS = """
import os, sys, termios, time, tty
tty.setraw(0)
os.write(1, b"\\x1b[5;3H\\x1b[6n")
asked, answer = time.monotonic(), b""
while not answer.endswith(b"R"):
    answer += os.read(0, 1)
os.write(1, b" %s %.3f end" % (answer[1:], time.monotonic() - asked))
time.sleep(60)
"""


def test_the_far_terminal_answers_after_a_round_trip():
    with Program([sys.executable, "-c", ASKS], ENV, Link(rate=1e6, round_trip=0.4)) as program:
        assert program.until_shown(" end", 20) is not None
        answer, seconds = program.screen.text().split()[:2]
    assert answer == "[5;3R"
    assert float(seconds) >= 0.4


def test_a_key_takes_half_a_round_trip_there_and_its_echo_as_long_back():
    with Program(["cat"], ENV, Link(rate=1e6, round_trip=0.4)) as program:
        at = program.press(b"k")
        seen = program.until_shown("k", 20)
    assert seen is not None
    assert seen - at >= 0.4


def test_a_long_output_arrives_no_faster_than_the_link():
    with Program(["sh", "-c", "seq 1 4000; sleep 60"], ENV, Link(rate=40_000, round_trip=0)) as program:
        seen = program.until_shown("^4000$", 20)
        assert seen is not None
        assert seen - program.started_at >= program.written / 40_000
        assert program.written > 18_000


def test_a_program_that_ends_says_so_with_its_screen():
    with Program(["sh", "-c", "echo goodbye"], ENV) as program, pytest.raises(EndedError, match="goodbye"):
        program.run_for(20)


def test_a_command_that_is_not_there_is_named():
    with Program(["no-such-command"], ENV) as program, pytest.raises(EndedError, match="no-such-command did"):
        program.run_for(20)


def test_closing_ends_the_program_whatever_it_ignores():
    with Program(["sh", "-c", "trap '' HUP TERM; echo up; while :; do sleep 1; done"], ENV) as program:
        assert program.until_shown("up", 20) is not None
    with pytest.raises(ProcessLookupError):
        os.kill(program.pid, 0)
