"""What can be done to Compose projects."""

from __future__ import annotations

import os
import shlex
from functools import partial
from typing import TYPE_CHECKING

from tui.actions import composing, redeploying
from tui.actions.model import Asks, Fill, Kind, Launch, Option, Say, Values, Want
from tui.engine import compose
from tui.engine.compose import ComposeProject, reference
from tui.paths import absolute
from tui.widgets.fields import TextField

if TYPE_CHECKING:
    from tui.actions.session import Session
    from tui.engine.compose import Act
    from tui.engine.projects import Project

PROJECTS = Kind("project", "projects")


def _must_have_compose(at: Session, project: Project) -> str:
    return at.without_compose()


def _must_have_files(at: Session, project: Project | None) -> str:
    return at.without_compose() or (compose.check_project(reference(project)) if project else "")


def _must_have_containers(at: Session, project: Project) -> str:
    return at.without_compose() or ("" if project.containers else f"{project.name} has no containers")


def _must_be_up(at: Session, project: Project) -> str:
    return at.without_compose() or ("" if project.up else f"nothing of {project.name} is running")


def _must_be_startable(at: Session, project: Project) -> str:
    return _must_have_containers(at, project) or (
        f"all of {project.name} is running" if all(c.up for c in project.containers) else ""
    )


def _must_run(at: Session, project: Project) -> str:
    running = any(container.state == "running" for container in project.containers)
    return at.without_compose() or ("" if running else f"nothing of {project.name} is running")


def _must_be_paused(at: Session, project: Project) -> str:
    paused = any(container.state == "paused" for container in project.containers)
    return at.without_compose() or ("" if paused else f"nothing of {project.name} is paused")


def _act(at: Session, project: Project, act: Act) -> Launch:
    return composing.name_act(at, reference(project), act)


@PROJECTS.act("u", "up", asks=Asks.LINE, applies=_must_have_files, bare=True)
def up(at: Session, project: Project | None) -> Want:
    """Create and start its containers, as its own files in its own folder say."""
    return composing.up(at, reference(project)) if project is not None else up_file(at, None)


@PROJECTS.act("U", "up with", applies=_must_have_files, alone=True)
def up_with(at: Session, project: Project) -> Want:
    """Bring it up with options: some services, profiles, build, pull, recreate, wait."""
    return composing.up_with(at, project)


@PROJECTS.act("R", "redeploy", applies=_must_have_files, alone=True)
def redeploy(at: Session, project: Project) -> Want:
    """Bring it to newer images, and back to those that run now where these do not become healthy."""
    return redeploying.form(at, project)


@PROJECTS.act("", "roll back", asks=Asks.LINE, applies=redeploying.must_know_former, alone=True)
def roll_back(at: Session, project: Project) -> Want:
    """Bring the images back that ran before the last redeploy."""
    return redeploying.roll_back(at, project)


@PROJECTS.act("b", "build", applies=_must_have_files)
def build(at: Session, project: Project) -> Want:
    """Build the images of its services that have a build section."""
    return composing.files_act(at, reference(project), "build")


@PROJECTS.act("P", "pull", applies=_must_have_files)
def pull(at: Session, project: Project) -> Want:
    """Pull the images of its services."""
    return composing.files_act(at, reference(project), "pull")


@PROJECTS.act("", "scale", applies=_must_have_files, alone=True)
def scale(at: Session, project: Project) -> Want:
    """Have as many containers of a service as are typed."""
    return composing.scale(at, project)


@PROJECTS.act("", "recreate a service", applies=_must_have_files, alone=True)
def recreate(at: Session, project: Project) -> Want:
    """Make the containers of one service anew, and leave the others as they are."""
    return composing.recreate(at, project)


@PROJECTS.act("X", "run one-off", applies=_must_have_files, alone=True)
def run(at: Session, project: Project) -> Want:
    """Run a command in a container of its own of a service, which goes when it ends."""
    return composing.run(at, project)


@PROJECTS.act("e", "edit", alone=True, changes=False)
def edit(at: Session, project: Project) -> Want:
    """Open its compose file in $EDITOR."""
    return composing.edit(at, project)


@PROJECTS.act("n", "up a file", applies=_must_have_compose, bare=True, alone=True)
def up_file(at: Session, project: Project | None) -> Want:
    """Bring up a compose file that is typed, in the file's own folder."""
    if at.without_compose():
        return Say(at.without_compose())

    def preview(values: Values) -> str:
        found = _typed(at, values)
        if isinstance(found, str):
            return f"docker compose up -d   ({found})"
        return shlex.join(compose.compose_words(at.programs, found, at.connection.command_prefix, "up", "-d"))

    def check(values: Values) -> dict[str, str]:
        found = _typed(at, values)
        return {"path": found} if isinstance(found, str) else {}

    def submit(values: Values) -> Want:
        found = _typed(at, values)
        return Say(found) if isinstance(found, str) else composing.up(at, found)

    return Fill(
        id="up a file",
        title="Bring up a compose file",
        fields=(
            TextField("path", "file or folder", value=str(at.folder), required=True, hint="on this machine"),
        ),
        preview=preview,
        check=check,
        submit=submit,
    )


