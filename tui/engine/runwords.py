"""What `docker run` is asked for, from its words to what the engine is told (POST /containers/create)."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tui.engine.errors import EngineError
from tui.engine.flags import Flag, Given, detach_keys, environment, read_flags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_LISTS = {
    "add-host": "ExtraHosts",
    "cap-add": "CapAdd",
    "cap-drop": "CapDrop",
    "dns": "Dns",
    "group-add": "GroupAdd",
}
"""Flags whose values the engine takes as they are, in HostConfig."""
_FLAGS = (
    *(Flag(name) for name in _LISTS),
    Flag("cpus"),
    Flag("detach", "d", switch=True),
    Flag("detach-keys"),
    Flag("entrypoint"),
    Flag("env", "e"),
    Flag("env-file"),
    Flag("hostname", "h"),
    Flag("init", switch=True),
    Flag("interactive", "i", switch=True),
    Flag("label", "l"),
    Flag("memory", "m"),
    Flag("mount"),
    Flag("name"),
    Flag("network"),
    Flag("net"),
    Flag("privileged", switch=True),
    Flag("publish", "p"),
    Flag("publish-all", "P", switch=True),
    Flag("pull"),
    Flag("read-only", switch=True),
    Flag("restart"),
    Flag("rm", switch=True),
    Flag("sig-proxy", switch=True),
    Flag("stop-signal"),
    Flag("tty", "t", switch=True),
    Flag("user", "u"),
    Flag("volume", "v"),
    Flag("workdir", "w"),
)
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?", re.IGNORECASE)
_PORT = re.compile(
    r"(?:(?:(?P<ip>\[[0-9a-f:.]+\]|[0-9.]*):)?(?P<host>\d+(?:-\d+)?|):)?(?P<port>\d+(?:-\d+)?)"
    r"(?:/(?P<protocol>tcp|udp|sctp))?",
    re.IGNORECASE,
)
_RESTARTS = ("no", "always", "unless-stopped", "on-failure")
_TARGETS = frozenset({"target", "dst", "destination"})
_SOURCES = frozenset({"source", "src"})
_READ_ONLY = frozenset({"readonly", "ro"})


@dataclass(frozen=True, slots=True)
class RunWords:
    """What a `docker run` asks for.

    Args:
        name: of the container; empty where Docker makes one up.
        body: what the engine is told to make.
        detached: whether nobody looks at what it says.
        detach_keys: as typed; empty for the usual ones.

    """

    image: str
    name: str
    body: dict[str, Any]
    detached: bool
    tty: bool
    interactive: bool
    removed: bool
    proxied: bool
    detach_keys: str


def read_run(words: Sequence[str], environ: Mapping[str, str], folder: Path) -> RunWords:
    """Read the words behind `docker run`.

    Args:
        words: flags, the image, and its command.
        environ: where `-e NAME` finds values.
        folder: what paths that begin with `.` are relative to.

    Raises:
        EngineError: for a flag that is not known here, and for values that make no sense.

    """
    given = read_flags("run", _FLAGS, words)
    if not given.words:
        raise EngineError("docker run: the image is missing")
    image, *command = given.words
    _check(given)
    return RunWords(
        image=image,
        name=given.last("name"),
        body=_body(given, image, command, environ, folder),
        detached=given.on("detach"),
        tty=given.on("tty"),
        interactive=given.on("interactive"),
        removed=given.on("rm"),
        proxied=not given.has("sig-proxy") or given.on("sig-proxy"),
        detach_keys=given.last("detach-keys"),
    )


def _check(given: Given) -> None:
    pull = given.last("pull") or "missing"
    if pull not in {"missing", "never"}:
        raise EngineError(
            f"--pull {pull} needs the docker CLI, and there is none on this machine's PATH"
            if pull == "always"
            else f"--pull takes missing and never, not {pull!r}"
        )
    if given.last("detach-keys"):
        detach_keys(given.last("detach-keys"))
    if given.on("rm") and given.last("restart") not in {"", "no"}:
        raise EngineError("--rm and --restart can't go together: it would be removed, or started again")


def _body(
    given: Given, image: str, command: list[str], environ: Mapping[str, str], folder: Path
) -> dict[str, Any]:
    attached = not given.on("detach")
    interactive = given.on("interactive")
    volumes = [_volume(text, folder) for text in given.all("volume")]
    ports = [one for text in given.all("publish") for one in _ports(text)]
    bindings: dict[str, list[dict[str, str]]] = {}
    for port, binding in ports:
        bindings.setdefault(port, []).append(binding)
    body: dict[str, Any] = {
        "Image": image,
        "Cmd": command or None,
        "Hostname": given.last("hostname"),
        "User": given.last("user"),
        "WorkingDir": given.last("workdir"),
        "Env": environment(given, environ),
        "Labels": dict(_label(text) for text in given.all("label")),
        "Tty": given.on("tty"),
        "OpenStdin": interactive,
        "StdinOnce": interactive and attached,
        "AttachStdin": interactive and attached,
        "AttachStdout": attached,
        "AttachStderr": attached,
        "ExposedPorts": {port: {} for port in bindings},
        "Volumes": {text: {} for text in volumes if ":" not in text},
        "HostConfig": _host_config(given, bindings, [text for text in volumes if ":" in text], folder),
    }
    if given.has("entrypoint"):
        body["Entrypoint"] = [given.last("entrypoint")]
    if given.last("stop-signal"):
        body["StopSignal"] = given.last("stop-signal")
    return body


def _host_config(
    given: Given, bindings: dict[str, list[dict[str, str]]], binds: list[str], folder: Path
) -> dict[str, Any]:
    host: dict[str, Any] = {
        "AutoRemove": given.on("rm"),
        "Binds": binds,
        "Mounts": [_mount(text, folder) for text in given.all("mount")],
        "PortBindings": bindings,
        "PublishAllPorts": given.on("publish-all"),
        "Privileged": given.on("privileged"),
        "ReadonlyRootfs": given.on("read-only"),
        "RestartPolicy": _restart(given.last("restart") or "no"),
    }
    networks = [*given.all("network"), *given.all("net")]
    if len(networks) > 1 or any("=" in name for name in networks):
        raise EngineError("--network with more than a name needs the docker CLI, and there is none here")
    if networks:
        host["NetworkMode"] = networks[0]
    if given.last("memory"):
        host["Memory"] = _size(given.last("memory"))
    if given.last("cpus"):
        host["NanoCpus"] = _cpus(given.last("cpus"))
    if given.has("init"):
        host["Init"] = given.on("init")
    return host | {key: given.all(name) for name, key in _LISTS.items() if given.has(name)}


def _label(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name:
        raise EngineError(f"--label takes NAME=value, not {text!r}")
    return name, value


def _restart(text: str) -> dict[str, Any]:
    name, colon, count = text.partition(":")
    if name not in _RESTARTS or (colon and (name != "on-failure" or not count.isdecimal())):
        raise EngineError(f"--restart takes {', '.join(_RESTARTS)} and on-failure:NUMBER, not {text!r}")
    return {"Name": name, "MaximumRetryCount": int(count or 0)}


def _size(text: str) -> int:
    match = _SIZE.fullmatch(text)
    if match is None:
        raise EngineError(f"-m takes a number with k, m or g, not {text!r}")
    return int(Decimal(match[1]) * 1024 ** " kmgtp".index(match[2].lower() or " "))


def _cpus(text: str) -> int:
    try:
        nano = Decimal(text) * 1_000_000_000
        if not nano.is_finite() or nano < 0 or nano != int(nano):
            raise InvalidOperation
    except InvalidOperation:
        raise EngineError(f"--cpus takes a number such as 1.5, not {text!r}") from None
    return int(nano)


def _volume(text: str, folder: Path) -> str:
    """Give a `-v` as the engine takes it: a path of this machine's that begins with `.` is made whole."""
    source, colon, rest = text.partition(":")
    if not text or (colon and not (source and rest)):
        raise EngineError(f"-v takes SOURCE:TARGET, not {text!r}")
    return f"{_whole(source, folder)}:{rest}" if colon and source.startswith(".") else text


