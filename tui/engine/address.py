"""Which engine is meant, found out exactly as the docker CLI does it."""

from __future__ import annotations

import json
import pwd
from dataclasses import dataclass
from os import getuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from tui.engine.errors import Trouble, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_SOCKET = "/var/run/docker.sock"
"""Where an engine listens unless told otherwise; the same on the far side of ssh."""
_TCP_PORT, _TLS_PORT = 2375, 2376
_FLAG_HOST, _FLAG_CONTEXT = "the flag --host", "the flag --context"


@dataclass(frozen=True, slots=True)
class Tls:
    """How to speak TLS with an engine.

    Args:
        ca: the certificate that the engine's must be signed by; without it, those of the system.
        cert: our own certificate; always together with `key`.
        verify: whether the engine must prove who it is.

    """

    ca: Path | None
    cert: Path | None
    key: Path | None
    verify: bool


class Place(NamedTuple):
    """The parts of an address; `port` is 0 and `user` empty where the address has none."""

    scheme: str
    user: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Address:
    """One engine, and where its address was found.

    Args:
        url: `unix:///PATH`, `tcp://HOST:PORT[/PATH]` or `ssh://[USER@]HOST[:PORT][/PATH]`.
        source: where it was found, in words that fit after "from".
        context: the name of the context it was read from, or an empty string.
        is_default: whether `docker` typed in the same shell reaches the same engine.
        name: what it is called, where neither a context nor a host says that.

    """

    url: str
    source: str
    context: str
    tls: Tls | None
    is_default: bool
    name: str = ""

    @property
    def place(self) -> Place:
        """Take the url apart."""
        return split(self.url)

    def words(self) -> tuple[str, ...]:
        """Give the words that a docker command shown to the user needs to reach this engine."""
        if self.is_default:
            return ()
        return ("--context", self.context) if self.context else ("-H", self.url)

    def label(self) -> str:
        """Give a short name: its own, else the context's, else the host's, else `local`."""
        if self.name:
            return self.name
        if self.context and self.context != "default":
            return self.context
        return self.place.host or "local"

    def child_environ(self, environ: Mapping[str, str], tunnel: str | None = None) -> dict[str, str]:
        """Give the environment in which a child `docker` surely reaches this very engine.

        Args:
            environ: the environment to start from, the same that the address was resolved with.
            tunnel: the url of the near end of its tunnel, for an ssh address that has one.

        """
        ours = {"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"}
        child = {name: value for name, value in environ.items() if name not in ours}
        tls = None if tunnel else self.tls
        if tls and tls.ca is None:
            # The variables cannot express TLS without a ca.pem (the CLI insists on the file); only
            # a context can, so this address came from one.
            return child | {"DOCKER_CONTEXT": self.context}
        child["DOCKER_HOST"] = tunnel or self.url
        if tls and tls.ca:
            child["DOCKER_TLS_VERIFY" if tls.verify else "DOCKER_TLS"] = "1"
            child["DOCKER_CERT_PATH"] = str(tls.ca.parent)
        return child


def resolve(host: str | None, context: str | None, environ: Mapping[str, str]) -> Address:
    """Find the engine that `docker --host HOST --context CONTEXT` would talk to.

    The order is: the flags, DOCKER_HOST, DOCKER_CONTEXT, the current context, the default socket.

    Raises:
        Unreachable: BAD_ADDRESS or UNKNOWN_CONTEXT, and TLS for a missing ca.pem. What was named but
            cannot be followed is never replaced by the local engine.

    """
    if host is not None and context:
        raise Unreachable(Trouble.BAD_ADDRESS, "--host and --context cannot be given together")
    if host is not None:
        return _direct(host, _FLAG_HOST, "", environ)
    if context:
        return _named(context, _FLAG_CONTEXT, environ)
    if environ.get("DOCKER_HOST"):
        return _direct(environ["DOCKER_HOST"], "DOCKER_HOST", "", environ)
    if environ.get("DOCKER_CONTEXT"):
        return _named(environ["DOCKER_CONTEXT"], "DOCKER_CONTEXT", environ)
    folder, shown = _config_folder(environ)
    current = _current_context(folder / "config.json", shown)
    if current:
        return _named(current, f"the current context in {shown}", environ)
    return _direct("", "the default", "", environ)


