"""Pulling images from the registry, and pushing them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.lifecycle import Lifecycle
from tui.demo.acts.references import Reference, normal
from tui.demo.acts.things import Image
from tui.demo.registry.offer import blob, packed
from tui.demo.registry.registry import DENIED
from tui.demo.registry.transfer import Part, download, upload
from tui.demo.wire.messages import failure

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from tui.demo.acts.things import Layer
    from tui.demo.registry.offer import Offer
    from tui.demo.wire.messages import Message, Messages


class Pulling(Lifecycle):
    """The acts between an engine and a registry: they tell how they go on."""

    def pull(self, reference: Reference, platform: str = "") -> Messages:
        """Pull an image, or without a tag all that a repository has; `platform` as in linux/arm64.

        Raises:
            RefusalError: 404 or 500 where there is nothing to pull, before the first message.

        """
        with self.lock:
            if reference.tag or reference.digest:
                found = {reference.name: (reference, self.registry.find(reference))}
            else:
                found = {
                    tag: (Reference(reference.repository, tag), offer)
                    for tag, offer in self.registry.tags(reference).items()
                }
        return self._pull_all(reference, list(found.values()), platform)

    def _pull_all(
        self, reference: Reference, found: Sequence[tuple[Reference, Offer]], platform: str
    ) -> Messages:
        newer, actual = False, ""
        wanted = platform.partition("/")[2].partition("/")[0] or "amd64"
        for one, offer in found:
            yield {"status": f"Pulling from {one.path}", "id": one.tag or one.name}
            if wanted not in offer.architectures and len(offer.architectures) > 1:
                yield failure(f"no matching manifest for {platform} in the manifest list entries")
                return
            actual = wanted if wanted in offer.architectures else offer.architectures[0]
            newer = (yield from self._pull_one(one, offer, actual)) or newer
            yield {"status": f"Digest: {offer.digest()}"}
        self._tell("pull", reference)
        said = "Downloaded newer image for" if newer else "Image is up to date for"
        yield {"status": f"Status: {said} {reference.name}"}
        if platform and actual != wanted:
            yield failure(
                f"image with reference {reference.name} was found but does not match the specified "
                f"platform: wanted {platform}, actual: linux/{actual}"
            )

    def _pull_one(
        self, reference: Reference, offer: Offer, architecture: str
    ) -> Generator[Message | float, None, bool]:
        """Let an image arrive, and say whether it was not there."""
        name, digest = reference.name, f"{reference.repository}@{offer.digest()}"
        history = offer.history(architecture, self.now())
        image_id = offer.image_id(architecture)
        with self.lock:
            image = self.images.get(image_id)
            known = image is not None and (name in image.tags or name in image.digests)
            parts = [] if image is not None else self._parts(history)
        yield from download(parts, f"pull {image_id}")
        with self.lock:
            image = self.images.get(image_id)
            if image is None:
                made = history[-1].created
                image = Image(
                    image_id, made, [], [], history, offer.image_config(), architecture=architecture
                )
                self.images[image_id] = image
            if digest not in image.digests:
                image.digests.append(digest)
            if reference.tag and name not in image.tags:
                tagged = image.tagged
                self.give(image, name)
                image.tagged = tagged
        return not known

    def _parts(self, history: Sequence[Layer]) -> list[Part]:
        coming = Image("", 0, [], [], list(history), {})
        there = {stack for image in self.images.values() for stack, _ in image.chain}
        layers = [layer for layer in history if layer.id]
        return [
            Part(blob(layer), packed(layer), stack in there)
            for layer, (stack, _) in zip(layers, coming.chain, strict=True)
        ]

    def push(self, reference: Reference, user: str = "") -> Messages:
        """Push an image, or without a tag all of a repository that are here, as `user`."""
        yield {"status": f"The push refers to repository [{reference.whole}]"}
        with self.lock:
            tags = [
                (Reference(reference.repository, tag.rpartition(":")[2]), image)
                for image in self.images.values()
                for tag in image.tags
                if tag == reference.name or (not reference.tag and tag.rpartition(":")[0] == reference.name)
            ]
        if not tags:
            yield failure(f"An image does not exist locally with the tag: {reference.repository}")
            return
        for one, image in tags:
            allowed = self.registry.may_push(one, user)
            yield from self._push_one(one, image, allowed=allowed)
            if not allowed:
                yield failure(DENIED)
                return
        self._tell("push", reference)

    def _push_one(self, reference: Reference, image: Image, *, allowed: bool) -> Messages:
        with self.lock:
            layers = [layer for layer in reversed(image.layers) if layer.id]
            parts = [Part(one.id, one.size, self.registry.has(reference, one)) for one in layers]
        moving = upload(parts, f"push {image.id}")
        if not allowed:
            for message in moving:
                if isinstance(message, float):
                    return
                yield message
        yield from moving
        with self.lock:
            offer = self.registry.store(reference, image)
            digest = f"{reference.repository}@{offer.digest()}"
            if digest not in image.digests:
                image.digests.append(digest)
        size = 529 + 167 * len(layers)
        yield {"status": f"{reference.tag}: digest: {offer.digest()} size: {size}"}
        yield {"progressDetail": {}, "aux": {"Tag": reference.tag, "Digest": offer.digest(), "Size": size}}

    def _tell(self, action: str, reference: Reference) -> None:
        """Emit the event of a whole pull or push; of several tags at once Docker knows no labels."""
        with self.lock:
            image = self.by_name(normal(reference.name))
            labels = image.labels if image is not None else {}
            self.emit("image", action, reference.name, {**labels, "name": reference.repository})
