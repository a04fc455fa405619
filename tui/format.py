"""Numbers as people read them."""

from __future__ import annotations

import time

_UNITS = ("B", "K", "M", "G", "T", "P")
_AGES = ((365 * 86400, "y"), (30 * 86400, "mo"), (7 * 86400, "w"), (86400, "d"), (3600, "h"), (60, "m"))


def size(number: float) -> str:
    """Write bytes in up to four characters, in units of 1000 as Docker has them: `41M`, `2.1G`."""
    for unit in _UNITS[:-1]:
        if number < 999.5:
            return f"{number:.1f}{unit}" if number < 9.95 and unit not in "BK" else f"{number:.0f}{unit}"
        number /= 1000
    return f"{number:.1f}{_UNITS[-1]}"


def percent(number: float) -> str:
    """Write a percentage in up to five characters: `0%`, `0.3%`, `12%`, `1600%`."""
    if number < 0.05:
        return "0%"
    return f"{number:.1f}%" if number < 9.95 else f"{number:.0f}%"


def age(then: float, now: float) -> str:
    """Write how long ago a moment was, in one unit that changes once a minute at the most."""
    if not then:
        return ""
    past = max(0.0, now - then)
    for seconds, unit in _AGES:
        if past >= seconds:
            return f"{int(past // seconds)}{unit}"
    return "<1m"


def duration(seconds: float) -> str:
    """Write how long something took: `0.3s`, `12s`, `3m05s`, `2h10m`."""
    if seconds < 10:
        return f"{seconds:.1f}s"
    if seconds < 60:
        return f"{seconds:.0f}s"
    if seconds < 3600:
        return f"{int(seconds // 60)}m{int(seconds % 60):02d}s"
    return f"{int(seconds // 3600)}h{int(seconds % 3600 // 60):02d}m"


def clock(moment: float) -> str:
    """Write a moment as local time of day."""
    return time.strftime("%H:%M:%S", time.localtime(moment))


def stamp(moment: float) -> str:
    """Write a moment as local date and time."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment)) if moment else ""
