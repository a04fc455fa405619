"""The world of the demo: everything an engine has, and everything that can be done with it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.demo.acts.committing import Committing
from tui.demo.acts.execs import Execs
from tui.demo.acts.pruning import Pruning
from tui.demo.acts.pulling import Pulling
from tui.demo.acts.saving import Saving
from tui.demo.acts.updating import Updating

if TYPE_CHECKING:
    from collections.abc import Callable


class World(Execs, Pruning, Pulling, Committing, Saving, Updating):
    """An engine without processes: its acts have Docker's consequences, and its events in Docker's order.

    All acts may be called from any thread, as from outside of the engine's API.

    Args:
        clock: tells seconds since 1970.
        seed: decides all ids.

    """

    def __init__(self, clock: Callable[[], float] = time.time, seed: int = 1) -> None:
        super().__init__(clock, seed)
        self.lay_networks()
