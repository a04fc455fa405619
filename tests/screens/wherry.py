"""wherry on a demo engine, driven by keys: what pilot tests share."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from textual.pilot import Pilot

from tui.app import Wherry
from tui.config import Config
from tui.demo.server import DemoEngine
from tui.details.logs import LogsTab
from tui.engine.address import resolve
from tui.engine.connection import Connection
from tui.terminal.handover import Ended, Loan

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
        width, height = self.app.size
        console = Console(
            width=width,
            height=height,
            file=io.StringIO(),
            force_terminal=True,
            record=True,
            legacy_windows=False,
        )
        console.print(self.app.screen._compositor.render_update(full=True, simplify=True))
        return console.export_text(styles=False)

    async def until(self, holds: Callable[[], Any], timeout: float = 10) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"it did not happen:\n{self.text}")
            await asyncio.sleep(0.01)
            await self.pilot.pause()

    async def sees(self, *texts: str, timeout: float = 10) -> str:
        """Wait until all of these are on the screen, and give the screen."""
        await self.until(lambda: all(text in self.text for text in texts), timeout)
        return self.text

    async def sees_no(self, text: str) -> None:
        """Wait until this is not on the screen."""
        await self.until(lambda: text not in self.text)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def answer(self, key: str) -> None:
        """Answer a question, once it listens."""
        await asyncio.sleep(0.35)
        await self.press(key)

    async def type(self, text: str) -> None:
        """Type text."""
        await self.press(*("space" if char == " " else char for char in text))

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
        await one.pilot.pause()
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
