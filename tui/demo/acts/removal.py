"""How images go: name by name, and with the last one their layers and the steps that they were built on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.images import Images
from tui.demo.acts.references import normal, repository_of
from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.acts.things import Image


class Removal(Images):
    """The acts that take images away."""

    def children(self, image: Image) -> list[Image]:
        """List the images that were built on this one here."""
        return [one for one in self.images.values() if one.parent == image.id]

    def remove_image(
        self, reference: str, *, force: bool = False, prune: bool = True
    ) -> list[dict[str, str]]:
        """Remove a name, and with its last one the image; `prune` takes along the steps that it was built on.

        Returns:
            What went, as Docker says it: one Untagged or Deleted each.

        Raises:
            RefusalError: 409 while a container or another image uses it, 404 where there is none.

        """
        with self.lock:
            name = normal(reference)
            image = self.by_name(name)
            if image is not None:
                return self._remove_name(image, name, force=force, prune=prune)
            image = self.find_image(reference)
            self._check_free(image, force=force)
            return [
                *self._untag(image, [*image.tags, *image.digests], [*image.tags, *image.digests]),
                *self._delete(image, prune=prune),
            ]

    def _remove_name(self, image: Image, name: str, *, force: bool, prune: bool) -> list[dict[str, str]]:
        last = image.tags == [name] or (name in image.digests and not image.tags)
        users = self.users_of_image(image.id)
        if last and users and not force:
            raise RefusalError(
                409,
                f'conflict: unable to remove repository reference "{name}" (must force) - container '
                f"{users[0].id[:12]} is using its referenced image {_short(image)}",
            )
        names = [name]
        repository = repository_of(name)
        if not any(repository_of(tag) == repository for tag in image.tags if tag != name):
            names += [one for one in image.digests if repository_of(one) == repository and one != name]
        gone = self._untag(image, names, [name])
        if image.tags or image.digests or self.children(image) or any(user.alive for user in users):
            return gone
        return [*gone, *self._delete(image, prune=prune)]

    def _check_free(self, image: Image, *, force: bool) -> None:
        if self.children(image):
            self._conflict(image, "cannot be forced", "image has dependent child images")
        users = self.users_of_image(image.id)
        running = next((user for user in users if user.up), None)
        if running is not None:
            why = f"image is being used by running container {running.id[:12]}"
            self._conflict(image, "cannot be forced", why)
        if len(image.tags) > 1 and not force:
            self._conflict(image, "must be forced", "image is referenced in multiple repositories")
        if users and not force:
            why = f"image is being used by stopped container {users[0].id[:12]}"
            self._conflict(image, "must be forced", why)

    def _conflict(self, image: Image, how: str, why: str) -> None:
        raise RefusalError(409, f"conflict: unable to delete {_short(image)} ({how}) - {why}")

    def _untag(self, image: Image, names: Sequence[str], told: Sequence[str]) -> list[dict[str, str]]:
        """Take names away; of digests that merely go along with the last tag no event tells."""
        image.tags = [tag for tag in image.tags if tag not in names]
        image.digests = [digest for digest in image.digests if digest not in names]
        for _ in told:
            self.emit_image(image, "untag")
        return [{"Untagged": name} for name in names]

    def _delete(self, image: Image, *, prune: bool = True) -> list[dict[str, str]]:
        del self.images[image.id]
        self.emit("image", "delete", image.id, {"name": image.id})
        kept = {stack for other in self.images.values() for stack, _ in other.chain}
        gone = [stack for stack, _ in reversed(image.chain) if stack not in kept]
        found = [{"Deleted": one} for one in (image.id, *gone)]
        parent = self.images.get(image.parent)
        unused = parent is not None and not (parent.tags or parent.digests or self.children(parent))
        if prune and unused and parent is not None and not self.users_of_image(parent.id):
            found += self._delete(parent)
        return found


def _short(image: Image) -> str:
    return image.id.removeprefix("sha256:")[:12]
