"""Logs of the time before a world began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.life import fill

if TYPE_CHECKING:
    from tui.demo.world import World


def spread(world: World, name: str, first: float, last: float, lines: int) -> None:
    """Write lines of a container's script between two times, in seconds ago; the clock stays there."""
    one = world.find(name)
    for number in range(lines):
        share = number / max(1, lines - 1)
        # Far apart at first and close together lately, as what one remembers is.
        world.rewind(last + (first - last) * (1 - share) ** 3)
        stream, text = one.temper.line(number, world.ids.chance)
        world.say(one, [(stream, fill(text, number, world.ids.chance))])
