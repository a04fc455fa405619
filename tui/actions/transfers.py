"""Images on their way: from registries and to them, and whether these have newer ones."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from tui.actions.filled import PLATFORMS, only, text
from tui.actions.model import Fill, Launch, Say, Values, Want
from tui.actions.tagging import known_references
from tui.engine import pulls, references
from tui.widgets.fields import CheckField, ChoiceField, TextField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.actions.session import Session
    from tui.engine.images import Image
    from tui.engine.pulls import Verdict

_PLATFORM = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+(/[a-z0-9_.]+)?)?")


def pull(at: Session, image: Image | None) -> Want:
    """Have a name filled in, the image's own to begin with, and pull it."""
    own = image.tags[0] if image is not None and image.tags else ""

    def check(values: Values) -> dict[str, str]:
        wrong = {"reference": references.check(text(values, "reference"))}
        platform = text(values, "platform")
        if platform and not _PLATFORM.fullmatch(platform):
            wrong["platform"] = "as in linux/arm64, or linux/arm/v7"
        return only(wrong)

    return Fill(
        id=f"pull {own}",
        title="Pull an image",
        fields=(
            TextField(
                "reference",
                "image",
                value=own,
                required=True,
                hint="[registry/]name[:tag]; without a tag, latest is meant",
                suggestions=known_references(at),
            ),
            TextField(
                "platform", "--platform", hint="empty: the engine's own, if there is", suggestions=PLATFORMS
            ),
        ),
        preview=lambda values: (
            at.docker(*_pull_words(text(values, "reference"), text(values, "platform"))).shown
        ),
        check=check,
        submit=lambda values: _pull(at, text(values, "reference"), text(values, "platform")),
        once=True,
        at_once=_pull(at, own) if own else Say("an image without a tag has no name to be pulled by"),
    )


def _pull_words(name: str, platform: str) -> tuple[str, ...]:
    return ("pull", *(("--platform", platform) if platform else ()), name)


def _pull(at: Session, name: str, platform: str = "") -> Launch:
    command = at.docker(*_pull_words(name, platform))
    make = partial(pulls.pull_job, at.connection, at.environ, command.words_shown, name, platform)
    return Launch(command.shown, make, selects="image")


def push(at: Session, image: Image) -> Want:
    """Have one of its tags chosen, and push that; Docker Hub only where it is meant."""

    def check(values: Values) -> dict[str, str]:
        name = text(values, "reference")
        if not references.parse(name).on_hub or values["hub"]:
            return {}
        return {"hub": f"{where_to(name)} Say yes here if that is meant."}

    def preview(values: Values) -> str:
        name = text(values, "reference")
        where = where_to(name)
        return at.docker("push", name).shown + (f"   # {where}" if where else "")

    tags = image.tags
    hub = any(references.parse(tag).on_hub for tag in tags)
    return Fill(
        id=f"push {image.reference}",
        title=f"Push {image.name}",
        fields=(
            ChoiceField("reference", "tag", choices=tags, value=tags[0]),
            CheckField("hub", "to Docker Hub", hint="only for a tag that names no registry")
            if hub
            else CheckField("hub", "to Docker Hub", hint="its tags name registries of their own"),
        ),
        preview=preview,
        check=check,
        submit=lambda values: _push(at, text(values, "reference")),
        once=True,
        at_once=_push(at, tags[0]),
    )


def _push(at: Session, name: str) -> Launch:
    command = at.docker("push", name)
    make = partial(pulls.push_job, at.connection, at.environ, command.words_shown, name)
    return Launch(command.shown, make)


def where_to(name: str) -> str:
    """Say where a name without a registry would be pushed to, or nothing for one that has a registry."""
    one = references.parse(name)
    if not one.on_hub:
        return ""
    return f"{name} names no registry: it is published on Docker Hub as {one.full}."


def must_have_tags(at: Session, image: Image) -> str:
    """Say why an act by name can't be done, or nothing."""
    return "" if image.tags else f"{image.name} has no tag: T gives it one"


def about_pushing(at: Session, image: Image) -> str:
    """Say where it would go to, and which tag."""
    more = f"{image.name}: only this tag of {len(image.tags)} is pushed" if len(image.tags) > 1 else ""
    return " ".join(text for text in (where_to(image.tags[0]), more) if text)


def look(at: Session, chosen: Sequence[Image]) -> Want:
    """Ask the registries of some images whether they have something newer."""

    def tell(image: Image, verdict: Verdict) -> None:
        at.newer.note(image, verdict.newer)

    words = ("buildx", "imagetools", "inspect")
    command = at.docker(*words, chosen[0].reference)
    shown = "; ".join(at.docker(*words, image.reference).shown for image in chosen)
    make = partial(pulls.look_job, at.connection, at.environ, command.words_shown, tuple(chosen), tell)
    return Launch(shown, make)
