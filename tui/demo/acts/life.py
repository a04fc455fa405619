"""What goes on by itself: logs are written, health checks run, crash loops loop."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

from tui.demo.words import SECOND

if TYPE_CHECKING:
    from tui.demo.acts.things import Container, Said
    from tui.demo.world import World

_BEAT = 0.2
_LONGEST_PAUSE = 60.0
_PROBE_EVERY = 10.0
_FIRST_PROBE = 2.0
_PAGES = (
    "/",
    "/products",
    "/products?page=2",
    "/products/1042",
    "/products/77/reviews",
    "/cart",
    "/cart/items",
    "/search?q=lamp",
    "/login",
    "/orders/latest",
)
_CLIENTS = ("172.18.0.1", "10.0.4.17", "192.168.1.23", "203.0.113.42")


def fill(text: str, number: int, chance: random.Random) -> str:
    """Fill in what differs from line to line."""
    if "%(" not in text:
        return text
    return text % {
        "n": number,
        "ms": chance.randint(2, 180),
        "k": chance.randint(12, 980),
        "ip": chance.choice(_CLIENTS),
        "order": 40_000 + number,
        "page": chance.choice(_PAGES),
    }


class Life:
    """The thread that keeps a world going."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._closing = threading.Event()
        self._chance = random.Random(world.ids.digest("life"))  # noqa: S311  # no secret
        self._next_line: dict[str, int] = {}
        self._lines: dict[str, int] = {}
        self._checked: dict[str, int] = {}
        self._number = 0
        self._thread = threading.Thread(target=self._run, name="demo-life", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End at once."""
        self._closing.set()
        self._thread.join(1)

    def _run(self) -> None:
        while not self._closing.wait(_BEAT):
            self.beat()

    def beat(self) -> None:
        """Let happen what is due by the world's clock."""
        with self._world.lock:
            for one in tuple(self._world.containers.values()):
                self._live(one, self._world.now())

    def _live(self, one: Container, now: int) -> None:
        if one.state == "restarting":
            pause = min(_LONGEST_PAUSE, 0.1 * 2 ** min(one.restarts, 20))
            if now - one.finished >= pause * SECOND:
                self._world.revive(one.id)
        elif one.state == "running":
            if one.temper.lasts is not None and now - one.started >= one.temper.lasts * SECOND:
                self._world.expire(one.id)
                return
            self._write(one, now)
            self._probe(one, now)

    def _write(self, one: Container, now: int) -> None:
        temper = one.temper
        if not temper.script:
            return
        if now >= self._next_line.get(one.id, 0):
            if one.id in self._next_line:
                self._number += 1
                self._world.say(one, [self._line(temper.line(self._written(one), self._chance))])
            self._next_line[one.id] = now + int(temper.pace * self._chance.uniform(0.3, 1.7) * SECOND)

    def _written(self, one: Container) -> int:
        """Count the lines of a container's script."""
        number = self._lines[one.id] = self._lines.get(one.id, -1) + 1
        return number

    def _line(self, said: Said) -> Said:
        stream, text = said
        return stream, fill(text, self._number, self._chance)

    def _probe(self, one: Container, now: int) -> None:
        if one.health is None:
            return
        last = one.health.probes[-1].end if one.health.probes else one.started
        pause = _PROBE_EVERY if one.health.probes else _FIRST_PROBE
        if now - last >= pause * SECOND:
            number = self._checked[one.id] = self._checked.get(one.id, -1) + 1
            found, output = one.temper.checks[number % len(one.temper.checks)]
            self._world.probe(one.id, output, passed=found == "pass")
