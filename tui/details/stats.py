"""The Stats tab of a container: what it uses now, in all, and over the last two minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui import format as fmt
from tui.details.numbers import share_style
from tui.details.tab import Tab
from tui.widgets.spark import ceiling, spark
from tui.widgets.table import Cell, Column, RowView, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from tui.actions.model import Row
    from tui.actions.session import Session
    from tui.engine.stats import Numbers
    from tui.store.numbers import Level

PAST = 120.0
"""Seconds of history."""
CELLS = 30
"""Cells of a line of history, two readings to each."""
_GAP = 25.0
"""Seconds without a reading that show as a gap; longer than any interval of an unseen terminal."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the tab.

    Args:
        least: the lowest top that its history is drawn to; 0 for no history.

    """

    title: str
    now: Callable[[Numbers, Level], Cell | str]
    more: Callable[[Numbers, Level], str]
    value: Callable[[Numbers], float | None]
    least: float = 1000.0


def _cpu(numbers: Numbers, level: Level) -> str:
    return "" if level.cpu is None else fmt.percent(level.cpu)


def _memory(numbers: Numbers, level: Level) -> Cell:
    return Cell(fmt.size(level.memory), share_style(level.share))


def _limit(numbers: Numbers, level: Level) -> str:
    if level.share is None:
        return "no limit"
    return f"of {fmt.size(numbers.counters.limit)}, {fmt.percent(level.share)}"


def _flow(title: str, rate: Callable[[Numbers], float | None], total: Callable[[Numbers], int]) -> _Line:
    """Make the line of what flows: bytes a second now, and bytes in all."""

    def now(numbers: Numbers, level: Level) -> str:
        value = rate(numbers)
        return "" if value is None else f"{fmt.size(value)}/s"

    return _Line(title, now, lambda n, level: f"{fmt.size(total(n))} in all", rate)


_LINES = (
    _Line("CPU", _cpu, lambda n, level: "of one core", lambda n: n.cpu, 10.0),
    _Line("memory", _memory, _limit, lambda n: n.counters.memory, 1e6),
    _flow("network in", lambda n: n.received, lambda n: n.counters.received),
    _flow("network out", lambda n: n.sent, lambda n: n.counters.sent),
    _flow("disk read", lambda n: n.read, lambda n: n.counters.read),
    _flow("disk write", lambda n: n.written, lambda n: n.counters.written),
    _Line("processes", lambda n, level: str(n.counters.pids), lambda n, level: "", lambda n: None, 0),
)
_COLUMNS = (
    Column("what", "", 11),
    Column("now", "NOW", 8, align="right"),
    Column("more", "", 18),
    Column("history", "LAST TWO MINUTES", CELLS, priority=1),
)


class StatsTab(Tab):
    """What a container uses; its history is kept while it is looked at."""

    TITLE = "Stats"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table = Table(_COLUMNS, show_header=True)
        self.table.ascii = session.config.ascii
        self._history: list[tuple[float, Numbers | None]] = []

    def compose(self) -> ComposeResult:
        """Lay out the table."""
        yield self.table

    @property
    def body(self) -> Table:
        """The table."""
        return self.table

    def load(self) -> None:
        """Show what is known, and begin a history."""
        self._history.clear()
        self._show()

    def changed(self, row: Row) -> None:
        """Show nothing of what does not run any more."""
        super().changed(row)
        self._show()

    def store_changed(self, kinds: frozenset[str]) -> None:
        """Show new numbers; step back where the link is lost."""
        if kinds & {"numbers", "link", "container"}:
            self._show()

    def leave(self) -> None:
        """Forget the history: nothing is added to it while nobody looks."""
        super().leave()
        self._history.clear()
        self.table.set_rows([])

    def _show(self) -> None:
        row, store = self.row, self.session.store
        if row is None:
            return
        self.table.dimmed = store.link is not None and not store.link.live
        numbers, level = store.numbers.latest.get(row.id), store.numbers.levels.get(row.id)
        if numbers is None or level is None:
            self.table.placeholder = self._why_none(row.state)
            self.table.set_rows([])
            return
        self._note(numbers)
        self.table.set_rows([self._line(line, numbers, level) for line in _LINES])

    def _why_none(self, state: str) -> str:
        if self.session.config.stats_interval is None:
            return "numbers are off: the config says stats_interval: off"
        return "reading …" if state == "running" else f"nothing is read: it is {state}"

    def _note(self, numbers: Numbers) -> None:
        """Add to the history, and drop what is too old: by pairs, so that cells keep what they show."""
        history, moment = self._history, numbers.counters.moment
        if history and history[-1][0] == moment:
            return
        if history and moment - history[-1][0] > _GAP:
            history += [(moment, None)] * 2
        history.append((moment, numbers))
        while len(history) > 2 * CELLS or moment - history[0][0] > PAST:
            del history[:2]

    def _line(self, line: _Line, numbers: Numbers, level: Level) -> RowView:
        drawn = ""
        if line.least:
            values = [line.value(one) if one is not None else None for _, one in self._history]
            drawn = spark(values, ceiling(values, line.least), self.session.config.ascii)
        cells = (Cell(line.title, "dim"), line.now(numbers, level), Cell(line.more(numbers, level), "dim"))
        return RowView(line.title, (*cells, Cell(drawn, "accent")))
