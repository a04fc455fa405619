"""The way to an engine behind ssh: one login, and a local socket that ends at the engine's."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import weakref
from pathlib import Path

from tui.engine.address import DEFAULT_SOCKET, Place, split
from tui.engine.errors import Trouble, Unreachable

_OPTIONS = (
    # Nothing is ever asked: the terminal belongs to the screen.
    *("-o", "BatchMode=yes"),
    *("-o", "ExitOnForwardFailure=yes"),
    *("-o", "StreamLocalBindUnlink=yes"),
    *("-o", "StreamLocalBindMask=0177"),
    *("-o", "ServerAliveInterval=15"),
    *("-o", "ServerAliveCountMax=3"),
    # Its messages are where the reason of a failure is found, whatever ssh_config says.
    *("-o", "LogLevel=INFO"),
)
_STEP = 0.01
_LONGEST_SOCKET_PATH = 90
"""Bytes; the system allows 104 on macOS and 108 on Linux."""


class Tunnel:
    """An ssh process that forwards a local socket to the engine's.

    Args:
        url: `ssh://[USER@]HOST[:PORT][/PATH]`; PATH is the engine's socket on that host.

    """

    def __init__(self, url: str) -> None:
        self._place = split(url)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._finish: weakref.finalize[[subprocess.Popen[bytes], Path], Tunnel] | None = None

    def open(self, timeout: float) -> Path:
        """Log in, and give the path of the local socket once the engine answers there.

        Args:
            timeout: seconds for all of it.

        Raises:
            Unreachable: SSH with ssh's own reason in words, or TIMED_OUT.

        """
        deadline = time.monotonic() + timeout
        local = self._start(timeout)
        try:
            self._wait_for(local, deadline)
            self._probe(local, deadline)
        except Unreachable:
            self.close()
            raise
        return local

    @property
    def alive(self) -> bool:
        """Whether ssh still runs."""
        return self._process is not None and self._process.poll() is None

    def close(self) -> None:
        """End ssh and remove the socket, at once and from any thread; `open` then fails."""
        with self._lock:
            self._closing.set()
            if self._finish:
                self._finish()

    def _start(self, timeout: float) -> Path:
        remote = self._place.path or DEFAULT_SOCKET
        if ":" in remote:
            raise Unreachable(Trouble.BAD_ADDRESS, f"ssh cannot forward a path with a colon: {remote}")
        with self._lock:
            if self._closing.is_set() or self._process:
                raise Unreachable(Trouble.SSH, "this tunnel has been used and closed")
            folder = _private_folder()
            local = folder / "engine.sock"
            command = ["ssh", "-N", "-T", "-a", "-x", *_OPTIONS]
            command += ["-o", f"ConnectTimeout={max(1, int(timeout))}", "-L", f"{local}:{remote}"]
            command += _login(self._place)
            try:
                self._process = _spawn(command, folder)
            except OSError as error:
                shutil.rmtree(folder, ignore_errors=True)
                missing = isinstance(error, FileNotFoundError)
                text = "there is no ssh on this machine" if missing else f"ssh does not start: {error}"
                raise Unreachable(Trouble.SSH, text) from error
            self._folder = folder
            # Also at the interpreter's exit, so that no ssh is left behind.
            self._finish = weakref.finalize(self, _finish, self._process, folder)
        return local

    def _wait_for(self, local: Path, deadline: float) -> None:
        """Wait until ssh listens, which it does only after the login."""
        while not local.exists():
            self._check(deadline)
            self._closing.wait(_STEP)

    def _check(self, deadline: float) -> None:
        if self._closing.is_set():
            raise Unreachable(Trouble.SSH, "the tunnel was closed")
        if not self.alive:
            raise Unreachable(Trouble.SSH, _explain(self._complaint(), self._place.host))
        if time.monotonic() > deadline:
            raise Unreachable(Trouble.TIMED_OUT, f"ssh to {self._place.host} took too long")

    def _probe(self, local: Path, deadline: float) -> None:
        """Ask for one byte of an answer: the login says nothing about the engine's socket."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(0.05)
            answer: bytes | None = None
            try:
                sock.connect(str(local))
                sock.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
                while answer is None:
                    answer = self._receive(sock, deadline)
            except OSError:
                answer = b""
        if not answer:
            self._check(deadline)
            remote = self._place.path or DEFAULT_SOCKET
            text = f"ssh reached {self._place.host}, but no engine answers at its {remote}"
            raise Unreachable(Trouble.SSH, f"{text}: does it run, and may this user reach it?")

    def _receive(self, sock: socket.socket, deadline: float) -> bytes | None:
        try:
            return sock.recv(1)
        except TimeoutError:
            self._check(deadline)
            return None

    def _complaint(self) -> str:
        if self._folder is None:
            return ""
        try:
            return (self._folder / "said").read_text(errors="replace")
        except OSError:
            return ""


def _login(place: Place) -> list[str]:
    """Name the host in words of which none can be taken for an option."""
    user = ["-l", place.user] if place.user else []
    port = ["-p", str(place.port)] if place.port else []
    return [*user, *port, "--", place.host]


def _private_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="wherry-")
    if ":" in folder or len(os.fsencode(folder)) > _LONGEST_SOCKET_PATH - len("/engine.sock"):
        Path(folder).rmdir()
        folder = tempfile.mkdtemp(prefix="wherry-", dir="/tmp")
    return Path(folder)


def _spawn(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    # To a file, not a pipe: nobody need read it for ssh to go on.
    with (folder / "said").open("wb") as said:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            # Its own session: no terminal to ask on, and ctrl+c does not reach it.
            start_new_session=True,
            env=os.environ | {"SSH_ASKPASS_REQUIRE": "never", "LC_ALL": "C"},
        )


def _finish(process: subprocess.Popen[bytes], folder: Path) -> None:
    """End ssh with whatever it started (ProxyCommand), and remove its folder."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        try:
            os.killpg(process.pid, number)
            process.wait(0.1)
        except (ProcessLookupError, PermissionError, subprocess.TimeoutExpired):
            pass  # gone in between, or the next signal will do
    shutil.rmtree(folder, ignore_errors=True)


_REASONS = (
    (
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        "its host key has changed: see ssh's warning before trusting it",
    ),
    ("Host key verification failed", "its host key is not known: connect once with ssh {host} and accept it"),
    ("Permission denied", "permission denied: it took none of the keys (is one loaded in ssh-agent?)"),
    ("Too many authentication failures", "it refused after too many keys: name one in ~/.ssh/config"),
    ("Could not resolve hostname", "the host name is not known"),
    ("Connection refused", "connection refused: no ssh server is listening there"),
    ("No route to host", "no route to the host"),
    ("Network is unreachable", "the network is unreachable"),
    ("timed out", "it did not answer in time"),
    ("administratively prohibited", "its ssh server does not allow forwarding"),
    ("Bad configuration option", "this ssh is too old, or ~/.ssh/config has an unknown option"),
)


def _explain(said: str, host: str) -> str:
    """Turn what ssh wrote into one line; unknown words are passed on as they are."""
    for sign, reason in _REASONS:
        if sign in said:
            return f"ssh to {host}: {reason.format(host=host)}"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = "".join(char for char in lines[-1] if char.isprintable()) if lines else "it ended without a word"
    return f"ssh to {host}: {last}"
