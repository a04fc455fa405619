from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tui.engine.errors import Trouble, Unreachable
from tui.engine.tunnel import Tunnel

FAKE_SSH = """#!{python}
import json, os, socket, sys, threading, time
folder = os.path.dirname(os.path.abspath(__file__))
plan = json.load(open(folder + "/plan"))
args = sys.argv[1:]
ways = {{
    "args": args,
    "stdin": os.readlink("/proc/self/fd/0") if os.path.exists("/proc/self/fd/0") else "/dev/null",
    "session": os.getsid(0) == os.getpid(),
    "pid": os.getpid(),
}}
json.dump(ways, open(folder + "/seen.part", "w"))
os.rename(folder + "/seen.part", folder + "/seen")
sys.stderr.write(plan.get("say", ""))
sys.stderr.flush()
if "code" in plan:
    sys.exit(plan["code"])
if plan.get("hang"):
    time.sleep(60)
local, remote = args[args.index("-L") + 1].split(":")
server = socket.socket(socket.AF_UNIX)
server.bind(local)
server.listen()
def pump(one, other):
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass
while True:
    near, _ = server.accept()
    far = socket.socket(socket.AF_UNIX)
    try:
        far.connect(plan.get("remote") or remote)
    except OSError as error:
        sys.stderr.write("channel 1: open failed: connect failed: open failed\\n")
        near.close()
        continue
    for pair in ((near, far), (far, near)):
        threading.Thread(target=pump, args=pair, daemon=True).start()
"""


class Ssh:
    """A stand-in for ssh on PATH that does, or says, what a plan wants."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        script = folder / "ssh"
        script.write_text(FAKE_SSH.format(python=sys.executable))
        script.chmod(0o755)
        self.plan()

    def plan(self, **what: object) -> None:
        (self._folder / "plan").write_text(json.dumps(what))

    def seen(self) -> dict[str, Any]:
        wait_until((self._folder / "seen").exists)
        return dict(json.loads((self._folder / "seen").read_text()))

    def ended(self) -> bool:
        try:
            os.kill(self.seen()["pid"], 0)
        except ProcessLookupError:
            return True
        return False


def wait_until(condition, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


@pytest.fixture
def short_tmp(monkeypatch):
    with tempfile.TemporaryDirectory(prefix="wt-", dir="/tmp") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture
def ssh(short_tmp, monkeypatch):
    folder = short_tmp / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return Ssh(folder)


@pytest.fixture
def engine(short_tmp):
    """A socket on the far side that answers any request."""
    path = short_tmp / "far.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def serve() -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            with peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.0 200 OK\r\n\r\nOK")

    threading.Thread(target=serve, daemon=True).start()
    yield path
    server.close()


def test_opens_and_closes_at_once(ssh, engine, short_tmp):
    tunnel = Tunnel(f"ssh://Me@Host.example:2222{engine}")
    local = tunnel.open(10)
    assert local.parent.stat().st_mode & 0o777 == 0o700
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(local))
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert sock.recv(100).startswith(b"HTTP/1.0 200")
    assert tunnel.alive
    began = time.monotonic()
    tunnel.close()
    assert time.monotonic() - began < 0.3
    assert not tunnel.alive
    assert not local.parent.exists()
    assert ssh.ended()
    tunnel.close()


def test_never_asks_and_names_the_host_safely(ssh, engine):
    tunnel = Tunnel(f"ssh://Me@Host.example:2222{engine}")
    tunnel.open(10)
    seen = ssh.seen()
    tunnel.close()
    args = seen["args"]
    assert args[-6:] == ["-l", "Me", "-p", "2222", "--", "Host.example"]
    assert {"-N", "-T", "BatchMode=yes", "ExitOnForwardFailure=yes", "StreamLocalBindMask=0177"} <= set(args)
    assert seen["stdin"] == "/dev/null"
    assert seen["session"]


def test_default_socket_of_the_far_side(ssh, engine):
    ssh.plan(remote=str(engine))
    tunnel = Tunnel("ssh://host")
    tunnel.open(10)
    args = ssh.seen()["args"]
    tunnel.close()
    assert args[args.index("-L") + 1].endswith(":/var/run/docker.sock")
    assert args[-2:] == ["--", "host"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("me@host: Permission denied (publickey).\n", "permission denied"),
        ("No ED25519 host key is known\nHost key verification failed.\n", "connect once with ssh host"),
        ("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n", "changed"),
        ("ssh: Could not resolve hostname host: Name or service not known\n", "name is not known"),
        ("ssh: connect to host host port 22: Connection refused\n", "connection refused"),
        ("ssh: connect to host host port 22: Connection timed out\n", "in time"),
        ("a banner\nsome new words\x1b[31m of ssh\n\n", "some new words[31m of ssh"),
        ("", "without a word"),
    ],
)
def test_failures_in_words(ssh, short_tmp, said, words):
    ssh.plan(say=said, code=255)
    with pytest.raises(Unreachable) as caught:
        Tunnel("ssh://host").open(10)
    assert caught.value.trouble is Trouble.SSH
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in short_tmp.iterdir()] == ["bin"]


def test_no_ssh_on_this_machine(short_tmp, monkeypatch):
    monkeypatch.setenv("PATH", str(short_tmp))
    with pytest.raises(Unreachable) as caught:
        Tunnel("ssh://host").open(10)
    assert "no ssh on this machine" in str(caught.value)
    assert list(short_tmp.iterdir()) == []


def test_a_host_without_an_engine(ssh):
    tunnel = Tunnel("ssh://host/nowhere/docker.sock")
    with pytest.raises(Unreachable) as caught:
        tunnel.open(10)
    assert caught.value.trouble is Trouble.SSH
    assert "ssh reached host, but no engine answers at its /nowhere/docker.sock" in str(caught.value)
    assert ssh.ended()


def test_a_login_that_takes_too_long(ssh):
    ssh.plan(hang=True)
    with pytest.raises(Unreachable) as caught:
        Tunnel("ssh://host").open(0.3)
    assert caught.value.trouble is Trouble.TIMED_OUT
    assert ssh.ended()


def test_closing_ends_an_open_that_still_waits(ssh):
    ssh.plan(hang=True)
    tunnel = Tunnel("ssh://host")
    failures: list[Unreachable] = []

    def run() -> None:
        try:
            tunnel.open(60)
        except Unreachable as error:
            failures.append(error)

    opening = threading.Thread(target=run)
    opening.start()
    ssh.seen()
    began = time.monotonic()
    tunnel.close()
    opening.join(5)
    assert time.monotonic() - began < 0.3
    assert [failure.trouble for failure in failures] == [Trouble.SSH]
    assert ssh.ended()


def test_a_closed_tunnel_stays_closed(ssh):
    tunnel = Tunnel("ssh://host")
    tunnel.close()
    with pytest.raises(Unreachable):
        tunnel.open(10)


def test_a_tunnel_that_breaks_is_not_alive(ssh, engine):
    tunnel = Tunnel(f"ssh://host{engine}")
    tunnel.open(10)
    os.kill(ssh.seen()["pid"], 9)
    wait_until(lambda: not tunnel.alive)
    tunnel.close()


def test_a_very_long_temporary_folder(ssh, engine, short_tmp, monkeypatch):
    deep = short_tmp / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    tunnel = Tunnel(f"ssh://host{engine}")
    assert len(str(tunnel.open(10))) < 100
    tunnel.close()
    assert list(deep.iterdir()) == []
