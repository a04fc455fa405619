"""Platforms, as in linux/arm64: how they are written in requests (containerd's `platforms.Parse`)."""

from __future__ import annotations

import re

from tui.demo.refusal import RefusalError

_SYSTEMS = frozenset({"linux", "windows", "darwin", "freebsd"})
_MACHINES = frozenset({"amd64", "arm64", "arm", "386", "ppc64le", "s390x", "riscv64"})
_SYSTEM = re.compile(r"([A-Za-z0-9_-]+)(?:\([A-Za-z0-9_.-]*\))?")
_PART = re.compile(r"[A-Za-z0-9_-]+")
_SAME = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "i386": "386",
    "aarch64": "arm64",
    "armhf": "arm",
    "armel": "arm/v6",
}
"""Machines by their other names."""


def platform(text: str) -> str:
    """Read a platform into linux/amd64 and the like; 400 for what is none."""
    if not text:
        return ""
    first, *parts = text.split("/")
    system = _SYSTEM.fullmatch(first)
    if system is None:
        raise RefusalError(
            400,
            f'"{first}" is an invalid OS component of "{text}": OSAndVersion specifier component must match '
            r'"^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.-]*)\\))?$": invalid argument',
        )
    for part in parts:
        if not _PART.fullmatch(part):
            raise RefusalError(
                400,
                f'"{part}" is an invalid component of "{text}": platform specifier component must match '
                '"^[A-Za-z0-9_-]+$": invalid argument',
            )
    if len(parts) > 2:
        raise RefusalError(400, f'"{text}": cannot parse platform specifier: invalid argument')
    name = system[1].lower()
    if parts:
        machine, *variant = (part.lower() for part in parts)
        return "/".join([name, _SAME.get(machine, machine), *variant])
    machine = _SAME.get(name, name)
    if machine.partition("/")[0] in _MACHINES:
        return f"linux/{machine}"
    if name in _SYSTEMS:
        return f"{name}/amd64"
    raise RefusalError(400, f'"{text}": unknown operating system or architecture: invalid argument')
