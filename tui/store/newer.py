"""What registries said when they were asked whether there is a newer image: kept until the image changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.images import Image

NEWER, CURRENT = "newer", "current"


class Newer:
    """Answers by image; one goes when the image has other names or digests than when it was asked for."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {}

    def note(self, image: Image, newer: bool | None) -> None:
        """Keep whether there is a newer one; None where that is not known. From any thread."""
        if newer is None:
            self._found.pop(image.id, None)
        else:
            self._found[image.id] = (image.tags, image.digests, NEWER if newer else CURRENT)

    def words(self, images: Iterable[Image]) -> dict[str, str]:
        """Give a word for each of the images of which something is known."""
        found = ((image, self._found.get(image.id)) for image in images)
        return {
            image.id: known[2]
            for image, known in found
            if known is not None and known[:2] == (image.tags, image.digests)
        }
