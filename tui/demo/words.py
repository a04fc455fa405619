"""Times and durations as the engine writes them."""

from __future__ import annotations

import calendar
import re
import time

from tui.demo.refusal import RefusalError

SECOND = 1_000_000_000
NEVER = "0001-01-01T00:00:00Z"

_MOMENT = re.compile(r"^(-?\d+)(?:\.(\d+))?$")


def fixed(nanos: int) -> str:
    """Write nanoseconds since 1970 with nine digits, as in logs."""
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(nanos // SECOND))}.{nanos % SECOND:09d}Z"


def stamp(nanos: int) -> str:
    """Write nanoseconds since 1970 without closing zeros, as in inspect; 0 is never."""
    return f"{fixed(nanos)[:-1].rstrip('0').rstrip('.')}Z" if nanos else NEVER


def stamp_seconds(nanos: int) -> str:
    """Write nanoseconds since 1970 to the second, as volumes have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(nanos // SECOND))


def moment(text: str) -> int:
    """Read `seconds.fraction` since 1970, as `since` and `until` have it, into nanoseconds."""
    found = _MOMENT.match(text)
    if found is None:
        raise RefusalError(500, f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(found[1]) * SECOND + int((found[2] or "").ljust(9, "0")[:9])


def moment_of(text: str) -> int:
    """Read a time such as 2026-11-24T15:52:16.083033702Z into nanoseconds since 1970."""
    whole, _, rest = text.removesuffix("Z").partition(".")
    seconds = calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
    return seconds * SECOND + int(rest.ljust(9, "0")[:9] or 0)


def duration(nanos: int) -> str:
    """Say how long, as `docker ps` does (go-units' HumanDuration)."""
    seconds = max(0, nanos // SECOND)
    minutes, hours = seconds // 60, int(seconds / 3600 + 0.5)
    if seconds < 60:
        return ("Less than a second", "1 second")[seconds] if seconds < 2 else f"{seconds} seconds"
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    days = hours // 24
    if days < 14:
        return f"{days} days"
    if days < 60:
        return f"{days // 7} weeks"
    if days < 730:
        return f"{days // 30} months"
    return f"{days // 365} years"
