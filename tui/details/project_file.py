"""The File tab of a project: whether what runs is what its files say, and what Compose makes of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui.details.text import TextTab
from tui.engine import compose
from tui.engine.compose_config import Rendered, compare, moments
from tui.engine.drift import drift
from tui.engine.secrets import is_secret, masked
from tui.widgets.log import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.timer import Timer

    from tui.actions.model import Row
    from tui.actions.session import Session
    from tui.engine.projects import Project

_EVERY = 2.0
"""Seconds between two looks at whether the files changed, while the tab is shown."""
_KEY, _RESET = "\x1b[36m", "\x1b[0m"
_PAIR = re.compile(r"(\s*(?:- )?)([^\s:#][^:]*)(:)( .*)?")


class FileTab(TextTab):
    """Drift, warnings and the rendered config; looked at again as soon as a file changes on disk."""

    TITLE = "File"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("v", "reveal", "show secrets, or hide them")]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._revealed = False
        self._rendered: Rendered | None = None
        self._moments: tuple[float, ...] = ()
        self._timer: Timer | None = None

    def show(self, row: Row) -> None:
        """Show another project, its secrets masked."""
        self._revealed, self._rendered = False, None
        super().show(row)
        if self._timer is None:
            self._timer = self.set_interval(_EVERY, self._look)

    def load(self) -> None:
        """Have Compose read the files."""
        row, session = self.row, self.session
        if row is None:
            return
        target, tools, reason = compose.reference(row), session.programs, session.without_compose()

        def look() -> Rendered:
            why = reason or compose.check_project(target)
            return Rendered(error=why) if why else compare(tools, row, session.connection.child_environ())

        def drawn(found: Rendered) -> list[Line]:
            self._rendered = found
            return self._drawn(row, found)

        self.page(look, drawn)
        self.ask(lambda: moments(target), self._keep)

    def _keep(self, found: object) -> None:
        self._moments = found if isinstance(found, tuple) else ()

    def _look(self) -> None:
        """Load again if a file is another one than before."""
        if self.row is None:
            return
        target = compose.reference(self.row)

        def arrived(found: object) -> None:
            if isinstance(found, tuple) and found != self._moments:
                self.load()

        self.ask(lambda: moments(target), arrived)

    def _drawn(self, row: Project, found: Rendered) -> list[Line]:
        return draw(row, found, revealed=self._revealed, ascii_only=self.session.config.ascii)

    def changed(self, row: Row) -> None:
        """Compare again; where containers are others now, Compose is asked again what it would do."""
        before = {container.id for container in self.row.containers} if self.row is not None else set()
        super().changed(row)
        if before == {container.id for container in row.containers}:
            self._draw_again()
        else:
            self.load()

    def action_reveal(self) -> None:
        """Show what is masked, or mask it again."""
        self._revealed = not self._revealed
        self._draw_again()

    def _draw_again(self) -> None:
        if self._rendered is not None and self.row is not None:
            self.text.set_lines(self._drawn(self.row, self._rendered), keep_scroll=True)

    def leave(self) -> None:
        """Look at no file any more."""
        super().leave()
        if self._timer is not None:
            self._timer.stop()
            self._timer = None


def draw(
    project: Project, found: Rendered, *, revealed: bool = False, ascii_only: bool = False
) -> list[Line]:
    """Write what is different first, then what was warned of, then the whole config."""
    lines = [Line(path) for path in project.files]
    if found.error:
        return [*lines, *_warned(found), Line(""), Line(found.error, error=True)]
    compared = drift(project, found.hashes, found.wanted, found.anew)
    width = max((len(one.service) for one in compared), default=0)
    good, bad = ("ok", "!=") if ascii_only else ("✓", "≠")
    lines += [Line(f"{good if one.same else bad} {one.service:<{width}}  {one.words}") for one in compared]
    lines += _warned(found)
    if any(found.needs.values()):
        lines += [Line(""), Line("what waits for what", own=True), *map(Line, tree(found.needs, ascii_only))]
        lines.append(Line(""))
    shown = _masked(found.lines)
    if shown != list(found.lines):
        lines.append(Line(f"v {'hides the secrets again' if revealed else 'shows what is masked'}", own=True))
    return [*lines, Line(""), *(Line(_colored(line)) for line in (found.lines if revealed else shown))]


def tree(needs: Mapping[str, Mapping[str, str]], ascii_only: bool = False) -> list[str]:
    """Draw what each service waits for, from those that nobody waits for down; what was drawn once is cut."""
    awaited = {name for below in needs.values() for name in below}
    drawn: set[str] = set()
    lines: list[str] = []
    last, more, bar = ("`- ", "|- ", "|  ") if ascii_only else ("└ ", "├ ", "│ ")

    def under(name: str, before: str) -> None:
        below = sorted(needs.get(name, {}).items())
        if below and name in drawn:
            lines[-1] += " (above)"
            return
        drawn.add(name)
        for position, (each, condition) in enumerate(below, 1):
            sign, next_sign = (last, " " * len(bar)) if position == len(below) else (more, bar)
            word = condition.removeprefix("service_").replace("_", " ")
            lines.append(f"{before}{sign}{each}{f'  {word}' if word else ''}")
            under(each, before + next_sign)

    for name in sorted(needs.keys() - awaited):
        lines.append(name)
        under(name, "")
    return lines


def _warned(found: Rendered) -> list[Line]:
    return [Line(f"! {warning}") for warning in found.warnings]


def _masked(lines: Iterable[str]) -> list[str]:
    """Mask what is a secret, a value of several lines as a whole."""
    out: list[str] = []
    under = -1
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if under >= 0 and (not line.strip() or depth > under):
            continue
        under = -1
        out.append(_mask(line))
        if out[-1] != line and line.rstrip().endswith(("|", "|-", "|+", ">", ">-", ">+")):
            under = depth
    return out


def _mask(line: str) -> str:
    """Mask the value of `NAME: value` and of `- NAME=value` where it is a secret."""
    pair = _PAIR.fullmatch(line)
    if pair and pair[4] and is_secret(f"{pair[2]}={pair[4].strip()}"):
        return f"{pair[1]}{pair[2]}: {masked('x=x').partition('=')[2]}"
    blanks, dash, word = line.partition("- ")
    if dash and not blanks.strip() and is_secret(word):
        return f"{blanks}- {masked(word)}"
    return line


def _colored(line: str) -> str:
    pair = _PAIR.fullmatch(line)
    return f"{pair[1]}{_KEY}{pair[2]}{_RESET}:{pair[4] or ''}" if pair else line
