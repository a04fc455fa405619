"""The engine that all programs of a run look at."""

from __future__ import annotations

import os
from pathlib import Path

import docker

DEFAULT = "unix:///var/run/docker.sock"


class NoEngineError(Exception):
    """There is no engine that a benchmark can use; says why."""


def socket_path() -> Path:
    """Give the socket of the engine, as DOCKER_HOST names it.

    Raises:
        NoEngineError: it is not reached through a unix socket.

    """
    host = os.environ.get("DOCKER_HOST") or DEFAULT
    if not host.startswith("unix://"):
        raise NoEngineError(f"DOCKER_HOST is {host}: a benchmark needs a unix socket")
    return Path(host.removeprefix("unix://"))


def client() -> docker.APIClient:
    """Connect to the engine; one connection for each thread.

    Raises:
        NoEngineError: it does not answer.

    """
    try:
        return docker.APIClient(f"unix://{socket_path()}", version="auto", timeout=120)
    except docker.errors.DockerException as error:
        raise NoEngineError(f"no engine at {socket_path()}: {error}") from error
