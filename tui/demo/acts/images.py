"""Images: how they are found, named and brought in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.base import Base
from tui.demo.acts.caching import remember
from tui.demo.acts.image_config import PATH, image_config, layer_id
from tui.demo.acts.references import check_reference, normal, repository_of
from tui.demo.acts.things import Image, Layer
from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Images(Base):
    """The acts on images."""

    def find_image(self, reference: str) -> Image:
        """Find an image by name, digest, id or the start of its id; 404 where there is none."""
        image = self.by_name(normal(reference)) or self._by_id(reference)
        if image is None:
            raise RefusalError(404, f"No such image: {_called(reference)}")
        return image

    def by_name(self, name: str) -> Image | None:
        """Find the image that has a tag or digest, written out."""
        return next((one for one in self.images.values() if name in one.tags or name in one.digests), None)

    def _by_id(self, reference: str) -> Image | None:
        digits = reference.removeprefix("sha256:")
        if not digits:
            return None
        found = [one for key, one in self.images.items() if key.removeprefix("sha256:").startswith(digits)]
        return found[0] if len(found) == 1 else None

    def add_image(
        self,
        tag: str,
        layers: Sequence[tuple[str, int]],
        *,
        base: str = "",
        command: Sequence[str] = ("sh",),
        entrypoint: Sequence[str] = (),
        env: Sequence[str] = (PATH,),
        labels: Mapping[str, str] | None = None,
        ports: Sequence[str] = (),
        volumes: Sequence[str] = (),
        folder: str = "",
        user: str = "",
        pulled: bool = False,
    ) -> str:
        """Bring in an image, as a pull or a build does.

        The name is taken away from the image that had it. `layers` are (instruction, bytes) of each,
        oldest first; those of `base` come before them.

        Returns:
            Its id.

        """
        with self.lock:
            created = self.now()
            own = [
                Layer(words, size, self._layer(words, size, pulled=pulled), created) for words, size in layers
            ]
            drawn, digest = f"sha256:{self.ids.digest('image')}", ""
            if pulled:
                digest = f"sha256:{self.ids.digest('digest')}"
                offer = self.registry.same(tag, layers)
                if offer is not None:
                    drawn, digest = offer.image_id(), offer.digest()
            image = Image(
                id=drawn,
                created=created,
                tags=[],
                digests=[f"{repository_of(tag)}@{digest}"] if pulled else [],
                layers=[*(self.find_image(base).layers if base else ()), *own],
                config=image_config(command, entrypoint, env, labels, ports, volumes, folder, user),
            )
            self.images[image.id] = image
            self.give(image, tag)
            if pulled:
                image.tagged = 0
                self.emit_image(image, "pull", repository_of(tag), tag)
            else:
                self.emit_image(image, "tag", tag)
                remember(self.build_cache, image, len(own))
            return image.id

    def _layer(self, words: str, size: int, *, pulled: bool) -> str:
        """Give the id of a layer; what comes from a registry is the same in all images that have it."""
        drawn = self.ids.digest("layer") if size else ""
        if drawn and pulled:
            return layer_id(words, size)
        return f"sha256:{drawn}" if drawn else ""

    def tag(self, reference: str, repository: str, tag: str = "latest") -> None:
        """Give an image another name; it is taken away from the image that had it."""
        with self.lock:
            image = self.find_image(reference)
            check_reference(repository, tag)
            name = normal(f"{repository}:{tag}")
            self.give(image, name)
            self.emit_image(image, "tag", name)

    def give(self, image: Image, name: str) -> None:
        """Let an image have a name, which is taken away from the image that had it."""
        for other in self.images.values():
            if name in other.tags:
                other.tags.remove(name)
        image.tags.append(name)
        image.tagged = self.now()


def _called(reference: str) -> str:
    """Name what was not found, as Docker does: a name gets its tag, an id stays."""
    return reference if reference.startswith("sha256:") else normal(reference)
