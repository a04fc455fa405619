"""The terminal that other tests rely on."""

from __future__ import annotations

import pytest

from tests.terminal import Terminal


def test_it_shows_what_a_program_draws_and_types_what_is_typed() -> None:
    with Terminal(["/bin/sh"], 60, 10) as terminal:
        terminal.write("printf 'a\\033[5;10Hfour%s' two")
        terminal.send("enter")
        assert "fourtwo" in terminal.wait_for("fourtwo").splitlines()[4]
        terminal.send("ctrl+d")
        assert terminal.exit_code() == 0


def test_it_says_what_was_on_the_screen_when_a_wait_is_in_vain() -> None:
    with Terminal(["/bin/echo", "here"], 60, 10) as terminal:
        terminal.wait_for("here")
        with pytest.raises(AssertionError, match="here"):
            terminal.wait_for("never", timeout=0.1)


def test_it_gives_the_exit_code() -> None:
    with Terminal(["/bin/sh", "-c", "exit 3"]) as terminal:
        assert terminal.exit_code() == 3


def test_the_program_sees_the_size_and_its_change() -> None:
    with Terminal(["/bin/sh"], 70, 12) as terminal:
        terminal.write("stty size")
        terminal.send("enter")
        terminal.wait_for("12 70")
        terminal.resize(90, 20)
        terminal.write("stty size")
        terminal.send("enter")
        terminal.wait_for("20 90")
