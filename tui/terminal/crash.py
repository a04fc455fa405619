"""What is told of a crash: a few lines on the terminal, and a log without anybody's secrets."""

from __future__ import annotations

import os
import re
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui import __version__, paths

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

KEPT = 5
"""Logs that are kept, the newest."""
_PACKAGE = Path(__file__).resolve().parent.parent
_WIDEST = 400
"""Characters of a message that are shown."""
_SECRET = re.compile(r"passw|passphrase|secret|token|credential|auth|key", re.IGNORECASE)
_SHORT = 6
"""Characters below which a value is no secret, but would be found everywhere."""


@dataclass(frozen=True, slots=True)
class Crash:
    """An error that nobody expected, and the thread that it was raised on, if not the main one."""

    error: BaseException
    thread: str = ""

    @property
    def what(self) -> str:
        """Type and message, in one line of harmless characters."""
        text = "".join(traceback.format_exception_only(self.error)).strip()
        return plain(" ".join(text.split()))[:_WIDEST]

    @property
    def where(self) -> str:
        """The last place in wherry's own code that it came through, else the last of all."""
        frames = traceback.extract_tb(self.error.__traceback__)
        ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
        if not frames:
            return "an unknown place"
        frame = (ours or frames)[-1]
        path = Path(frame.filename)
        name = path.relative_to(_PACKAGE.parent) if ours else path
        thread = f", on the thread {plain(self.thread)}" if self.thread else ""
        return f"{name}:{frame.lineno}, in {frame.name}{thread}"

    def log(self, environ: Mapping[str, str]) -> str:
        """Write all of it down: no local variables, and no value of the environment's secrets."""
        import platform

        # Frames show lines of code; the values are only in the messages.
        text = "".join(traceback.format_exception(self.error))
        for name, value in environ.items():
            if len(value) >= _SHORT and _SECRET.search(name):
                text = text.replace(value, f"${name}")
        head = (
            f"wherry {__version__}, Python {platform.python_version()}, {platform.system()}",
            time.strftime("%Y-%m-%d %H:%M:%S %z"),
            f"at {self.where}",
        )
        return "\n".join((*head, "", *(plain(line) for line in text.splitlines()), ""))

    def tell(self, environ: Mapping[str, str]) -> str:
        """Keep a log of it, and give the lines to print; all of it where there can be no log."""
        lines = [f"wherry crashed: {self.what}", f"  at {self.where}"]
        log = self.log(environ)
        path = paths.crash_log(time.strftime("%Y%m%d-%H%M%S"), os.getpid())
        try:
            paths.write_private(path, log)
        except OSError as error:
            lines += [f"  No log could be written to {path}: {error.strerror}. This is all of it:", "", log]
        else:
            lines.append(f"  All of it, without any variable's value, is in {path}")
            _forget_old(path.parent)
        lines.append("  Please report it, with that text, to where you have wherry from.")
        return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Escape everything that a terminal might obey."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _forget_old(folder: Path) -> None:
    for old in sorted(folder.glob("crash-*.log"))[:-KEPT]:
        # Another wherry may have been quicker.
        with suppress(OSError):
            old.unlink()


def excepthook(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    """Tell what nobody expected; for `sys.excepthook`."""
    tell(Crash(error))


def tell(crash: Crash) -> None:
    """Print what is to be said of a crash."""
    # Where standard error is gone too, there is nobody to tell.
    with suppress(OSError, ValueError, AttributeError):
        sys.__stderr__.write(crash.tell(os.environ))  # type: ignore[union-attr]  # see above
        sys.__stderr__.flush()  # type: ignore[union-attr]
