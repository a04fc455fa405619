"""The engine's event stream: parsed, and read on a thread that can be ended at once."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.labels import label_terms
from tui.engine.questions import target
from tui.engine.reading import mapping, number, text, words
from tui.engine.sockets import open_stream
from tui.engine.times import http_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.engine.address import Address

_TIMEOUT = 10.0
"""Seconds in which the stream must begin."""
_STUCK = 3.0
"""Seconds in which a line that has begun must go on."""
TYPES = ("container", "image", "volume", "network")
ACTIONS = [
    "create",
    "start",
    "restart",
    "die",
    "stop",
    "kill",
    "pause",
    "unpause",
    "rename",
    "update",
    "destroy",
    "oom",
    "commit",
    "health_status",
    "tag",
    "untag",
    "delete",
    "pull",
    "push",
    "load",
    "import",
    "prune",
    "connect",
    "disconnect",
    "mount",
    "unmount",
    "remove",
    "cleanup",
]
"""What the server is asked for; exec events, three for each health probe, stay away."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Args:
        moment: nanoseconds since 1970, by the engine's clock.
        type: container, image, volume or network.
        subject: the id of what it happened to (a volume's name).
        attributes: what the engine adds: name, image, exitCode, labels and the like.

    """

    kind: ClassVar[str] = "event"

    moment: int
    type: str
    action: str
    subject: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    id: str = field(init=False, repr=False, default="")
    """What tells it from all others."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", f"{self.moment} {self.type} {self.action} {self.subject}")

    @property
    def name(self) -> str:
        """The name of what it happened to, or its short id."""
        return self.attributes.get("name") or self.subject.removeprefix("sha256:")[:12]

    @property
    def container(self) -> str:
        """The id of the container that a network or volume event is about, or an empty string."""
        return self.attributes.get("container", "")

    @property
    def what(self) -> str:
        """The action with what matters of it, such as `die exit 1` or `unhealthy`."""
        if self.action.startswith("health_status"):
            return self.action.partition(":")[2].strip() or "health_status"
        if self.action == "die":
            return f"die exit {self.attributes.get('exitCode', '?')}"
        if self.action == "kill":
            return f"kill signal {self.attributes.get('signal', '?')}"
        if self.action == "rename":
            return f"rename from {self.attributes.get('oldName', '?').lstrip('/')}"
        return self.action

    def terms(self) -> tuple[tuple[str, str], ...]:
        """Give all text that a filter may ask for, as (field, text)."""
        return (
            ("name", self.name),
            ("id", self.subject),
            ("type", self.type),
            ("action", self.what),
            ("state", self.what),
            ("image", self.attributes.get("image", "")),
            ("project", self.attributes.get("com.docker.compose.project", "")),
            *label_terms(self.attributes),
        )


def parse(item: Mapping[str, Any]) -> Event:
    """Make an event of one object of GET /events, by the fields that every API version has.

    One without a time happened just now.
    """
    actor = mapping(item.get("Actor"))
    moment = int(number(item.get("time"))) * 1_000_000_000
    if nanoseconds := item.get("timeNano"):
        # As it is, if it is a number at all: a float has no room for the last digits.
        moment = nanoseconds if isinstance(nanoseconds, int) and number(nanoseconds) else moment
    return Event(
        moment=moment or time.time_ns(),
        type=text(item.get("Type")),
        action=text(item.get("Action")),
        subject=text(actor.get("ID")),
        attributes=words(actor.get("Attributes")),
    )


def since(moment: int) -> str:
    """Write nanoseconds since 1970 the way that `since` takes them."""
    return f"{moment // 1_000_000_000}.{moment % 1_000_000_000:09d}"


class EventStream:
    """Read events on a daemon thread until the engine or `close` ends it.

    Args:
        address: the engine's; an ssh address needs its tunnel first.
        path: of the events (GET /events), in the API version that is spoken, without parameters.
        after: only events later than this, in nanoseconds since 1970.
        on_event: called on the thread with each event, in order.
        on_end: called on the thread when the stream ended and nobody closed it.

    """

    def __init__(
        self,
        address: Address,
        path: str,
        after: int,
        on_event: Callable[[Event], None],
        on_end: Callable[[EngineError], None],
    ) -> None:
        self._after = after
        self._on_event = on_event
        self._on_end = on_end
        self._closing = threading.Event()
        filters = {"type": list(TYPES), "event": list(ACTIONS)}
        asked = target(path, parameters={"since": since(after), "filters": filters})
        _, headers, self._stream = open_stream(address, asked, _TIMEOUT)
        self.began = int((http_seconds(headers.get("date", "")) - 1) * 1e9)
        """Nanoseconds since 1970, by the engine's clock: what happened before is told, but long over."""
        self._thread = threading.Thread(target=self._read, name="events", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        # The engine's death looks like a normal end of the stream.
        end: EngineError = Unreachable(Trouble.LOST, "the engine ended the event stream")
        rest = b""
        try:
            # A line that does not end may be of something that happened, which nobody would hear of.
            while piece := self._stream.read(_STUCK if rest else None):
                *lines, rest = (rest + piece).split(b"\n")
                for line in filter(None, map(bytes.strip, lines)):
                    self._take(line)
            if rest:
                end = Unreachable(Trouble.LOST, "the event stream stopped in the middle of a line")
        except EngineError as error:
            end = error
        except (ValueError, AttributeError, RecursionError) as error:
            end = Unreachable(Trouble.LOST, f"the event stream makes no sense: {error}")
        finally:
            self._stream.close()
        if not self._closing.is_set():
            self._on_end(end)

    def _take(self, line: bytes) -> None:
        event = parse(json.loads(line))
        if event.moment > self._after and not self._closing.is_set():
            self._on_event(event)

    def close(self) -> None:
        """End the stream at once; nothing is called any more."""
        self._closing.set()
        self._stream.end()
