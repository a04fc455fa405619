"""What the status line says: the host, the link, what runs, and what is under way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui import format as fmt
from tui.engine.updates import LinkState
from tui.screens.progress import all_written, written
from tui.widgets.statusline import Segment

if TYPE_CHECKING:
    from tui.actions.session import Session


def segments(at: Session, ascii_only: bool = False) -> list[Segment]:
    """Write the parts of the status line; host, link and read-only leave it last."""
    parts = [Segment(at.host, "bold", 0), _link(at, ascii_only)]
    if at.config.read_only:
        parts.append(Segment("read-only", "warn", 0))
    if at.production:
        parts.append(Segment("PRODUCTION", "bad", 0))
    if at.late:
        parts.append(Segment(f"slow link: {at.late:.1f} s late", "warn", 1))
    parts += _counts(at)
    if at.connection.reads_slowly and at.config.stats_interval is not None:
        parts.append(Segment("slow numbers: Engine before 20.10", "dim", 3))
    parts += _running(at)
    if at.store.link is not None and at.store.link.version:
        parts.append(Segment(f"Engine {at.store.link.version}", "dim", 3, "right"))
    return parts


def _running(at: Session) -> list[Segment]:
    """Say what is under way, and of jobs how far they are."""
    jobs = [entry.job for entry in at.activity.jobs if entry.job is not None]
    acts = [entry for entry in at.activity.running if entry.job is None]
    parts: list[Segment] = []
    if jobs:
        words = written(jobs[0]) if len(jobs) == 1 else all_written(jobs)
        parts.append(Segment(f"{words}, A shows", "accent", 2))
    if acts:
        words = acts[0].label if len(acts) == 1 else f"{len(acts)} acts"
        parts.append(Segment(f"{words} running", "accent", 2))
    return parts


def _link(at: Session, ascii_only: bool) -> Segment:
    link = at.store.link
    dot = "*" if ascii_only else "●"
    if link is None or link.state is LinkState.CONNECTING:
        return Segment("connecting …", "warn", 0)
    if link.live:
        return Segment(f"{dot} live", "good", 0)
    past = int(time.time() - link.since)
    ago = f" ({fmt.age(link.since, time.time())})" if past >= 60 else ""
    return Segment(
        f"{'x' if ascii_only else '✗'} lost since {fmt.clock(link.since)}{ago}: {link.error}", "bad", 0
    )


def _counts(at: Session) -> list[Segment]:
    """Count the containers that are up, in trouble, and down."""
    containers = at.store.containers
    up = sum(c.up for c in containers)
    broken = [c for c in containers if c.broken]
    down = sum(not c.up for c in containers)
    parts = [Segment(f"{up} up", "", 1)]
    unhealthy = sum(c.health == "unhealthy" for c in broken)
    looping = sum(bool(c.deaths) or c.state == "restarting" for c in broken)
    if unhealthy:
        parts.append(Segment(f"{unhealthy} unhealthy", "bad", 1))
    if looping:
        parts.append(Segment(f"{looping} restarting", "bad", 1))
    if down:
        failed = sum(not c.up for c in broken)
        words = f"{down} stopped" + (f", {failed} of them failed" if failed else "")
        parts.append(Segment(words, "", 2))
    return parts
