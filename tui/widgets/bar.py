"""A bar that says how much is done: pure."""

from __future__ import annotations

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(share: float, width: int, ascii_only: bool = False) -> str:
    """Draw a share from 0 to 1 as a bar so many cells wide; full only once all is done."""
    share = min(1.0, max(0.0, share))
    if ascii_only:
        full = int(share * width)
        return "#" * full + "." * (width - full)
    eighths = int(share * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)
