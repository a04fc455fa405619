"""Isolation: no test sees the user's home, engine or clock."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_REMOVED = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "NO_COLOR", "TMUX")


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test a home of its own, and its current folder."""
    home = tmp_path_factory.mktemp("home")
    for name in (*_REMOVED, *(name for name in os.environ if name.startswith("COMPOSE_"))):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(home / name.lower()))
        (home / name.lower()).mkdir()
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    folder = home / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder
    monkeypatch.undo()
    time.tzset()
