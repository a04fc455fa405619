"""What can be done to images: build, run, pull, tag, save, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions import building, interactive, transfers
from tui.actions.command import split_words
from tui.actions.interactive import why_not
from tui.actions.model import Asks, Call, Fill, HandOver, Kind, Launch, Option, Values, Want
from tui.engine import images
from tui.engine.detached import run_job
from tui.widgets.fields import CheckField, ChoiceField, TextField

if TYPE_CHECKING:
    from tui.actions.command import Command
    from tui.actions.session import Session
    from tui.engine.images import Image
    from tui.engine.jobs import Job

IMAGES = Kind("image", "images")

INTERACTIVE, DETACHED = "interactive", "detached"


@IMAGES.act("x", "run -it --rm", alone=True)
def run(at: Session, image: Image) -> Want:
    """Run it with this terminal, and remove the container when it ends."""
    return HandOver(at.docker("run", "-it", "--rm", image.reference), "leave with exit or ctrl+d")


@IMAGES.act("X", "run", alone=True)
def run_with(at: Session, image: Image) -> Want:
    """Run it with a command, an entrypoint or a name of one's choice."""

    def words(values: Values) -> tuple[str, ...]:
        detached = values["mode"] == DETACHED
        entrypoint = str(values["entrypoint"]).strip()
        name = str(values["name"]).strip()
        return (
            "run",
            "-d" if detached else "-it",
            *(("--rm",) if values["remove"] else ()),
            *(("--name", name) if name else ()),
            *(("--entrypoint", entrypoint) if entrypoint else ()),
            image.reference,
            *split_words(str(values["command"])),
        )

    def check(values: Values) -> dict[str, str]:
        try:
            why = why_not(at, words(values))
        except ValueError as error:
            return {"command": str(error)}
        if why:
            return {"command": why}
        name = str(values["name"]).strip()
        if name and any(container.name == name for container in at.store.containers):
            return {"name": f"a container named {name} is there already"}
        return {}

    def preview(values: Values) -> str:
        try:
            return at.docker(*words(values)).shown
        except ValueError as error:
            return f"docker run … ({error})"

    def submit(values: Values) -> Want:
        command = at.docker(*words(values))
        if values["mode"] == DETACHED:
            return Launch(command.shown, lambda: _detached(at, image, command), watch=False)
        return HandOver(command)

    return Fill(
        id=f"run {image.reference}",
        title=f"Run {image.name}",
        fields=(
            TextField("command", "command", hint="command and arguments; empty: what the image says"),
            TextField("entrypoint", "--entrypoint", hint="empty: what the image says"),
            TextField("name", "--name", hint="empty: Docker makes one up"),
            ChoiceField("mode", "mode", choices=(INTERACTIVE, DETACHED), value=INTERACTIVE),
            CheckField("remove", "--rm", value=True, hint="remove the container when it ends"),
        ),
        preview=preview,
        check=check,
        submit=submit,
        first="command",
    )


def _detached(at: Session, image: Image, command: Command) -> Job:
    if not at.has_cli:
        return interactive.detached(at, command, image.name)
    environ = at.connection.child_environ()
    return run_job(command.words_shown, command.argv, image.name, at.folder, environ)


@IMAGES.act("b", "build", bare=True, alone=True)
def build(at: Session, image: Image | None) -> Want:
    """Build an image from a folder with a Dockerfile."""
    return building.form(at)


@IMAGES.act("P", "pull", bare=True)
def pull(at: Session, image: Image | None) -> Want:
    """Pull it again from its registry, or any other that is typed."""
    return transfers.pull(at, image)


@IMAGES.act("T", "tag", alone=True)
def tag(at: Session, image: Image) -> Want:
    """Give it a further name."""
    return transfers.tag(at, image)


@IMAGES.act("", "untag", alone=True, applies=transfers.must_have_several)
def untag(at: Session, image: Image) -> Want:
    """Take one of its names away; the image stays with the others."""
    return transfers.untag(at, image)


@IMAGES.act("", "push", applies=transfers.must_have_tags, warns=transfers.about_pushing)
def push(at: Session, image: Image) -> Want:
    """Push it to the registry that its tag names."""
    return transfers.push(at, image)


@IMAGES.act("", "newer?", changes=False, together=transfers.look)
def newer(at: Session, image: Image) -> Want:
    """Ask its registry whether there is a newer one; nothing is pulled."""
    return transfers.look(at, (image,))


@IMAGES.act("greater_than_sign", "save", together=transfers.save)
def save(at: Session, image: Image) -> Want:
    """Save it, or all marked ones together, to a tar archive."""
    return transfers.save(at, (image,))


@IMAGES.act("less_than_sign", "load", bare=True, alone=True)
def load(at: Session, image: Image | None) -> Want:
    """Load the images of a tar archive that was saved."""
    return transfers.load(at, image)


@IMAGES.act("", "import", bare=True, alone=True)
def import_(at: Session, image: Image | None) -> Want:
    """Make an image of a tar of files."""
    return transfers.import_(at, image)


def _goes(image: Image, only: bool) -> tuple[str, ...]:
    """Give the names that are removed, or the id of an image that has none."""
    return (image.tags[:1] if only else image.tags) or (image.id,)


def _lost_with(at: Session, image: Image, *, force: bool, only: bool) -> str:
    if image.digests or (only and len(image.tags) > 1):
        return ""
    return f"{image.name}: no registry is known to have it; it can only be built again"


def _about_removing(at: Session, image: Image, *, force: bool, only: bool) -> str:
    if only and len(image.tags) > 1:
        return f"only {image.tags[0]} goes; the image stays as {', '.join(image.tags[1:])}"
    parts = [f"all {len(image.tags)} tags of it go: {', '.join(image.tags)}"] if len(image.tags) > 1 else []
    if users := at.store.users_of_image(image):
        names = ", ".join(f"{container.name} ({container.state})" for container in users)
        parts.append(f"{image.name} is used by {names}: Docker refuses without force, and while they run")
    if children := [one.name for one in at.store.rows("image") if one.parent == image.id]:
        parts.append(
            f"{', '.join(children)} was built on it: its layers stay as long as that does"
            if len(children) == 1
            else f"{', '.join(children)} were built on it: its layers stay as long as they do"
        )
    return "; ".join(parts)


@IMAGES.act(
    "d",
    "remove",
    asks=Asks.DIALOG,
    options=(
        Option("force", "f", "force: also where stopped containers use it"),
        Option("only", "o", "only its first tag, where it has several"),
    ),
    loses=_lost_with,
    warns=_about_removing,
)
def remove(at: Session, image: Image, *, force: bool = False, only: bool = False) -> Want:
    """Remove its tags, and with the last of them the image."""
    references = _goes(image, only)

    def do() -> str:
        return "\n".join(images.remove(at.connection, one, force=force) for one in references)

    shown = references if image.tags else (image.short_id,)
    return Call(at.docker("rmi", *(("-f",) if force else ()), *shown), do)
