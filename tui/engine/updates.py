"""What a connection tells of its engine: lists, events, and the state of the link itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.errors import EngineError
    from tui.engine.events import Event
    from tui.engine.stats import Numbers


class LinkState(Enum):
    """How things stand with an engine."""

    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Link:
    """The state of the link, since when (seconds since 1970), and what stands in the way."""

    state: LinkState
    since: float
    error: EngineError | None = None
    version: str = ""

    @property
    def live(self) -> bool:
        """Whether the lists are true and acts can be done."""
        return self.state is LinkState.LIVE


@dataclass(frozen=True, slots=True)
class Linked:
    """The link changed."""

    link: Link


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows arrived: all of a kind, or only what became of `ids`."""

    kind: str
    rows: tuple[Any, ...]
    ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """Events arrived, in order."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The engine would not list a kind: what is shown of it may be stale."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Sampled:
    """Numbers arrived of running containers, by id."""

    numbers: Mapping[str, Numbers]


Update: TypeAlias = Linked | Listed | Happened | Refused | Sampled
