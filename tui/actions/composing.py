"""What is done with a project's files: up in all its ways, build, pull, scale, one-off commands."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.actions.command import Command, split_words
from tui.actions.filled import text
from tui.actions.model import Choice, Choose, Fill, HandOver, Launch, Probe, Say, Values, Want
from tui.engine import compose
from tui.engine.compose import ComposeProject, Up, reference
from tui.engine.compose_config import compare
from tui.engine.drift import drift
from tui.engine.errors import EngineError
from tui.widgets.fields import CheckField, ChoiceField, TextField

if TYPE_CHECKING:
    from tui.actions.session import Session
    from tui.engine.compose import Act
    from tui.engine.projects import Project

_AS_THE_FILE_SAYS = "as the file says"
_SCALE_MOST = 1000
_SERVICE_ACTS: tuple[Act, ...] = ("restart", "stop", "start", "pause", "unpause", "kill")
_FILE_ACTS = ("build", "pull")


def shown(at: Session, target: ComposeProject, *command: str) -> str:
    """Give the compose command as it is shown."""
    return shlex.join(compose.compose_words(at.programs, target, at.connection.command_prefix, *command))


def files_act(at: Session, target: ComposeProject, *command: str) -> Launch:
    """Want a compose command that reads the project's files."""
    prefix = at.connection.command_prefix
    return Launch(
        shown(at, target, *command),
        lambda: compose.files_job(at.programs, target, prefix, at.connection.child_environ(), *command),
    )


def name_act(at: Session, target: ComposeProject, act: Act, *services: str) -> Launch:
    """Want a compose command that goes by the project's name alone, and needs no file."""
    prefix = at.connection.command_prefix
    return Launch(
        shlex.join(compose.name_words(at.programs, target, prefix, act, *services)),
        lambda: compose.act_job(at.programs, target, prefix, at.connection.child_environ(), act, *services),
    )


def restart(at: Session, project: Project, as_made: Launch) -> Want:
    """Want a restart; where containers are not what the files say by now, have restart or up chosen."""
    target = reference(project)

    def look() -> Want:
        if compose.check_project(target):
            return as_made
        try:
            found = compare(at.programs, project, at.connection.child_environ())
        except EngineError:
            return as_made  # it needs no file
        changed = [
            one.service for one in drift(project, found.hashes, found.wanted, found.anew) if one.changed
        ]
        if found.error or not changed:
            return as_made
        whole = up(at, target)
        return Choose(
            f"{', '.join(changed)}: not what the file says by now, and restart does not read it",
            [
                Choice("restart as it was made", as_made.command, as_made),
                Choice("up as the file says", whole.command, whole),
            ],
        )

    return Probe("reading the files", look, as_made.command)


def one_service(at: Session, project: Project) -> Want:
    """Have a service and what is done to it chosen at once: `restart web`."""
    target = reference(project)
    choices = [
        Choice(f"{act} {name}", want.command, want)
        for name in _names(project)
        for act in _SERVICE_ACTS
        for want in (name_act(at, target, act, name),)
        if any(service.name == name and service.containers for service in project.services)
    ]
    if not compose.check_project(target):
        for name in _names(project):
            wants = (up(at, target, Up((name,))), *(files_act(at, target, act, name) for act in _FILE_ACTS))
            labels = ("up", *_FILE_ACTS)
            choices += [
                Choice(f"{label} {name}", want.command, want)
                for label, want in zip(labels, wants, strict=True)
            ]
    return Choose(f"Which service of {project.name}, and what?", choices, empty="nothing can be done to it")


def up(at: Session, target: ComposeProject, how: Up | None = None) -> Launch:
    """Want a project, or some of it, brought up."""
    return files_act(at, target, *(how or Up()).words)


def up_with(at: Session, project: Project) -> Want:
    """Have the options of an up filled in."""
    profiles = compose.profiles([Path(path) for path in reference(project).paths])

    def filled(values: Values) -> tuple[ComposeProject, Up]:
        pull, timeout = text(values, "pull"), text(values, "timeout")
        return replace(reference(project), profiles=tuple(text(values, "profiles").split())), Up(
            services=tuple(text(values, "services").split()),
            build=bool(values["build"]),
            pull="" if pull == _AS_THE_FILE_SAYS else pull,
            recreate=bool(values["recreate"]),
            orphans=bool(values["orphans"]),
            wait=bool(values["wait"]),
            timeout=int(timeout) if timeout.isdecimal() else None,
        )

    def preview(values: Values) -> str:
        target, how = filled(values)
        return shown(at, target, *how.words)

    def check(values: Values) -> dict[str, str]:
        wrong: dict[str, str] = {}
        strange = set(text(values, "profiles").split()) - set(profiles)
        if strange:
            known = f": it has {', '.join(profiles)}" if profiles else ""
            wrong["profiles"] = f"no service belongs to {', '.join(sorted(strange))}{known}"
        if text(values, "timeout") and not text(values, "timeout").isdecimal():
            wrong["timeout"] = "a whole number of seconds"
        return wrong

    return Fill(
        id=f"up {project.name}",
        title=f"Up {project.name}",
        fields=(
            TextField(
                "services",
                "services",
                hint=f"empty for all of {', '.join(_names(project))}",
                suggestions=_names(project),
            ),
            TextField(
                "profiles",
                "--profile",
                hint=f"with blanks between: {', '.join(profiles) or 'no service belongs to one'}",
                suggestions=profiles,
            ),
            CheckField("build", "--build", hint="build the images before"),
            ChoiceField(
                "pull",
                "--pull",
                (_AS_THE_FILE_SAYS, "always", "missing", "never"),
                hint="when images are pulled before",
            ),
            CheckField("recreate", "--force-recreate", hint="new containers even where nothing changed"),
            CheckField(
                "orphans", "--remove-orphans", hint="remove containers of services that left the file"
            ),
            CheckField("wait", "--wait", hint="it is done when all are running or healthy, and not before"),
            TextField("timeout", "--wait-timeout", hint="seconds; empty for as long as it takes"),
        ),
        preview=preview,
        check=check,
        submit=lambda values: up(at, *filled(values)),
    )


