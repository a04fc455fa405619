from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from tui.engine.address import Address
from tui.engine.build import build_job
from tui.engine.buildanswers import BuildAnswers
from tui.engine.builders import NO_BUILDKIT, why_classic
from tui.engine.connection import Connection
from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.jobs import JobState
from tui.engine.tools import Tools

WITH, WITHOUT = Tools("/usr/bin/docker", buildx=True), Tools("/usr/bin/docker")


@dataclass
class At:
    endpoint: Address

    def reached_at(self) -> Address:
        return self.endpoint


@pytest.fixture
def engine(tmp_path: Path):
    """Give a way to an engine whose ping has these headers."""
    servers: list[socket.socket] = []

    def start(*headers: str) -> Connection:
        path = str(tmp_path / "e.sock")
        server = socket.create_server(path, family=socket.AF_UNIX)
        servers.append(server)

        def serve() -> None:
            peer, _ = server.accept()
            with peer:
                assert peer.recv(4096).startswith(b"GET /_ping ")
                lines = ["HTTP/1.1 200 OK", *headers, "Content-Length: 2", "", "OK"]
                peer.sendall("\r\n".join(lines).encode())

        threading.Thread(target=serve, daemon=True).start()
        return cast("Connection", At(Address(f"unix://{path}", "a test", "", None, is_default=False)))

    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (["Builder-Version: 2", "Server: Docker/26.1.5 (linux)"], ""),
        (["Builder-Version: 1", "Server: Docker/26.1.5 (linux)"], NO_BUILDKIT),
        (["Builder-Version: 1", "Server: Docker/20.10.24 (linux)"], ""),
        (["Builder-Version: 1"], NO_BUILDKIT),
        (["Builder-Version: ", "Server: Libpod/5.0.0 (linux)"], NO_BUILDKIT),
        (["Server: Libpod/4.3.1 (linux)"], NO_BUILDKIT),
    ],
)
def test_the_engine_says_whether_it_has_buildkit(engine, headers, why):
    assert why_classic(engine(*headers), WITH) == why


def test_without_buildx_here_the_engine_is_not_even_asked():
    nowhere = Connection(lambda: Address("unix:///nowhere", "a test", "", None, is_default=False))
    assert "docker CLI with buildx" in why_classic(nowhere, WITHOUT)
    nowhere.close()


def test_an_engine_that_is_gone_is_told(tmp_path):
    gone = Address(f"unix://{tmp_path}/none.sock", "a test", "", None, is_default=False)
    with pytest.raises(EngineError, match="no socket"):
        why_classic(cast("Connection", At(gone)), WITH)


def test_the_job_says_why_it_is_the_classic_builder(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM bb:2\n")

    def no_client() -> Any:
        raise Unreachable(Trouble.REFUSED, "connection refused")

    job = build_job(BuildAnswers(str(tmp_path)), (), {}, False, no_client, why_classic=NO_BUILDKIT)
    assert job.wait(15)
    assert job.state is JobState.FAILED
    assert job.output[0] == NO_BUILDKIT
