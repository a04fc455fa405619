"""What a container uses, in numbers: counters as the engine gives them, and what two of them tell. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.engine.times import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 2**64
"""No counter of a kernel gets there."""


@dataclass(frozen=True, slots=True)
class Counters:
    """One reading of a container's counters.

    Args:
        moment: when the engine read them, seconds since 1970.
        cpu: processor time used since the start, in seconds.
        memory: bytes in use, without the page cache that can be had back at once.
        limit: bytes that it may use; 0 where the engine does not say.
        received: bytes that came over all of its networks; `sent`, those that left.
        read: bytes read from disks; `written`, those written to them.
        pids: processes and threads.

    """

    moment: float
    cpu: float
    memory: int
    limit: int
    received: int
    sent: int
    read: int
    written: int
    pids: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a container uses; what follows from two readings is None after the first.

    Args:
        counters: the latest reading; its limit is 0 where nothing limits but the host's own memory.
        cpu: percent of one core, more than 100 on several.
        received: bytes a second in from networks; `sent`, out to them.
        read: bytes a second from disks; `written`, to them.

    """

    counters: Counters
    cpu: float | None = None
    received: float | None = None
    sent: float | None = None
    read: float | None = None
    written: float | None = None

    @property
    def share(self) -> float | None:
        """Percent of the memory limit that is used, where there is a limit."""
        counters = self.counters
        return counters.memory / counters.limit * 100 if counters.limit else None


def parse(answer: Any) -> Counters | None:
    """Read the counters of GET /containers/ID/stats; None where the container does not run.

    What is null or missing counts as nothing.
    """
    if not isinstance(answer, dict):
        return None
    moment = _moment(answer, "read")
    usage = _object(_object(answer, "cpu_stats"), "cpu_usage")
    memory = _object(answer, "memory_stats")
    if not moment or (not memory and not _count(usage, "total_usage")):
        return None
    received, sent = _traffic(answer)
    read, written = _blocks(answer)
    return Counters(
        moment=moment,
        cpu=_count(usage, "total_usage") / 1e9,
        memory=_memory(memory),
        limit=_count(memory, "limit"),
        received=received,
        sent=sent,
        read=read,
        written=written,
        pids=_count(_object(answer, "pids_stats"), "current"),
    )


def took_two(answer: Any) -> bool:
    """Say whether the engine waited to read twice: one before API 1.41 does, whatever it is asked."""
    return isinstance(answer, dict) and _moment(answer, "preread") > 0


def numbers(before: Counters | None, now: Counters) -> Numbers:
    """Tell what two readings of one container mean; one alone tells no rates."""
    past = now.moment - before.moment if before is not None else 0.0
    if before is None or past <= 0 or now.cpu < before.cpu:
        # Less than before: it was started anew in between.
        return Numbers(now)
    return Numbers(
        now,
        cpu=(now.cpu - before.cpu) / past * 100,
        received=_rate(before.received, now.received, past),
        sent=_rate(before.sent, now.sent, past),
        read=_rate(before.read, now.read, past),
        written=_rate(before.written, now.written, past),
    )


def _moment(answer: Mapping[str, Any], name: str) -> float:
    stamp = answer.get(name)
    return seconds(stamp) if isinstance(stamp, str) else 0.0


def _rate(before: int, now: int, past: float) -> float | None:
    # A network that was left takes its counter away.
    return (now - before) / past if now >= before else None


def _object(parent: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = parent.get(name)
    return found if isinstance(found, dict) else {}


def _count(parent: Mapping[str, Any], name: str) -> int:
    found = parent.get(name)
    # JSON of other engines may say 1e9; what is no finite number counts as nothing.
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return 0
    return int(found) if 0 <= found < _MOST else 0


def _memory(memory: Mapping[str, Any]) -> int:
    usage, stats = _count(memory, "usage"), _object(memory, "stats")
    # cgroup v1 has both; there the total counts child groups too, as the usage does.
    name = "total_inactive_file" if "total_inactive_file" in stats else "inactive_file"
    cache = _count(stats, name)
    return usage - cache if cache < usage else usage


def _traffic(answer: Mapping[str, Any]) -> tuple[int, int]:
    networks = [one for one in _object(answer, "networks").values() if isinstance(one, dict)]
    return (
        sum(_count(one, "rx_bytes") for one in networks),
        sum(_count(one, "tx_bytes") for one in networks),
    )


def _blocks(answer: Mapping[str, Any]) -> tuple[int, int]:
    entries = _object(answer, "blkio_stats").get("io_service_bytes_recursive")
    read = written = 0
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            # `Read` on cgroup v1, `read` on v2.
            op = str(entry.get("op")).lower()
            read += _count(entry, "value") if op == "read" else 0
            written += _count(entry, "value") if op == "write" else 0
    return read, written
