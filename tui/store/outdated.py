"""Which containers still use the older form of an image: its name belongs to another one by now."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tui.engine import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.engine.containers import Container
    from tui.engine.events import Event
    from tui.engine.images import Image


class Outdated:
    """Knows what every container was made from, and marks those whose image's name has moved on.

    The engine's list gives the name only as long as it leads to the container's image, and the bare id
    afterwards. What was seen before is kept; an inspect and every event of the container tell it too.
    Until one of them does, it may follow from what else is listed.
    """

    def __init__(self) -> None:
        self._origins: dict[str, str] = {}
        """What each container was made from, by its id: a name, or the id of an image."""
        self._names: dict[str, frozenset[str]] = {}
        """The names that led to an image, as far as it was seen, by its id."""
        self._images: dict[str, Image] = {}
        self._tags: dict[str, str] = {}
        self._repositories: dict[str, set[str]] = {}
        """The tags that there are of a repository."""
        self._learned = False

    def take_images(self, images: Iterable[Image]) -> None:
        """Take the latest images."""
        self._images = {image.id: image for image in images}
        self._tags, self._repositories = {}, {}
        for one, image in self._images.items():
            for tag in image.tags:
                self._tags[full_name(tag)] = one
                self._repositories.setdefault(references.split_tag(tag)[0], set()).add(tag)
            self._note(one, image.tags)

    def take_events(self, events: Iterable[Event]) -> set[str]:
        """Take events, of which those of containers tell what these were made from; gives whose was told."""
        told = {
            event.subject: event.attributes["image"]
            for event in events
            if event.type == "container" and event.attributes.get("image")
        }
        new = told.keys() - self._origins.keys()
        self._origins.update({one: told[one] for one in new})
        return new

    def keep(self, rows: Mapping[str, Container]) -> None:
        """Forget containers that are gone, and images of which there are neither containers nor tags."""
        self._origins = {one: name for one, name in self._origins.items() if one in rows}
        used = {row.image_id for row in rows.values()} | self._images.keys()
        self._names = {one: names for one, names in self._names.items() if one in used}

    def learned(self) -> bool:
        """Say, once, whether a container told a name of its image that others may have been made from."""
        learned, self._learned = self._learned, False
        return learned

    def marked(self, container: Container) -> Container:
        """Give the container with its mark, or without it."""
        name = self._origin(container) or self._inferred(container)
        older = name if self._elsewhere(name, container) else ""
        return container if container.older == older else replace(container, older=older)

    def _elsewhere(self, name: str, container: Container) -> str:
        """Give the id of the image that a name leads to, where that is another one than the container's."""
        if container.image_id.removeprefix("sha256:").startswith(name.removeprefix("sha256:")):
            return ""
        one = self._tags.get(full_name(name), "")
        return "" if one == container.image_id else one

    def _origin(self, container: Container) -> str:
        """Give what a container was made from, where that was told."""
        name = container.facts.image if container.facts is not None else ""
        if not name and container.image != container.image_id:
            name = container.image
        if name:
            self._origins[container.id] = name
        name = self._origins.get(container.id, "")
        if name and not container.image_id.removeprefix("sha256:").startswith(name.removeprefix("sha256:")):
            self._learned |= self._note(container.image_id, (name,))
        return name

    def _note(self, image_id: str, names: tuple[str, ...]) -> bool:
        known = self._names.get(image_id, frozenset())
        self._names[image_id] = known.union(names)
        return len(self._names[image_id]) > len(known)

    def _inferred(self, container: Container) -> str:
        """Give the name of a container whose image lost its last one, where all that it can be are alike.

        It was made from what its image was called when other containers were made from it, or when it
        was listed; else as Compose calls what it builds; else from a tag of the repository that its image
        was pulled from: a digest without a tag stays when the tag is pulled anew. An inspect will tell.
        """
        image = self._images.get(container.image_id)
        if not container.image or (image is not None and image.tags):
            return ""
        built = f"{container.project}-{container.service}" if container.service else ""
        digests = image.digests if image is not None else ()
        pulled = set[str]().union(*(self._repositories.get(one.partition("@")[0], ()) for one in digests))
        for names in (self._names.get(container.image_id), {built} - {""}, pulled):
            leads_to = {name: self._elsewhere(name, container) for name in sorted(names or ())}
            places = set(leads_to.values()) - {""}
            if places:
                return next(name for name, place in leads_to.items() if place) if len(places) == 1 else ""
        return ""


@lru_cache(maxsize=4096)
def full_name(name: str) -> str:
    """Write a name in the one way in which all its spellings are alike; nothing for one by digest."""
    try:
        found = references.parse(name)
    except ValueError:
        return ""
    return "" if found.digest else found.full
