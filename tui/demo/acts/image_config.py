"""What an image is made to be: its Config, and the ids of its layers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENGINE = "26.1.5"
"""The version of the engine, as committed images note it."""
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def layer_id(words: str, size: int) -> str:
    """Give the id of a layer that a registry has, by what made it and its bytes."""
    return f"sha256:{hashlib.sha256(f'{words} {size}'.encode()).hexdigest()}"


def image_config(
    command: Sequence[str],
    entrypoint: Sequence[str],
    env: Sequence[str],
    labels: Mapping[str, str] | None,
    ports: Sequence[str],
    volumes: Sequence[str],
    folder: str,
    user: str,
) -> dict[str, Any]:
    """Write an image's Config, as BuildKit does."""
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
