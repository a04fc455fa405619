"""How layers come from a registry and go to one, as far as anybody can see."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.demo.wire.messages import layer as told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.wire.messages import Messages

_BEAT = 0.1
_DOWNLOADS, _UPLOADS = 3, 5
"""Layers that Docker moves at once."""
_SPEED = 45_000_000
_SHORTEST, _LONGEST = 0.4, 6.0
_UNPACKING = 2.5
"""How many times faster layers are unpacked than downloaded."""


@dataclass(slots=True)
class Part:
    """A layer on its way; `total` in bytes, `there` where it needs no way."""

    id: str
    total: int
    there: bool = False
    done: int = 0
    unpacked: int = 0


def download(parts: Sequence[Part], key: str) -> Messages:
    """Let layers arrive, three at once, each unpacked after the one below it; `key` decides the course."""
    chance = random.Random(key)  # noqa: S311  # a course that is the same each time, no secret
    for part in parts:
        yield told(part.id, "Already exists" if part.there else "Pulling fs layer")
    coming = [part for part in parts if not part.there]
    for part in coming[_DOWNLOADS:]:
        yield told(part.id, "Waiting")
    beat = _bytes_a_beat(coming)
    below = 0
    while below < len(coming):
        active = [part for part in coming if part.done < part.total][:_DOWNLOADS]
        for part in sorted(active, key=lambda _: chance.random()):
            part.done = min(part.total, part.done + _share(beat, len(active), chance))
            if part.done < part.total or part.total < _BEAT * beat:
                yield told(part.id, "Downloading", part.done, part.total)
            if part.done == part.total:
                yield told(part.id, "Verifying Checksum")
                yield told(part.id, "Download complete")
        lowest = coming[below]
        if lowest.done == lowest.total:
            lowest.unpacked = min(lowest.total, lowest.unpacked + int(beat * _UNPACKING) + 1)
            yield told(lowest.id, "Extracting", lowest.unpacked, lowest.total)
            if lowest.unpacked == lowest.total:
                yield told(lowest.id, "Pull complete")
                below += 1
        yield _BEAT


def upload(parts: Sequence[Part], key: str) -> Messages:
    """Let layers leave, five at once."""
    chance = random.Random(key)  # noqa: S311  # a course that is the same each time, no secret
    for part in parts:
        yield told(part.id, "Preparing")
    for part in parts[_UPLOADS:]:
        yield told(part.id, "Waiting")
    yield _BEAT
    beat = _bytes_a_beat([part for part in parts if not part.there])
    left = list(parts)
    while left:
        for part in sorted(left[:_UPLOADS], key=lambda _: chance.random()):
            if part.there:
                yield told(part.id, "Layer already exists")
            elif part.done < part.total or not part.done:
                part.done = min(part.total, part.done + _share(beat, min(len(left), _UPLOADS), chance))
                # A tar has more bytes than its files, so that in the end Docker has sent more than all.
                sent = part.done + 1536 * (part.done >= part.total)
                part.done = max(1, part.done)
                yield told(part.id, "Pushing", sent, part.total)
                continue
            else:
                yield told(part.id, "Pushed")
            left.remove(part)
        yield _BEAT


def _bytes_a_beat(parts: Sequence[Part]) -> float:
    total = sum(part.total for part in parts)
    return total * _BEAT / min(_LONGEST, max(_SHORTEST, total / _SPEED))


def _share(beat: float, others: int, chance: random.Random) -> int:
    return int(beat / others * chance.uniform(0.4, 1.6)) + 1
