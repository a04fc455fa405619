"""What a container uses: counters that grow as its temper and the clock say."""

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING, Any

from tui.demo.wire.answers import Answer, Stream, as_json
from tui.demo.words import SECOND, stamp

if TYPE_CHECKING:
    from tui.demo.acts.things import Container
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.sink import Sink
    from tui.demo.world import World

CPUS = 4
MEMORY = 16_588_660_736
_WAVE = 7.0
_PAGE_CACHE = 0.2


def _swing(one: Container, seconds: float) -> float:
    """Give a wave of -1 to 1 that differs from container to container."""
    return math.sin(seconds / _WAVE + int(one.id[:4], 16))


def busy(one: Container, now: int) -> int:
    """Give nanoseconds of processor time since the start; never less than before."""
    if one.state == "paused":
        # As if it had been frozen on its start: a number that stands still.
        now = one.started + SECOND
    seconds = (now - one.started) / SECOND
    # The integral of a load of cpu × (1 + 0.6 × wave), which is nowhere negative.
    phase = int(one.id[:4], 16)
    wave = _WAVE * 0.6 * (math.cos(phase) - math.cos(seconds / _WAVE + phase))
    return int(one.temper.cpu * (seconds + wave) * SECOND) + 20_000_000


def _cpu(one: Container, now: int) -> dict[str, Any]:
    total = busy(one, now)
    return {
        "cpu_usage": {
            "total_usage": total,
            "usage_in_kernelmode": total // 4,
            "usage_in_usermode": total - total // 4,
        },
        "system_cpu_usage": now % (10**7 * SECOND) * CPUS,
        "online_cpus": CPUS,
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    }


def _no_cpu() -> dict[str, Any]:
    return {
        "cpu_usage": {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0},
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    }


def _memory(one: Container, now: int) -> dict[str, Any]:
    held = int(one.temper.memory * (1 + 0.04 * _swing(one, (now - one.started) / SECOND)))
    cache = int(held * _PAGE_CACHE)
    return {
        "usage": held + cache,
        "stats": {
            "active_anon": held,
            "active_file": cache // 4,
            "anon": held,
            "file": cache,
            "inactive_anon": 0,
            "inactive_file": cache,
            "pgfault": held // 2048,
            "pgmajfault": 12,
        },
        "limit": int(one.host["Memory"]) or MEMORY,
    }


def _traffic(one: Container, now: int) -> dict[str, Any]:
    received = int(one.temper.traffic * (now - one.started) / SECOND) + 1_200
    sent = received * 3 // 2
    return {
        f"eth{index}": {
            "rx_bytes": received,
            "rx_packets": received // 120,
            "rx_errors": 0,
            "rx_dropped": 0,
            "tx_bytes": sent,
            "tx_packets": sent // 150,
            "tx_errors": 0,
            "tx_dropped": 0,
        }
        for index, _ in enumerate(one.endpoints)
        if one.network_mode not in {"host", "none"}
    }


def _blocks(one: Container, now: int) -> dict[str, Any]:
    names = ["io_serviced", "io_queue", "io_service_time", "io_wait_time", "io_merged", "io_time", "sectors"]
    read = 4_800_000 + int(one.temper.memory / 8)
    written = int(one.temper.traffic * (now - one.started) / SECOND)
    counts = [("read", read), ("write", written)]
    entries = [{"major": 259, "minor": 0, "op": name, "value": value} for name, value in counts]
    return {"io_service_bytes_recursive": entries, **{f"{name}_recursive": None for name in names}}


def sample(one: Container, now: int, before: int | None) -> dict[str, Any]:
    """Write the counters as GET /containers/ID/stats does; `before` is the time of the last sample."""
    names = {"name": f"/{one.name}", "id": one.id}
    if not one.alive:
        zero = stamp(0)
        return {
            "read": zero,
            "preread": zero,
            "pids_stats": {},
            "blkio_stats": dict.fromkeys(_blocks(one, one.started)),
            "num_procs": 0,
            "storage_stats": {},
            "cpu_stats": _no_cpu(),
            "precpu_stats": _no_cpu(),
            "memory_stats": {},
            **names,
        }
    return {
        "read": stamp(now),
        "preread": stamp(before or 0),
        "pids_stats": {"current": max(1, len(one.temper.processes)), "limit": 18446744073709551615},
        "blkio_stats": _blocks(one, now),
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": _cpu(one, now),
        "precpu_stats": _cpu(one, before) if before else _no_cpu(),
        "memory_stats": _memory(one, now),
        # A single sample goes without the name, as in Docker 26.
        **(names if before is not None else {}),
        "networks": _traffic(one, now),
    }


def _answer(world: World, call: Call) -> Answer | Stream:
    one = world.find(call.parts["name"])
    streaming = call.query.flag("stream") or not call.query.text("stream")
    if not streaming:
        now = world.now()
        before = None if call.query.flag("one-shot") else max(one.started, now - SECOND)
        return as_json(sample(one, now, before))
    return Stream("application/json", lambda sink: _follow(world, one, sink))


def _follow(world: World, one: Container, sink: Sink) -> None:
    before = 0
    one.bells.add(sink.bell)
    try:
        while one.id in world.containers:
            with world.lock:
                now = world.now()
                line = json.dumps(sample(one, now, before), separators=(",", ":"))
            sink.write(line.encode() + b"\n")
            before = now
            _wait_second(world, one, sink)
    finally:
        one.bells.discard(sink.bell)


def _wait_second(world: World, one: Container, sink: Sink) -> None:
    """Wait for a second to pass, or for the container to go."""
    end = time.monotonic() + 1
    while (left := end - time.monotonic()) > 0 and one.id in world.containers:
        sink.wait(left)


ROUTES: list[Route] = [("GET", r"/containers/(?P<name>[^/]+)/stats", _answer)]
