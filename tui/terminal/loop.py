"""The way from threads to the event loop that draws."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

Deliver: TypeAlias = Callable[..., None]
"""Calls its first argument with the others on the loop; from any thread, and never raises."""


def to_loop() -> Deliver:
    """Make the way to the loop that runs now.

    What is called sees the context of who asked, without which Textual does not know its app.
    """
    loop, context = asyncio.get_running_loop(), contextvars.copy_context()

    def deliver(call: Callable[..., object], *arguments: Any) -> None:
        # The loop may be closed between a look and the call: then nobody is there to be told.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(call, *arguments, context=context)

    return deliver
