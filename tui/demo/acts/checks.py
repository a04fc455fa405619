"""Health checks: what they find, and what that makes of a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.acts.base import Base
from tui.demo.acts.things import Health, Probe
from tui.demo.words import SECOND

if TYPE_CHECKING:
    from tui.demo.acts.things import Container

_KEPT = 5
_RETRIES = 3
"""Failed checks in a row that make a container unhealthy, unless it says otherwise itself."""


class Checks(Base):
    """The acts of health checks."""

    def probe(self, reference: str, output: str = "", *, passed: bool) -> None:
        """Let a health check be made; only several failures in a row make a container unhealthy."""
        with self.lock:
            one = self.running(reference)
            health = one.health or Health()
            tolerated = not passed and health.streak + 1 < _retries(one)
            self.set_health(
                one.id,
                "healthy" if passed else health.status if tolerated else "unhealthy",
                output,
                passed=passed,
            )

    def set_health(
        self, reference: str, status: str, output: str = "", *, passed: bool | None = None
    ) -> None:
        """Let a health check come out: healthy, unhealthy or starting; news of it makes an event."""
        with self.lock:
            one = self.running(reference)
            health = one.health = one.health or Health()
            now, good = self.tick(), status == "healthy" if passed is None else passed
            health.probes = [
                *health.probes[1 - _KEPT :],
                Probe(now - SECOND // 20, now, 0 if good else 1, output),
            ]
            health.streak = 0 if good else health.streak + 1
            if health.status != status:
                health.status = status
                self.emit_container(one, f"health_status: {status}")


def _retries(one: Container) -> int:
    return int((one.config.get("Healthcheck") or {}).get("Retries") or _RETRIES)
