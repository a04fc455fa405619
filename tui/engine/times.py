"""Docker's timestamps."""

from __future__ import annotations

import re
from datetime import UTC, datetime

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
