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
from tests.live.registry import missing, serving

SOCKET = "/var/run/docker.sock"
_HERE = Path(__file__).parent
_PROJECT = '{{.Label "com.docker.compose.project"}}'

DockerCli = Callable[..., str]


def _docker(*words: str) -> subprocess.CompletedProcess[str]:
    argv = ["docker", "--host", f"unix://{SOCKET}", *words]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=180)


def _missing() -> str:
    """Say what is missing of an engine that tests can use, or nothing."""
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(3)
            sock.connect(SOCKET)
            sock.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            if b"200 OK" not in sock.recv(200):
                return f"the engine at {SOCKET} is not well"
    except OSError as error:
        return f"no Docker engine at {SOCKET}: {error}"
    try:
        found = _docker("image", "inspect", "bb:2")
    except FileNotFoundError:
        return "no docker CLI"
    return "" if found.returncode == 0 else "the engine has no image bb:2: .ci/engine up makes it"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    live = [item for item in items if _HERE in item.path.parents]
    skip = _missing() if live and os.environ.get("WHERRY_LIVE") != "1" else ""
    for item in live:
        item.add_marker(pytest.mark.live)
        if skip:
            item.add_marker(pytest.mark.skip(reason=skip))


@pytest.fixture(autouse=True, scope="session")
def engine() -> None:
    """Fail every live test where the engine that was promised is not there."""
    if missing := _missing():
        pytest.fail(f"WHERRY_LIVE={os.environ.get('WHERRY_LIVE', '')}, but {missing}")


@pytest.fixture
def docker_cli() -> DockerCli:
    """Run the docker CLI on the real engine, and give what it prints."""

    def run(*words: str, check: bool = True) -> str:
        done = _docker(*words)
        if check and done.returncode != 0:
            pytest.fail(f"docker {' '.join(words)}: {done.stderr}")
        return done.stdout.strip()

    return run


@pytest.fixture
def prefix(docker_cli: DockerCli) -> Iterator[str]:
    """Give a prefix for names of this test's own; whatever carries it is removed afterwards."""
    mine = f"wherry-test-{secrets.token_hex(4)}-"
    yield mine
    _remove(docker_cli, mine)
    left = {kind: found for kind, found in _carrying(docker_cli, mine).items() if found}
    assert not left, f"could not remove {left}"


def _remove(docker: DockerCli, mine: str) -> None:
    # In this order, as containers hold all the others. One that went by itself meanwhile is no error.
    for kind, force in (
        ("container", ("--force", "--volumes")),
        ("network", ("--force",)),
        ("volume", ("--force",)),
        ("image", ("--force",)),
    ):
        if found := _carrying(docker, mine)[kind]:
            docker(kind, "rm", *force, *found, check=False)


def _carrying(docker: DockerCli, mine: str) -> dict[str, list[str]]:
    """Give the names, per kind, of what is called `mine…` or is of a Compose project that is.

    Images by tag and never by id: a test may have given a tag of its own to an image that others use.
    """
    listings = {
        "container": ("container", "ls", "--all", "--format", f"{{{{.Names}}}}\t{_PROJECT}"),
        "network": ("network", "ls", "--format", f"{{{{.Name}}}}\t{_PROJECT}"),
        "volume": ("volume", "ls", "--format", f"{{{{.Name}}}}\t{_PROJECT}"),
        "image": ("image", "ls", "--format", "{{.Repository}}:{{.Tag}}"),
    }
    found: dict[str, list[str]] = {}
    for kind, words in listings.items():
        rows = [line.split("\t") for line in docker(*words).splitlines()]
        # A project may be called as the prefix is, without its dash.
        found[kind] = [row[0] for row in rows if row[0].startswith(mine) or f"{row[-1]}-".startswith(mine)]
    return found


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """Run a registry on this machine alone, and give its address."""
    need_registry()
    with serving(tmp_path) as address:
        yield address


def need_registry() -> None:
    """Skip, or fail where it was promised, without Debian's docker-registry."""
    if why := missing():
        if os.environ.get("WHERRY_LIVE") == "1":
            pytest.fail(f"WHERRY_LIVE=1, but {why}")
        pytest.skip(why)


@pytest.fixture
def cuttable() -> Iterator[EngineProxy]:
    """Give a way to the real engine that can be cut, frozen and put back."""
    with EngineProxy(SOCKET) as proxy:
        yield proxy
