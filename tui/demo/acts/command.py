"""A command that is run in a container besides its own."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.demo.acts.tap import Tap
    from tui.demo.shell.process import Process


@dataclass(slots=True)
class Exec:
    """A command that is run in a container besides its own; `exit_code` is None until it has ended.

    `streams` are those that a client is connected to; `keys` detach it; `inner` is the process id inside.
    """

    id: str
    command: list[str]
    streams: frozenset[str]
    tty: bool = False
    env: list[str] = field(default_factory=list)
    folder: str = ""
    user_name: str = ""
    user: str = "0"
    privileged: bool = False
    keys: bytes = b""
    size: tuple[int, int] = (0, 0)
    running: bool = False
    exit_code: int | None = None
    pid: int = 0
    inner: int = 0
    process: Process | None = None
    taps: set[Tap] = field(default_factory=set)
    begun: threading.Event = field(default_factory=threading.Event)
