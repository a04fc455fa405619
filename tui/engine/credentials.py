"""What a registry is told of who asks: the docker CLI's own logins, read anew each time and never kept."""

from __future__ import annotations

import base64
import binascii
import json
import os
import shutil
import signal
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.engine.errors import EngineError
from tui.engine.reading import mapping, text

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = 30.0
"""Seconds that a credential helper may take: it may ask a person for a password on another screen."""
_TOKEN = "<token>"  # noqa: S105  # what helpers write for a user name beside a token, no secret
_NOT_FOUND = "credentials not found"
NOBODY = "e30="
"""An empty login: `{}` in base64."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks; nothing of it is ever shown, not even by `repr`.

    Args:
        server: the registry's key in the docker CLI's config.
        token: an identity token, which stands for user name and password.

    """

    server: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def header(self) -> str:
        """Write it as X-Registry-Auth."""
        if self.token:
            said = {"identitytoken": self.token, "serveraddress": self.server}
        elif self.user:
            said = {"username": self.user, "password": self.password, "serveraddress": self.server}
        else:
            return NOBODY
        return base64.urlsafe_b64encode(json.dumps(said).encode()).decode("ascii")


class Logins:
    """Finds logins in the docker CLI's config.json, and asks the helpers that it names.

    Args:
        environ: says where the config is (DOCKER_CONFIG, HOME) and where helpers are (PATH).

    """

    def __init__(self, environ: Mapping[str, str], timeout: float = TIMEOUT) -> None:
        self._environ, self._timeout = dict(environ), timeout
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._cancelled = False

    @property
    def path(self) -> Path:
        """Where the docker CLI keeps its config."""
        folder = self._environ.get("DOCKER_CONFIG")
        if folder:
            return Path(folder) / "config.json"
        home = self._environ.get("HOME")
        return (Path(home) if home else Path.home()) / ".docker" / "config.json"

    def find(self, server: str) -> Login:
        """Give the login for a registry, by the key that it is kept under; an empty one where there is none.

        Raises:
            EngineError: where the config can't be read, or a helper is missing or fails.

        """
        config = self._config()
        helper = text(mapping(config.get("credHelpers")).get(server)) or text(config.get("credsStore"))
        if helper:
            return self._ask(helper, server)
        entries = mapping(config.get("auths"))
        found = next((entries[key] for key in entries if key == server), None)
        if found is None:
            found = next((entries[key] for key in entries if _host(key) == _host(server)), None)
        return self._stored(server, mapping(found))

    def cancel(self) -> None:
        """End a helper that is being asked; from any thread."""
        with self._lock:
            self._cancelled = True
            child = self._child
        if child is not None:
            _kill(child)

    def _config(self) -> Mapping[str, Any]:
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise EngineError(f"{self.path} can't be read: {error.strerror}") from error
        try:
            config = json.loads(raw)
        except (ValueError, RecursionError):
            # Not with its cause, which holds the whole text.
            raise EngineError(f"{self.path} is no JSON: no login can be read from it") from None
        return mapping(config)

    def _stored(self, server: str, entry: Mapping[str, Any]) -> Login:
        if token := text(entry.get("identitytoken")):
            return Login(server, token=token)
        if not (packed := text(entry.get("auth"))):
            return Login(server, text(entry.get("username")), text(entry.get("password")))
        try:
            user, colon, password = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            colon = ""
        if not colon:
            raise EngineError(
                f"the login for {server} in {self.path} can't be read: docker login writes it anew"
            )
        return Login(server, user, password.rstrip("\0"))

    def _ask(self, helper: str, server: str) -> Login:
        """Run `docker-credential-HELPER get`, which reads the registry and writes the login as JSON."""
        name = f"docker-credential-{helper}"
        program = shutil.which(name, path=self._environ.get("PATH")) if "/" not in helper else None
        if program is None:
            raise EngineError(
                f"{name}, which {self.path} names for {server}, is not installed on this machine"
            )
        code, out = self._run(name, program, server)
        if code:
            # What it wrote is shown only where it is the one answer that all helpers have for this.
            if _NOT_FOUND in out.decode(errors="replace"):
                return Login(server)
            raise EngineError(f"{name} gave no login for {server}: it ended with exit code {code}")
        try:
            said = mapping(json.loads(out))
        except (ValueError, RecursionError):
            raise EngineError(f"{name} gave no login for {server}: what it wrote is no JSON") from None
        user, secret = text(said.get("Username")), text(said.get("Secret"))
        return Login(server, token=secret) if user == _TOKEN else Login(server, user, secret)

    def _run(self, name: str, program: str, server: str) -> tuple[int, bytes]:
        try:
            child = subprocess.Popen(  # the docker CLI's own config names it
                [program, "get"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environ,
                start_new_session=True,
            )
        except OSError as error:
            raise EngineError(f"{name} can't be run: {error.strerror}") from error
        with self._lock:
            self._child = child
            cancelled = self._cancelled
        if cancelled:
            _kill(child)
        try:
            out, _ = child.communicate(server.encode(), self._timeout)
        except subprocess.TimeoutExpired:
            _kill(child)
            child.communicate()
            # Not with its cause, which holds what was written so far.
            raise EngineError(f"{name} did not answer within {self._timeout:g} seconds") from None
        finally:
            with self._lock:
                self._child = None
        if self._cancelled:
            raise EngineError("cancelled")
        return child.returncode, out


def _host(key: str) -> str:
    """Take the host out of what a registry is called, as the docker CLI compares them."""
    return key.removeprefix("https://").removeprefix("http://").partition("/")[0]


def _kill(child: subprocess.Popen[bytes]) -> None:
    # It leads a session of its own; what it started goes with it.
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
