"""What BuildKit keeps of the builds that there were."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.demo.acts.things import Image

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class Cached:
    """A record of BuildKit's cache, of a `layer` or none; times in nanoseconds, `size` in bytes."""

    id: str
    type: str
    description: str
    created: int
    parents: tuple[str, ...] = ()
    size: int = 0
    used: int = 0
    uses: int = 1
    layer: str = ""


def remember(cache: dict[str, Cached], image: Image, steps: int) -> None:
    """Put in what a build leaves: its context and its Dockerfile, and each of its `steps` that made files."""
    for what, size in (("context", 0), ("dockerfile", 40 * steps)):
        made = Cached(_id(f"{image.id} {what}"), "source.local", f"local source for {what}", image.created)
        made.size = size
        _add(cache, made)
    below: tuple[str, ...] = ()
    own = len(image.layers) - steps
    for number, layer in enumerate(image.layers):
        if not layer.id:
            continue
        key = _id(layer.id)
        if number >= own:
            words = layer.created_by.removesuffix(" # buildkit")
            ran = words.startswith("RUN ")
            said = f"mount / from exec {words[4:]}" if ran else f"[{number - own + 2}/{steps + 1}] {words}"
            _add(cache, Cached(key, "regular", said, layer.created, below, layer.size, layer=layer.id))
            below = (key,)


def _add(cache: dict[str, Cached], made: Cached) -> None:
    known = cache.get(made.id)
    if known is not None:
        known.uses, known.used = known.uses + 1, made.created
        return
    made.used = made.created
    cache[made.id] = made


def _id(word: str) -> str:
    """Give 25 letters and digits, the same for the same word."""
    number = int.from_bytes(hashlib.sha256(word.encode()).digest(), "big")
    letters = ""
    while len(letters) < 25:
        number, rest = divmod(number, 36)
        letters += _LETTERS[rest]
    return letters
