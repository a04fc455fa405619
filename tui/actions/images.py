"""What can be done to images: build, run, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.command import Command, split_words
from tui.actions.model import Asks, Call, Fill, HandOver, Kind, Launch, Option, Values, Want
from tui.engine import images
from tui.engine.build import BuildAnswers, build_job, build_words, check_build
from tui.widgets.form import CheckField, ChoiceField, LinesField, TextField

if TYPE_CHECKING:
    from tui.actions.session import Session
    from tui.engine.images import Image

IMAGES = Kind("image", "images")

INTERACTIVE, DETACHED = "interactive", "detached"


def _must_have_cli(at: Session, image: Image) -> str:
    return at.without_cli()


@IMAGES.act("x", "run -it --rm", applies=_must_have_cli, alone=True)
def run(at: Session, image: Image) -> Want:
    """Run it with this terminal, and remove the container when it ends."""
    return HandOver(at.docker("run", "-it", "--rm", image.reference), "leave with exit or ctrl+d")


@IMAGES.act("X", "run", applies=_must_have_cli, alone=True)
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
            words(values)
        except ValueError as error:
            return {"command": str(error)}
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
            return Launch(command.shown, lambda: _detached(at, image, command))
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


@IMAGES.act("b", "build", bare=True, alone=True)
def build(at: Session, image: Image | None) -> Want:
    """Build an image from a folder with a Dockerfile."""
    return Fill(
        id="build",
        title="Build an image",
        fields=(
            TextField(
                "context", "context", value=str(at.folder), required=True, hint="the folder that is sent"
            ),
            TextField("dockerfile", "--file", hint="empty: Dockerfile in the context"),
            TextField("tag", "--tag", hint="name:tag", suggestions=_known_tags(at)),
            LinesField("args", "--build-arg", hint="NAME=value, one a line"),
            TextField("target", "--target", hint="empty: the last stage"),
            CheckField("no_cache", "--no-cache", hint="every step anew"),
        ),
        preview=lambda values: Command(build_words(_answers(values)), at.connection.command_prefix).shown,
        check=lambda values: _check(values),
        submit=lambda values: _launch(at, _answers(values)),
        first="tag",
    )


def _known_tags(at: Session) -> tuple[str, ...]:
    return tuple(sorted(tag for image in at.store.rows("image") for tag in image.tags))


def _answers(values: Values) -> BuildAnswers:
    lines = (line.strip() for line in str(values["args"]).splitlines())
    pairs = (line.partition("=") for line in lines if line)
    return BuildAnswers(
        context=str(values["context"]).strip(),
        dockerfile=str(values["dockerfile"]).strip(),
        tag=str(values["tag"]).strip(),
        args=tuple((name.strip(), value) for name, _, value in pairs),
        target=str(values["target"]).strip(),
        no_cache=bool(values["no_cache"]),
    )
