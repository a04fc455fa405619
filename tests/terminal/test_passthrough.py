"""The terminal given to a program that is no child of ours."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import time

import pytest

from tests.terminal import Terminal
from tests.terminal.far import BIG
from tests.terminal.process import ROOT


class Given(Terminal):
    """A terminal handed over to a far program of some kind."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            [sys.executable, "-m", "tests.terminal.far", kind], 100, 30, {"PYTHONPATH": str(ROOT)}, ROOT
        )
        self.before = termios.tcgetattr(self._fd)

    def ended(self) -> str:
        """Press the key that is waited for, and give how it ended; the terminal is as it was."""
        self.wait_for("press a key to go back")
        self.send("k")
        found = re.search("ENDED .*", self.wait_for("ENDED .*"))
        assert found
        assert self.exit_code() == 0
        assert termios.tcgetattr(self._fd) == self.before
        return found[0]


def test_every_key_goes_to_it_as_it_is():
    with Given("echo") as terminal:
        terminal.wait_for(r"\$ docker echo\n  a hint\nbegun 100x30")
        for keys, seen in (
            ("\x03", "<03>"),
            ("\x1a\x04", "<1a.*04>"),
            ("\x10\x11\x1c", "<10.*11.*1c>"),
            ("ü", "<c3bc>"),
        ):
            terminal.type(keys)
            terminal.wait_for(seen)
        terminal.type("q")
        assert terminal.ended() == "ENDED 3 '' ''"


def test_another_size_of_the_terminal_is_told():
    with Given("echo") as terminal:
        terminal.wait_for("begun")
        terminal.resize(90, 20)
        terminal.wait_for("now 90x20")
        terminal.type("q")
        terminal.ended()


def test_lines_and_the_end_of_input():
    with Given("lines") as terminal:
        terminal.wait_for("begun")
        terminal.type("one\rtwx\x7fo\r")
        terminal.type("\x04")
        assert "all: one\ntwo\n" in terminal.wait_for("all:.*")
        assert terminal.ended() == "ENDED 3 '' ''"


def test_what_did_not_begin_says_why():
    with Given("refused") as terminal:
        terminal.wait_for(r"\[nope: executable file not found in \$PATH; press a key")
        assert terminal.ended() == "ENDED 127 'nope: executable file not found in $PATH' ''"


def test_what_breaks_off_is_one_line():
    with Given("dying") as terminal:
        terminal.wait_for("half a li")
        terminal.wait_for(r"\[the connection to the engine was lost: it broke off; press a key")
        assert terminal.ended().startswith("ENDED 125")


@pytest.mark.parametrize(
    ("kind", "note"),
    [("hanging", "left with ctrl"), ("silent", "left with ctrl"), ("own", "detached; it runs on")],
)
def test_ctrl_c_leaves_what_does_not_get_it(kind: str, note: str):
    with Given(kind) as terminal:
        terminal.wait_for("a hint" if kind == "hanging" else "begun")
        # Its handler is in place a little after the words.
        time.sleep(0.5)
        terminal.send("ctrl+c")
        assert note in terminal.ended()


def test_much_both_ways():
    with Given("flood") as terminal:
        terminal.wait_for("x{60}")
        for _ in range(100):
            terminal.type("y" * 1000)
        terminal.wait_for("got 100000", timeout=60)
        terminal.ended()
        assert terminal.bytes_written > BIG


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("kind", ["echo", "silent", "hanging"])
def test_wherry_may_be_told_to_end(kind: str, number: int):
    with Given(kind) as terminal:
        terminal.wait_for("a hint" if kind == "hanging" else "begun")
        os.kill(terminal.pid, number)
        terminal.wait_for("ENDED -15")
        assert terminal.exit_code() == 0
        assert termios.tcgetattr(terminal._fd) == terminal.before


def test_a_terminal_that_takes_nothing_keeps_nobody_from_ending():
    with Given("endless") as terminal:
        terminal.wait_for("x{60}")
        terminal._closing.set()
        terminal._thread.join()  # nobody reads any more
        time.sleep(0.5)
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal._ends_within(15), "it still waits for the terminal"
        assert termios.tcgetattr(terminal._fd) == terminal.before
        terminal._closing.clear()


def test_a_terminal_that_vanishes_ends_it():
    with Given("echo") as terminal:
        terminal.wait_for("begun")
        terminal._closing.set()
        terminal._thread.join()
        os.close(terminal._fd)
        terminal._fd = os.open(os.devnull, os.O_RDWR)
        terminal._closing.clear()
        assert terminal._ends_within(10)
