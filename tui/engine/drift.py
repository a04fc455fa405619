"""Whether what runs of a project is what its files say, and what the next up would do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.engine.containers import Container
    from tui.engine.projects import Project

_HASH = "com.docker.compose.config-hash"


@dataclass(frozen=True, slots=True)
class ServiceDrift:
    """One service beside the files.

    Args:
        same: whether nothing would be done to it.
        words: what is different, and what up would do.
        changed: whether containers were made from other files or images, which a restart does not mend.

    """

    service: str
    same: bool
    words: str
    changed: bool = False


def differs(project: Project, hashes: Mapping[str, str]) -> bool:
    """Say whether a container's label is another than the sum of its service; that may mean nothing yet."""
    return any(
        container.labels.get(_HASH) != hashes[service.name]
        for service in project.services
        if service.name in hashes
        for container in service.containers
    )


def drift(
    project: Project,
    hashes: Mapping[str, str],
    wanted: Mapping[str, int],
    anew: frozenset[str] | None = None,
) -> tuple[ServiceDrift, ...]:
    """Compare the containers of a project with its files, service by service.

    Args:
        project: with its containers.
        hashes: by service, the sum that Compose gives to what the files say.
        wanted: by service, how many containers there should be.
        anew: names of those that Compose says it would make anew; None where only the sums tell.

    """
    there = {service.name: service.containers for service in project.services if service.containers}
    found = [
        _service(name, there.get(name, ()), hashes[name], wanted.get(name, 1), anew)
        for name in sorted(hashes)
    ]
    for name in sorted(there.keys() - hashes.keys()):
        words = f"{_number(there[name])}, but not in the file, or in a profile: up leaves it alone"
        found.append(ServiceDrift(name, same=True, words=words))
    return tuple(found)


def _service(
    name: str, containers: Sequence[Container], wanted_hash: str, wanted: int, anew: frozenset[str] | None
) -> ServiceDrift:
    if not containers:
        words = f"not here: up creates {_count(wanted)}" if wanted else "none wanted, none here"
        return ServiceDrift(name, same=not wanted, words=words)
    said: list[str] = []
    older = [c for c in containers if c.older]
    changed = [
        c
        for c in containers
        if c not in older and c.labels.get(_HASH) != wanted_hash and (anew is None or c.name in anew)
    ]
    stopped = [c for c in containers if not c.up and c not in changed and c not in older]
    if changed:
        said.append(f"changed in the file since {_number(changed)} was made: up makes it anew")
    if older:
        said.append(f"{older[0].older} is a newer image by now: up makes {_number(older)} anew")
    if stopped:
        said.append(f"{_number(stopped)} not running: up starts it")
    if len(containers) < wanted:
        said.append(f"{len(containers)} of {wanted}: up creates {_count(wanted - len(containers))}")
    if len(containers) > wanted:
        said.append(f"{len(containers)}, and the file wants {wanted}: up removes {len(containers) - wanted}")
    words = "; ".join(said) or f"as the file says, {_number(containers)}"
    return ServiceDrift(name, same=not said, words=words, changed=bool(changed or older))


def _number(containers: Sequence[Container]) -> str:
    return _count(len(containers))


def _count(number: int) -> str:
    return f"{number} container{'' if number == 1 else 's'}"
