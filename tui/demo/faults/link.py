"""Connections that are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.faults.fault import Fault

if TYPE_CHECKING:
    from tui.demo.server import DemoEngine

HOWS = ("killed", "stopped", "closed")


class Refuse(Fault):
    """No connection goes on, and none begins.

    Args:
        how: `killed` as `kill -9` leaves it, the socket there and nobody listening; `stopped` as
            `systemctl stop` leaves it, without a socket; `closed` takes connections and closes them.
        seconds: after which it is over; None for never.

    """

    def __init__(self, how: str = "killed", *, seconds: float | None = None) -> None:
        super().__init__(seconds=seconds)
        if how not in HOWS:
            raise ValueError(f"{how} is none of {', '.join(HOWS)}")
        self.how = how
        self._engine: DemoEngine | None = None

    def words(self) -> tuple[str, ...]:
        """Give how."""
        return (self.how,)

    def meets(self, method: str, path: str) -> bool:
        """Say no: no request comes that far."""
        return False

    def begin(self, engine: DemoEngine) -> None:
        """Cut all connections, and take no more."""
        self._engine = engine
        engine.refuse(self.how)

    def end(self) -> None:
        """Listen again."""
        super().end()
        if self._engine is not None:
            self._engine.relent()
