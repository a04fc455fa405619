from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.demo.scenes import bare
from tui.demo.server import DemoEngine
from tui.demo.world import World
from tui.engine import feed, pulse


def _few(world: World) -> None:
    """Fill a world with one of everything, and one container more that has ended."""
    bare(world)
    world.create_network("shop_default")
    world.create_volume("shop_data", labels={"com.docker.compose.project": "shop"}, options={"o": "size=1g"})
    labels = {
        "com.docker.compose.project": "shop",
        "com.docker.compose.service": "web",
        "com.docker.compose.container-number": "1",
        "com.docker.compose.project.config_files": "/srv/shop/compose.yaml",
    }
    world.create_container(
        "shop-web-1",
        "bb:2",
        ["server"],
        labels=labels,
        ports={"80/tcp": 8080, "81/tcp": None},
        binds=["shop_data:/data"],
        network="shop_default",
        health="true",
        memory=100_000_000,
    )
    world.start("shop-web-1")
    world.set_health("shop-web-1", "unhealthy", "no answer")
    world.log("shop-web-1", "it is ready")
    world.create_container("ended", "bb:2", ["sleep", "9"])
    world.start("ended")
    world.die("ended", 3)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[DemoEngine]:
    """Give a demo engine with one of everything, which is listed and drawn in no time."""
    with DemoEngine(str(tmp_path / "small.sock"), _few) as made:
        yield made


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DemoEngine]:
    """Give a demo engine with its usual world, which nothing goes wrong with yet."""
    with DemoEngine(str(tmp_path / "demo.sock")) as made:
        yield made


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let lists follow their events at once, what was refused soon, and a lost link come back sooner."""
    monkeypatch.setattr(pulse, "SOON", 0.0)
    monkeypatch.setattr(pulse, "SETTLED", 0.01)
    monkeypatch.setattr(pulse, "APART", 0.0)
    monkeypatch.setattr(feed, "REFUSED_PAUSE", 0.1)
    monkeypatch.setattr(feed, "RETRIES", (0.1, 0.2))