def split(url: str) -> Place:
    """Take an address apart, keeping upper and lower case (ssh tells its hosts apart by it).

    Raises:
        Unreachable: BAD_ADDRESS, for what is not `SCHEME://[USER@]HOST[:PORT][/PATH]`.

    """
    scheme, _, rest = url.partition("://")
    if scheme == "unix":
        return Place(scheme, "", "", 0, rest)
    netloc, slash, path = rest.partition("/")
    login, _, where = netloc.rpartition("@")
    if where.startswith("["):
        host, bracket, tail = where[1:].partition("]")
    else:
        host, colon, number = where.partition(":")
        bracket, tail = "]", colon + number
    port = tail.removeprefix(":")
    fits = bracket and (not tail or tail.startswith(":"))
    if not fits or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise Unreachable(Trouble.BAD_ADDRESS, f"{url} has no valid host and port")
    return Place(scheme, unquote(login), host, int(port or 0), slash + path)


def _direct(text: str, source: str, context: str, environ: Mapping[str, str]) -> Address:
    """Resolve what --host or DOCKER_HOST may say, with the TLS variables; empty is the default."""
    tls_wanted = bool(environ.get("DOCKER_TLS_VERIFY") or environ.get("DOCKER_TLS"))
    text = text.strip()
    if not text:
        text = f"tcp://localhost:{_TLS_PORT}" if tls_wanted else f"unix://{DEFAULT_SOCKET}"
    if "://" not in text:
        text = ("unix://" if text.startswith(("/", "./")) else "tcp://") + text
    # The CLI's port for an address without one is 2375 even under TLS.
    url = _normal(text, source, _TCP_PORT)
    tls = _environ_tls(environ) if tls_wanted and url.startswith("tcp://") else None
    return Address(url, source, context, tls, is_default=source not in {_FLAG_HOST, _FLAG_CONTEXT})


def _environ_tls(environ: Mapping[str, str]) -> Tls:
    """Read DOCKER_CERT_PATH; the CLI, too, asks for a ca.pem even where nothing is verified."""
    folder = Path(environ.get("DOCKER_CERT_PATH") or _config_folder(environ)[0]).absolute()
    tls = _tls_in(folder, verify=bool(environ.get("DOCKER_TLS_VERIFY")))
    if tls.ca is None:
        raise Unreachable(Trouble.TLS, f"TLS is asked for, but there is no ca.pem in {folder}")
    return tls


def _tls_in(folder: Path, verify: bool) -> Tls:
    ca, cert, key = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
    pair = cert.exists() and key.exists()
    return Tls(ca if ca.exists() else None, cert if pair else None, key if pair else None, verify)


def _named(name: str, source: str, environ: Mapping[str, str]) -> Address:
    """Resolve a context; the one called `default` is whatever would be reached without contexts."""
    import hashlib

    if name == "default":
        return _direct(environ.get("DOCKER_HOST", ""), source, name, environ)
    contexts = _config_folder(environ)[0].absolute() / "contexts"
    key = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()
    endpoint = _endpoint(contexts / "meta" / key / "meta.json", name, source)
    host = _member(endpoint, "Host") or f"unix://{DEFAULT_SOCKET}"
    if not isinstance(host, str) or "://" not in host or host.endswith("://"):
        raise _broken_context(name, source, f"its address {host!r} is none")
    where = f'the context "{name}"'
    skip = _member(endpoint, "SkipTLSVerify") is True
    tls = _tls_in(contexts / "tls" / key / "docker", verify=not skip)
    has_tls = host.startswith("tcp://") and (skip or tls != Tls(None, None, None, verify=True))
    # For a context the CLI adds no port of Docker's: the request goes to the port of plain HTTP(S).
    url = _normal(host, where, 443 if has_tls else 80)
    return Address(url, source, name, tls if has_tls else None, is_default=source != _FLAG_CONTEXT)


