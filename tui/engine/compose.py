"""Compose projects: where their files are, and the jobs that act on them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from tui.engine.compose_files import find_files, normal_name, profiles, project_name, services
from tui.engine.jobs import Job
from tui.engine.process import ProcessWork
from tui.engine.progress import ComposeParser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.projects import Project
    from tui.engine.tools import Tools

__all__ = [
    "ComposeProject",
    "Up",
    "act_job",
    "check_project",
    "compose_words",
    "down_job",
    "files_job",
    "find_files",
    "name_words",
    "normal_name",
    "profiles",
    "project_name",
    "reference",
    "services",
    "up_job",
]

Act: TypeAlias = Literal["stop", "start", "restart", "pause", "unpause", "kill"]

ENVIRON = {
    "BUILDKIT_PROGRESS": "plain",
    "COMPOSE_ANSI": "never",
    "COMPOSE_MENU": "false",
    "COMPOSE_PROGRESS": "plain",
    "DOCKER_CLI_HINTS": "false",
}
"""Makes Compose print lines for a program, so that the command itself is the one that is shown."""


@dataclass(frozen=True, slots=True)
class ComposeProject:
    """A project and where it comes from.

    Args:
        folder: its project directory, an absolute path; empty where it is not known.
        files: its compose files in order; what is not absolute is in the folder.
        env_files: files given with `--env-file`.
        profiles: names of those whose services count too.

    """

    name: str
    folder: str
    files: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Its compose files as paths that hold in every folder."""
        return tuple(str(Path(self.folder, file)) for file in self.files)

    @property
    def env_paths(self) -> tuple[str, ...]:
        """Its environment files, likewise."""
        return tuple(str(Path(self.folder, file)) for file in self.env_files)


def reference(project: Project) -> ComposeProject:
    """Give a project of the list as Compose takes it."""
    return ComposeProject(project.name, project.folder, project.files, project.env_files)


def check_project(project: ComposeProject) -> str:
    """Say why nothing that needs the files of the project can be done here, or nothing."""
    if not project.files:
        return f"it is not known which files {project.name} was made from"
    missing = [path for path in (*project.paths, *project.env_paths) if not os.path.isfile(path)]
    if missing:
        return f"not on this machine: {', '.join(missing)}"
    unread = [path for path in (*project.paths, *project.env_paths) if not os.access(path, os.R_OK)]
    return f"can't be read: {', '.join(unread)}" if unread else ""


def compose_words(
    tools: Tools, project: ComposeProject, host_words: tuple[str, ...], *command: str
) -> tuple[str, ...]:
    """Give a compose command that reads the files of the project, the same in every folder."""
    return (
        *_program(tools, host_words),
        *(("--project-directory", project.folder) if project.folder else ()),
        *(word for path in project.paths for word in ("-f", path)),
        *(word for path in project.env_paths for word in ("--env-file", path)),
        "-p",
        project.name,
        *(word for profile in project.profiles for word in ("--profile", profile)),
        *command,
    )


def name_words(
    tools: Tools, project: ComposeProject, host_words: tuple[str, ...], *command: str
) -> tuple[str, ...]:
    """Give a compose command that goes by the project's name alone, and reads no file."""
    return (*_program(tools, host_words), "-p", project.name, *command)


@dataclass(frozen=True, slots=True)
class Up:
    """How a project, or some of its services, is brought up.

    Args:
        services: empty for all.
        build: whether images are built before.
        pull: `always`, `missing` or `never`; empty for what the files say.
        recreate: whether containers are made anew even where nothing changed.
        alone: whether the services that these depend on are left as they are.
        orphans: whether containers of services that the files no longer have are removed.
        wait: whether it ends only when all are running or healthy.
        timeout: seconds that are waited at the most; None for as long as it takes.

    """

    services: tuple[str, ...] = ()
    build: bool = False
    pull: str = ""
    recreate: bool = False
    alone: bool = False
    orphans: bool = False
    wait: bool = False
    timeout: int | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """What follows `docker compose` and the names of project and files."""
        timeout = ("--wait-timeout", str(self.timeout)) if self.timeout is not None else ()
        return (
            "up",
            "-d",
            *(("--build",) if self.build else ()),
            *(("--pull", self.pull) if self.pull else ()),
            *(("--force-recreate",) if self.recreate else ()),
            *(("--no-deps",) if self.alone else ()),
            *(("--remove-orphans",) if self.orphans else ()),
            *(("--wait", *timeout) if self.wait else ()),
            *self.services,
        )


