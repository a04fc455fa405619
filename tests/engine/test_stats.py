from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.stats import Counters, numbers, parse, took_two

V2: dict[str, Any] = {
    "read": "2026-11-24T12:00:02.500000000Z",
    "preread": "0001-01-01T00:00:00Z",
    "pids_stats": {"current": 7},
    "blkio_stats": {
        "io_service_bytes_recursive": [
            {"major": 259, "minor": 0, "op": "read", "value": 1000},
            {"major": 259, "minor": 0, "op": "write", "value": 300},
            {"major": 8, "minor": 0, "op": "read", "value": 24},
            {"major": 8, "minor": 0, "op": "discard", "value": 9},
        ]
    },
    "cpu_stats": {"cpu_usage": {"total_usage": 3_000_000_000}},
    "memory_stats": {"usage": 5000, "limit": 20_000, "stats": {"inactive_file": 1000, "file": 4000}},
    "networks": {"eth0": {"rx_bytes": 10, "tx_bytes": 20}, "eth1": {"rx_bytes": 5, "tx_bytes": 1}},
}


def changed(*path: str, to: Any = None) -> dict[str, Any]:
    answer = copy.deepcopy(V2)
    parent = answer
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = to
    return answer


def counters(**changes: Any) -> Counters:
    usual = {"moment": 100.0, "cpu": 3.0, "memory": 0, "limit": 0, "received": 0, "sent": 0}
    return Counters(**{**usual, "read": 0, "written": 0, "pids": 1, **changes})


def test_all_of_cgroup_v2() -> None:
    found = parse(V2)
    assert found is not None
    assert (found.cpu, found.memory, found.limit, found.pids) == (3.0, 4000, 20_000, 7)
    assert (found.received, found.sent, found.read, found.written) == (15, 21, 1024, 300)


def test_cgroup_v1_counts_the_child_groups_and_writes_in_capitals() -> None:
    answer = changed(
        "memory_stats", "stats", to={"inactive_file": 1, "total_inactive_file": 2000, "cache": 4000}
    )
    answer["blkio_stats"]["io_service_bytes_recursive"] = [
        {"op": "Read", "value": 8},
        {"op": "Write", "value": 4},
        {"op": "Total", "value": 12},
    ]
    found = parse(answer)
    assert found is not None
    assert (found.memory, found.read, found.written) == (3000, 8, 4)


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        (("networks",), "received", 0),
        (("blkio_stats", "io_service_bytes_recursive"), "read", 0),
        (("blkio_stats",), "written", 0),
        (("memory_stats", "stats"), "memory", 5000),
        (("pids_stats",), "pids", 0),
        (("memory_stats", "limit"), "limit", 0),
    ],
)
def test_what_is_null_counts_as_nothing(path: tuple[str, ...], field: str, value: int) -> None:
    found = parse(changed(*path))
    assert getattr(found, field) == value


def test_a_cache_larger_than_the_usage_is_not_taken_off() -> None:
    found = parse(changed("memory_stats", "stats", "inactive_file", to=6000))
    assert found is not None
    assert found.memory == 5000


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"read": "0001-01-01T00:00:00Z", "memory_stats": {"usage": 1}},
        {**V2, "memory_stats": {}, "cpu_stats": {"cpu_usage": {"total_usage": 0}}},
        {**V2, "read": 17},
    ],
)
def test_what_does_not_run_has_no_counters(answer: Any) -> None:
    assert parse(answer) is None


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PLACES = [
    ("read",),
    ("preread",),
    ("networks",),
    ("networks", "eth0"),
    ("networks", "eth0", "rx_bytes"),
    ("blkio_stats",),
    ("blkio_stats", "io_service_bytes_recursive"),
    ("cpu_stats",),
    ("cpu_stats", "cpu_usage", "total_usage"),
    ("memory_stats",),
    ("memory_stats", "usage"),
    ("memory_stats", "stats", "inactive_file"),
    ("pids_stats", "current"),
]


@given(st.sampled_from(PLACES), JUNK)
def test_junk_in_any_place_raises_nothing_and_gives_no_negative_number(
    place: tuple[str, ...], junk: Any
) -> None:
    answer = changed(*place, to=junk)
    took_two(answer)
    found = parse(answer)
    if found is not None:
        assert min(found.cpu, found.memory, found.limit, found.received, found.read, found.pids) >= 0


def test_two_readings_tell_percent_of_one_core_and_rates() -> None:
    told = numbers(counters(), counters(moment=102.0, cpu=4.0, received=200, sent=20, read=4096, written=2))
    assert (told.cpu, told.received, told.sent, told.read, told.written) == (50.0, 100, 10, 2048, 1)


def test_one_reading_tells_no_rates() -> None:
    told = numbers(None, counters(memory=25, limit=100))
    assert (told.cpu, told.received, told.share) == (None, None, 25.0)


def test_what_was_started_anew_has_no_rates_yet() -> None:
    assert numbers(counters(cpu=3.0), counters(moment=102.0, cpu=0.5)).cpu is None


def test_a_network_that_was_left_hides_no_other_rate() -> None:
    told = numbers(counters(received=50), counters(moment=102.0, cpu=3.5, received=10))
    assert (told.received, told.cpu) == (None, 25.0)


def test_no_limit_has_no_share() -> None:
    assert numbers(None, counters(memory=25)).share is None


def test_an_old_engine_reads_twice() -> None:
    assert took_two({"preread": "2026-11-24T12:00:01Z"})
    assert not took_two(V2)
