"""The containers that the programs show."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docker

from tests.benchmarks import engine

LABEL = "wherry.benchmark"
IMAGE = "bb:2"
NAME = r"\b0b-\d{3}-\w+"
"""Matches the names. The digit in front makes them the first in any order of names."""
SUFFIX = "a0"
_AT_ONCE = 4
_SLEEP = ["sleep", "86400"]


class Fleet:
    """Makes containers, and removes every one that carries its label."""

    def __init__(self) -> None:
        self._local = threading.local()

    def _client(self) -> docker.APIClient:
        if not hasattr(self._local, "client"):
            self._local.client = engine.client()
        client: docker.APIClient = self._local.client
        return client

    def _each(self, act: Callable[[Any], Any], things: Sequence[Any]) -> list[Any]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(act, things))

    def numbered(self, running: int, created: int = 0) -> None:
        """Bring it to so many running containers and created ones after them, at least."""
        there = {item["Names"][0].lstrip("/").split("-")[1]: item for item in self._items()}

        def bring(number: int) -> None:
            item = there.get(f"{number:03d}")
            ident = item["Id"] if item else self.create(f"0b-{number:03d}-{SUFFIX}", _SLEEP)
            if number < running and (item is None or item["State"] != "running"):
                self._client().start(ident)

        self._each(bring, range(running + created))

    def create(self, name: str, command: Sequence[str]) -> str:
        """Create one container, and give its id."""
        made = self._client().create_container(IMAGE, list(command), name=name, labels=[LABEL])
        ident: str = made["Id"]
        return ident

    def run(self, name: str, command: Sequence[str]) -> str:
        """Create and start one container, and give its id."""
        ident = self.create(name, command)
        self._client().start(ident)
        return ident

    def kill(self, ident: str, signal: str) -> None:
        """Send a container's first process a signal."""
        self._client().kill(ident, signal)

    def last_line(self, ident: str) -> str:
        """Give the last line that a container wrote."""
        output: bytes = self._client().logs(ident, tail=1)
        return output.decode().strip()

    def rename(self, name: str, new: str) -> None:
        """Give a container another name."""
        self._client().rename(name, new)

    def keep_busy(self, seconds: float) -> None:
        """Make every running container use a little CPU, each a little differently all the time."""
        loop = f"timeout {seconds:.0f} sh -c 'while :; do usleep 40000; done'"

        def start(item: dict[str, Any]) -> None:
            made = self._client().exec_create(item["Id"], ["sh", "-c", loop], stdout=False, stderr=False)
            self._client().exec_start(made["Id"], detach=True)

        self._each(start, [item for item in self._items() if item["State"] == "running"])

    def running(self) -> list[str]:
        """Give the names of its containers that run, in order."""
        return sorted(item["Names"][0].lstrip("/") for item in self._items() if item["State"] == "running")

    def _items(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._client().containers(all=True, filters={"label": LABEL})
        return items

    def remove(self) -> None:
        """Remove all that carries the label, also what another run has left."""

        def one(item: dict[str, Any]) -> None:
            try:
                self._client().remove_container(item["Id"], force=True, v=True)
            except docker.errors.NotFound:
                pass

        self._each(one, self._items())
        for volume in self._client().volumes(filters={"label": LABEL})["Volumes"] or ():
            self._client().remove_volume(volume["Name"])
