"""What the docker CLI on this machine can do: Compose and buildx are plugins that may be missing."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TIMEOUT = 5.0
_VERSION = re.compile(r"\bv?(\d+\.\d+[^\s,]*)")
# A broken context would keep the CLI from saying even its version.
_NOT_NEEDED = frozenset({"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"})


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs that were found.

    Args:
        docker: the path of the docker CLI, if there is one.
        buildx: whether it has buildx, and so BuildKit.
        compose: the words that start Compose v2; empty where there is none.
        docker_version: such as `28.2.2`; empty where unknown, like the other two.
        compose_version: that of Compose v1, too, which is not used.

    """

    docker: str | None = None
    buildx: bool = False
    compose: tuple[str, ...] = ()
    docker_version: str = ""
    buildx_version: str = ""
    compose_version: str = ""

    def why_not(self, need: str) -> str:
        """Say what is missing for `docker`, `buildx` or `compose`; empty where nothing is."""
        if need == "docker" and self.docker is None:
            return "this needs the docker CLI, and there is none on this machine's PATH"
        if need == "buildx" and not self.buildx:
            return "building with BuildKit needs the docker CLI with buildx; the classic builder is used"
        if need == "compose" and not self.compose:
            what = "compose needs Docker Compose v2 (the docker-compose-plugin package)"
            return f"{what}; here is only v1, {self.compose_version}" if self.compose_version else what
        return ""


def find_tools(environ: Mapping[str, str]) -> Tools:
    """Look for the docker CLI and its plugins on the PATH of `environ`.

    Each is asked for its version, which takes some 0.1 s, and 5 s at the most for one that hangs.
    """
    path = environ.get("PATH")
    docker = shutil.which("docker", path=path)
    buildx_version = compose_version = docker_version = ""
    compose: tuple[str, ...] = ()
    if docker is not None:
        docker_version = _version((docker, "--version"), environ)
        # Podman's stand-in answers to `buildx version` too, but with Buildah's.
        buildx_version = _version((docker, "buildx", "version"), environ, word="buildx")
        compose_version = _version((docker, "compose", "version", "--short"), environ)
        compose = ("docker", "compose") if _is_v2(compose_version) else ()
    standalone = shutil.which("docker-compose", path=path)
    if not compose and standalone is not None:
        compose_version = _version((standalone, "version", "--short"), environ)
        compose = ("docker-compose",) if _is_v2(compose_version) else ()
    return Tools(docker, bool(buildx_version), compose, docker_version, buildx_version, compose_version)


def _is_v2(version: str) -> bool:
    """Tell Compose v2 and what came after it from v1, which knows other flags."""
    major = version.partition(".")[0]
    return major.isdecimal() and int(major) >= 2


def _version(argv: Sequence[str], environ: Mapping[str, str], word: str = "") -> str:
    """Give the version that a program says; empty where it says none, or `word` is not in its answer."""
    try:
        done = subprocess.run(
            list(argv),
            env={name: value for name, value in environ.items() if name not in _NOT_NEEDED},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    said = done.stdout.decode(errors="replace")
    match = _VERSION.search(said)
    return match[1] if done.returncode == 0 and match and word in said else ""
