"""What may follow from what is typed into the fields of a form for `docker run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import paths
from tui.engine.runchecks import taken_by
from tui.engine.runform import is_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.runchecks import Surroundings

_FREE_FROM = 8000
"""Ports of the host below 1024 are the system's: a service on 80 is offered at 8080."""


def complete_volume(line: str, around: Surroundings, targets: Sequence[str] = ()) -> list[str]:
    """Complete a `-v`: the name of a volume or a path of this machine, then where the image wants one."""
    source, colon, target = line.partition(":")
    if colon:
        return [f"{source}:{one}" for one in targets if one.startswith(target)]
    if not source:
        return []
    if is_path(source):
        return [] if around.remote else paths.completions(source, around.folder)
    return [name for name in sorted(around.volumes) if name.startswith(source)]


def complete_port(line: str, around: Surroundings, exposed: Sequence[str]) -> list[str]:
    """Complete a `-p` with the ports that the image exposes, at a port of the host that is free."""
    offers = []
    for port in exposed:
        number, _, protocol = port.partition("/")
        behind = number if protocol in {"", "tcp"} else port
        if number.isdecimal():
            offers += [f"{_free(int(number), protocol or 'tcp', around)}:{behind}", f"{number}:{behind}"]
    host, colon, _ = line.rpartition(":")
    if colon and not host.endswith(":"):
        offers += [f"{host}:{offer.partition(':')[2]}" for offer in offers]
    return [offer for offer in offers if offer.startswith(line)]


def _free(port: int, protocol: str, around: Surroundings) -> int:
    first = port if port >= 1024 else _FREE_FROM + port
    return next((n for n in range(first, 65536) if not taken_by("", n, protocol, around)), first)


def complete_env(line: str, around: Surroundings, image: Sequence[str]) -> list[str]:
    """Complete an environment line: with what the image sets, and names that wherry's own has."""
    if not line:
        return []
    if "=" in line:
        return [one for one in image if one.startswith(line)]
    set_there = {one.partition("=")[0] for one in image}
    offers = [*(f"{name}=" for name in sorted(set_there)), *sorted(around.environ.keys() - set_there)]
    return [offer for offer in offers if offer.startswith(line)]
