"""Bringing a project to newer images, and back to those that ran before."""

from __future__ import annotations

import shlex
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.engine import images, references
from tui.engine.compose import ENVIRON, Up, compose_words, folder_of
from tui.engine.jobs import Job
from tui.engine.process import INTERRUPTED, ProcessWork
from tui.engine.progress import ComposeParser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.engine.compose import ComposeProject
    from tui.engine.connection import Connection
    from tui.engine.projects import Project
    from tui.engine.report import Report
    from tui.engine.tools import Tools


@dataclass(frozen=True, slots=True)
class Former:
    """An image that ran, and the name that led to it.

    Args:
        name: as the file says it, or as Compose names what it builds.
        id: of the image, which stays here though another one takes the name.

    """

    name: str
    id: str


def former_images(project: Project) -> tuple[Former, ...]:
    """Note what runs of a project; images that the files name by digest or id need no way back."""
    found: dict[str, Former] = {}
    # Where one name has led to several images, the newest of them counts: it comes last.
    for container in sorted(project.containers, key=lambda one: (not one.older, one.created)):
        name, image = container.older or container.image, container.image_id
        bare = name.removeprefix("sha256:")
        if image and not image.removeprefix("sha256:").startswith(bare) and not references.check_tag(name):
            found[name] = Former(name, image)
    return tuple(found[name] for name in sorted(found))


class Series:
    """Runs one work after the other, until one fails."""

    def __init__(self, works: Sequence[ProcessWork]) -> None:
        self._works = list(works)
        self._cancelled = threading.Event()

    def run(self, report: Report) -> int:
        """Run them; gives the exit code of the last one that ran."""
        code = 0
        for work in self._works:
            if self._cancelled.is_set():
                return INTERRUPTED
            code = work.run(report)
            if code != 0:
                return code
        return code

    def cancel(self) -> None:
        """Interrupt the one that runs, and begin no other."""
        self._cancelled.set()
        for work in self._works:
            work.cancel()


class RollBack(Series):
    """Gives names back to former images, and then brings the project up with them."""

    def __init__(self, engine: Connection, former: Sequence[Former], works: Sequence[ProcessWork]) -> None:
        super().__init__(works)
        self._engine, self._former = engine, former

    def run(self, report: Report) -> int:
        """Tag, and run; raises EngineError where an image is gone."""
        for one in self._former:
            report.line(f"{one.name} is {one.id.removeprefix('sha256:')[:12]} again")
            images.tag(self._engine, one.id, references.parse(one.name))
        return super().run(report)


def redeploy_commands(how: str, timeout: int) -> tuple[tuple[str, ...], ...]:
    """Give the compose commands of a redeploy, one after the other.

    Args:
        how: `pull` or `build` the images first, or do `neither`.
        timeout: seconds in which all must be running or healthy.

    """
    up = Up(wait=True, timeout=timeout, build=how == "build").words
    return (("pull", "--ignore-buildable"), up) if how == "pull" else (up,)


def roll_back_commands(former: Sequence[Former], timeout: int) -> tuple[tuple[str, ...], ...]:
    """Give the docker commands that a roll-back stands for, without `docker` and what names the project."""
    tags = tuple(("tag", one.id.removeprefix("sha256:")[:12], one.name) for one in former)
    return (*tags, Up(wait=True, timeout=timeout, pull="never").words)


def redeploy_job(
    tools: Tools,
    project: ComposeProject,
    host_words: tuple[str, ...],
    environ: Mapping[str, str],
    commands: Sequence[tuple[str, ...]],
) -> Job:
    """Start a redeploy: the commands one after the other, until one fails."""
    work = Series([_process(tools, project, environ, command) for command in commands])
    shown = _joined([compose_words(tools, project, host_words, *command) for command in commands])
    return Job(f"redeploy {project.name}", shown, project.name, work).start()


def roll_back_job(
    engine: Connection,
    tools: Tools,
    project: ComposeProject,
    environ: Mapping[str, str],
    former: Sequence[Former],
    timeout: int,
) -> Job:
    """Start a roll-back: names go back to the images that ran, and Compose makes containers of them."""
    *tags, up = roll_back_commands(former, timeout)
    work = RollBack(engine, former, [_process(tools, project, environ, up)])
    prefix = engine.command_prefix
    shown = _joined(
        [*(("docker", *prefix, *tag) for tag in tags), compose_words(tools, project, prefix, *up)]
    )
    return Job(f"roll back {project.name}", shown, project.name, work).start()


def _process(
    tools: Tools, project: ComposeProject, environ: Mapping[str, str], command: tuple[str, ...]
) -> ProcessWork:
    return ProcessWork(
        compose_words(tools, project, (), *command),
        cwd=folder_of(project),
        environ={**environ, **ENVIRON},
        parser=ComposeParser(),
    )


def _joined(commands: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Join commands as a shell would take them, in words that are shown and never run."""
    first, *others = commands
    return (*first, *(word for command in others for word in ("&&", *command)))


def shown(commands: Sequence[tuple[str, ...]]) -> str:
    """Write commands on one line, to be pasted."""
    return " && ".join(map(shlex.join, commands))
