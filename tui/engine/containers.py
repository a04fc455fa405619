"""Containers: rows from one list call, facts from inspect, and what can be done to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from tui.engine.errors import EngineError, Unreachable
from tui.engine.labels import label_terms
from tui.engine.reading import listed, mapping, number, objects, required, sensible, text, texts, words
from tui.engine.times import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.engine.connection import Connection

_EXIT = re.compile(r"^(?:Exited|Restarting|Dead) \((-?\d+)\)")
_HEALTH = re.compile(r"\((?:health: )?(healthy|unhealthy|starting)\)")

SHELLS = ("bash", "ash", "sh")
"""Shells to look for in a container, best first."""
ENDED_ON_REQUEST = frozenset({None, 0, 130, 137, 143})
"""Exit codes of a program that ended well, or by SIGINT, SIGKILL or SIGTERM, as `docker stop` sends them."""
UP = frozenset({"running", "paused", "restarting"})
"""States in which a container has processes, or will have them without anybody's help."""


@dataclass(frozen=True, slots=True, order=True)
class Port:
    """One port: `host` and `public` are empty and 0 where it is not published."""

    private: int
    protocol: str
    public: int = 0
    host: str = ""

    def __str__(self) -> str:
        inside = str(self.private) if self.protocol == "tcp" else f"{self.private}/{self.protocol}"
        return f"{self.public}→{inside}" if self.public else inside


@dataclass(frozen=True, slots=True)
class Mount:
    """What is mounted where; `name` is a volume's, empty for a bind mount."""

    type: str
    name: str
    source: str
    target: str
    writable: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What only inspect tells of a container.

    Args:
        started: seconds since 1970, 0 where unset; likewise `finished`.
        image: the name that it was made from; the list does not tell it once that leads elsewhere.

    """

    started: float = 0.0
    finished: float = 0.0
    exit_code: int = 0
    oom_killed: bool = False
    restarts: int = 0
    tty: bool = False
    error: str = ""
    health_output: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """A container as the list shows it, with facts from inspect where they are known.

    Args:
        state: created, running, paused, restarting, removing, exited or dead, as Docker says it.
        status: Docker's own sentence, such as `Exited (1) 3 minutes ago`.
        health: healthy, unhealthy, starting, or empty where there is no health check.
        addresses: IP address by network name; empty until the container ran.
        older: the name of its image where that leads to another one by now; the store finds it out.
        deaths: how often it died by itself lately, 0 unless it is a crash loop.

    """

    kind: ClassVar[str] = "container"

    id: str
    name: str
    image: str
    image_id: str
    command: str
    state: str
    status: str
    health: str
    created: float
    ports: tuple[Port, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    facts: Facts | None = None
    deaths: int = 0
    older: str = ""

    @property
    def up(self) -> bool:
        """Whether it has processes, or restarts by itself."""
        return self.state in UP

    @property
    def exit_code(self) -> int | None:
        """The last exit code, where it is known."""
        if self.facts is not None and not self.up:
            return self.facts.exit_code
        found = _EXIT.match(self.status)
        return int(found[1]) if found else None

    @property
    def project(self) -> str:
        """The Compose project it belongs to, or an empty string."""
        return self.labels.get("com.docker.compose.project", "")

    @property
    def service(self) -> str:
        """The Compose service it belongs to, or an empty string."""
        return self.labels.get("com.docker.compose.service", "")

    @property
    def number(self) -> str:
        """Its number among the service's containers."""
        return self.labels.get("com.docker.compose.container-number", "")

    @property
    def one_off(self) -> bool:
        """Whether it came from `docker compose run`."""
        return self.labels.get("com.docker.compose.oneoff", "").lower() == "true"

    @property
    def volumes(self) -> frozenset[str]:
        """Names of the volumes that it mounts."""
        return frozenset(mount.name for mount in self.mounts if mount.type == "volume" and mount.name)

    @property
    def condition(self) -> str:
        """The state as a person would say it: `loop`, `unhealthy`, `exit 1`, `killed` and so on."""
        if self.deaths:
            return "loop"
        if self.state == "running" and self.health in {"unhealthy", "starting"}:
            return self.health
        if self.state in {"exited", "dead"}:
            if self.facts is not None and self.facts.oom_killed:
                return "out of memory"
            return f"exit {self.exit_code}" if self.exit_code else "exited"
        return self.state

    @property
    def broken(self) -> bool:
        """Whether somebody should look at it."""
        if self.deaths or self.state in {"restarting", "dead"} or self.health == "unhealthy":
            return True
        if self.facts is not None and self.facts.oom_killed and not self.up:
            return True
        return self.state == "exited" and self.exit_code not in ENDED_ON_REQUEST

    def terms(self) -> tuple[tuple[str, str], ...]:
        """Give all text that a filter may ask for, as (field, text)."""
        return (
            ("name", self.name),
            ("id", self.id),
            ("state", f"{self.state} {self.condition} {self.health}{' outdated' if self.older else ''}"),
            ("status", self.status),
            ("image", self.older or self.image),
            ("hash", self.image_id),
            ("command", self.command),
            ("project", self.project),
            ("service", self.service),
            ("port", " ".join(map(str, self.ports))),
            ("network", " ".join(f"{name} {ip}" for name, ip in self.addresses.items())),
            ("volume", " ".join(f"{m.name} {m.source} {m.target}" for m in self.mounts)),
            *label_terms(self.labels),
        )