def _typed(at: Session, values: Values) -> ComposeProject | str:
    """Make a project of the path that was typed, or say why that is none."""
    path = absolute(str(values["path"]), at.folder)
    if os.path.isdir(path):
        files = compose.find_files(path)
        if not files:
            return f"there is no compose file in {path}"
    elif os.path.isfile(path):
        files = (path,)
    else:
        return f"{path}: there is no such file or folder on this machine"
    folder = files[0].parent
    name = compose.project_name(folder, files, at.environ)
    return ComposeProject(name, str(folder), tuple(str(file) for file in files))


@PROJECTS.act("s", "stop", asks=Asks.LINE, applies=_must_be_up)
def stop(at: Session, project: Project) -> Want:
    """Stop its containers; they stay."""
    return _act(at, project, "stop")


@PROJECTS.act("S", "start", applies=_must_be_startable)
def start(at: Session, project: Project) -> Want:
    """Start its containers as they were made; the files are not read."""
    return _act(at, project, "start")


@PROJECTS.act("r", "restart", asks=Asks.LINE, applies=_must_have_containers)
def restart(at: Session, project: Project) -> Want:
    """Stop and start its containers as they were made; where the files say other things by now, offer up."""
    return composing.restart(at, project, _act(at, project, "restart"))


@PROJECTS.act("", "one service", applies=_must_have_compose, alone=True)
def one_service(at: Session, project: Project) -> Want:
    """Stop, start, restart, bring up, build or pull one of its services."""
    return composing.one_service(at, project)


@PROJECTS.act("p", "pause", asks=Asks.LINE, applies=_must_run)
def pause(at: Session, project: Project) -> Want:
    """Freeze the processes of its containers."""
    return _act(at, project, "pause")


@PROJECTS.act("p", "unpause", applies=_must_be_paused)
def unpause(at: Session, project: Project) -> Want:
    """Let the frozen processes of its containers go on."""
    return _act(at, project, "unpause")


def _lost_with(at: Session, project: Project, *, volumes: bool, images: bool) -> str:
    if not volumes:
        return ""
    names = sorted(volume.name for volume in at.store.rows("volume") if volume.project == project.name)
    anonymous = {v.name for v in at.store.rows("volume") if v.anonymous}
    hidden = {name for container in project.containers for name in container.volumes} & anonymous
    parts = [f"volume {name}" for name in names] + ([f"{len(hidden)} anonymous volumes"] if hidden else [])
    return f"{', '.join(parts) or 'its volumes'} and all data in them"


def _about_down(at: Session, project: Project, *, volumes: bool, images: bool) -> str:
    containers = ", ".join(container.name for container in project.containers)
    networks = [network.name for network in at.store.rows("network") if network.project == project.name]
    gone = f"containers {containers}" + (f"; networks {', '.join(networks)}" if networks else "")
    return f"{gone} go" + ("; images that were built for it go" if images else "")


@PROJECTS.act(
    "d",
    "down",
    asks=Asks.DIALOG,
    applies=_must_have_containers,
    options=(
        Option("volumes", "v", "its volumes too, with all data in them"),
        Option("images", "i", "the images that were built for it too"),
    ),
    loses=_lost_with,
    warns=_about_down,
)
def down(at: Session, project: Project, *, volumes: bool = False, images: bool = False) -> Want:
    """Stop and remove its containers and networks; volumes stay unless they are asked for."""
    target, prefix = reference(project), at.connection.command_prefix
    flags = (
        *(("--volumes",) if volumes else ()),
        *(("--rmi", "local") if images else ()),
        "--remove-orphans",
    )
    return Launch(
        shlex.join(compose.name_words(at.programs, target, prefix, "down", *flags)),
        lambda: compose.down_job(
            at.programs, target, prefix, at.connection.child_environ(), volumes=volumes, images=images
        ),
    )


def _must_be_memory(at: Session, project: Project) -> str:
    return "" if project.seen and not project.containers else f"{project.name} is no mere memory"


@PROJECTS.act("d", "forget", asks=Asks.LINE, applies=_must_be_memory, changes=False)
def forget(at: Session, project: Project) -> Want:
    """List it no more: nothing of it is there, and wherry only remembers where its files are."""
    return Say(
        f"{project.name} is forgotten; nothing was removed", partial(at.store.forget, project.name), done=True
    )