def _endpoint(path: Path, name: str, source: str) -> Mapping[str, Any]:
    try:
        meta = _json_object(path)
    except FileNotFoundError:
        text = f'there is no context "{name}", which {source} names'
        raise Unreachable(Trouble.UNKNOWN_CONTEXT, text) from None
    except (OSError, ValueError) as error:
        raise _broken_context(name, source, f"{path} cannot be read: {error}") from error
    endpoints = _member(meta, "Endpoints")
    endpoint = endpoints.get("docker") if isinstance(endpoints, dict) else None
    if not isinstance(endpoint, dict):
        raise _broken_context(name, source, "it names no docker endpoint")
    return endpoint


def _broken_context(name: str, source: str, why: str) -> Unreachable:
    return Unreachable(Trouble.BAD_ADDRESS, f'the context "{name}", named by {source}, is broken: {why}')


def _config_folder(environ: Mapping[str, str]) -> tuple[Path, str]:
    """Give the folder of the CLI's configuration, and its config.json as people write it."""
    if environ.get("DOCKER_CONFIG"):
        folder = Path(environ["DOCKER_CONFIG"])
        return folder, str(folder / "config.json")
    home = environ.get("HOME") or pwd.getpwuid(getuid()).pw_dir
    return Path(home) / ".docker", "~/.docker/config.json"


def _current_context(path: Path, shown: str) -> str:
    """Read `currentContext`; a broken file is an error here, where the CLI warns and goes on locally."""
    try:
        name = _member(_json_object(path), "currentContext")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise Unreachable(Trouble.BAD_ADDRESS, f"{shown} cannot be read: {error}") from error
    if name is not None and not isinstance(name, str):
        raise Unreachable(Trouble.BAD_ADDRESS, f"{shown} has a currentContext that is no name")
    return name or ""


def _json_object(path: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    content = json.loads(raw) if raw.strip() else {}
    if not isinstance(content, dict):
        raise ValueError("it is no JSON object")
    return content


def _member(content: Mapping[str, Any], name: str) -> Any:
    """Look a member up as Go's JSON does, for which upper and lower case are the same."""
    if name in content:
        return content[name]
    return next((value for key, value in content.items() if key.lower() == name.lower()), None)


def _normal(text: str, source: str, port: int) -> str:
    """Write an address in the one form that everything else relies on."""
    scheme, _, rest = text.partition("://")
    if scheme == "unix":
        return f"unix://{Path(rest or DEFAULT_SOCKET).absolute()}"
    if scheme == "tcp":
        place = split(text)
        host = f"[{place.host}]" if ":" in place.host else place.host or "localhost"
        return f"tcp://{host}:{place.port or port}{place.path.rstrip('/')}"
    if scheme == "ssh":
        return _ssh(text, source)
    if scheme in {"npipe", "fd"}:
        why = "a Windows pipe" if scheme == "npipe" else "a descriptor of the engine's own"
        raise Unreachable(Trouble.BAD_ADDRESS, f"{text}, from {source}, is {why}: wherry cannot open it")
    raise Unreachable(Trouble.BAD_ADDRESS, f"{text}, from {source}, is no unix, tcp or ssh address")


def _ssh(text: str, source: str) -> str:
    place = split(text)
    why = ""
    if not place.host or place.host.startswith("-"):
        why = "names no host"
    elif ":" in place.user:
        why = "holds a password, which ssh does not take"
    elif "?" in text or "#" in text:
        why = "has a query or a fragment, which ssh does not take"
    if why:
        raise Unreachable(Trouble.BAD_ADDRESS, f"the ssh address from {source} {why}")
    return text.rstrip("/")
