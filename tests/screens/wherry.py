"""wherry on a demo engine, driven by keys: what pilot tests share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from textual import events
from textual.geometry import Size
from textual.keys import REPLACED_KEYS, _character_to_key, key_to_character
from textual.pilot import Pilot

from tui.app import Wherry
from tui.config import Config
from tui.demo.server import DemoEngine
from tui.details.logs import LogsTab
from tui.engine.address import resolve
from tui.engine.connection import Connection
from tui.screens.question import DEAF, QuestionScreen
from tui.terminal.handover import Ended, Loan
from tui.widgets.prompt import DEAF_FOR

KINDS = {"container", "image", "volume", "network"}


class Lender:
    """Stands where the terminal would be handed over: keeps what it was given to."""

    def __init__(self) -> None:
        self.loans: list[Loan] = []

    def __call__(self, app: Any, loan: Loan) -> Ended:
        self.loans.append(loan)
        return Ended(0, 5.0)


class Driven:
    """A running wherry and how to drive it."""

    def __init__(self, app: Wherry, pilot: Pilot[None], lender: Lender) -> None:
        self.app = app
        self.pilot = pilot
        self.lender = lender

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "".join(f"{strip.text}\n" for strip in self.app.screen._compositor.render_strips())

    async def until(self, holds: Callable[[], Any], timeout: float = 10) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"it did not happen:\n{self.text}")
            await asyncio.sleep(0.03)
            await self.settles()

    async def settles(self) -> None:
        """Wait until every message is handled and the screen is laid out, as Textual's pilot does by
        the processor's time: that takes much longer, the more so where tests run side by side.
        """
        end = time.monotonic() + 1  # a screen that always moves is taken as it is
        calm = 0
        while calm < 2 and time.monotonic() < end:
            await asyncio.sleep(0.001)
            await self.pilot._wait_for_screen()
            calm = 0 if self._busy() else calm + 1

    def _busy(self) -> bool:
        screen = self.app.screen
        return (
            screen._layout_required
            or bool(screen._dirty_widgets)
            or any(
                pump._next_callbacks or pump.message_queue_size for pump in (self.app, *self.app._registry)
            )
        )

    async def sees(self, *texts: str, timeout: float = 10) -> str:
        """Wait until all of these are on the screen, and give the screen."""
        seen = ""

        def there() -> bool:
            nonlocal seen
            seen = self.text
            return all(text in seen for text in texts)

        await self.until(there, timeout)
        return seen

    async def sees_no(self, text: str) -> None:
        """Wait until this is not on the screen."""
        await self.until(lambda: text not in self.text)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other; the same one several times as fast as it goes."""
        for key, group in groupby(keys):
            for _ in group:
                self._send(key)
            await self.settles()

    def _send(self, key: str) -> None:
        """Send a key as the terminal would."""
        assert self.app._driver is not None
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        char = key if len(key) == 1 else key_to_character(REPLACED_KEYS.get(key, key))
        event = events.Key(name, char)
        event.set_sender(self.app)
        self.app._driver.send_message(event)

    async def resize(self, width: int, height: int) -> None:
        """Have a terminal of another size."""
        size = Size(width, height)
        assert self.app._driver is not None
        self.app._driver._size = size
        self.app.post_message(events.Resize(size, size))
        await self.until(lambda: self.app.screen.size == size)

    async def answer(self, key: str) -> None:
        """Answer a question, once it listens."""
        await self.until(self._listens)
        await self.press(key)

    def _listens(self) -> bool:
        """Whether a question has been on the screen for so long that it takes an answer."""
        now = time.monotonic()
        match self.app.screen:
            case QuestionScreen() as screen:
                return now - screen._opened > DEAF
            case screen if screen is self.app.main:
                line = self.app.main.bottom._question
                return line is not None and line._appeared is not None and now - line._appeared > DEAF_FOR
            case _:
                return True

    async def type(self, text: str) -> None:
        """Type text."""
        for char in text:
            self._send(char)
        await self.settles()

    @property
    def log(self) -> str:
        """The text of the Logs tab."""
        tab = self.app.main.detail.tab
        return tab.text.all_text() if isinstance(tab, LogsTab) else ""

    @property
    def row(self) -> Any:
        """The object under the cursor of the present pane."""
        return self.app.main.pane.row

    @property
    def cursor(self) -> str:
        """The name of the object under the cursor of the present pane."""
        row = self.app.main.pane.row
        return row.name if row is not None else ""


@asynccontextmanager
async def driven(
    engine: DemoEngine,
    size: tuple[int, int] = (160, 45),
    config: Config | None = None,
    folder: Path | None = None,
) -> AsyncIterator[Driven]:
    """Run wherry on a demo engine until everything is listed."""
    async with driven_on(engine.url, size, config, folder) as one:
        yield one


@asynccontextmanager
async def driven_on(
    url: str,
    size: tuple[int, int] = (160, 45),
    config: Config | None = None,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[Driven]:
    """Run wherry on the engine at `url` until everything is listed."""
    async with _running(url, size, config, folder, environ) as one:
        session = one.app.session
        await one.until(lambda: session.store.listed >= KINDS and session.tools is not None)
        await one.settles()
        yield one


@asynccontextmanager
async def driven_without(url: str, size: tuple[int, int] = (160, 45)) -> AsyncIterator[Driven]:
    """Run wherry where no engine answers."""
    async with _running(url, size, None, None, None) as one:
        yield one


@asynccontextmanager
async def _running(
    url: str,
    size: tuple[int, int],
    config: Config | None,
    folder: Path | None,
    environ: Mapping[str, str] | None,
) -> AsyncIterator[Driven]:
    lender = Lender()
    app = Wherry(
        Connection(lambda: resolve(None, None, {"DOCKER_HOST": url}), environ=environ),
        config or Config(),
        folder=folder,
        environ=environ,
        lend=lender,
    )
    async with app.run_test(size=size) as pilot:
        yield Driven(app, pilot, lender)
