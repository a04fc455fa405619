"""What processes cost: CPU time and memory, as Linux tells them in /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MIB = 2**20
_ENGINE = {"dockerd", "containerd"}


@dataclass(frozen=True)
class _Stat:
    """One line of /proc/PID/stat; proc(5)."""

    pid: int
    name: str
    parent: int
    session: int
    own: int
    """Ticks of its own."""
    reaped: int
    """Ticks of its children that ended."""


@dataclass(frozen=True)
class Memory:
    """Memory of some processes, in MiB."""

    rss: float
    """Resident, what processes share counted for each."""
    pss: float | None
    """Proportional: what they share counted once; None where we may not know."""


def _stat(pid: int) -> _Stat | None:
    """Read a process; None once it is gone."""
    try:
        head, _, tail = (_PROC / str(pid) / "stat").read_text().rpartition(")")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = tail.split()
    ticks = [int(field) for field in fields[11:15]]
    return _Stat(pid, head.partition("(")[2], int(fields[1]), int(fields[3]), sum(ticks[:2]), sum(ticks[2:]))


def _all() -> list[_Stat]:
    pids = (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())
    return [stat for pid in pids if (stat := _stat(pid)) is not None]


def tree(pid: int) -> list[int]:
    """Give a process and its descendants, those included that only its session still ties to it."""
    stats = _all()
    found = {stat.pid for stat in stats if stat.session == pid or stat.pid == pid}
    while more := {stat.pid for stat in stats if stat.parent in found} - found:
        found |= more
    return sorted(found)


def cpu_of_tree(pid: int) -> float:
    """Give the CPU seconds that a process and its descendants have used, the ended ones included."""
    stats = [stat for one in tree(pid) if (stat := _stat(one)) is not None]
    return sum(stat.own + stat.reaped for stat in stats) / _TICK


def engine_pids() -> list[int]:
    """Find dockerd and containerd; nothing where the engine runs out of sight."""
    return [stat.pid for stat in _all() if stat.name in _ENGINE]


def cpu_of(pids: Iterable[int]) -> float:
    """Give the CPU seconds that these processes have used themselves."""
    return sum(stat.own for pid in pids if (stat := _stat(pid)) is not None) / _TICK


def memory(pids: Iterable[int]) -> Memory:
    """Give the memory that these processes take together."""
    rss, pss = 0.0, 0.0
    known = True
    for pid in pids:
        try:
            rss += int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE / _MIB
            pss += _pss(pid)
        except (FileNotFoundError, ProcessLookupError):
            continue
        except PermissionError:
            known = False
    return Memory(rss, pss if known else None)


def _pss(pid: int) -> float:
    for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
