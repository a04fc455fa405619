"""Pruning: taking away at once what nobody uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.lifecycle import Lifecycle
from tui.demo.acts.networks import BUILT_IN
from tui.demo.acts.removal import Removal
from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.demo.acts.caching import Cached
    from tui.demo.wire.query import Filters

_ANONYMOUS = "com.docker.volume.anonymous"


class Pruning(Lifecycle, Removal):
    """The acts that take away what is not in use; `until`, in nanoseconds, spares what is newer."""

    def prune_containers(self, filters: Filters, until: int | None) -> tuple[list[str], int]:
        """Remove stopped containers; gives their ids, and how many bytes they had written."""
        with self.lock:
            going = [
                one
                for one in sorted(self.containers.values(), key=lambda one: -one.created)
                if not one.up and _wanted(filters, one.labels, one.created, until)
            ]
            for one in going:
                self.remove(one.id)
            freed = sum(one.temper.written if one.started else 0 for one in going)
            self.emit_prune("container", freed)
            return [one.id for one in going], freed

    def prune_volumes(self, filters: Filters, *, named: bool) -> tuple[list[str], int]:
        """Remove volumes that no container has, with `named` not just those without a name of their own."""
        with self.lock:
            going = [
                one
                for one in self.volumes.values()
                if (named or _ANONYMOUS in (one.labels or {}))
                and not self.users_of_volume(one.name)
                and _wanted(filters, one.labels or {}, one.created, None)
            ]
            for one in going:
                self.remove_volume(one.name)
            freed = sum(one.size for one in going)
            self.emit_prune("volume", freed)
            return [one.name for one in going], freed

    def prune_networks(self, filters: Filters, until: int | None) -> list[str]:
        """Remove networks without running containers; gives their names."""
        with self.lock:
            going = [
                one
                for one in self.networks.values()
                if one.name not in BUILT_IN
                and not self.connected(one)
                and _wanted(filters, one.labels, one.created, until)
            ]
            for one in going:
                self.remove_network(one.id)
            self.emit_prune("network", 0)
            return [one.name for one in going]

    def prune_images(
        self, filters: Filters, until: int | None, *, dangling: bool
    ) -> tuple[list[dict[str, str]], int]:
        """Remove images without a tag, or with `dangling` false all that no container is made of."""
        with self.lock:
            before = self._stored()
            gone: list[dict[str, str]] = []
            going = [
                one
                for one in self.images.values()
                if not (dangling and one.tags)
                and (one.tags or one.digests or not self.children(one))
                and _wanted(filters, one.labels, one.created, until)
            ]
            for one in going:
                for name in [*one.tags, *one.digests] or [one.id]:
                    if one.id in self.images:
                        gone += self._try(name)
            freed = before - self._stored()
            self.emit_prune("image", freed)
            return gone, freed

    def _try(self, name: str) -> list[dict[str, str]]:
        """Remove an image; what is in use stays without a word."""
        try:
            return self.remove_image(name)
        except RefusalError:
            return []

    def _stored(self) -> int:
        layers = {stack: size for image in self.images.values() for stack, size in image.chain}
        return sum(layers.values())

    def prune_cache(
        self, filters: Filters, until: int | None, *, everything: bool, keep: int
    ) -> tuple[list[str], int]:
        """Remove records of the build cache, with `everything` also those of layers that images have.

        `until` is about their last use. The oldest go first, until no more than `keep` bytes are left.
        """
        with self.lock:
            shared = self.layers_in_images()
            left = sum(one.size for one in self.build_cache.values())
            gone: list[str] = []
            freed = 0
            for one in sorted(self.build_cache.values(), key=lambda one: one.used):
                if keep and left <= keep:
                    break
                spared = (one.layer in shared and not everything) or (until is not None and one.used > until)
                if spared or not _record_wanted(filters, one):
                    continue
                del self.build_cache[one.id]
                gone.append(one.id)
                left -= one.size
                freed += one.size
            self.emit_prune("builder", freed)
            return gone, freed

    def layers_in_images(self) -> set[str]:
        """Give the ids of all layers that an image has: what BuildKit shares with them."""
        return {layer.id for image in self.images.values() for layer in image.layers if layer.id}


def _wanted(filters: Filters, labels: Mapping[str, str], created: int, until: int | None) -> bool:
    if until is not None and created > until:
        return False
    unwanted = filters.values("label!")
    return filters.labels(labels) and not (unwanted and filters.labels(labels, "label!"))


def _record_wanted(filters: Filters, one: Cached) -> bool:
    return (
        filters.prefix("id", one.id)
        and filters.exact("type", one.type)
        and filters.exact("parent", *one.parents)
        and all(wanted in one.description for wanted in filters.values("description"))
    )
