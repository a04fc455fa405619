"""What a form for `docker run` is filled in with, and the words that it stands for."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tui import paths
from tui.engine.secrets import is_secret, secret_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INTERACTIVE, DETACHED = "interactive", "detached"
MODES = (INTERACTIVE, DETACHED)
PULLS = ("missing", "always", "never")
NEVER = "no"


@dataclass(frozen=True, slots=True)
class RunAnswers:
    """What was filled in, as it was typed; several of a kind are one a line.

    Args:
        command: what follows the image, as in a shell.
        make_folders: whether the folders of bind mounts that are missing are to be made.
        make_network: whether the network is to be made.
        more: further flags, as in a shell.

    """

    image: str
    command: str = ""
    mode: str = INTERACTIVE
    name: str = ""
    remove: bool = False
    ports: str = ""
    env: str = ""
    env_file: str = ""
    volumes: str = ""
    make_folders: bool = False
    network: str = ""
    make_network: bool = False
    alias: str = ""
    entrypoint: str = ""
    workdir: str = ""
    user: str = ""
    restart: str = NEVER
    memory: str = ""
    cpus: str = ""
    labels: str = ""
    init: bool = False
    privileged: bool = False
    platform: str = ""
    pull: str = PULLS[0]
    more: str = ""


_ONE_LINE = frozenset(
    {"image", "name", "env_file", "network", "alias", "workdir", "user", "memory", "cpus", "platform"}
)
# What is written as `--flag value` where it is not empty.
_FLAGS = {
    "name": "--name",
    "workdir": "-w",
    "user": "-u",
    "memory": "-m",
    "cpus": "--cpus",
    "platform": "--platform",
}


def answers_of(values: Mapping[str, Any], usual: RunAnswers) -> RunAnswers:
    """Take the answers of a form; what it has no field for is as in `usual`."""
    given = {field.name: values[field.name] for field in fields(RunAnswers) if field.name in values}
    for name in _ONE_LINE & given.keys():
        given[name] = str(given[name]).strip()
    kept = {field.name: getattr(usual, field.name) for field in fields(RunAnswers)}
    return RunAnswers(**(kept | given))


def lines(text: str) -> list[str]:
    """Give the lines that say something; blanks before them say nothing."""
    return [line.lstrip() for line in text.splitlines() if line.strip()]


def split_words(text: str) -> list[str]:
    """Split what was typed the way a shell would, without expanding anything.

    Raises:
        ValueError: with words fit to show.

    """
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(
            "a quote is not closed" if "quotation" in str(error) else "a backslash stands at the end"
        ) from error


def is_path(source: str) -> bool:
    """Say whether the first part of a `-v` is a path, and not the name of a volume."""
    return source.startswith(("/", "./", "../", "~")) or source in {".", ".."}


def split_volume(line: str) -> tuple[str, str, str]:
    """Take a `-v` apart: source, target and options; the source of an anonymous volume is empty."""
    parts = line.strip().split(":", 2)
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def whole(line: str, folder: Path) -> str:
    """Write a `-v` with the whole path of what it mounts: it does not depend on where it is run."""
    source, target, options = split_volume(line)
    if not source:
        return target
    if is_path(source) and not source.startswith("/"):
        source = os.path.normpath(paths.absolute(source, folder))
    return ":".join(part for part in (source, target, options) if part)


def run_words(answers: RunAnswers, folder: Path) -> tuple[str, ...]:
    """Give the words after `docker` that do what was filled in.

    Raises:
        ValueError: where a quote is not closed.

    """
    first, *rest = split_words(answers.entrypoint) or [""]
    words = ["run", "-d" if answers.mode == DETACHED else "-it"]
    words += ["--rm"] if answers.remove else []
    words += _texts(answers)
    words += _lists(answers, folder)
    if answers.network:
        words += ["--network", answers.network]
    for alias in answers.alias.replace(",", " ").split():
        words += ["--network-alias", alias]
    words += ["--restart", answers.restart] if answers.restart != NEVER else []
    words += ["--init"] if answers.init else []
    words += ["--privileged"] if answers.privileged else []
    words += ["--pull", answers.pull] if answers.pull != PULLS[0] else []
    words += split_words(answers.more)
    # Docker takes one word for the entrypoint; its arguments go before those of the command.
    words += ["--entrypoint", first] if first else []
    return (*words, answers.image, *rest, *split_words(answers.command))


def _texts(answers: RunAnswers) -> list[str]:
    out = []
    for name, flag in _FLAGS.items():
        if value := getattr(answers, name):
            out += [flag, value]
    return out


def _lists(answers: RunAnswers, folder: Path) -> list[str]:
    out = []
    if answers.env_file:
        out += ["--env-file", str(paths.absolute(answers.env_file, folder))]
    for line in lines(answers.env):
        out += ["-e", line if "=" in line else line.strip()]
    for line in lines(answers.ports):
        out += ["-p", line.strip()]
    for line in lines(answers.volumes):
        out += ["-v", whole(line, folder)]
    for line in lines(answers.labels):
        out += ["-l", line]
    return out


def missing_folders(answers: RunAnswers, folder: Path) -> list[str]:
    """Give the paths that are mounted from this machine and are not there."""
    sources = [split_volume(whole(line, folder))[0] for line in lines(answers.volumes)]
    return [source for source in sources if source.startswith("/") and not os.path.lexists(source)]


def usual_answers(answers: RunAnswers) -> RunAnswers:
    """Leave out what can't be asked twice: values of what looks secret."""

    def kept(text: str) -> str:
        return "\n".join(line.partition("=")[0] if is_secret(line) else line for line in lines(text))

    return replace(
        answers,
        env=kept(answers.env),
        labels=kept(answers.labels),
        command="" if _tells(answers.command) else answers.command,
        more="" if _tells(answers.more) else answers.more,
    )


def _tells(typed: str) -> bool:
    """Say whether words have a secret among them: `-e NAME=value`, `--password=x`, `--password x`."""
    try:
        words = split_words(typed)
    except ValueError:
        return True  # nobody can tell what is in it
    flags = (f"{before.lstrip('-')}={word}" for before, word in pairwise(words) if before.startswith("-"))
    return bool(secret_words(words)) or any(map(is_secret, (*(word.lstrip("-") for word in words), *flags)))


def values_of(answers: RunAnswers) -> dict[str, str | bool]:
    """Give the answers by the keys of a form's fields."""
    return {field.name: getattr(answers, field.name) for field in fields(RunAnswers)}
