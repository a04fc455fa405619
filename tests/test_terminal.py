"""The terminal that other tests rely on."""

from __future__ import annotations

import re

import pytest

from tests.terminal import Terminal


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def test_it_shows_what_a_program_draws_and_types_what_is_typed() -> None:
    with Terminal(["/bin/sh"], 60, 10) as terminal:
        terminal.type("printf 'a\\033[5;10Hfour%s' two")
        terminal.send("enter")
        assert "fourtwo" in terminal.wait_for("fourtwo").splitlines()[4]
        terminal.send("ctrl+d")
        assert terminal.exit_code() == 0


def test_it_waits_for_text_to_go() -> None:
    with Terminal(shell("echo here; read x; clear; echo bye; read x"), 60, 10) as terminal:
        terminal.wait_for("here")
        terminal.send("enter")
        assert "bye" in terminal.wait_gone("here") + terminal.wait_for("bye")


def test_it_says_what_was_on_the_screen_when_a_wait_is_in_vain() -> None:
    with Terminal(["/bin/echo", "seen"], 60, 10) as terminal:
        terminal.wait_for("seen")
        with pytest.raises(AssertionError, match="did not come:\nseen"):
            terminal.wait_for("never", timeout=0.1)
        with pytest.raises(AssertionError, match="did not go:\nseen"):
            terminal.wait_gone("seen", timeout=0.1)


def test_it_gives_the_exit_code_and_the_last_words() -> None:
    with Terminal(shell("echo bye; exit 3")) as terminal:
        assert terminal.exit_code() == 3
        assert terminal.text().startswith("bye")
        assert terminal.bytes_written == len("bye\r\n")


def test_it_says_that_a_program_still_runs_and_ends_it() -> None:
    with Terminal(shell("trap '' HUP TERM; echo up; read x"), 60, 10) as terminal:
        terminal.wait_for("up")
        with pytest.raises(AssertionError, match="still runs:\nup"):
            terminal.exit_code(timeout=0.1)
        terminal.send("ctrl+c")
        assert terminal.exit_code() != 0


def test_a_program_that_is_not_there_says_so() -> None:
    with Terminal(["/no/such/program"]) as terminal:
        assert terminal.exit_code() == 127
        assert "/no/such/program did not start" in terminal.text()


def test_the_program_sees_the_size_from_the_start_and_its_change() -> None:
    with Terminal(
        shell("trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done"), 70, 12
    ) as terminal:
        terminal.wait_for("12 70")
        terminal.resize(90, 20)
        terminal.wait_for("20 90")


@pytest.mark.parametrize(
    "sequence",
    [
        "\\033[?25h",  # a mode: what follows it stays
        "\\033[?2026$p",
        "\\033[>4;1m",
        "\\033[?u",
        "\\033[=1;1u",
        "\\033[4:3m",
        "\\033]52;c;YQ==\\007",
        "\\033]0;a title\\033\\\\",
        "\\033P+q544e\\033\\\\",
        "\\033_Ga=q\\033\\\\",
    ],
)
def test_private_sequences_leave_the_text_around_them(sequence: str) -> None:
    with Terminal(shell(f"printf 'before{sequence}Help'"), 60, 10) as terminal:
        assert terminal.exit_code() == 0
        assert terminal.text().strip() == "beforeHelp"


def test_a_sequence_in_two_pieces_is_one() -> None:
    script = r"printf 'a\033]0;ti'; read x; printf 'tle\007b\033[?20'; read x; printf '26$pc'"
    with Terminal(shell(f"stty -echo; {script}"), 60, 10) as terminal:
        terminal.wait_for(r"^a$|^a\n")
        terminal.send("enter")
        terminal.wait_for("ab")
        terminal.send("enter")
        assert terminal.exit_code() == 0
        assert terminal.text().strip() == "abc"


@pytest.mark.parametrize(
    ("asked", "answer"), [("\\033[3;5H\\033[6n", r"\^\[\[3;5R"), ("\\033[c", r"\^\[\[\?6c")]
)
def test_it_answers_what_a_program_asks_of_a_terminal(asked: str, answer: str) -> None:
    with Terminal(shell(f"printf '{asked}'; read x"), 60, 10) as terminal:
        assert re.search(answer, terminal.wait_for(answer))


def test_a_key_after_esc_comes_by_itself() -> None:
    # Reads a key, and what comes within 0.1 s of it: so a program tells Esc from Alt.
    read = "dd bs=1 count=1 2>/dev/null"
    script = f"stty raw -echo; echo ready; {read} >/dev/null; stty min 0 time 1; echo with=$({read})."
    with Terminal(shell(script)) as terminal:
        terminal.wait_for("ready")
        terminal.send("esc")
        terminal.type("x")
        assert "with=." in terminal.wait_for("with=")


def test_a_key_that_is_not_there_is_an_error() -> None:
    with Terminal(["/bin/cat"]) as terminal, pytest.raises(ValueError, match="escape"):
        terminal.send("escape")
