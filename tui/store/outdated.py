"""Which containers still use the older form of an image: its name belongs to another one by now."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tui.engine import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.engine.containers import Container
    from tui.engine.images import Image


class Outdated:
    """Knows what every container was made from, and marks those whose image's name has moved on.

    The engine's list gives the name only as long as it leads to the container's image, and the bare id
    afterwards: what was seen before is kept, and an inspect tells it too.
    """

    def __init__(self) -> None:
        self._origins: dict[str, str] = {}
        self._tags: dict[str, str] = {}

    def take_images(self, images: Iterable[Image]) -> bool:
        """Take the latest images; says whether a name leads elsewhere now."""
        tags = {full_name(tag): image.id for image in images for tag in image.tags}
        changed, self._tags = tags != self._tags, tags
        return changed

    def keep(self, ids: Mapping[str, object]) -> None:
        """Forget containers that are gone."""
        self._origins = {one: name for one, name in self._origins.items() if one in ids}

    def marked(self, container: Container) -> Container:
        """Give the container with its mark, or without it."""
        name = self._origin(container)
        leads_to = self._tags.get(full_name(name)) if name else None
        older = name if leads_to is not None and leads_to != container.image_id else ""
        return container if container.older == older else replace(container, older=older)

    def _origin(self, container: Container) -> str:
        """Give the name that a container was made from, where it is known."""
        name = container.facts.image if container.facts is not None else ""
        if not name and not container.image_id.startswith(container.image):
            name = container.image
        if name and not container.image_id.removeprefix("sha256:").startswith(name.removeprefix("sha256:")):
            self._origins[container.id] = name
        return self._origins.get(container.id, "")


@lru_cache(maxsize=4096)
def full_name(name: str) -> str:
    """Write a name in the one way in which all its spellings are alike; nothing for one by digest."""
    try:
        found = references.parse(name)
    except ValueError:
        return ""
    return "" if found.digest else found.full
