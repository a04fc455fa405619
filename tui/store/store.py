"""The latest rows of one engine and what follows from them."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.engine import projects
from tui.engine.images import Image
from tui.engine.updates import Happened, Linked, Listed, Refused
from tui.engine.volumes import Volume
from tui.store.numbers import LiveNumbers
from tui.store.outdated import Outdated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.containers import Container
    from tui.engine.events import Event
    from tui.engine.networks import Network
    from tui.engine.projects import Project
    from tui.engine.updates import Link, Update

EVENTS_KEPT = 2000
KINDS = ("project", "container", "image", "volume", "network", "event")


@dataclass(frozen=True, slots=True)
class Succession:
    """One container took the place of another: same project, service and number."""

    old: str
    new: str


class Store:
    """Rows by kind and id, kept by updates; used on one thread only."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS if kind != "event"}
        self.events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self.link: Link | None = None
        self.refused: dict[str, str] = {}
        """Kinds that the engine would not list, and its words."""
        self.listed: set[str] = set()
        """Kinds that were listed at least once."""
        self._found: tuple[Project, ...] = ()
        self.seen: dict[str, Project] = {}
        """Projects that were there at some time, by name: they can be brought up again."""
        self.successions: list[Succession] = []
        """Replacements seen by the last update."""
        self.numbers = LiveNumbers()
        """What the running containers use that are looked at."""
        self._outdated = Outdated()
        self._departed: dict[tuple[str, str, str], str] = {}

    def apply(self, updates: Iterable[Update]) -> frozenset[str]:
        """Take updates in; gives the kinds whose rows, or what is shown beside them, may have changed.

        `link` and `numbers` stand beside the kinds.
        """
        changed: set[str] = set()
        self.successions = []
        for update in updates:
            if isinstance(update, Listed):
                changed |= self._list(update)
            elif isinstance(update, Happened):
                self.events.extend(update.events)
                changed.add("event")
                told = self._outdated.take_events(update.events) & self._rows["container"].keys()
                if told and self._mark():
                    changed |= {"container", "project"}
            elif isinstance(update, Refused):
                self.refused[update.kind] = update.text
                changed.add(update.kind)
            elif isinstance(update, Linked):
                self.link = update.link
                changed.add("link")
                if update.link.live and self.numbers.clear():
                    changed.add("numbers")
            elif self.numbers.take(update.numbers):
                changed.add("numbers")
        return frozenset(changed)

    @property
    def local(self) -> Project | None:
        """The project of the current folder's compose file."""
        return next((project for project in self._found if project.here), None)

    def set_found(self, found: tuple[Project, ...]) -> frozenset[str]:
        """Take the projects whose files are on this machine; gives the kinds that changed."""
        if found == self._found:
            return frozenset()
        self._found = found
        self._compose()
        return frozenset({"project"})

    def remember(self, seen: Iterable[Project]) -> frozenset[str]:
        """Take projects that were there in an earlier session; gives the kinds that changed."""
        self.seen = {**{project.name: project for project in seen}, **self.seen}
        self._compose()
        return frozenset({"project"})

    def forget(self, name: str) -> frozenset[str]:
        """Know nothing more of a project than what is there; gives the kinds that changed."""
        self.seen.pop(name, None)
        self._compose()
        return frozenset({"project"})

    def _list(self, update: Listed) -> set[str]:
        rows = self._rows[update.kind]
        self.listed.add(update.kind)
        was_refused = self.refused.pop(update.kind, None) is not None
        marked = self._outdated.marked if update.kind == "container" else lambda row: row
        new = {row.id: marked(row) for row in update.rows}
        before = dict(rows)
        if update.ids is None:
            rows.clear()
        for gone in update.ids or ():
            rows.pop(gone, None)
        rows.update(new)
        if rows == before and not was_refused:
            return set()
        if update.kind == "container":
            self._outdated.keep(rows)
            if self._outdated.learned():
                self._mark()
            self.numbers.keep(one for one, row in rows.items() if row.state == "running")
            self._find_successors(before)
            self._compose()
            # Who uses an image, a volume or a network is told by containers alone.
            return {"container", "project", "image", "volume", "network"}
        if update.kind == "image":
            self._outdated.take_images(rows.values())
            if self._mark():
                return {"image", "container", "project"}
        return {update.kind}

    def _mark(self) -> bool:
        """Mark the containers whose image's name has moved on; says whether any mark changed."""
        rows = self._rows["container"]
        marked = {one: self._outdated.marked(row) for one, row in rows.items()}
        if all(row is rows[one] for one, row in marked.items()):
            return False
        rows.update(marked)
        self._compose()
        return True

    def _find_successors(self, before: dict[str, Container]) -> None:
        rows: dict[str, Container] = self._rows["container"]
        for gone in before.keys() - rows.keys():
            if place := _place(before[gone]):
                self._departed[place] = gone
        for arrived in rows.keys() - before.keys():
            place = _place(rows[arrived])
            old = self._departed.pop(place, None) if place else None
            if old is None and place:
                # Compose makes the new one before the old one goes.
                old = next((one for one, row in before.items() if _place(row) == place), None)
            if old is not None:
                self.successions.append(Succession(old, arrived))

    def _compose(self) -> None:
        found = projects.rows(self._rows["container"].values(), (*self._found, *self.seen.values()))
        self._rows["project"] = {project.id: project for project in found}
        self.seen |= {
            project.name: project.remembered() for project in found if project.files and project.containers
        }

    def rows(self, kind: str) -> tuple[Any, ...]:
        """Give all rows of a kind; events newest first."""
        if kind == "event":
            return tuple(reversed(self.events))
        return tuple(self._rows[kind].values())

    def get(self, kind: str, row_id: str) -> Any | None:
        """Give one row, or None where it is gone."""
        if kind == "event":
            return next((event for event in self.events if event.id == row_id), None)
        return self._rows[kind].get(row_id)

    @property
    def containers(self) -> tuple[Container, ...]:
        """All containers."""
        return tuple(self._rows["container"].values())

    def users(self, row: Image | Volume | Network) -> tuple[Container, ...]:
        """Name the containers that use an image, a volume or a network."""
        if isinstance(row, Image):
            return self.users_of_image(row)
        if isinstance(row, Volume):
            return self.users_of_volume(row)
        return self.users_of_network(row)

    def users_of_image(self, image: Image) -> tuple[Container, ...]:
        """Name the containers made from an image; the name they show may be a tag that has moved on."""
        return tuple(c for c in self.containers if c.image_id == image.id)

    def users_of_volume(self, volume: Volume) -> tuple[Container, ...]:
        """Name the containers that mount a volume."""
        return tuple(c for c in self.containers if volume.name in c.volumes)

    def users_of_network(self, network: Network) -> tuple[Container, ...]:
        """Name the containers that are, or were when they last ran, on a network."""
        return tuple(c for c in self.containers if network.name in c.addresses)

    def use_counts(self, kind: str) -> dict[str, int]:
        """Count the users of every image, volume or network at once, by id."""
        counts: dict[str, int] = {}
        by_name = {row.name: row.id for row in self._rows["network"].values()} if kind == "network" else {}
        for container in self.containers:
            if kind == "image":
                used: Iterable[str] = (container.image_id,)
            elif kind == "volume":
                used = container.volumes
            else:
                used = (by_name[name] for name in container.addresses if name in by_name)
            for one in used:
                counts[one] = counts.get(one, 0) + 1
        return counts

    def search(self, words: str) -> list[Any]:
        """Give all rows of all kinds whose name holds all words, projects and containers first."""
        parts = words.casefold().split()
        everything = itertools.chain.from_iterable(self.rows(kind) for kind in KINDS if kind != "event")
        return [row for row in everything if all(part in row.name.casefold() for part in parts)]


def _place(container: Container) -> tuple[str, str, str] | None:
    """Say what Compose knows a container by, where it is Compose's."""
    if not container.service or container.one_off:
        return None
    return (container.project, container.service, container.number)
