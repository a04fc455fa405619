"""What every tab of the detail is: something that shows one object, and stops when told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.widget import Widget

from tui.engine.errors import EngineError
from tui.terminal.loop import to_loop

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from tui.actions.model import Row
    from tui.actions.session import Session

T = TypeVar("T")


class Tab(Widget):
    """One tab. Its text comes from the engine on threads; late answers for another object are dropped."""

    TITLE: ClassVar[str]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.row: Row | None = None
        self._turn = 0

    def show(self, row: Row) -> None:
        """Show an object; called once the cursor has rested on it."""
        self._turn += 1
        self.row = row
        self.load()

    def load(self) -> None:
        """Begin to show `self.row`; for subclasses."""
        raise NotImplementedError

    def changed(self, row: Row) -> None:
        """Take notice that the shown object has other properties now."""
        self.row = row

    def store_changed(self, kinds: frozenset[str]) -> None:
        """Take notice that rows of these kinds, or the link, changed."""

    def leave(self) -> None:
        """Stop what is under way; the tab is not looked at any more."""
        self._turn += 1
        self.row = None

    @property
    def body(self) -> Widget:
        """The widget that takes the focus."""
        raise NotImplementedError

    def ask(self, look: Callable[[], T], arrived: Callable[[T | EngineError], None]) -> None:
        """Look something up on a thread; `arrived` is called here, unless the tab has moved on."""
        turn, way = self._turn, to_loop()

        def deliver(future: Future[T]) -> None:
            if turn != self._turn or not self.is_attached:
                return
            error = future.exception()
            if error is None:
                arrived(future.result())
            elif isinstance(error, EngineError):
                arrived(error)
            else:
                raise error

        def done(future: Future[T]) -> None:
            if not future.cancelled():
                way(deliver, future)

        self.session.connection.reads.submit(look).add_done_callback(done)
