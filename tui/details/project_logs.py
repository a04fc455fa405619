"""The Logs tab of a project: the output of all its containers by time, a colour for each service."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.details.log_reader import LogReader
from tui.details.tab import Tab
from tui.engine.errors import Unreachable
from tui.engine.logs import LogStream, nanoseconds
from tui.widgets.log import Line, TextLog

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from tui.actions.model import Row
    from tui.actions.session import Session
    from tui.engine.containers import Container
    from tui.engine.errors import EngineError
    from tui.engine.logs import LogLine, LogMark

_FIRST_GATHERING, _GATHERING = 0.4, 0.12
"""Seconds for which lines are gathered before they are put in order: at first, and then."""
_PAUSE = 1.0
"""Seconds after which a log that ended is asked for again, if its container runs."""
_LOGS_MOST = 60
"""Containers whose logs are read at once: each is a connection."""
_TAIL_LEAST = 20
_COLORS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
_RESET = "\x1b[0m"


class ProjectLogsTab(Tab):
    """The merged log; readers come and go with the containers. `c` says whose lines are shown."""

    TITLE = "Logs"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "sources", "choose services", id="text.sources")]

    @dataclass
    class Sources(Message):
        """Ask whose lines are shown."""

        tab: ProjectLogsTab

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.text = TextLog(placeholder="loading …", max_lines=session.config.log_kept)
        self.text.ascii = session.config.ascii
        self._readers: dict[str, LogReader] = {}
        self._marks: dict[str, LogMark | None] = {}
        self._over: set[str] = set()
        """Containers whose log had an end, and that did not start since."""
        self._hidden: set[str] = set()
        self._gathered: list[tuple[int, Line]] = []
        self._flush: Timer | None = None
        self._live = True

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        yield self.text

    @property
    def body(self) -> TextLog:
        """The text."""
        return self.text

    def show(self, row: Row) -> None:
        """Show another project, all of its services."""
        self._hidden.clear()
        link = self.session.store.link
        self._live = link is not None and link.live
        self.text.dimmed = not self._live
        super().show(row)

    def load(self) -> None:
        """Read all logs from near the end on."""
        self._stop()
        self._turn += 1  # what the readers before have on its way is not for this text
        self._marks.clear()
        self.text.clear()
        self.text.placeholder = "nothing was written yet"
        self._open()

    def leave(self) -> None:
        """End all readers."""
        super().leave()
        self._stop()

    def _stop(self) -> None:
        for one in tuple(self._readers):
            self._close(one)
        self._over.clear()
        self._gathered.clear()
        if self._flush is not None:
            self._flush.stop()
            self._flush = None

    def _close(self, container_id: str) -> None:
        self._marks[container_id] = self._readers.pop(container_id).close()

    def _shown(self) -> list[Container]:
        row = self.row
        return [] if row is None else [c for c in row.containers if c.service not in self._hidden]

    def _open(self) -> None:
        """Read the logs of those that are there and not read yet."""
        endpoint, shown = self.session.connection.endpoint, self._shown()
        if endpoint is None:
            return
        known = {container.id for container in shown}
        for gone in self._readers.keys() - known:
            self._close(gone)
        self._over &= known
        if len(shown) > _LOGS_MOST and len(self._readers) < _LOGS_MOST:
            self.text.note(f"only the logs of {_LOGS_MOST} of {len(shown)} containers are read: c chooses")
        tail = max(_TAIL_LEAST, self.session.config.log_lines // max(1, len(shown)))
        for container in shown:
            if len(self._readers) >= _LOGS_MOST:
                break
            if container.id not in self._readers and container.id not in self._over:
                self._read(container, tail)

    def _read(self, container: Container, tail: int) -> None:
        connection = self.session.connection
        if connection.endpoint is None:
            return
        turn = self._turn
        reader = LogReader(
            connection, partial(self._arrived, turn, container), partial(self._ended, turn, container)
        )
        mark = self._marks.get(container.id)
        if mark is None and container.id in self._marks:
            tail = self.session.config.log_lines  # nothing was read of it before
        self._readers[container.id] = reader
        reader.adopt(
            LogStream(
                connection.endpoint,
                container.id,
                tty=container.facts.tty if container.facts is not None else False,
                tail=tail,
                after=mark,
                on_lines=reader.take,
                on_end=reader.end,
            )
        )

    def _arrived(self, turn: int, container: Container, lines: list[LogLine]) -> None:
        if turn != self._turn:
            return
        label = self._label(container)
        self._gathered += [
            (nanoseconds(line.time), Line(label + line.text, line.time, line.stream == "stderr"))
            for line in lines
        ]
        if self._flush is None:
            wait = _GATHERING if self.text.line_count else _FIRST_GATHERING
            self._flush = self.set_timer(wait, self._put_in_order)

    def _put_in_order(self) -> None:
        self._flush = None
        gathered, self._gathered = self._gathered, []
        # A stable sort: lines of one container keep their order where their times are the same.
        self.text.feed([line for _, line in sorted(gathered, key=lambda pair: pair[0])])

    def _label(self, container: Container) -> str:
        services = self.row.services if self.row is not None else ()
        names = [service.name for service in services]
        several = {service.name for service in services if len(service.containers) > 1}
        width = max((len(_called(c, several)) for service in services for c in service.containers), default=0)
        name = _called(container, several)
        place = names.index(container.service) if container.service in names else 0
        bar = "|" if self.text.ascii else "│"
        return f"\x1b[{_COLORS[place % len(_COLORS)]}m{name:<{width}} {bar}{_RESET} "

    def _ended(self, turn: int, container: Container, error: EngineError | None) -> None:
        if turn != self._turn or container.id not in self._readers:
            return
        self._close(container.id)
        self._over.add(container.id)
        link = self.session.store.link
        if error is not None and link is not None and link.live and container.id in self._ids():
            self.text.note(f"{container.service}: {error}")
        if error is None or isinstance(error, Unreachable):
            # It may have been restarted so quickly that it was never seen to be down.
            self.set_timer(_PAUSE, self._try_again)

    def _try_again(self) -> None:
        """Go on where the log of what still runs had ended."""
        if self.row is not None and self._live:
            self._over -= {container.id for container in self._shown() if container.up}
            self._open()

    def _ids(self) -> set[str]:
        return {container.id for container in self._shown()}

    def changed(self, row: Row) -> None:
        """Read what has come, and what was started again."""
        before = {c.id for c in self.row.containers if c.up} if self.row is not None else set()
        super().changed(row)
        started = {c.id for c in row.containers if c.up} - before
        self._over -= started
        self._open()

    def store_changed(self, kinds: frozenset[str]) -> None:
        """Go on from the last lines read when a lost connection is back."""
        if "link" not in kinds or self.session.store.link is None:
            return
        live = self.session.store.link.live
        self.text.dimmed = not live
        if live and not self._live:
            for one in tuple(self._readers):
                self._close(one)
            self._over.clear()
            self._open()
        self._live = live

    def action_sources(self) -> None:
        """Have it chosen whose lines are shown."""
        self.post_message(self.Sources(self))

    @property
    def sources(self) -> dict[str, bool]:
        """The services, and whether their lines are shown."""
        return {one.name: one.name not in self._hidden for one in self.row.services} if self.row else {}

    def turn(self, service: str) -> None:
        """Show the lines of a service, or hide them."""
        self._hidden ^= {service}
        self.load()


def _called(container: Container, several: set[str]) -> str:
    """Name a container by its service, and by its number where the service has several."""
    return f"{container.service}-{container.number}" if container.service in several else container.service
