"""Isolation: no test sees the user's home, engine or clock."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# As wherry does once it is drawn: it takes a quarter less of the processor.
gc.set_threshold(50_000, 20, 100)

# What decides about a change is not decided by lot; at a desk, new examples are looked for each time.
settings.register_profile("same", derandomize=True)
if os.environ.get("WHERRY_LIVE") == "1":
    settings.load_profile("same")

_FOLDERS = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "DOCKER_CONFIG")
_REMOVED = (
    "DOCKER_API_VERSION",
    "DOCKER_CERT_PATH",
    "DOCKER_CONTEXT",
    "DOCKER_HOST",
    "DOCKER_TLS_VERIFY",
    "NO_COLOR",
    "TMUX",
)


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test a home of its own, and its current folder.

    The docker CLI still finds its plugins: they are in system folders, which DOCKER_CONFIG does not move.
    """
    home = tmp_path_factory.mktemp("home")
    for name in (*_REMOVED, *(name for name in os.environ if name.startswith("COMPOSE_"))):
        monkeypatch.delenv(name, raising=False)
    for name in _FOLDERS:
        folder = home / name.lower()
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    current = home / "folder"
    current.mkdir()
    monkeypatch.chdir(current)
    yield current
    monkeypatch.undo()
    time.tzset()
