from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docker import APIClient

from tests.demo.talk import Talk
from tui.demo.scenes import bare, stack
from tui.demo.server import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.demo.world import World


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DemoEngine]:
    """Give an engine with nothing but bb:2."""
    with DemoEngine(str(tmp_path / "d.sock"), bare) as made:
        yield made


@pytest.fixture
def full(tmp_path: Path) -> Iterator[DemoEngine]:
    """Give an engine with the believable scene."""
    with DemoEngine(str(tmp_path / "full.sock"), stack) as made:
        yield made


@pytest.fixture
def world(engine: DemoEngine) -> World:
    return engine.world


@pytest.fixture
def api(engine: DemoEngine) -> Iterator[APIClient]:
    client = APIClient(base_url=engine.url, version="auto", timeout=10)
    yield client
    client.close()


@pytest.fixture
def full_api(full: DemoEngine) -> Iterator[APIClient]:
    client = APIClient(base_url=full.url, version="auto", timeout=10)
    yield client
    client.close()


@pytest.fixture
def talk(engine: DemoEngine) -> Iterator[Talk]:
    connection = Talk(engine.path)
    yield connection
    connection.close()
