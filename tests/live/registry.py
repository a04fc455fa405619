"""Debian's docker-registry on this machine alone: open, or shut behind a password."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = shutil.which("docker-registry")
USER, PASSWORD = "ada", "right"
_HASH = "$2b$04$e5YScH0OVoR9OOGqiUkOBuHPd305PBwk.IlqXVe6D99K9IHY8C9qG"


def missing() -> str:
    """Say what is missing of a registry, or nothing."""
    return "" if PROGRAM else "no docker-registry: Debian's package of that name has it"


@contextmanager
def serving(folder: Path, *, shut: bool = False) -> Iterator[str]:
    """Run a registry that keeps its images in a folder, and give its address.

    Args:
        folder: where it keeps everything.
        shut: whether only USER with PASSWORD may use it.

    """
    assert PROGRAM is not None, missing()
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    config: dict[str, object] = {
        "version": 0.1,
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "registry")}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }
    if shut:
        users = folder / "htpasswd"
        users.write_text(f"{USER}:{_HASH}\n")
        config["auth"] = {"htpasswd": {"realm": "a test", "path": str(users)}}
    file = folder / "registry.json"
    file.write_text(json.dumps(config))
    with subprocess.Popen(
        [PROGRAM, "serve", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        try:
            _wait_for(port)
            yield f"localhost:{port}"
        finally:
            running.terminate()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while not _answers(port):
        if time.monotonic() > end:
            pytest.fail("the registry did not answer")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/", timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return error.code == 401
    except OSError:
        return False
