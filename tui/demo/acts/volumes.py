"""Volumes: what can be done with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.acts.base import Base
from tui.demo.acts.things import Volume
from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


class Volumes(Base):
    """The acts on volumes."""

    def find_volume(self, name: str) -> Volume:
        """Find a volume by its name; 404 where there is none."""
        if name not in self.volumes:
            raise RefusalError(404, f"get {name}: no such volume")
        return self.volumes[name]

    def create_volume(
        self,
        name: str = "",
        *,
        labels: Mapping[str, str] | None = None,
        options: Mapping[str, str] | None = None,
        driver: str = "local",
        size: int = 0,
    ) -> str:
        """Create a volume unless it is there, with a name of Docker's making where none is given.

        Returns:
            Its name.

        """
        with self.lock:
            if name in self.volumes:
                return name
            if name and not _NAME.fullmatch(name):
                raise RefusalError(
                    400,
                    f'create {name}: "{name}" includes invalid characters for a local volume name, only '
                    '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, '
                    "use absolute path",
                )
            if driver != "local":
                raise RefusalError(
                    404,
                    f'create {name}: error looking up volume plugin {driver}: plugin "{driver}" not found',
                )
            all_labels = dict(labels) if labels else None
            if not name:
                name = self.ids.digest("volume")
                all_labels = {"com.docker.volume.anonymous": "", **(all_labels or {})}
            self.volumes[name] = Volume(
                name, self.now(), driver, all_labels, dict(options) if options else None, size
            )
            self.emit("volume", "create", name, {"driver": driver})
            return name

    def remove_volume(self, name: str, *, force: bool = False) -> None:
        """Remove a volume; 409 while a container, running or not, uses it."""
        with self.lock:
            if force and name not in self.volumes:
                return
            volume = self.find_volume(name)
            users = self.users_of_volume(name)
            if users:
                raise RefusalError(409, f"remove {name}: volume is in use - [{', '.join(users)}]")
            del self.volumes[name]
            self.emit("volume", "destroy", name, {"driver": volume.driver})

    def users_of_volume(self, name: str) -> list[str]:
        """List the ids of the containers that mount a volume."""
        return [one.id for one in self.containers.values() if any(mount.name == name for mount in one.mounts)]


def mountpoint(name: str) -> str:
    """Give the folder that holds a volume's files."""
    return f"/var/lib/docker/volumes/{name}/_data"
