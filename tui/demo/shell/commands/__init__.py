"""What can be run inside of a demo container."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tui.demo.shell.commands import filing, looking, system, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.shell.console import Steps
    from tui.demo.shell.place import Run

    Command: TypeAlias = Callable[[Run], int | Steps]

ABSENT = "{name}: not part of the demo"
"""What a program says that is there by name alone."""

COMMANDS: dict[str, Command] = {**looking.COMMANDS, **filing.COMMANDS, **text.COMMANDS, **system.COMMANDS}
"""All of them by name."""
