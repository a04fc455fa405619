"""Stopping as ctrl+z does, and whether anybody would let this process go on again."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def may_stop() -> bool:
    """Say whether a shell with job control would continue this process after a stop.

    It would not where this process is its session's leader, nor where its process group is orphaned
    (POSIX): no member of the group has a parent in the same session but outside of the group.
    """
    if signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN:
        return False
    group, session = os.getpgrp(), os.getsid(0)
    pid: int | None = os.getppid()
    while pid:
        try:
            if os.getsid(pid) != session:
                return False
            if os.getpgid(pid) != group:
                return True
        except OSError:
            # It has ended, or it is none of ours.
            return False
        pid = _parent(pid)
    # Where the system does not tell, the kernel itself refuses to stop an orphaned group.
    return pid is None


def _parent(pid: int) -> int | None:
    """Give the process's parent, 0 for none, or None where the system does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name of the program, in brackets, may hold anything.
    return int(stat.rpartition(")")[2].split()[1])
