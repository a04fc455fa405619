"""Events: what happened, the last of them kept for replay, and who listens."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui.demo.words import SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.demo.wire.bell import Bell
    from tui.demo.wire.query import Filters

KEPT = 256
"""Events that the engine can replay."""
_ALIKE = frozenset({"health_status", "exec_create", "exec_start"})


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `moment` in nanoseconds since 1970."""

    moment: int
    type: str
    action: str
    actor: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    def wire(self) -> bytes:
        """Write it as one line of the stream, with the old fields that Docker still sends."""
        item: dict[str, Any] = {}
        # What is empty has no old field: a prune has no actor.
        if self.type in {"container", "image"}:
            item["status"] = self.action
            item |= {"id": self.actor} if self.actor else {}
        if self.type == "container" and "image" in self.attributes:
            item["from"] = self.attributes["image"]
        item |= {
            "Type": self.type,
            "Action": self.action,
            "Actor": {"ID": self.actor, "Attributes": dict(sorted(self.attributes.items()))},
            "scope": "local",
            "time": self.moment // SECOND,
            "timeNano": self.moment,
        }
        return json.dumps(item, separators=(",", ":")).encode() + b"\n"

    def wanted(self, filters: Filters) -> bool:
        """Say whether it passes, by Docker's rules."""
        fits = filters.prefix if _ALIKE & set(filters.values("event")) else filters.exact
        name = self.attributes.get("name", "")
        if not (filters.exact("type", self.type) and fits("event", self.action)):
            return False
        if not filters.labels(self.attributes):
            return False
        for kind in ("container", "volume", "network"):
            if filters.values(kind) and not (self.type == kind and filters.prefix(kind, self.actor, name)):
                return False
        image = name if self.type == "image" else self.attributes.get("image", "")
        return filters.exact("image", self.actor, image, image.partition(":")[0])


class Listener:
    """Somebody who follows: events pile up here, and the bell rings."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._waiting: deque[Event] = deque()

    def tell(self, event: Event) -> None:
        """Take an event; called from any thread."""
        self._waiting.append(event)
        self._bell.ring()

    def take(self) -> list[Event]:
        """Give what came since the last time."""
        return [self._waiting.popleft() for _ in range(len(self._waiting))]


class EventLog:
    """All that happened lately, and who is told what happens next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._listeners: set[Listener] = set()

    @property
    def kept(self) -> tuple[Event, ...]:
        """The last events, oldest first."""
        with self._lock:
            return tuple(self._kept)

    def add(self, event: Event) -> None:
        """Keep an event and tell everybody."""
        with self._lock:
            self._kept.append(event)
            for listener in self._listeners:
                listener.tell(event)

    def listen(self, bell: Bell) -> tuple[Listener, tuple[Event, ...]]:
        """Begin to listen; gives what was kept until then, with nothing between the two."""
        listener = Listener(bell)
        with self._lock:
            self._listeners.add(listener)
            return listener, tuple(self._kept)

    def leave(self, listener: Listener) -> None:
        """Stop listening."""
        with self._lock:
            self._listeners.discard(listener)

    @property
    def listeners(self) -> int:
        """How many follow."""
        with self._lock:
            return len(self._listeners)
