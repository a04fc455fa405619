"""wherry's own engine layer against the demo, as it talks to Docker."""

from __future__ import annotations

from typing import Any

from tests.demo.talk import until
from tui.engine import containers, images, networks, volumes
from tui.engine.address import Address
from tui.engine.connection import Connection
from tui.engine.updates import Happened, Linked, LinkState, Listed


class Screen:
    """Keeps what a connection tells."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.events: list[str] = []
        self.states: list[LinkState] = []

    def take(self, updates) -> None:
        for update in updates:
            if isinstance(update, Listed):
                known = self.rows.setdefault(update.kind, {})
                gone = set(known) if update.ids is None else update.ids
                for one in gone:
                    known.pop(one, None)
                known.update({getattr(row, "id", None) or row.name: row for row in update.rows})
            elif isinstance(update, Happened):
                self.events += [event.action for event in update.events]
            elif isinstance(update, Linked):
                self.states.append(update.link.state)

    def container(self, name: str):
        return next((row for row in self.rows.get("container", {}).values() if row.name == name), None)


def test_lists_events_loss_and_return(full):
    screen = Screen()
    address = Address(full.url, "a test", "", None, is_default=True)
    engine = Connection(lambda: address, screen.take)
    engine.open()
    try:
        until(lambda: set(screen.rows) == {"container", "image", "volume", "network"})
        assert len(screen.rows["container"]) == 10
        until(lambda: screen.container("shop-job-1").condition == "loop")
        engine.feed.watch([full.world.find("shop-worker-1").id])
        until(lambda: screen.container("shop-worker-1").condition == "out of memory")
        containers.stop(engine, "shop-web-1")
        until(lambda: screen.container("shop-web-1").state == "exited")
        assert "die" in screen.events
        full.stop()
        until(lambda: screen.states[-1] is LinkState.LOST)
        full.start()
        until(lambda: screen.states[-1] is LinkState.LIVE, 10)
    finally:
        engine.close()
    until(lambda: full.connections == 0)


def test_every_act(full):
    screen = Screen()
    address = Address(full.url, "a test", "", None, is_default=True)
    engine = Connection(lambda: address, screen.take)
    engine.open()
    try:
        until(lambda: LinkState.LIVE in screen.states)
        for act in (
            containers.pause,
            containers.unpause,
            containers.restart,
            containers.stop,
            containers.start,
        ):
            act(engine, "shop-cache-1")
        containers.kill(engine, "shop-cache-1", "SIGKILL")
        containers.rename(engine, "shop-cache-1", "cache")
        containers.remove(engine, "cache", force=True, volumes=True)
        assert "Untagged: redis:8-alpine" in images.remove(engine, "redis:8-alpine", force=False)
        assert images.layers(engine, "taxi_ingest:v001")[-1].size > 0
        assert volumes.create(engine, "mine", "", {}, {}) == "mine"
        volumes.remove(engine, "mine", force=False)
        networks.connect(engine, "bridge", "shop-web-1")
        networks.disconnect(engine, "bridge", "shop-web-1")
        until(lambda: screen.container("shop-cache-1") is None and screen.container("cache") is None)
    finally:
        engine.close()
