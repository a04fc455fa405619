"""Volumes: rows, and what can be done to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from tui.engine.labels import label_terms
from tui.engine.reading import listed, required, sensible, text, words
from tui.engine.times import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.connection import Connection

_ANONYMOUS = "com.docker.volume.anonymous"


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume; its name is its id."""

    kind: ClassVar[str] = "volume"

    name: str
    driver: str
    mountpoint: str
    created: float
    labels: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name: a volume has no other id."""
        return self.name

    @property
    def anonymous(self) -> bool:
        """Whether Docker made up its name."""
        return _ANONYMOUS in self.labels

    @property
    def project(self) -> str:
        """The Compose project it belongs to, or an empty string."""
        return self.labels.get("com.docker.compose.project", "")

    def terms(self) -> tuple[tuple[str, str], ...]:
        """Give all text that a filter may ask for, as (field, text)."""
        return (
            ("name", self.name),
            ("driver", self.driver),
            ("mountpoint", self.mountpoint),
            ("state", "anonymous" if self.anonymous else "named"),
            ("project", self.project),
            ("option", " ".join(f"{key}={value}" for key, value in self.options.items())),
            *label_terms(self.labels),
        )


def parse(item: Mapping[str, Any]) -> Volume:
    """Make a row of one object of GET /volumes."""
    return Volume(
        name=required(item, "Name"),
        driver=text(item.get("Driver")),
        mountpoint=text(item.get("Mountpoint")),
        created=seconds(text(item.get("CreatedAt"))),
        labels=words(item.get("Labels")),
        options=words(item.get("Options")),
    )


def rows(engine: Connection) -> list[Volume]:
    """List all volumes (GET /volumes)."""
    answer = engine.ask("/volumes")
    with sensible("volumes"):
        return [parse(item) for item in listed(answer.get("Volumes"))]


def inspect(engine: Connection, name: str) -> dict[str, Any]:
    """Give everything the engine knows of a volume (GET /volumes/NAME)."""
    answer = engine.ask("/volumes/{}", name)
    with sensible("this volume"):
        return dict(answer)


def create(
    engine: Connection, name: str, driver: str, labels: Mapping[str, str], options: Mapping[str, str]
) -> str:
    """Create a volume, with a name of Docker's making where `name` is empty (POST /volumes/create).

    Returns:
        Its name.

    """
    with engine.patient_api() as api:
        made = api.create_volume(
            name=name or None, driver=driver or None, driver_opts=dict(options) or None, labels=dict(labels)
        )
    with sensible("the new volume"):
        return required(made, "Name")


def remove(engine: Connection, name: str, *, force: bool) -> None:
    """Remove a volume and the data in it (DELETE /volumes/NAME)."""
    with engine.patient_api() as api:
        api.remove_volume(name, force=force)
