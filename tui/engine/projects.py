"""Compose projects, put together from the labels of containers and the files of a folder."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from tui.engine.labels import label_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.engine.containers import Container

_LABEL = "com.docker.compose.project"


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a project and the containers that it has, by number."""

    name: str
    containers: tuple[Container, ...]

    @property
    def up(self) -> int:
        """How many of its containers run."""
        return sum(container.up for container in self.containers)


@dataclass(frozen=True, slots=True)
class Project:
    """A Compose project.

    Args:
        folder: its project directory, as an absolute path on the machine where `up` was run.
        files: its compose files in order, as absolute paths; empty where the labels do not say.
        env_files: files given with `--env-file`.
        wanted: names of services that its file has, where the file could be read here.
        here: whether it is the project of the folder in which wherry was started.
        seen: whether it is known only because it was there before.

    """

    kind: ClassVar[str] = "project"

    name: str
    folder: str
    files: tuple[str, ...]
    services: tuple[Service, ...]
    env_files: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    here: bool = False
    seen: bool = False

    @property
    def id(self) -> str:
        """The name: two projects of one engine never share it."""
        return self.name

    @property
    def containers(self) -> tuple[Container, ...]:
        """All containers of all its services, one-off runs left out."""
        return tuple(container for service in self.services for container in service.containers)

    @property
    def up(self) -> int:
        """How many of its containers run."""
        return sum(service.up for service in self.services)

    @property
    def total(self) -> int:
        """How many containers it has, a service that has none counted as one."""
        return sum(max(1, len(service.containers)) for service in self.services)

    @property
    def broken(self) -> bool:
        """Whether somebody should look at it."""
        return any(container.broken for container in self.containers)

    @property
    def state(self) -> str:
        """One word: running, partial, stopped or down."""
        if not self.containers:
            return "down"
        if not self.up:
            return "stopped"
        return "running" if self.up >= self.total else "partial"

    def remembered(self) -> Project:
        """Give what is to be known of it once nothing of it is there any more."""
        wanted = self.wanted or tuple(service.name for service in self.services)
        return replace(self, services=(), wanted=wanted, here=False, seen=True)

    def terms(self) -> tuple[tuple[str, str], ...]:
        """Give all text that a filter may ask for, as (field, text)."""
        containers = self.containers
        return (
            ("name", self.name),
            ("project", self.name),
            ("state", f"{self.state} " + " ".join(c.condition for c in containers)),
            ("folder", self.folder),
            ("file", " ".join(self.files)),
            ("service", " ".join(service.name for service in self.services)),
            ("image", " ".join(c.image for c in containers)),
            ("port", " ".join(str(port) for c in containers for port in c.ports)),
            *(term for c in containers for term in label_terms(c.labels)),
        )


def rows(containers: Iterable[Container], found: Iterable[Project] = ()) -> list[Project]:
    """Put projects together from containers and from files.

    Args:
        containers: of all projects.
        found: projects whose files are known, without containers; of two that share a name, which the engine
            takes for one, the first counts.

    """
    members: dict[str, list[Container]] = defaultdict(list)
    for container in containers:
        if container.project and not container.one_off:
            members[container.project].append(container)
    projects = {name: _project(name, found) for name, found in members.items()}
    for one in found:
        projects[one.name] = _joined(projects.get(one.name), one)
    return [projects[name] for name in sorted(projects)]


def _project(name: str, containers: list[Container]) -> Project:
    labels = max(containers, key=lambda container: container.created).labels
    by_service: dict[str, list[Container]] = defaultdict(list)
    for container in containers:
        by_service[container.service].append(container)
    return Project(
        name=name,
        folder=labels.get(f"{_LABEL}.working_dir", ""),
        files=_paths(labels, f"{_LABEL}.config_files"),
        env_files=_paths(labels, f"{_LABEL}.environment_file"),
        services=tuple(
            Service(service, tuple(sorted(found, key=_by_number)))
            for service, found in sorted(by_service.items())
        ),
    )


def _paths(labels: Mapping[str, str], label: str) -> tuple[str, ...]:
    return tuple(path for path in labels.get(label, "").split(",") if path)


def _by_number(container: Container) -> tuple[int, str]:
    return (int(container.number) if container.number.isdigit() else 0, container.name)


def _joined(known: Project | None, found: Project) -> Project:
    """Join what runs under this name with what files want, if they are the same project.

    A project of the same name that came from another folder stays as its labels say: its files
    are the ones to act on.
    """
    if known is None:
        return replace(found, services=tuple(Service(name, ()) for name in found.wanted))
    if found.seen or known.folder != found.folder or known.wanted:
        return known
    present = {service.name for service in known.services}
    missing = tuple(Service(name, ()) for name in found.wanted if name not in present)
    return replace(
        known,
        files=known.files or found.files,
        services=tuple(sorted(known.services + missing, key=lambda service: service.name)),
        wanted=found.wanted,
        here=found.here,
    )
