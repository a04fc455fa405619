"""The values that flags of `docker run` take: how each is written, and what the engine is told for it."""

from __future__ import annotations

import csv
import os
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?", re.IGNORECASE)
_PORT = re.compile(
    r"(?:(?:(?P<ip>\[[0-9a-f:.]+\]|[0-9.]*):)?(?P<host>\d+(?:-\d+)?|):)?(?P<port>\d+(?:-\d+)?)"
    r"(?:/(?P<protocol>tcp|udp|sctp))?",
    re.IGNORECASE,
)
RESTARTS = ("no", "always", "unless-stopped", "on-failure")
_TARGETS = frozenset({"target", "dst", "destination"})
_SOURCES = frozenset({"source", "src"})
_READ_ONLY = frozenset({"readonly", "ro"})


def read_label(text: str) -> tuple[str, str]:
    """Give name and value of a `--label`; the value is empty where there is none."""
    name, _, value = text.partition("=")
    if not name:
        raise EngineError(f"--label takes NAME=value, not {text!r}")
    return name, value


def read_restart(text: str) -> dict[str, Any]:
    """Give a `--restart` as the engine takes it."""
    name, colon, count = text.partition(":")
    if name not in RESTARTS or (colon and (name != "on-failure" or not count.isdecimal())):
        raise EngineError(f"--restart takes {', '.join(RESTARTS)} and on-failure:NUMBER, not {text!r}")
    return {"Name": name, "MaximumRetryCount": int(count or 0)}


def read_size(text: str) -> int:
    """Give a `-m` in bytes."""
    match = _SIZE.fullmatch(text)
    if match is None:
        raise EngineError(f"-m takes a number with k, m or g, not {text!r}")
    return int(Decimal(match[1]) * 1024 ** " kmgtp".index(match[2].lower() or " "))


def read_cpus(text: str) -> int:
    """Give a `--cpus` in billionths of a CPU."""
    try:
        nano = Decimal(text) * 1_000_000_000
        if not nano.is_finite() or nano < 0 or nano != int(nano):
            raise InvalidOperation
    except InvalidOperation:
        raise EngineError(f"--cpus takes a number such as 1.5, not {text!r}") from None
    return int(nano)


def read_volume(text: str, folder: Path) -> str:
    """Give a `-v` as the engine takes it: a path of this machine's that begins with `.` is made whole."""
    source, colon, rest = text.partition(":")
    if not text or (colon and not (source and rest)):
        raise EngineError(f"-v takes SOURCE:TARGET, not {text!r}")
    return f"{_whole(source, folder)}:{rest}" if colon and source.startswith(".") else text


def _whole(path: str, folder: Path) -> str:
    return os.path.abspath(folder / path)  # noqa: PTH100  # resolve() would follow links


def read_mount(text: str, folder: Path) -> dict[str, Any]:
    """Give a `--mount` as the engine takes it."""
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


def read_ports(text: str) -> list[tuple[str, dict[str, str]]]:
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
