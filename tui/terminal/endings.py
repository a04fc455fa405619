"""An application that ends in order, whatever ends it, and stops and goes on as the shell wants."""

from __future__ import annotations

import asyncio
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.worker import WorkerFailed

from tui.terminal.careful import CarefulDriver
from tui.terminal.crash import Crash
from tui.terminal.loop import to_loop

if TYPE_CHECKING:
    from rich.console import RenderableType


class OrderlyApp(App[None]):
    """Ends on signals with 128 and their number, and on any error that nobody expected.

    The terminal is given back in each case. Nothing is printed: `crash` says what is to be told.
    """

    crash: Crash | None = None
    """What ended the app, where it was an error; the first one."""

    def on_load(self) -> None:
        """Be ready before the terminal is taken."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._callback_failed)
        if self.is_headless:
            return
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))
        # Not on the loop: it would also hear of the ctrl+c that a program was given which had the terminal.
        deliver = to_loop()
        signal.signal(signal.SIGINT, lambda *_: deliver(partial(self.exit, return_code=128 + signal.SIGINT)))
        threading.excepthook = partial(self._thread_failed, partial(deliver, self._failed))

    def on_unmount(self) -> None:
        """Leave errors of threads to others again."""
        threading.excepthook = threading.__excepthook__

    # What nobody expected

    def _thread_failed(self, tell: Any, failed: threading.ExceptHookArgs) -> None:
        """End: what a thread was to keep up to date would be silently stale."""
        if failed.exc_value is not None and not issubclass(failed.exc_type, SystemExit):
            tell(failed.exc_value, failed.thread.name if failed.thread is not None else "")

    def _callback_failed(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """End on the error of a callback, or of a task that nobody waits for."""
        error = context.get("exception")
        if isinstance(error, Exception):
            self._failed(error)

    def _failed(self, error: BaseException, thread: str = "") -> None:
        if self._exit or not self._running:
            # What comes in while the screens are taken down finds nothing to show it on.
            return
        if self.crash is None:
            self.crash = Crash(error, thread)
        self._handle_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))

    # Textual's own ways into an end

    def _handle_exception(self, error: Exception) -> None:
        if self.crash is None:
            cause = error.error if isinstance(error, WorkerFailed) else error
            self.crash = Crash(cause)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End, without the values of local variables that Textual would show."""
        self._close_messages_no_wait()

    def panic(self, *_: RenderableType) -> None:
        """End; what is to be told is told after the end."""
        self._close_messages_no_wait()

    # Stop and go on

    def action_suspend_process(self) -> None:
        """Stop until the shell continues wherry."""
        driver = self._driver
        if not (isinstance(driver, CarefulDriver) and driver.pause()):
            self.stays()

    def stays(self) -> None:
        """Say that there is nobody who would continue wherry if it stopped."""
