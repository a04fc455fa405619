"""Images: rows, layers, and what can be done to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from tui.engine.labels import label_terms
from tui.engine.reading import listed, number, required, sensible, text, texts, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.engine.connection import Connection
    from tui.engine.references import Reference

UNTAGGED = "<none>"


@dataclass(frozen=True, slots=True)
class Image:
    """An image with all its tags.

    Args:
        tags: `name:tag` of each; empty for a dangling image.
        digests: `name@sha256:…` under which a registry knows it; empty where it was only built here.
        size: bytes on disk, layers shared with others included.
        parent: the id of the image that the classic builder made it from; empty where nobody knows.

    """

    kind: ClassVar[str] = "image"

    id: str
    tags: tuple[str, ...]
    digests: tuple[str, ...]
    created: float
    size: int
    labels: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""

    @property
    def name(self) -> str:
        """The first tag, or the short id of an image without one."""
        return self.tags[0] if self.tags else f"{UNTAGGED} {self.short_id}"

    @property
    def short_id(self) -> str:
        """Twelve digits of the id, as Docker shows it."""
        return self.id.removeprefix("sha256:")[:12]

    @property
    def reference(self) -> str:
        """What a docker command is given to mean this image."""
        return self.tags[0] if self.tags else self.short_id

    @property
    def dangling(self) -> bool:
        """Whether no tag leads to it."""
        return not self.tags

    def terms(self) -> tuple[tuple[str, str], ...]:
        """Give all text that a filter may ask for, as (field, text)."""
        return (
            ("name", self.name),
            ("id", self.id),
            ("tag", " ".join(self.tags)),
            ("image", " ".join(self.tags)),
            ("hash", " ".join(self.digests)),
            ("state", "dangling" if self.dangling else "tagged"),
            *label_terms(self.labels),
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """One entry of an image's history: `size` in bytes, `created_by` the instruction as Docker kept it."""

    id: str
    created: float
    size: int
    created_by: str
    comment: str
    tags: tuple[str, ...] = ()


def parse(item: Mapping[str, Any]) -> Image:
    """Make a row of one object of GET /images/json."""
    tags = tuple(sorted(tag for tag in texts(item.get("RepoTags")) if not tag.startswith(UNTAGGED)))
    return Image(
        id=required(item, "Id"),
        tags=tags,
        digests=tuple(one for one in texts(item.get("RepoDigests")) if not one.startswith(UNTAGGED)),
        created=number(item.get("Created")),
        size=int(number(item.get("Size"))),
        labels=words(item.get("Labels")),
        parent=text(item.get("ParentId")),
    )


def rows(engine: Connection) -> list[Image]:
    """List all images that are not layers of others (GET /images/json)."""
    answer = engine.ask("/images/json")
    with sensible("images"):
        return [parse(item) for item in listed(answer)]


def inspect(engine: Connection, image: str) -> dict[str, Any]:
    """Give everything the engine knows of an image (GET /images/NAME/json)."""
    answer = engine.ask("/images/{}/json", image)
    with sensible("this image"):
        return dict(answer)


def layers(engine: Connection, image: str) -> list[Layer]:
    """List an image's layers, newest first (GET /images/NAME/history)."""
    history = engine.ask("/images/{}/history", image)
    with sensible("this image's layers"):
        return [
            Layer(
                id=text(item.get("Id")),
                created=number(item.get("Created")),
                size=int(number(item.get("Size"))),
                created_by=text(item.get("CreatedBy")),
                comment=text(item.get("Comment")),
                tags=tuple(texts(item.get("Tags"))),
            )
            for item in listed(history)
        ]


def tag(engine: Connection, image: str, reference: Reference) -> None:
    """Give an image a further name, which another one may lose by that (POST /images/NAME/tag)."""
    with engine.patient_api() as api:
        api.tag(image, reference.repository, reference.version)


def commit(
    engine: Connection,
    container: str,
    reference: Reference | None,
    message: str,
    changes: Sequence[str],
    *,
    pause: bool,
) -> str:
    """Make an image of a container's files as they are now (POST /commit).

    Args:
        engine: where the container is.
        container: its id.
        reference: the image's name; None for none.
        message: what is noted of it.
        changes: instructions as in a Dockerfile, such as `CMD ["app"]`.
        pause: whether the container is frozen meanwhile.

    Returns:
        The image's id.

    """
    with engine.patient_api() as api:
        made = api.commit(
            container,
            repository=reference.repository if reference else None,
            tag=reference.version if reference else None,
            message=message or None,
            pause=pause,
            changes=list(changes) or None,
        )
        return str(made["Id"])


def remove(engine: Connection, image: str, *, force: bool) -> str:
    """Remove a tag, and the image with its last one (DELETE /images/NAME).

    Returns:
        One line a thing that went, in Docker's words.

    """
    with engine.patient_api() as api:
        gone = api.remove_image(image, force=force) or []
        return "\n".join(f"{what}: {name}" for item in gone for what, name in item.items())
