from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.demo.server import DemoEngine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DemoEngine]:
    """Give a demo engine with its usual world."""
    with DemoEngine(str(tmp_path / "demo.sock")) as made:
        yield made
