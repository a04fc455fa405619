"""Signals by name and number."""

from __future__ import annotations

_NUMBERS = {
    "HUP": 1,
    "INT": 2,
    "QUIT": 3,
    "ABRT": 6,
    "KILL": 9,
    "USR1": 10,
    "USR2": 12,
    "TERM": 15,
    "CONT": 18,
    "STOP": 19,
    "WINCH": 28,
}
_LAST = 64


def number_of(text: str) -> int | None:
    """Give the number of `SIGTERM`, `term` or `15`; None where there is no such signal."""
    if text.isdecimal():
        return int(text) if 0 < int(text) <= _LAST else None
    return _NUMBERS.get(text.upper().removeprefix("SIG"))
