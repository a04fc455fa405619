"""The `until` of prunes: how long ago, or when."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.demo.refusal import RefusalError
from tui.demo.words import SECOND

if TYPE_CHECKING:
    from tui.demo.wire.query import Filters

_UNITS = {"ns": 1, "us": 1000, "µs": 1000, "ms": 10**6, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
_PART = r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)"
_STAMP = re.compile(r"\d+(?:\.\d+)?")


def duration(text: str) -> int | None:
    """Read a duration such as 1h30m into nanoseconds; None where it is none."""
    if text == "0":
        return 0
    if not re.fullmatch(f"(?:{_PART})+", text):
        return None
    return sum(int(float(number) * _UNITS[unit]) for number, unit in re.findall(_PART, text))


def until(filters: Filters, now: int, status: int = 400) -> int | None:
    """Give the time before which things must have been made, in nanoseconds since 1970; None is any."""
    given = filters.values("until")
    if not given:
        return None
    if len(given) > 1:
        raise RefusalError(status, "more than one until filter specified")
    ago = duration(given[0])
    if ago is not None:
        return now - ago
    if _STAMP.fullmatch(given[0]):
        return int(float(given[0]) * SECOND)
    try:
        read = datetime.fromisoformat(given[0])
    except ValueError:
        raise RefusalError(status, f'failed to parse value as time or duration: "{given[0]}"') from None
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    return int(aware.timestamp() * SECOND)
