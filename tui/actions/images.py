"""What can be done to images: build, run, pull, tag, save, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions import again, archiving, building, running, tagging, transfers
from tui.actions.model import Asks, Call, HandOver, Kind, Option, Want
from tui.engine import images

if TYPE_CHECKING:
    from tui.actions.session import Session
    from tui.engine.images import Image

IMAGES = Kind("image", "images")


@IMAGES.act("x", "run -it --rm", alone=True)
def run(at: Session, image: Image) -> Want:
    """Run it with this terminal, and remove the container when it ends."""
    return HandOver(at.docker("run", "-it", "--rm", image.reference), "leave with exit or ctrl+d")


@IMAGES.act("X", "run", alone=True)
def run_with(at: Session, image: Image) -> Want:
    """Run it with whatever `docker run` takes, in a form."""
    return running.run_image(at, image)


@IMAGES.act("b", "build", bare=True, alone=True)
def build(at: Session, image: Image | None) -> Want:
    """Build an image from a folder with a Dockerfile."""
    return building.form(at)


@IMAGES.act("B", "build and run again", alone=True, applies=again.must_know)
def again_(at: Session, image: Image) -> Want:
    """Build it again the way it was built, and run it again the way it was last run."""
    return again.again(at, image)


@IMAGES.act(
    "B",
    "build again, replace",
    alone=True,
    asks=Asks.DIALOG,
    applies=again.must_replace,
    warns=again.about_replacing,
)
def replace(at: Session, image: Image) -> Want:
    """Build it again, and run it again in the place of the container that wherry ran of it."""
    return again.again(at, image)


@IMAGES.act("B", "build", alone=True, applies=again.must_not_know)
def build_first(at: Session, image: Image) -> Want:
    """Say how to build it; B does the same again from then on."""
    return building.form(at, image)


@IMAGES.act("P", "pull", bare=True)
def pull(at: Session, image: Image | None) -> Want:
    """Pull it again from its registry, or any other that is typed."""
    return transfers.pull(at, image)


@IMAGES.act("T", "tag", alone=True)
def tag(at: Session, image: Image) -> Want:
    """Give it a further name."""
    return tagging.tag(at, image)


@IMAGES.act("", "untag", alone=True, applies=tagging.must_have_several)
def untag(at: Session, image: Image) -> Want:
    """Take one of its names away; the image stays with the others."""
    return tagging.untag(at, image)


@IMAGES.act("", "push", applies=transfers.must_have_tags, warns=transfers.about_pushing)
def push(at: Session, image: Image) -> Want:
    """Push it to the registry that its tag names."""
    return transfers.push(at, image)


@IMAGES.act("", "newer?", changes=False, together=transfers.look)
def newer(at: Session, image: Image) -> Want:
    """Ask its registry whether there is a newer one; nothing is pulled."""
    return transfers.look(at, (image,))


@IMAGES.act("greater_than_sign", "save", together=archiving.save)
def save(at: Session, image: Image) -> Want:
    """Save it, or all marked ones together, to a tar archive."""
    return archiving.save(at, (image,))


@IMAGES.act("less_than_sign", "load", bare=True, alone=True)
def load(at: Session, image: Image | None) -> Want:
    """Load the images of a tar archive that was saved."""
    return archiving.load(at, image)


@IMAGES.act("", "import", bare=True, alone=True)
def import_(at: Session, image: Image | None) -> Want:
    """Make an image of a tar of files."""
    return archiving.import_(at, image)


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
