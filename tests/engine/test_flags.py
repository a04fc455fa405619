from __future__ import annotations

import pytest

from tui.engine.errors import EngineError
from tui.engine.flags import Flag, detach_keys, environment, read_flags

FLAGS = (
    Flag("interactive", "i", switch=True),
    Flag("tty", "t", switch=True),
    Flag("user", "u"),
    Flag("env", "e"),
    Flag("env-file"),
)


def read(*words: str):
    return read_flags("exec", FLAGS, words)


@pytest.mark.parametrize(
    "words",
    [
        ("-it", "-u", "root", "web", "sh", "-c", "ls -l"),
        ("-i", "-t", "--user", "root", "web", "sh", "-c", "ls -l"),
        ("-itu", "root", "web", "sh", "-c", "ls -l"),
        ("-ituroot", "web", "sh", "-c", "ls -l"),
        ("-it", "-u=root", "web", "sh", "-c", "ls -l"),
        ("--interactive=true", "--tty", "--user=root", "--", "web", "sh", "-c", "ls -l"),
        ("-i", "-t=1", "-u", "nobody", "-u", "root", "web", "sh", "-c", "ls -l"),
    ],
)
def test_the_ways_to_write_the_same(words):
    given = read(*words)
    assert given.words == ("web", "sh", "-c", "ls -l")
    assert given.on("interactive")
    assert given.on("tty")
    assert given.last("user") == "root"


def test_what_is_off_is_off():
    given = read("-it=false", "web")
    assert given.on("interactive")
    assert not given.on("tty")
    assert not read("web").on("tty")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--gpus", "all", "web"), "--gpus of docker exec needs the docker CLI"),
        (("-itx", "web"), "-x of docker exec needs the docker CLI"),
        (("--gpus=all", "web"), "--gpus of"),
        (("-u",), "-u needs a value"),
        (("--tty=maybe", "web"), "--tty takes true or false"),
    ],
)
def test_what_is_refused_is_named(words, why):
    with pytest.raises(EngineError, match=why):
        read(*words)


def test_flags_of_the_command_are_its_own():
    assert read("web", "ls", "--gpus", "-x").words == ("web", "ls", "--gpus", "-x")
    assert read("-", "x").words == ("-", "x")


@pytest.mark.parametrize(
    ("text", "keys"), [("ctrl-p,ctrl-q", b"\x10\x11"), ("ctrl-^,ctrl-^", b"\x1e\x1e"), ("a,ctrl-@", b"a\0")]
)
def test_detach_keys(text, keys):
    assert detach_keys(text) == keys


@pytest.mark.parametrize("text", ["", "ctrl-", "ctrl-pq", "ab", "ctrl-é", "ctrl-p,"])
def test_keys_that_are_none(text):
    with pytest.raises(EngineError, match="--detach-keys takes"):
        detach_keys(text)


def test_variables_come_from_files_then_words_then_here(tmp_path):
    file = tmp_path / "env"
    file.write_text("# nothing\n\nA=1\n  B=a b \nHERE\nGONE\n")
    given = read("--env-file", str(file), "-e", "A=2", "-e", "HERE", "-e", "BARE", "web")
    assert environment(given, {"HERE": "x"}) == ["A=1", "B=a b ", "HERE=x", "A=2", "HERE=x", "BARE"]


@pytest.mark.parametrize(("content", "why"), [("A B=1\n", "'A B' is no name"), (None, "No such file")])
def test_a_file_of_variables_that_is_none(tmp_path, content, why):
    if content:
        (tmp_path / "env").write_text(content)
    with pytest.raises(EngineError, match=why):
        environment(read("--env-file", str(tmp_path / "env"), "web"), {})
