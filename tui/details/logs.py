"""The Logs tab of a container: its output, followed through stops, starts and lost connections."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.details.log_reader import LogReader
from tui.details.tab import Tab
from tui.engine import containers
from tui.engine.errors import EngineError, Unreachable
from tui.engine.logs import LogStream
from tui.widgets.log import Line, TextLog

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from tui.actions.model import Row
    from tui.actions.session import Session
    from tui.engine.logs import LogLine, LogMark

_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
"""Seconds after which a log that broke off is asked for again, at first and at the longest."""
_NOTHING = "nothing was written yet"


class LogsTab(Tab):
    """A container's output, with its own reader while it is looked at."""

    TITLE = "Logs"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.text = TextLog(placeholder="loading …", max_lines=session.config.log_kept)
        self.text.ascii = session.config.ascii
        self._reader: LogReader | None = None
        self._mark: LogMark | None = None
        self._ended = False
        self._live = True
        self._retry: Timer | None = None
        self._pause = _PAUSE

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        yield self.text

    @property
    def body(self) -> TextLog:
        """The text."""
        return self.text

    def load(self) -> None:
        """Read from near the end on."""
        self._stop()
        self._mark = None
        self._pause = _PAUSE
        self.text.clear()
        self.text.placeholder = "loading …"
        self._open()

    def succeed(self, row: Row) -> None:
        """Go on with the container that took this one's place, below what was read."""
        self._turn += 1
        self._stop()
        self._mark = None
        self.row = row
        self.text.note(f"replaced by {row.id[:12]}")
        self._open()

    def leave(self) -> None:
        """End the reader."""
        super().leave()
        self._stop()

    def _stop(self) -> None:
        if self._retry is not None:
            self._retry.stop()
            self._retry = None
        if self._reader is not None:
            self._mark = self._reader.close()
            self._reader = None

    def _open(self) -> None:
        row, session = self.row, self.session
        if row is None:
            return
        self._ended = False
        # Whether it has a TTY decides how its log is framed, and only inspect tells.
        if row.facts is not None:
            self._read(row.facts.tty)
            return

        def look() -> bool:
            return containers.parse_facts(containers.inspect(session.connection, row.id)).tty

        self.ask(look, self._read)

    def _read(self, tty: bool | EngineError) -> None:
        row, session = self.row, self.session
        if row is None or self._reader is not None:
            return
        endpoint = session.connection.endpoint
        if isinstance(tty, EngineError) or endpoint is None:
            self._finish(tty if isinstance(tty, EngineError) else None)
            return
        self.text.placeholder = _NOTHING
        self._reader = LogReader(
            session.connection, partial(self.arrived, self._turn), partial(self.ended, self._turn)
        )
        stream = LogStream(
            endpoint,
            row.id,
            tty=tty,
            tail=session.config.log_lines,
            after=self._mark,
            on_lines=self._reader.take,
            on_end=self._reader.end,
        )
        self._reader.adopt(stream)

    def arrived(self, turn: int, lines: list[LogLine]) -> None:
        """Take lines of the reader that belongs to this turn."""
        if turn == self._turn:
            self._pause = _PAUSE
            self.text.feed([Line(line.text, line.time, line.stream == "stderr") for line in lines])

    def ended(self, turn: int, error: EngineError | None) -> None:
        """Take notice that the reader of this turn has nothing more to read."""
        if turn == self._turn:
            self._stop()
            self._finish(error)

    def _finish(self, error: EngineError | None) -> None:
        self._ended = True
        row, link = self.row, self.session.store.link
        if row is None or link is None or not link.live:
            return
        if error is not None:
            self.text.note(str(error))
        self.text.placeholder = str(error) if error is not None else _NOTHING
        if error is None or isinstance(error, Unreachable):
            # It may have stopped, which is told in a moment; else the log alone broke off.
            self._retry = self.set_timer(self._pause, self._try_again)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _try_again(self) -> None:
        """Go on where the log of what still runs had ended."""
        if self._ended and self._live and self.row is not None and self.row.up:
            self._open()

    def changed(self, row: Row) -> None:
        """Follow again what was started again; say that it stopped where it did."""
        before = self.row
        super().changed(row)
        if before is not None and before.up and not row.up:
            code = row.exit_code
            self.text.note(f"stopped, exit code {code}" if code is not None else f"{row.state} now")
        if self._ended and row.up and self._live:
            self._open()

    def store_changed(self, kinds: frozenset[str]) -> None:
        """Go on from the last line read when a lost connection is back."""
        if "link" not in kinds or self.session.store.link is None:
            return
        live = self.session.store.link.live
        self.text.dimmed = not live
        if live and not self._live:
            # The turn stays: what the old reader handed over already is part of what was read.
            self._stop()
            self._open()
        self._live = live