def up_job(
    tools: Tools,
    project: ComposeProject,
    host_words: tuple[str, ...],
    environ: Mapping[str, str],
    how: Up | None = None,
) -> Job:
    """Start `up -d` of the project.

    Args:
        tools: what there is on this machine.
        project: checked with `check_project`.
        host_words: what names the engine in the command that is shown.
        environ: the environment in which a child `docker` reaches the engine.
        how: which services, and with which options.

    """
    return files_job(tools, project, host_words, environ, *(how or Up()).words)


def down_job(
    tools: Tools,
    project: ComposeProject,
    host_words: tuple[str, ...],
    environ: Mapping[str, str],
    *,
    volumes: bool = False,
    images: bool = False,
    orphans: bool = True,
) -> Job:
    """Start `down` of the project: its containers and networks go.

    Args:
        tools: what there is on this machine.
        project: by its name alone where `orphans` go too, so that no file is needed.
        host_words: what names the engine in the command that is shown.
        environ: the environment in which a child `docker` reaches the engine.
        volumes: whether its named volumes, and all that is in them, go too.
        images: whether the images that were built for it go too.
        orphans: whether containers of services that its files no longer have go too. To leave them
            alone, Compose must read the files: check them with `check_project`.

    """
    flags = (
        *(("--volumes",) if volumes else ()),
        *(("--rmi", "local") if images else ()),
        *(("--remove-orphans",) if orphans else ()),
    )
    if orphans:
        return _by_name(tools, project, host_words, environ, "down", *flags)
    return files_job(tools, project, host_words, environ, "down", *flags)


def act_job(
    tools: Tools,
    project: ComposeProject,
    host_words: tuple[str, ...],
    environ: Mapping[str, str],
    act: Act,
    *services: str,
) -> Job:
    """Start an act on all containers of the project, or of some services; it needs no file."""
    return _by_name(tools, project, host_words, environ, act, *services)


def files_job(
    tools: Tools,
    project: ComposeProject,
    host_words: tuple[str, ...],
    environ: Mapping[str, str],
    *command: str,
) -> Job:
    """Start any compose command that reads the files, such as `build` and `pull`."""
    shown = compose_words(tools, project, host_words, *command)
    return _start(project, shown, compose_words(tools, project, (), *command), environ, command[0])


def _by_name(
    tools: Tools,
    project: ComposeProject,
    host_words: tuple[str, ...],
    environ: Mapping[str, str],
    *command: str,
) -> Job:
    shown = name_words(tools, project, host_words, *command)
    return _start(project, shown, name_words(tools, project, (), *command), environ, command[0])


def _start(
    project: ComposeProject,
    shown: tuple[str, ...],
    argv: tuple[str, ...],
    environ: Mapping[str, str],
    verb: str,
) -> Job:
    work = ProcessWork(argv, cwd=folder_of(project), environ={**environ, **ENVIRON}, parser=ComposeParser())
    return Job(f"{verb} {project.name}", shown, project.name, work).start()


def folder_of(project: ComposeProject) -> str:
    """Give the folder to run in: never the one that wherry was started in, whose files are others."""
    folder = project.folder
    return folder if folder and os.path.isdir(folder) and os.access(folder, os.X_OK) else "/"


def _program(tools: Tools, host_words: tuple[str, ...]) -> tuple[str, ...]:
    program, *plugin = tools.compose or ("docker", "compose")
    return (program, *host_words, *plugin)
