"""Docker's timestamps."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STAMP = re.compile(r"^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?")


def seconds(stamp: str | float | None) -> float:
    """Turn RFC 3339 with up to nine decimals into seconds since 1970; 0.0 for none, year 1 and nonsense."""
    if not stamp:
        return 0.0
    if isinstance(stamp, (int, float)):
        return float(stamp)
    found = _STAMP.match(stamp)
    if not found:
        return 0.0
    whole, fraction, zone = found.groups()
    try:
        moment = datetime.fromisoformat(whole + ("+00:00" if zone in {None, "Z"} else zone))
    except ValueError:
        return 0.0
    if moment.year < 1970:
        return 0.0
    return moment.astimezone(UTC).timestamp() + float(fraction or 0)


def http_seconds(date: str) -> float:
    """Read the `Date` of an HTTP answer, such as `Tue, 24 Nov 2026 12:00:00 GMT`; 0 where it is none."""
    words = date.replace(":", " ").split()
    try:
        day, month, year, hour, minute, second = words[1:7]
        moment = datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second))
        return moment.replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
