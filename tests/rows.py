"""Rows as the engine's lists would give them, for tests of what is above the engine."""

from __future__ import annotations

from typing import Any

from tui.engine import containers, events, images, networks, volumes
from tui.engine.containers import Container
from tui.engine.events import Event
from tui.engine.images import Image
from tui.engine.networks import Network
from tui.engine.volumes import Volume


def container(name: str, state: str = "running", status: str = "Up 3 hours", **item: Any) -> Container:
    return containers.parse(
        {"Id": f"id-{name}", "Names": [f"/{name}"], "State": state, "Status": status, "Created": 100, **item}
    )


def service(project: str, name: str, number: int = 1, state: str = "running", **item: Any) -> Container:
    prefix = "com.docker.compose"
    labels = {
        f"{prefix}.project": project,
        f"{prefix}.service": name,
        f"{prefix}.container-number": str(number),
        f"{prefix}.project.working_dir": f"/srv/{project}",
        f"{prefix}.project.config_files": f"/srv/{project}/compose.yaml",
        **item.pop("Labels", {}),
    }
    return container(f"{project}-{name}-{number}", state, Labels=labels, **item)


def image(tag: str | None, digest: str = "a", **item: Any) -> Image:
    return images.parse(
        {"Id": f"sha256:{digest * 12}", "RepoTags": [tag] if tag else None, "Size": 5, **item}
    )


def volume(name: str, **item: Any) -> Volume:
    return volumes.parse({"Name": name, "Driver": "local", **item})


def network(name: str, **item: Any) -> Network:
    return networks.parse({"Id": f"net-{name}", "Name": name, "Driver": "bridge", **item})


def event(action: str, subject: str, moment: float, type_: str = "container", **attributes: str) -> Event:
    return events.parse(
        {
            "Type": type_,
            "Action": action,
            "Actor": {"ID": subject, "Attributes": attributes},
            "timeNano": int(moment * 1e9),
        }
    )
