"""A driver for what happens to terminals: signals, ctrl+z, hang-ups, output that is stuck."""

from __future__ import annotations

import atexit
import errno
import os
import select
import signal
import sys
import termios
import time
import tty
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import constants, events
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from tui.terminal import jobcontrol
from tui.terminal.loop import to_loop
from tui.terminal.output import Output
from tui.terminal.reader import Reader

if TYPE_CHECKING:
    from textual.app import App

GONE = 128 + signal.SIGHUP
"""Exit code where the terminal has vanished."""
_KITTY = 1 | 8 | 16
"""Kitty's keyboard protocol, as Textual reads it: disambiguate, all keys, with their text."""
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?1004h"
_LEAVE = (
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # the mouse
    "\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[m"
    # Kitty keeps the keyboard's mode with the screen: first the mode, then the screen.
    "\x1b[<u\x1b[?1049l\x1b[?25h"
)
_STUCK = 1.0
"""Seconds that a terminal which takes nothing is waited for at the end."""
_STOPPING = 0.3
"""Seconds in which a signal to stop has stopped this process, where it does at all."""


class CarefulDriver(LinuxDriver):
    """Textual's driver, except where it spins, hangs or leaves the terminal as it should not.

    It draws on standard output, so that standard error can be a file.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        self._may_stop = jobcontrol.may_stop()
        super().__init__(app, **options)
        if sys.__stdout__ is not None and sys.__stdout__.isatty():
            self._file = sys.__stdout__
        self.screen = self._file.fileno() if self._file is not None else self.fileno
        """File descriptor that is drawn on."""
        self._to_loop = to_loop()
        self._output: Output | None = None
        self._raw: list[Any] | None = None
        self._reader: Reader | None = None
        self._pausing = self._continued = self._entered = False
        self.gone = False
        """Whether the terminal has vanished."""
        atexit.register(self._restore_at_last)

    # What may be told from anywhere

    def write(self, data: str) -> None:
        """Have it written, in order; returns at once."""
        if self._output is None:
            self._output = Output(self.screen, self.lose, self._draw_anew)
        self._output.write(data)

    def redraw(self) -> None:
        """Take everything that the terminal shows for unknown."""

    def lose(self) -> None:
        """End the app in order: its terminal has vanished. From any thread, and more than once too."""
        if self.gone:
            return
        self.gone = True
        self._to_loop(self._app.exit, None, GONE)

    def _draw_anew(self) -> None:
        self._to_loop(self._repaint)

    def _repaint(self) -> None:
        self.redraw()
        self._app.refresh(repaint=True, layout=True)

    # Begin and end

    def start_application_mode(self) -> None:
        """Take the terminal; in the background this waits, stopped, until the shell says `fg`."""
        try:
            self._wait_for_foreground()
            self.attrs_before = termios.tcgetattr(self.fileno)
            self._raw = self._raw_mode(self.attrs_before)
            termios.tcsetattr(self.fileno, termios.TCSANOW, self._raw)
        except termios.error:
            self.attrs_before = self._raw = None
            self.lose()
            return
        self._entered = True
        signal.signal(signal.SIGWINCH, lambda *_: self._to_loop(self._send_size))
        self._send_size()
        self.write(_ENTER)
        if not constants.DISABLE_KITTY_KEY:
            self.write(f"\x1b[>{_KITTY}u")
        self._switch_on()
        self._reader = Reader(self.fileno, self._raw, self.process_message, self.lose, debug=self._debug)
        self._key_thread = self._reader.thread
        self._request_terminal_sync_mode_support()
        self._query_in_band_window_resize()

    def _switch_on(self) -> None:
        self._enable_mouse_support()
        self._enable_bracketed_paste()
        self._disable_line_wrap()

    def _raw_mode(self, attributes: list[Any]) -> list[Any]:
        raw = [*attributes[:6], list(attributes[6])]
        raw[tty.LFLAG] = self._patch_lflag(raw[tty.LFLAG])
        raw[tty.IFLAG] = self._patch_iflag(raw[tty.IFLAG])
        raw[tty.CC][termios.VMIN] = 1
        raw[tty.CC][termios.VTIME] = 0
        return raw

    def _wait_for_foreground(self) -> None:
        """Be stopped by the kernel for as long as the terminal is not ours.

        Raises:
            termios.error: where it never will be.

        """
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        while True:
            try:
                # Changes nothing that matters, but is a change as far as job control goes.
                termios.tcflow(self.fileno, termios.TCOON)
            except termios.error as error:
                if error.args[0] != errno.EINTR:
                    raise
            else:
                return

    def stop_application_mode(self) -> None:
        """Give the terminal back: each step on its own, whatever became of the others."""
        if not self._entered:
            return
        self._entered = False
        self._disable_in_band_window_resize()
        self.write(_LEAVE)
        self.disable_input()
        self._restore_attributes()

    def disable_input(self) -> None:
        """Read no more, and drop what was not read yet."""
        reader, self._reader, self._key_thread = self._reader, None, None
        if reader is None:
            return
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        reader.close(_STUCK)
        with suppress(termios.error):
            termios.tcflush(self.fileno, termios.TCIFLUSH)

    def close(self) -> None:
        """End the thread that writes; a terminal that takes nothing is not waited for."""
        output, self._output = self._output, None
        if output is not None:
            output.close(_STUCK)

    def _restore_attributes(self) -> None:
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def _restore_at_last(self) -> None:
        """Give the terminal back at the interpreter's end, if nobody has."""
        if not self._entered or self.gone:
            return
        self._restore_attributes()
        with suppress(OSError):
            if select.select([], [self.screen], [], _STUCK)[1]:
                os.write(self.screen, _LEAVE.encode())

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal itself; one that does not know is taken for 80x24."""
        for fd in (self.screen, self.fileno):
            with suppress(OSError):
                width, height = os.get_terminal_size(fd)
                if width and height:
                    return width, height
        return 80, 24

    def _send_size(self) -> None:
        """Tell the app the size as it is now; a terminal that tells by itself needs no signal."""
        if not self._in_band_window_resize or self._pausing:
            size = Size(*self._get_terminal_size())
            self.send_message(events.Resize(size, size))

    # Stop and go on

    def _sigtstp_application(self, *_: object) -> None:
        """Stop because somebody else wants it; where nobody would continue us, don't."""
        if not self._may_stop:
            return
        if not self._auto_restart:
            # Another program has the terminal, and was stopped too.
            os.kill(os.getpid(), signal.SIGSTOP)
        elif not self._pausing:
            self._pausing = True
            self._to_loop(self._pause, os.getpid())

    def _sigcont_application(self, *_: object) -> None:
        """Go on; where we did not stop in order, the terminal may be in any state."""
        self._continued = True
        if self._auto_restart and not self._pausing:
            self._to_loop(self._come_back)

    def pause(self) -> bool:
        """Stop as ctrl+z stops a program, with all of the shell's job; returns after `fg`.

        To be called on the event loop. Gives False where nobody would continue us: nothing is done then.
        """
        if not self._may_stop or self._pausing:
            return False
        self._pausing = True
        # All of it: a shell does not notice that a job stopped when a part of it runs on.
        return self._pause(0)

    def _pause(self, pid: int) -> bool:
        try:
            self.suspend_application_mode()
            self._continued = False
            before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            try:
                os.kill(pid, signal.SIGTSTP)
                end = time.monotonic() + _STOPPING
                while not self._continued and time.monotonic() < end:
                    time.sleep(0.01)
            finally:
                signal.signal(signal.SIGTSTP, before)
            self.resume_application_mode()
        finally:
            self._pausing = False
        self._repaint()
        return self._continued

    def _come_back(self) -> None:
        """Set the terminal up again, and draw everything."""
        if not self._entered or self._raw is None:
            return
        try:
            self._wait_for_foreground()
            termios.tcsetattr(self.fileno, termios.TCSANOW, self._raw)
        except termios.error:
            self.lose()
            return
        self.write(_ENTER)
        self._switch_on()
        self._send_size()
        self._repaint()