def parse(item: Mapping[str, Any]) -> Container:
    """Make a row of one object of GET /containers/json."""
    one = required(item, "Id")
    names = [name.lstrip("/") for name in texts(item.get("Names"))]
    # A container that is linked to carries further names of the form /other/alias.
    name = min(filter(None, names), key=lambda name: name.count("/"), default=one[:12])
    status = text(item.get("Status"))
    health = _HEALTH.search(status)
    networks = mapping(mapping(item.get("NetworkSettings")).get("Networks"))
    return Container(
        id=one,
        name=name,
        image=text(item.get("Image")),
        image_id=text(item.get("ImageID")),
        command=text(item.get("Command")),
        state=text(item.get("State")) or _state(status),
        status=status,
        health=health[1] if health else "",
        created=number(item.get("Created")),
        ports=_ports(objects(item.get("Ports"))),
        labels=words(item.get("Labels")),
        mounts=tuple(_mount(mount) for mount in objects(item.get("Mounts"))),
        addresses={name: text(mapping(net).get("IPAddress")) for name, net in networks.items()},
    )


def _state(status: str) -> str:
    """Give the state that Docker's own sentence tells, where it does not say it by its name."""
    if status.startswith("Up "):
        return "paused" if "(Paused)" in status else "running"
    word = status.partition(" ")[0].lower()
    return {"removal": "removing"}.get(word, word)


def _ports(items: Sequence[Mapping[str, Any]]) -> tuple[Port, ...]:
    """Make ports in order; the same one on IPv4 and IPv6 is one port."""
    ports: dict[tuple[int, str, int], Port] = {}
    for item in items:
        port = Port(
            int(number(item.get("PrivatePort"))),
            text(item.get("Type")) or "tcp",
            int(number(item.get("PublicPort"))),
            text(item.get("IP")),
        )
        ports.setdefault((port.private, port.protocol, port.public), port)
    return tuple(sorted(ports.values()))


def _mount(item: Mapping[str, Any]) -> Mount:
    return Mount(
        type=text(item.get("Type")),
        name=text(item.get("Name")),
        source=text(item.get("Source")),
        target=text(item.get("Destination")),
        writable=bool(item.get("RW", True)),
    )


