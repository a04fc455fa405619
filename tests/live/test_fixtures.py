"""What the other live tests rely on."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.conftest import DockerCli, _carrying, _remove
from tests.live.proxy import EngineProxy

COMPOSE = """
services:
  web:
    image: bb:2
    container_name: {name}
    init: true
    command: sleep 1000
    volumes: [stock:/stock]
volumes:
  stock:
"""


def ping(path: str, timeout: float = 5) -> bytes:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(timeout)
        sock.connect(path)
        sock.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        return sock.recv(200)


@pytest.fixture
def following(cuttable: EngineProxy) -> Iterator[socket.socket]:
    """A connection on which the engine tells its events."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(5)
        sock.connect(cuttable.path)
        sock.sendall(b"GET /events HTTP/1.1\r\nHost: engine\r\n\r\n")
        assert b"200 OK" in sock.recv(1000)
        yield sock


def test_a_cut_drops_what_is_open_and_refuses_what_comes(
    cuttable: EngineProxy, following: socket.socket
) -> None:
    cuttable.cut()
    assert following.recv(1000) == b""
    with pytest.raises(FileNotFoundError):
        ping(cuttable.path)
    cuttable.restore()
    assert b"200 OK" in ping(cuttable.path)


def test_what_was_frozen_comes_after_the_thaw(cuttable: EngineProxy) -> None:
    cuttable.freeze()
    with pytest.raises(TimeoutError):
        ping(cuttable.path, timeout=0.3)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(5)
        sock.connect(cuttable.path)
        sock.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        cuttable.thaw()
        assert b"200 OK" in sock.recv(200)


def test_a_closed_stdin_does_not_end_the_output(
    docker_cli: DockerCli, prefix: str, cuttable: EngineProxy
) -> None:
    argv = [
        "docker",
        "--host",
        f"unix://{cuttable.path}",
        "run",
        "-i",
        "--rm",
        "--name",
        f"{prefix}sum",
        "bb:2",
    ]
    done = subprocess.run(
        [*argv, "wc", "-c"], input=b"x" * 300_000, capture_output=True, timeout=60, check=True
    )
    assert done.stdout.split() == [b"300000"]


def test_all_that_carries_the_prefix_goes_and_nothing_else(
    docker_cli: DockerCli, prefix: str, tmp_path: Path
) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE.format(name=f"other-{prefix}"))
    docker_cli("compose", "--project-directory", str(tmp_path), "-p", f"{prefix}shop", "up", "-d")
    docker_cli(
        "run",
        "-d",
        "--init",
        "--name",
        f"{prefix}one",
        "--network",
        f"{prefix}shop_default",
        "bb:2",
        "sleep",
        "1000",
    )
    docker_cli("volume", "create", f"{prefix}box")
    docker_cli("tag", "bb:2", f"{prefix}image:1")
    assert {kind: len(found) for kind, found in _carrying(docker_cli, prefix).items()} == {
        "container": 2,
        "network": 1,
        "volume": 2,
        "image": 1,
    }
    _remove(docker_cli, prefix)
    assert not any(_carrying(docker_cli, prefix).values())
    docker_cli("image", "inspect", "bb:2")
