"""Making an image of a container, and of an archive of files."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tui.demo.acts.image_config import ENGINE, layer_id
from tui.demo.acts.lifecycle import Lifecycle
from tui.demo.acts.things import Image, Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.demo.acts.things import Container

_EMPTY: dict[str, Any] = {
    "Hostname": "",
    "Domainname": "",
    "User": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Env": None,
    "Cmd": None,
    "Image": "",
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "OnBuild": None,
    "Labels": None,
}


def empty_config() -> dict[str, Any]:
    """Give the Config of an image that nobody said anything about."""
    return deepcopy(_EMPTY)


class Committing(Lifecycle):
    """The acts that make an image of what is there."""

    def commit(
        self,
        one: Container,
        configure: Callable[[], dict[str, Any]],
        *,
        name: str = "",
        comment: str = "",
        author: str = "",
        pause: bool = True,
    ) -> str:
        """Make an image of a container and what it has written.

        `configure` gives the image's Config, and is asked while all is still; `name`, with its tag, may be
        empty; `pause` freezes a running container meanwhile.

        Returns:
            The image's id.

        """
        with self.lock:
            paused = pause and one.state == "running"
            if paused:
                self.pause(one.id)
            try:
                image = self._committed(one, configure(), comment, author)
                if name:
                    self.give(image, name)
                    self.emit_image(image, "tag", name)
                self.emit_container(one, "commit", comment=comment, imageID=image.id, imageRef=name)
            finally:
                if paused:
                    self.unpause(one.id)
            return image.id

    def _committed(self, one: Container, config: dict[str, Any], comment: str, author: str) -> Image:
        parent = self.images.get(one.image_id)
        made = f"sha256:{self.ids.digest('image')}"
        size, now = (one.temper.written if one.started else 0), self.now()
        words = " ".join([one.path, *one.args])
        own = Layer(words, size, layer_id(made, size), now, comment, author)
        image = Image(made, now, [], [], [*(parent.layers if parent else ()), own], config, comment)
        image.parent, image.author, image.docker_version = one.image_id, author, ENGINE
        self.images[made] = image
        return image

    def import_files(self, size: int, config: Mapping[str, Any], *, name: str = "", comment: str = "") -> str:
        """Make an image of an archive with so many bytes of files; gives its id."""
        with self.lock:
            made = f"sha256:{self.ids.digest('image')}"
            now = self.now()
            layer = Layer("", size, layer_id(f"import {size}", size), now, comment)
            image = Image(made, now, [], [], [layer], dict(config), comment, docker_version=ENGINE)
            self.images[made] = image
            if name:
                self.give(image, name)
                self.emit_image(image, "tag", name)
            self.emit_image(image, "import")
            return made