def _whole(path: str, folder: Path) -> str:
    return os.path.abspath(folder / path)  # noqa: PTH100  # resolve() would follow links


def _mount(text: str, folder: Path) -> dict[str, Any]:
    fields = next(csv.reader([text]), [])
    mount: dict[str, Any] = {"Type": "volume"}
    for field in fields:
        name, given, value = field.partition("=")
        name = name.strip().lower()
        if name == "type":
            if value not in {"bind", "volume"}:
                raise EngineError(f"--mount type={value} needs the docker CLI, and there is none here")
            mount["Type"] = value
        elif name in _SOURCES:
            mount["Source"] = value
        elif name in _TARGETS:
            mount["Target"] = value
        elif name in _READ_ONLY:
            mount["ReadOnly"] = not given or value.lower() in {"1", "true"}
        else:
            raise EngineError(f"--mount …,{name} needs the docker CLI, and there is none here")
    if not mount.get("Target"):
        raise EngineError(f"--mount takes type=bind|volume,source=…,target=…, not {text!r}")
    if mount["Type"] == "bind" and str(mount.get("Source", "")).startswith("."):
        mount["Source"] = _whole(mount["Source"], folder)
    return mount


def _ports(text: str) -> list[tuple[str, dict[str, str]]]:
    """Give what a `-p` publishes: each port of the container, and where on the host."""
    match = _PORT.fullmatch(text)
    if match is None:
        raise EngineError(f"-p takes [ADDRESS:][HOST:]PORT[/udp], not {text!r}")
    address = (match["ip"] or "").strip("[]")
    protocol = (match["protocol"] or "tcp").lower()
    inside, outside = _range(match["port"], text), _range(match["host"] or "", text)
    if outside and len(inside) != len(outside):
        if len(inside) > 1:
            raise EngineError(f"-p {text}: the two ranges are of different lengths")
        return [(f"{inside[0]}/{protocol}", {"HostIp": address, "HostPort": str(match["host"])})]
    return [
        (f"{port}/{protocol}", {"HostIp": address, "HostPort": str(outside[n]) if outside else ""})
        for n, port in enumerate(inside)
    ]


def _range(text: str, whole: str) -> range:
    if not text:
        return range(0)
    first, _, last = text.partition("-")
    low = int(first or -1)
    high = int(last or low)
    if not 0 <= low <= high <= 65535:
        raise EngineError(f"-p {whole}: ports go from 0 to 65535, and ranges upwards")
    return range(low, high + 1)
