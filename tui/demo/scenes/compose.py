"""What Compose leaves on the things that it makes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.acts.things import Temper
    from tui.demo.world import World

_PREFIX = "com.docker.compose"
_VERSION = "2.26.1"


class Project:
    """A Compose project; `folder` holds its compose.yaml."""

    def __init__(self, name: str, folder: str) -> None:
        self.name = name
        self.folder = folder

    def container(self, service: str) -> str:
        """Name the container of a service."""
        return f"{self.name}-{service}-1"

    @property
    def network(self) -> str:
        """Name its network."""
        return f"{self.name}_default"

    def lay(self, world: World, *volumes: str) -> None:
        """Make its network and its volumes."""
        own = {f"{_PREFIX}.project": self.name, f"{_PREFIX}.version": _VERSION}
        world.create_network(self.network, labels={**own, f"{_PREFIX}.network": "default"})
        for volume in volumes:
            world.create_volume(
                f"{self.name}_{volume}",
                labels={**own, f"{_PREFIX}.volume": volume},
                size=_size(volume),
            )

    def up(
        self,
        world: World,
        service: str,
        image: str,
        command: Sequence[str] = (),
        *,
        temper: Temper,
        env: Sequence[str] = (),
        ports: dict[str, int | None] | None = None,
        binds: Sequence[str] = (),
        restart: str = "no",
        memory: int = 0,
        health: str = "",
        needs: str = "",
    ) -> None:
        """Make and start the container of a service."""
        name = self.container(service)
        world.create_container(
            name,
            image,
            command,
            env=env,
            labels=self._labels(service, world.find_image(image).id, needs),
            ports=ports,
            binds=binds,
            network=self.network,
            aliases=[name, service],
            restart=restart,
            memory=memory,
            health=health,
            temper=temper,
        )
        world.start(name)

    def _labels(self, service: str, image_id: str, needs: str) -> dict[str, str]:
        more = {
            "config-hash": hashlib.sha256(f"{self.name} {service}".encode()).hexdigest(),
            "depends_on": needs,
            "image": image_id,
            "version": _VERSION,
        }
        found = labels(self.name, service, self.folder)
        return dict(sorted({**found, **{f"{_PREFIX}.{key}": text for key, text in more.items()}}.items()))


def labels(project: str, service: str, folder: str) -> dict[str, str]:
    """Give the labels by which the only container of a service is known; `folder` holds compose.yaml."""
    return {
        f"{_PREFIX}.container-number": "1",
        f"{_PREFIX}.oneoff": "False",
        f"{_PREFIX}.project": project,
        f"{_PREFIX}.project.config_files": f"{folder}/compose.yaml",
        f"{_PREFIX}.project.working_dir": folder,
        f"{_PREFIX}.service": service,
    }


def _size(volume: str) -> int:
    return {"pgdata": 413_138_944, "pgadmin_data": 1_204_224}.get(volume, 0)
