"""Holding the next key until what the last one asked for is there to take it."""

from __future__ import annotations

import asyncio

LONGEST = 5.0
"""Seconds after which keys go on, whatever is still opening; far more than a busy machine takes."""


class Gate:
    """Shut by a key that opens something, opened when that listens.

    A key of a list runs while Textual waits, so the next key is not even looked at before the gate
    is open: what is typed ahead goes into the prompt or the dialog, never to the list under it.
    """

    def __init__(self) -> None:
        self._open = asyncio.Event()

    async def wait(self) -> None:
        """Shut, and wait until it is opened."""
        self._open.clear()
        try:
            await asyncio.wait_for(self._open.wait(), LONGEST)
        except TimeoutError:
            return

    def open(self) -> None:
        """Let keys go on."""
        self._open.set()