def parse_facts(item: Mapping[str, Any]) -> Facts:
    """Take the facts of a row from GET /containers/ID/json."""
    state = mapping(item.get("State"))
    log = objects(mapping(state.get("Health")).get("Log"))
    return Facts(
        started=seconds(text(state.get("StartedAt"))),
        finished=seconds(text(state.get("FinishedAt"))),
        exit_code=int(number(state.get("ExitCode"))),
        oom_killed=bool(state.get("OOMKilled")),
        restarts=int(number(item.get("RestartCount"))),
        tty=bool(mapping(item.get("Config")).get("Tty")),
        image=text(mapping(item.get("Config")).get("Image")),
        error=text(state.get("Error")),
        health_output=text(log[-1].get("Output")).strip() if log else "",
    )


def rows(engine: Connection, ids: Sequence[str] | None = None) -> list[Container]:
    """List all containers, or those of `ids` that are still there (GET /containers/json)."""
    filters = {"id": list(ids)} if ids is not None else None
    answer = engine.ask("/containers/json", all=True, filters=filters)
    with sensible("containers"):
        return [parse(item) for item in listed(answer)]


def inspect(engine: Connection, container_id: str) -> dict[str, Any]:
    """Give everything the engine knows of a container (GET /containers/ID/json)."""
    answer = engine.ask("/containers/{}/json", container_id)
    with sensible("this container"):
        return dict(answer)


def start(engine: Connection, container_id: str) -> None:
    """Start a container (POST /containers/ID/start)."""
    with engine.patient_api() as api:
        api.start(container_id)


def stop(engine: Connection, container_id: str) -> None:
    """Stop a container, with its own signal and grace time (POST /containers/ID/stop)."""
    with engine.patient_api() as api:
        api.stop(container_id)


def restart(engine: Connection, container_id: str) -> None:
    """Stop, with its own grace time, and start a container (POST /containers/ID/restart)."""
    with engine.patient_api() as api:
        api.restart(container_id, timeout=None)  # type: ignore[arg-type]  # a number would override its own


def pause(engine: Connection, container_id: str) -> None:
    """Freeze a container's processes (POST /containers/ID/pause)."""
    with engine.patient_api() as api:
        api.pause(container_id)


def unpause(engine: Connection, container_id: str) -> None:
    """Let a paused container's processes go on (POST /containers/ID/unpause)."""
    with engine.patient_api() as api:
        api.unpause(container_id)


def kill(engine: Connection, container_id: str, signal: str) -> None:
    """Send a signal, by name, to a container's first process (POST /containers/ID/kill)."""
    with engine.patient_api() as api:
        api.kill(container_id, signal)


def rename(engine: Connection, container_id: str, name: str) -> None:
    """Give a container another name (POST /containers/ID/rename)."""
    with engine.patient_api() as api:
        api.rename(container_id, name)


def remove(engine: Connection, container_id: str, *, force: bool, volumes: bool) -> None:
    """Remove a container, by force if it runs, with its anonymous volumes if asked.

    Source: DELETE /containers/ID.
    """
    with engine.patient_api() as api:
        api.remove_container(container_id, force=force, v=volumes)


_NO_PROGRAM = re.compile(r"not found|no such file|OCI runtime", re.IGNORECASE)
"""How engines say that a program is not there, or can't be run."""


def shell_of(engine: Connection, container_id: str) -> str:
    """Find the first of bash, ash and sh that a running container has, or an empty string.

    Runs each with `-c exit`: an image without any shell has no other way to tell.

    Raises:
        EngineError: where the engine refuses for another reason than that there is no such program.

    """
    return next((shell for shell in SHELLS if _runs(engine, container_id, [shell, "-c", "exit 0"])), "")


def _runs(engine: Connection, container_id: str, command: list[str]) -> bool:
    try:
        with engine.api() as api:
            made = api.exec_create(container_id, command, stdout=True, stderr=True)
            api.exec_start(made["Id"])
            return api.exec_inspect(made["Id"]).get("ExitCode") == 0
    except EngineError as error:
        if not isinstance(error, Unreachable) and _NO_PROGRAM.search(str(error)):
            return False
        raise
