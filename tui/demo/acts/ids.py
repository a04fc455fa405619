"""Identifiers that look drawn by lot and are the same for the same seed."""

from __future__ import annotations

import hashlib
import random

_LEFT = [
    "brave",
    "calm",
    "clever",
    "eager",
    "epic",
    "festive",
    "fervent",
    "gallant",
    "happy",
    "jolly",
    "keen",
    "kind",
    "modest",
    "quirky",
    "serene",
]
_RIGHT = [
    "babbage",
    "bell",
    "borg",
    "curie",
    "darwin",
    "euler",
    "gauss",
    "hopper",
    "hypatia",
    "kepler",
    "lamarr",
    "lovelace",
    "noether",
    "turing",
]


class Ids:
    """Draws ids, addresses and names; the same seed draws the same ones in the same order."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn = 0
        self.chance = random.Random(seed)  # noqa: S311  # a scene that is the same each time, no secret

    def digest(self, word: str = "") -> str:
        """Draw 64 hexadecimal digits."""
        self._drawn += 1
        return hashlib.sha256(f"{self._seed} {word} {self._drawn}".encode()).hexdigest()

    def name(self) -> str:
        """Draw a name such as Docker gives to a container that was given none."""
        return f"{self.chance.choice(_LEFT)}_{self.chance.choice(_RIGHT)}"

    def pid(self) -> int:
        """Draw a process id."""
        return self.chance.randint(1200, 32000)
