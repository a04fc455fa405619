"""Images: how they are named, tagged and removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tui.demo.acts.base import Base
from tui.demo.acts.things import Image, Layer
from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_REPOSITORY = re.compile(
    r"(?:[a-zA-Z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
)
_TAG = re.compile(r"\w[\w.-]{0,127}")
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def repository_of(tag: str) -> str:
    """Take the tag or the digest off a reference."""
    name = tag.partition("@")[0]
    head, colon, tail = name.rpartition(":")
    return head if colon and "/" not in tail else name


def normal(reference: str) -> str:
    """Write a reference the way that Docker keeps it: no docker.io/library/, and always with a tag."""
    for known in ("docker.io/library/", "index.docker.io/library/", "docker.io/", "library/"):
        reference = reference.removeprefix(known)
    return reference if "@" in reference or repository_of(reference) != reference else f"{reference}:latest"


def check_reference(repository: str, tag: str) -> None:
    """Refuse a name that no image may have."""
    if repository.lower() != repository and "/" not in repository:
        raise RefusalError(
            400, f"invalid reference format: repository name (library/{repository}) must be lowercase"
        )
    if not _REPOSITORY.fullmatch(repository) or not _TAG.fullmatch(tag):
        raise RefusalError(400, "invalid reference format")


class Images(Base):
    """The acts on images."""

    def find_image(self, reference: str) -> Image:
        """Find an image by name, digest, id or the start of its id; 404 where there is none."""
        image = self._by_name(normal(reference)) or self._by_id(reference)
        if image is None:
            raise RefusalError(404, f"No such image: {_called(reference)}")
        return image

    def _by_name(self, name: str) -> Image | None:
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
        env: Sequence[str] = (_PATH,),
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
                Layer(words, size, f"sha256:{self.ids.digest('layer')}" if size else "", created)
                for words, size in layers
            ]
            image = Image(
                id=f"sha256:{self.ids.digest('image')}",
                created=created,
                tags=[],
                digests=[f"{repository_of(tag)}@sha256:{self.ids.digest('digest')}"] if pulled else [],
                layers=[*(self.find_image(base).layers if base else ()), *own],
                config=_config(command, entrypoint, env, labels, ports, volumes, folder, user),
            )
            self.images[image.id] = image
            self._give(image, tag)
            if pulled:
                self.emit("image", "pull", tag, {"name": repository_of(tag)})
            else:
                self.emit("image", "tag", image.id, {"name": tag})
            return image.id

    def tag(self, reference: str, repository: str, tag: str = "latest") -> None:
        """Give an image another name; it is taken away from the image that had it."""
        with self.lock:
            image = self.find_image(reference)
            check_reference(repository, tag)
            name = normal(f"{repository}:{tag}")
            self._give(image, name)
            self.emit("image", "tag", image.id, {"name": name})

    def _give(self, image: Image, name: str) -> None:
        for other in self.images.values():
            if name in other.tags:
                other.tags.remove(name)
        image.tags.append(name)
        image.tagged = self.now()

    def remove_image(self, reference: str, *, force: bool = False) -> list[dict[str, str]]:
        """Remove a name, and with its last one the image.

        Returns:
            What went, as Docker says it: one Untagged or Deleted each.

        Raises:
            RefusalError: 409 while a container uses it, 404 where there is none.

        """
        with self.lock:
            name = normal(reference)
            image = self._by_name(name)
            if image is not None:
                return self._remove_name(image, name, force=force)
            image = self.find_image(reference)
            self._check_free(image, force=force)
            return [*self._untag(image, [*image.tags, *image.digests]), *self._delete(image)]

    def _remove_name(self, image: Image, name: str, *, force: bool) -> list[dict[str, str]]:
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
        gone = self._untag(image, names)
        if image.tags or image.digests or any(user.alive for user in users):
            return gone
        return [*gone, *self._delete(image)]

    def _check_free(self, image: Image, *, force: bool) -> None:
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

    def _untag(self, image: Image, names: Sequence[str]) -> list[dict[str, str]]:
        image.tags = [tag for tag in image.tags if tag not in names]
        image.digests = [digest for digest in image.digests if digest not in names]
        for _ in names:
            self.emit("image", "untag", image.id, {"name": image.id})
        return [{"Untagged": name} for name in names]

    def _delete(self, image: Image) -> list[dict[str, str]]:
        del self.images[image.id]
        self.emit("image", "delete", image.id, {"name": image.id})
        kept = {layer.id for other in self.images.values() for layer in other.layers}
        gone = [layer.id for layer in reversed(image.layers) if layer.id and layer.id not in kept]
        return [{"Deleted": one} for one in (image.id, *gone)]


def _short(image: Image) -> str:
    return image.id.removeprefix("sha256:")[:12]


def _called(reference: str) -> str:
    """Name what was not found, as Docker does: a name gets its tag, an id stays."""
    return reference if reference.startswith("sha256:") else normal(reference)


def _config(
    command: Sequence[str],
    entrypoint: Sequence[str],
    env: Sequence[str],
    labels: Mapping[str, str] | None,
    ports: Sequence[str],
    volumes: Sequence[str],
    folder: str,
    user: str,
) -> dict[str, Any]:
    config: dict[str, Any] = {
        "Hostname": "",
        "Domainname": "",
        "User": user,
        "AttachStdin": False,
        "AttachStdout": False,
        "AttachStderr": False,
        "Tty": False,
        "OpenStdin": False,
        "StdinOnce": False,
        "Env": list(env),
        "Cmd": list(command) or None,
        "ArgsEscaped": True,
        "Image": "",
        "Volumes": {path: {} for path in volumes} or None,
        "WorkingDir": folder or "/",
        "Entrypoint": list(entrypoint) or None,
        "OnBuild": None,
        "Labels": dict(labels) if labels else None,
    }
    if ports:
        config["ExposedPorts"] = {port: {} for port in ports}
    return config
