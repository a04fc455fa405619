"""What the world is made of: containers, images, volumes, networks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from tui.demo.shell.files import Node, folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from tui.demo.acts.command import Exec
    from tui.demo.acts.tap import Tap
    from tui.demo.shell.files import Tree
    from tui.demo.shell.process import Process
    from tui.demo.wire.bell import Bell

    Said: TypeAlias = tuple[str, str]


@dataclass(slots=True)
class Volume:
    """A volume; `created` in nanoseconds since 1970, `size` in bytes."""

    name: str
    created: int
    driver: str = "local"
    labels: dict[str, str] | None = None
    options: dict[str, str] | None = None
    size: int = 0
    files: Node = field(default_factory=folder)


@dataclass(slots=True)
class Network:
    """A network; `subnet` is empty for host and none."""

    id: str
    name: str
    driver: str
    created: int
    subnet: str = ""
    gateway: str = ""
    internal: bool = False
    attachable: bool = False
    labels: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Endpoint:
    """A container's place in a network, by the network's name; no address while it does not run."""

    network: str
    aliases: list[str] | None = None
    network_id: str = ""
    id: str = ""
    address: str = ""
    mac: str = ""

    def leave(self) -> None:
        """Give back what only a running container has."""
        self.id = self.address = self.mac = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """One step of an image's history; `id` is empty where it added no files."""

    created_by: str
    size: int = 0
    id: str = ""
    created: int = 0
    comment: str = "buildkit.dockerfile.v0"
    author: str = ""


@dataclass(slots=True)
class Image:
    """An image; `config` as Docker's JSON has it, layers oldest first.

    `parent` is the id of the local image that it was built on; `made_by` is what the classic builder's cache
    knows it by; `docker_version` is the version of the engine that committed it.
    """

    id: str
    created: int
    tags: list[str]
    digests: list[str]
    layers: list[Layer]
    config: dict[str, Any]
    comment: str = "buildkit.dockerfile.v0"
    tagged: int = 0
    parent: str = ""
    made_by: str = ""
    author: str = ""
    docker_version: str = ""
    architecture: str = "amd64"

    @property
    def size(self) -> int:
        """Bytes of all layers."""
        return sum(layer.size for layer in self.layers)

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return dict(self.config["Labels"] or {})

    @property
    def chain(self) -> list[tuple[str, int]]:
        """The layers with files: an id for each stack of them from below, and the bytes of its top."""
        found: list[tuple[str, int]] = []
        below = ""
        for layer in self.layers:
            if layer.id:
                stacked = hashlib.sha256(f"{below} {layer.id}".encode()).hexdigest()
                below = f"sha256:{stacked}" if below else layer.id
                found.append((below, layer.size))
        return found


@dataclass(frozen=True, slots=True)
class Mount:
    """What is mounted where; `name` is a volume's, empty for a bind mount or tmpfs."""

    type: str
    name: str
    source: str
    target: str
    mode: str = "z"
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A piece of log: a line, or a part of one without its end."""

    moment: int
    stream: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Probe:
    """One health check."""

    start: int
    end: int
    exit_code: int
    output: str


@dataclass(slots=True)
class Health:
    """What the health checks said."""

    status: str = "starting"
    streak: int = 0
    probes: list[Probe] = field(default_factory=list)


@dataclass(slots=True)
class Temper:
    """How a container's process behaves.

    Args:
        on_term: its exit code on its stop signal; None where it ignores that.
        stop_takes: seconds from the signal to its end.
        cpu: cores that it keeps busy, in the mean.
        memory: bytes that it holds, in the mean.
        traffic: bytes a second that it receives.
        processes: command lines, the first one its main process.
        user: whose they are.
        written: bytes in its own layer.
        lasts: seconds from its start to its own end; None is for ever, and 0 ends it within the start.
        exit_code: what it ends with by itself.
        opening: what it writes when it starts, each as (stream, text).
        script: what it goes on writing, over and over; `%(n)d`, `%(ms)d` and the like are filled in.
        mixed: whether the script's lines come in any order, as requests do; else one after the other.
        pace: seconds between two lines of the script, in the mean.
        last_words: what it writes before its own end.
        closing: what it writes when it is stopped.
        checks: what its health check finds, `pass` or `fail`, and says; one after the other, over and over.
        program: whether its command is really run, by the demo's shell, and decides all that it writes.
        found: whether its command is taken to be in its image; else a start looks for it.

    """

    on_term: int | None = 0
    stop_takes: float = 0.0
    cpu: float = 0.002
    memory: int = 6_000_000
    traffic: int = 40
    processes: Sequence[str] = ()
    user: str = "root"
    written: int = 0
    lasts: float | None = None
    exit_code: int = 0
    opening: Sequence[Said] = ()
    script: Sequence[Said] = ()
    mixed: bool = False
    pace: float = 5.0
    last_words: Sequence[Said] = ()
    closing: Sequence[Said] = ()
    checks: Sequence[Said] = (("pass", ""),)
    program: bool = False
    found: bool = True

    def line(self, number: int, chance: Random) -> Said:
        """Give the script's line that comes as this number."""
        return chance.choice(self.script) if self.mixed else self.script[number % len(self.script)]


@dataclass(slots=True)
class Container:
    """A container; times in nanoseconds since 1970, 0 for never; `config` and `host` as in Docker's JSON.

    `taps` are those attached to its output, `unfinished` the lines of which the log has nothing yet; `early`
    was written to its input before it ran, and an empty piece closes that; `terminal` is rows and columns.
    """

    id: str
    name: str
    image: str
    image_id: str
    created: int
    path: str
    args: list[str]
    config: dict[str, Any]
    host: dict[str, Any]
    mounts: list[Mount]
    endpoints: dict[str, Endpoint]
    state: str = "created"
    pid: int = 0
    exit_code: int = 0
    error: str = ""
    oom: bool = False
    started: int = 0
    finished: int = 0
    restarts: int = 0
    by_hand: bool = False
    ports: dict[str, list[int]] = field(default_factory=dict)
    health: Health | None = None
    sandbox: str = ""
    temper: Temper = field(default_factory=Temper)
    log: list[Record] = field(default_factory=list)
    bells: set[Bell] = field(default_factory=set)
    taps: set[Tap] = field(default_factory=set)
    unfinished: dict[str, bytes] = field(default_factory=dict)
    process: Process | None = None
    early: list[bytes] = field(default_factory=list)
    terminal: tuple[int, int] = (0, 0)
    execs: dict[str, Exec] = field(default_factory=dict)
    forks: int = 0
    files: Tree | None = None
    family: str = ""

    @property
    def up(self) -> bool:
        """Whether Docker calls it running: it has processes, or will have them again by itself."""
        return self.state in {"running", "paused", "restarting"}

    @property
    def alive(self) -> bool:
        """Whether it has processes now."""
        return self.state in {"running", "paused"}

    @property
    def tty(self) -> bool:
        """Whether its output is one raw stream."""
        return bool(self.config["Tty"])

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        labels: dict[str, str] = self.config["Labels"]
        return labels

    @property
    def policy(self) -> str:
        """Its restart policy: no, always, unless-stopped or on-failure."""
        return str(self.host["RestartPolicy"]["Name"])

    @property
    def network_mode(self) -> str:
        """The network it was made for, or host, none, container:ID."""
        return str(self.host["NetworkMode"])

    def ring(self) -> None:
        """Wake all who follow it."""
        # Followers come and go on their own threads: a copy is made in one go.
        for bell in tuple(self.bells):
            bell.ring()
