"""The names of images: known ones, further ones, and fewer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.actions.filled import text
from tui.actions.model import Call, Choice, Choose, Fill, Values, Want
from tui.engine import images, references
from tui.widgets.fields import TextField

if TYPE_CHECKING:
    from tui.actions.session import Session
    from tui.engine.images import Image


def known_references(at: Session) -> tuple[str, ...]:
    """Give the names of images that are here, or that containers were made from, for completion."""
    tags = {tag for image in at.store.rows("image") for tag in image.tags}
    used = {container.image for container in at.store.containers}
    return tuple(sorted(tags | {name for name in used if name and not references.check(name)}))


def tag(at: Session, image: Image) -> Want:
    """Have a further name filled in."""

    def check(values: Values) -> dict[str, str]:
        name = text(values, "name")
        if wrong := references.check_tag(name):
            return {"name": wrong}
        whole = references.parse(name).name
        if whole in image.tags:
            return {"name": f"it is called {whole} already"}
        return {}

    def submit(values: Values) -> Want:
        name = text(values, "name")
        return Call(
            at.docker("tag", image.reference, name),
            lambda: images.tag(at.connection, image.id, references.parse(name)),
        )

    def preview(values: Values) -> str:
        name = text(values, "name")
        shown = at.docker("tag", image.reference, name).shown
        if not name or references.check_tag(name):
            return shown
        taken = next((i for i in at.store.rows("image") if references.parse(name).name in i.tags), None)
        away = taken is not None and taken.id != image.id
        return shown + (f"   # takes the name away from {taken.short_id}" if taken and away else "")

    return Fill(
        id=f"tag {image.id}",
        title=f"Tag {image.name}",
        fields=(
            TextField(
                "name",
                "new name:tag",
                required=True,
                hint="[registry/]name[:tag], as in registry.example.org/team/app:2",
                suggestions=known_references(at),
            ),
        ),
        preview=preview,
        check=check,
        submit=submit,
        once=True,
    )


def must_have_several(at: Session, image: Image) -> str:
    """Say why no tag can be taken away alone, or nothing."""
    if len(image.tags) > 1:
        return ""
    return f"{image.name} has no other tag: d removes it" if image.tags else f"{image.name} has no tag"


def untag(at: Session, image: Image) -> Want:
    """Have one of its tags chosen, and take that away."""
    choices = [
        Choice(
            f"untag {name}",
            f"the image stays as {', '.join(other for other in image.tags if other != name)}",
            Call(at.docker("rmi", name), partial(images.remove, at.connection, name, force=False)),
        )
        for name in image.tags
    ]
    return Choose(f"Take a tag away from {image.short_id}", choices)
