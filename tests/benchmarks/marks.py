"""What is measured, in which unit, and the marks that wherry has set itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

SCENES = {
    "small": "50 running",
    "large": "100 running, 400 created",
    "logs": "logs",
}


@dataclass(frozen=True)
class Measure:
    """One row of the table for each scene that it is taken in."""

    id: str
    title: str
    unit: str
    digits: int = 0
    most: dict[str, float] = field(default_factory=dict)
    """The mark for each scene that has one: what is not above it is well."""
    compared: bool = True
    """Whether it is a figure of the programs, and not of the circumstances."""


def _lists(most: float) -> dict[str, float]:
    return {"small": most, "large": most}


MEASURES = (
    Measure("import", "`python -c 'import textual.app'`", "s", 2, compared=False),
    Measure("first", "first listed container", "s", 2),
    Measure("first_ratio", "the same, by that import", "×", 2, _lists(2.0)),
    Measure("idle_bytes", "idle: bytes/s", "B/s", 0, _lists(100)),
    Measure("idle_cpu", "idle: CPU with children", "%", 1, _lists(2.0)),
    Measure("idle_engine", "idle: dockerd's and containerd's CPU for it", "%", 1, _lists(2.5)),
    Measure("busy_bytes", "all numbers changing: bytes/s", "B/s", 0, {"small": 1000}),
    Measure("calm_bytes", "numbers off, idle: bytes/s", "B/s", 0, _lists(0)),
    Measure("calm_cpu", "numbers off, idle: CPU with children", "%", 1, _lists(0.3)),
    Measure("rss", "memory, resident", "MiB", 0, {"small": 70, "large": 100}),
    Measure("pss", "memory, proportional", "MiB", 0),
    Measure("event", "outside event to screen, median", "ms", 0, _lists(150)),
    Measure("event_p99", "outside event to screen, 99%", "ms", 0, _lists(300)),
    Measure("key", "key to screen, median", "ms", 1, _lists(10)),
    Measure("key_p99", "key to screen, 99%", "ms", 1, _lists(60)),
    Measure("churn_rate", "events/s reached meanwhile", "/s", 0, compared=False),
    Measure("churn_key", "key to screen under events, median", "ms", 1, _lists(10)),
    Measure("churn_key_p99", "key to screen under events, 99%", "ms", 1, _lists(60)),
    Measure("churn_cpu", "CPU under events, with children", "%", 0),
    Measure("hold_bytes", "arrow held for 3 s: bytes", "B", 0),
    Measure("slow_lag", "the same at 30 KB/s, 150 ms: last byte after the release", "s", 2, _lists(0.5)),
    Measure("slow_rest", "the same: last move of the cursor after the release", "s", 2, _lists(0.5)),
    Measure("tail", "300k lines: the last one on the screen", "s", 2, {"logs": 0.5}),
    Measure("tail_rss", "300k lines: memory, resident", "MiB", 0),
    Measure("flood_rate", "flood: lines/s reached", "/s", 0, compared=False),
    Measure("flood_behind", "flood: its last line on the screen after its end", "s", 1),
    Measure("flood_cpu", "flood: CPU with children", "%", 0, {"logs": 35}),
    Measure("flood_engine", "flood: dockerd's and containerd's CPU for it", "%", 0),
    Measure("flood_key", "flood: key to screen, median", "ms", 1, {"logs": 50}),
    Measure("flood_key_p99", "flood: key to screen, 99%", "ms", 1, {"logs": 50}),
    Measure("flood_growth", "flood: memory grown by", "MiB", 0, {"logs": 60}),
    Measure("flood_bytes", "flood: bytes/s", "B/s", 0),
)
BY_ID = {measure.id: measure for measure in MEASURES}
NEVER = math.inf
"""The value of what did not come about in the time it was given."""
