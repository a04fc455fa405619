"""What needs a real engine: skipped where there is none, failed where WHERRY_LIVE=1 says that there is."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.live.proxy import EngineProxy

SOCKET = "/var/run/docker.sock"
_HERE = Path(__file__).parent


def _missing() -> str:
    """Say what is missing of an engine that tests can use, or nothing."""
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(3)
            sock.connect(SOCKET)
            sock.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            if b"200 OK" not in sock.recv(200):
                return f"the engine at {SOCKET} does not answer"
    except OSError as error:
        return f"no engine at {SOCKET}: {error}"
    found = subprocess.run(["docker", "image", "inspect", "bb:2"], capture_output=True, check=False)
    return "" if found.returncode == 0 else "the engine has no image bb:2: run .ci/engine up"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    live = [item for item in items if _HERE in item.path.parents]
    missing = _missing() if live else ""
    for item in live:
        item.add_marker(pytest.mark.live)
        if missing and os.environ.get("WHERRY_LIVE") != "1":
            item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(autouse=True, scope="session")
def _engine() -> None:
    if missing := _missing():
        pytest.fail(f"WHERRY_LIVE=1, but {missing}")


DockerCli = Callable[..., str]


@pytest.fixture
def docker_cli() -> DockerCli:
    """Run the docker CLI and give what it prints."""

    def run(*words: str, check: bool = True) -> str:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            pytest.fail(f"docker {' '.join(words)}: {done.stderr}")
        return done.stdout.strip()

    return run


@pytest.fixture
def prefix(docker_cli: DockerCli) -> Iterator[str]:
    """Give a prefix for names of this test's own; whatever carries it is removed afterwards."""
    mine = f"wherry-test-{secrets.token_hex(3)}-"
    yield mine
    for kind, listing in (
        ("container", ("ps", "-aq", "--filter", f"name={mine}")),
        ("image", ("images", "-q", "--filter", f"reference={mine}*")),
        ("network", ("network", "ls", "-q", "--filter", f"name={mine}")),
        ("volume", ("volume", "ls", "-q", "--filter", f"name={mine}")),
    ):
        for one in set(docker_cli(*listing, check=False).split()):
            force = ("-f",) if kind != "network" else ()
            docker_cli(kind, "rm", *force, *(("-v",) if kind == "container" else ()), one, check=False)


@pytest.fixture
def cuttable(tmp_path: Path) -> Iterator[EngineProxy]:
    """Give a way to the real engine that can be cut."""
    with EngineProxy(str(tmp_path / "engine.sock"), SOCKET) as proxy:
        yield proxy
