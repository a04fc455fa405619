"""All registries at once: Docker Hub with its catalogue, and this machine's with what was pushed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.references import HUB, Reference, short
from tui.demo.refusal import RefusalError
from tui.demo.registry.catalogue import CATALOGUE
from tui.demo.registry.offer import Offer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.acts.things import Image, Layer

_UNKNOWN = "manifest unknown: manifest unknown"
DENIED = "denied: requested access to the resource is denied"


class Registry:
    """What can be pulled; read and changed under the world's lock."""

    def __init__(self) -> None:
        self._offers = {short(name): dict(tags) for name, tags in CATALOGUE.items()}
        self._blobs: dict[str, set[str]] = {}

    def find(self, reference: Reference) -> Offer:
        """Find what a name leads to.

        Raises:
            RefusalError: 404 where there is no such image, 500 where there is no such registry.

        """
        tags = self.tags(reference)
        for tag, offer in tags.items():
            if (reference.digest and offer.digest() == reference.digest) or tag == reference.tag:
                return offer
        raise RefusalError(404, f"manifest for {reference.name} not found: {_UNKNOWN}")

    def describe(self, reference: Reference) -> Offer:
        """Find what a name leads to, with the words of the registry itself where there is nothing."""
        try:
            return self.find(reference)
        except RefusalError as refusal:
            if refusal.message.endswith(DENIED):
                raise RefusalError(403, DENIED) from None
            if refusal.status == 404:
                raise RefusalError(404, _UNKNOWN) from None
            raise

    def tags(self, reference: Reference) -> dict[str, Offer]:
        """Give all that a repository has, by tag; refused where there is none."""
        found = self._offers.get(reference.repository)
        if found is not None:
            return found
        if reference.host == HUB:
            why = "repository does not exist or may require 'docker login'"
            raise RefusalError(404, f"pull access denied for {reference.repository}, {why}: {DENIED}")
        if not _is_near(reference.host):
            host = reference.host
            raise RefusalError(
                500, f'Get "https://{host}/v2/": dial tcp: lookup {host.partition(":")[0]}: no such host'
            )
        if reference.tag or reference.digest:
            raise RefusalError(404, f"manifest for {reference.name} not found: {_UNKNOWN}")
        raise RefusalError(404, "name unknown: repository name not known to registry")

    def may_push(self, reference: Reference, user: str) -> bool:
        """Say whether somebody may push there: to this machine, or to what is their own."""
        return _is_near(reference.host) or bool(user and reference.path.startswith(f"{user}/"))

    def has(self, reference: Reference, layer: Layer) -> bool:
        """Say whether a repository has a layer already."""
        return layer.id in self._blobs.get(reference.whole, ())

    def store(self, reference: Reference, image: Image) -> Offer:
        """Take what somebody pushed."""
        offer = Offer(
            (),
            image.config,
            architectures=(image.architecture,),
            layers=tuple(image.layers),
            pushed=image.id,
        )
        self._offers.setdefault(reference.repository, {})[reference.tag] = offer
        self._blobs.setdefault(reference.whole, set()).update(layer.id for layer in image.layers)
        return offer

    def same(self, name: str, steps: Sequence[tuple[str, int]]) -> Offer | None:
        """Give what a name leads to if it is made of these very steps."""
        repository, _, tag = name.rpartition(":")
        found = self._offers.get(short(repository), {}).get(tag)
        return found if found is not None and list(found.steps) == list(steps) else None


def _is_near(host: str) -> bool:
    return host.partition(":")[0] in {"localhost", "127.0.0.1"}
