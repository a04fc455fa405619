"""The command line, and the keys of programs."""

from __future__ import annotations

import pytest

from tests.benchmarks import options
from tests.benchmarks.keys import Keys, parse, rebind
from tests.benchmarks.options import FULL, QUICK


def test_wherry_alone_in_all_scenes_is_the_default():
    asked = options.read([])
    assert [subject.name for subject in asked.subjects] == ["wherry"]
    assert asked.scenes == ("small", "large", "logs")
    assert asked.effort == FULL
    assert not asked.clean


def test_quick_leaves_the_large_scene_out_unless_it_is_named():
    assert options.read(["--quick"]).scenes == ("small", "logs")
    assert options.read(["--quick"]).effort == QUICK
    assert options.read(["--quick", "--scenes", "large"]).scenes == ("large",)


def test_other_programs_are_named_by_their_command_or_as_one_likes():
    asked = options.read(
        ["--also", "/opt/bin/lazydocker -f 'a b'", "--also", "stock=env A=b wherry", "--also", "env C=d x"]
    )
    assert [(subject.name, subject.argv) for subject in asked.subjects[1:]] == [
        ("lazydocker", ("/opt/bin/lazydocker", "-f", "a b")),
        ("stock", ("env", "A=b", "wherry")),
        ("env", ("env", "C=d", "x")),
    ]


def test_keys_go_to_the_program_that_they_name():
    asked = options.read(["--also", "other", "--keys", "other:quit=esc q,logs=tab l,down=j"])
    other = asked.subjects[1].keys
    assert other == Keys(quit=(b"\x1b", b"q"), logs=(b"\t", b"l"), down=(b"j",))
    assert asked.subjects[0].keys == options.WHERRY.keys


def test_a_variant_of_wherry_takes_its_keys():
    asked = options.read(["--also", "stock=x", "--as-wherry", "stock"])
    assert asked.subjects[1].keys == options.WHERRY.keys


def test_a_calm_variant_is_a_command_of_the_same_program():
    asked = options.read(["--calm", "wherry:wherry --config 'a b'"])
    assert asked.subjects[0].calm == ("wherry", "--config", "a b")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--scenes", "small,tiny"], "no scene 'tiny'"),
        (["--keys", "nobody:quit=q"], "no program 'nobody'"),
        (["--keys", "wherry:jump=q"], "'jump=q' is not"),
        (["--keys", "wherry:quit"], "'quit' is not"),
        (["--keys", "wherry:quit=quit"], "no key 'quit'"),
        (["--also", "x="], "no command"),
    ],
)
def test_what_is_wrong_is_said(words, complaint, capsys):
    with pytest.raises(SystemExit) as left:
        options.read(words)
    assert left.value.code == 2
    assert complaint in capsys.readouterr().err


def test_keys_are_written_as_they_are_called():
    assert parse("q ctrl+c down , é comma") == (b"q", b"\x03", b"\x1b[B", b",", "é".encode(), b",")
    assert rebind(Keys(), "list=").list == ()