def _names(project: Project) -> tuple[str, ...]:
    return tuple(service.name for service in project.services)


def scale(at: Session, project: Project) -> Want:
    """Have a service and a number filled in."""
    there = {service.name: len(service.containers) for service in project.services}
    first = next(iter(there), "")

    def command(values: Values) -> tuple[str, ...]:
        return ("scale", f"{text(values, 'service')}={text(values, 'number')}")

    def check(values: Values) -> dict[str, str]:
        number = text(values, "number")
        if not number.isdecimal() or int(number) > _SCALE_MOST:
            return {"number": f"a whole number from 0 to {_SCALE_MOST}"}
        return {}

    def notes(values: Values) -> list[str]:
        name, number = text(values, "service"), text(values, "number")
        now = there.get(name, 0)
        fewer = now - int(number) if number.isdecimal() else 0
        what = f"! {fewer} of {now} are removed, with what they wrote outside of volumes"
        return [what if fewer > 0 else f"{name} has {now} now"]

    return Fill(
        id=f"scale {project.name}",
        title=f"Scale a service of {project.name}",
        fields=(
            ChoiceField("service", "service", tuple(there), hint="whose number of containers changes"),
            TextField(
                "number",
                "containers",
                value=str(there.get(first, 1)),
                required=True,
                hint="0 removes them all",
            ),
        ),
        first="number",
        preview=lambda values: shown(at, reference(project), *command(values)),
        check=check,
        submit=lambda values: files_act(at, reference(project), *command(values)),
        notes=notes,
        once=True,
    )


def recreate(at: Session, project: Project) -> Want:
    """Have a service chosen whose containers are made anew."""
    return Choose(
        f"Recreate which service of {project.name}?",
        [
            Choice(
                name,
                shlex.join(Up((name,), recreate=True, alone=True).words),
                up(at, reference(project), Up((name,), recreate=True, alone=True)),
            )
            for name in _names(project)
        ],
        empty=f"{project.name} has no services",
    )


def run(at: Session, project: Project) -> Want:
    """Have a service and a command filled in, and run it in a container of its own."""

    def words(values: Values) -> tuple[str, ...]:
        return ("run", "--rm", text(values, "service"), *split_words(text(values, "command")))

    def preview(values: Values) -> str:
        try:
            return shown(at, reference(project), *words(values))
        except ValueError as problem:
            return f"docker compose run   ({problem})"

    def check(values: Values) -> dict[str, str]:
        try:
            words(values)
        except ValueError as problem:
            return {"command": str(problem)}
        return {}

    def submit(values: Values) -> Want:
        prefix = at.connection.command_prefix
        program, *rest = compose.compose_words(at.programs, reference(project), (), *words(values))
        return HandOver(Command(tuple(rest), prefix, program=(program,)))

    return Fill(
        id=f"run {project.name}",
        title=f"Run a one-off command of {project.name}",
        fields=(
            ChoiceField(
                "service", "service", _names(project), hint="whose image, volumes and networks it has"
            ),
            TextField("command", "command", hint="as in a shell; empty for what the service does"),
        ),
        first="command",
        preview=preview,
        check=check,
        submit=submit,
    )


def edit(at: Session, project: Project) -> Want:
    """Open a file of the project in the user's editor; of several, the one that is chosen."""
    target = reference(project)
    if wrong := compose.check_project(target):
        return Say(wrong)
    editor = at.environ.get("VISUAL") or at.environ.get("EDITOR") or "vi"
    try:
        program = split_words(editor)
    except ValueError as problem:
        return Say(f"$EDITOR is {editor}: {problem}")
    if not program or shutil.which(program[0], path=at.environ.get("PATH")) is None:
        return Say(f"{editor} is not on this machine: set $EDITOR to an editor that is")
    paths = (*target.paths, *target.env_paths)
    opened = {path: HandOver(Command((path,), program=program)) for path in paths}
    if len(opened) == 1:
        return next(iter(opened.values()))
    return Choose("Edit which file?", [Choice(path, "", want) for path, want in opened.items()])
