"""Redeploying a project, and the way back where it does not become healthy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.filled import text
from tui.actions.model import Choice, Choose, Fill, Launch, Say, Values, Want
from tui.engine import compose, redeploy
from tui.engine.compose import reference
from tui.widgets.fields import ChoiceField, TextField

if TYPE_CHECKING:
    from tui.actions.session import Session
    from tui.engine.projects import Project
    from tui.engine.redeploy import Former

_HOWS = {"pull": "pull", "build": "build", "neither": "use those that are here"}
_PATIENCE = 60


def form(at: Session, project: Project) -> Want:
    """Have it filled in where newer images come from, and how long they may take to become healthy."""
    target = reference(project)

    def commands(values: Values) -> tuple[tuple[str, ...], ...]:
        timeout = text(values, "timeout")
        seconds = int(timeout) if timeout.isdecimal() else _PATIENCE
        return redeploy.redeploy_commands(text(values, "images"), seconds)

    def preview(values: Values) -> str:
        prefix = at.connection.command_prefix
        return redeploy.shown(
            [compose.compose_words(at.programs, target, prefix, *command) for command in commands(values)]
        )

    def check(values: Values) -> dict[str, str]:
        timeout = text(values, "timeout")
        good = timeout.isdecimal() and int(timeout) > 0
        return {} if good else {"timeout": "a whole number of seconds, 1 or more"}

    def submit(values: Values) -> Want:
        former, prefix = redeploy.former_images(project), at.connection.command_prefix
        chosen = commands(values)
        timeout = int(text(values, "timeout"))
        if project.name in at.unhealthy:
            former = at.former[project.name]
        at.former[project.name] = former
        return Launch(
            preview(values),
            lambda: redeploy.redeploy_job(at.programs, target, prefix, at.connection.child_environ(), chosen),
            succeeded=lambda: at.unhealthy.discard(project.name),
            failed=lambda: _offer(at, project, former, timeout),
        )

    failed = project.name in at.unhealthy
    known = at.former[project.name] if failed else redeploy.former_images(project)
    running = ", ".join(f"{one.name} {_short(one)}" for one in known)
    return Fill(
        id=f"redeploy {project.name}",
        title=f"Redeploy {project.name}",
        fields=(
            ChoiceField(
                "images",
                "images",
                tuple(_HOWS),
                hint="pull newer ones, build them, or use those that are here",
            ),
            TextField(
                "timeout",
                "--wait-timeout",
                value=str(_PATIENCE),
                required=True,
                hint="seconds in which all must be running or healthy; else the way back is offered",
            ),
        ),
        preview=preview,
        check=check,
        submit=submit,
        notes=lambda values: [f"the way back leads to {running}"] if running else [],
    )


def _short(one: Former) -> str:
    return one.id.removeprefix("sha256:")[:12]


def _offer(at: Session, project: Project, former: tuple[Former, ...], timeout: int) -> Want:
    """Offer the way back; what was typed ahead chooses to leave it."""
    at.unhealthy.add(project.name)
    back = _back(at, project, former, timeout)
    if isinstance(back, Say):
        return back
    return Choose(
        f"It failed. Roll back {project.name}? The file stays as it is",
        [
            Choice(
                "leave it as it is", "roll back is in the menu, m", Say(f"{project.name} is left as it is")
            ),
            Choice("bring the former images back", back.command, back),
        ],
    )


def _back(at: Session, project: Project, former: tuple[Former, ...], timeout: int) -> Launch | Say:
    if not former:
        return Say(f"no image is known that ran of {project.name} before")
    target, prefix = reference(project), at.connection.command_prefix
    *tags, up = redeploy.roll_back_commands(former, timeout)
    whole = compose.compose_words(at.programs, target, prefix, *up)
    return Launch(
        redeploy.shown([*(("docker", *prefix, *tag) for tag in tags), whole]),
        lambda: redeploy.roll_back_job(
            at.connection, at.programs, target, at.connection.child_environ(), former, timeout
        ),
        succeeded=lambda: at.unhealthy.discard(project.name),
    )


def must_know_former(at: Session, project: Project) -> str:
    """Say why there is no way back, or nothing."""
    if at.former.get(project.name):
        return ""
    return f"{project.name} was not redeployed in this session: no former images are known"


def roll_back(at: Session, project: Project) -> Want:
    """Want the images back that ran before the last redeploy."""
    return _back(at, project, at.former[project.name], _PATIENCE)
