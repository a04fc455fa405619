"""What is asked for on the command line."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.benchmarks.keys import Keys, parse, rebind

_NAME = re.compile(r"[\w.+-]+")
SCENES = ("small", "large", "logs")
_ABOUT = """\
Measure what wherry costs its user, on this machine and its engine, next to any other program.

Each program runs on a pseudo-terminal of 160x45 in an empty home of its own. The containers that this
makes carry the label wherry.benchmark and are removed at the end, also after ctrl+c. What is printed
is one table in Markdown; progress goes to stderr. A machine that does something else meanwhile spoils
the figures. It needs Linux, and an engine on a unix socket with the image bb:2 (.ci/engine up).

scenes:
  small   50 running containers
  large   100 running and 400 created ones
  logs    a container with 300k lines in its log, one that writes 100k lines/s for 10 s
"""
_EXAMPLE = """\
example:
  python -m tests.benchmarks --also lazydocker --keys 'lazydocker:list=3,logs=down,quit=q'
  python -m tests.benchmarks --also 'stock=env WHERRY_DRIVER=stock .venv/bin/wherry' --as-wherry stock

keys: quit, list (goes to the containers), down, up, logs (opens the log of the second container by
name), probe (two keys that move a bar of colour away and back while a log is shown; a program sees Esc
late by itself). Several are written with spaces between. Without its key (down= takes one away) a
measure is not taken: the table says –.
"""


@dataclass(frozen=True)
class Subject:
    """A program to measure."""

    name: str
    argv: tuple[str, ...]
    keys: Keys
    calm: tuple[str, ...] = ()
    """The same with CPU and memory numbers turned off; empty where it can't."""


@dataclass(frozen=True)
class Effort:
    """How long and how often is measured."""

    starts: int = 7
    settle: float = 5.0
    """Seconds after the first list until anything is measured."""
    idle: float = 15.0
    """Seconds of doing nothing."""
    outside_events: int = 40
    key_presses: int = 60
    holds: int = 3


FULL = Effort()
QUICK = Effort(starts=3, settle=2.0, idle=4.0, outside_events=8, key_presses=20, holds=1)


@dataclass(frozen=True)
class Options:
    """What to do."""

    subjects: tuple[Subject, ...]
    scenes: tuple[str, ...]
    effort: Effort
    json: Path | None
    clean: bool


_WHERRY = str(Path(sys.executable).with_name("wherry"))
WHERRY = Subject(
    "wherry",
    (_WHERRY,),
    Keys(quit=parse("q q q"), list=parse("2"), logs=parse("down l"), probe=parse("left right")),
    (_WHERRY, "--config", str(Path(__file__).with_name("numbers_off.yaml"))),
)


def read(words: Sequence[str]) -> Options:
    """Read the command line; leaves with a message where it is wrong."""
    parser = _parser()
    found = parser.parse_args(words)
    subjects = {WHERRY.name: WHERRY}
    try:
        for also in found.also:
            subject = _subject(also)
            subjects[subject.name] = subject
        for name in found.as_wherry:
            subjects[name] = replace(_named(subjects, name), keys=WHERRY.keys)
        for bindings in found.keys:
            name, _, words_ = bindings.partition(":")
            subject = _named(subjects, name)
            subjects[name] = replace(subject, keys=rebind(subject.keys, words_))
        for calm in found.calm:
            name, _, command = calm.partition(":")
            subjects[name] = replace(_named(subjects, name), calm=tuple(shlex.split(command)))
        scenes = tuple(_scene(scene) for scene in found.scenes.split(",")) if found.scenes else ()
    except ValueError as error:
        parser.error(str(error))
    return Options(
        subjects=tuple(subjects.values()),
        scenes=scenes or (("small", "logs") if found.quick else SCENES),
        effort=QUICK if found.quick else FULL,
        json=found.json,
        clean=found.clean,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks",
        description=_ABOUT,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    say = parser.add_argument
    say("--scenes", default="", metavar="S,S", help="only these scenes")
    say("--quick", action="store_true", help="fewer and shorter measures, small and logs: about 2 minutes")
    say("--also", action="append", default=[], metavar="[NAME=]COMMAND", help="measure this program too")
    say("--keys", action="append", default=[], metavar="NAME:KEY=…,…", help="keys of a program")
    say("--as-wherry", action="append", default=[], metavar="NAME", help="it has wherry's keys")
    say("--calm", action="append", default=[], metavar="NAME:COMMAND", help="it, its numbers turned off")
    say("--json", type=Path, metavar="FILE", help="write the figures there as well")
    say("--clean", action="store_true", help="only remove what an interrupted run has left")
    return parser


def _subject(words: str) -> Subject:
    """Read `NAME=command words` or `command words`."""
    name, equals, command = words.partition("=")
    if not equals or not _NAME.fullmatch(name):
        name, command = "", words
    argv = tuple(shlex.split(command))
    if not argv:
        raise ValueError(f"no command in {words!r}")
    return Subject(name or Path(argv[0]).name, argv, Keys())


def _named(subjects: dict[str, Subject], name: str) -> Subject:
    if name not in subjects:
        raise ValueError(f"no program {name!r}; there are {', '.join(subjects)}")
    return subjects[name]


def _scene(name: str) -> str:
    if name not in SCENES:
        raise ValueError(f"no scene {name!r}; there are {', '.join(SCENES)}")
    return name
