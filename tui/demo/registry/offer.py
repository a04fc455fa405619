"""An image as a registry has it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui.demo.acts.image_config import PATH, image_config, layer_id
from tui.demo.acts.things import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BOTH = ("amd64", "arm64")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a name leads to; `age` in days, `config` as image_config() takes it, or whole once pushed."""

    steps: Sequence[tuple[str, int]]
    config: Mapping[str, Any] = field(default_factory=dict)
    age: float = 6.0
    architectures: Sequence[str] = BOTH
    labels: Mapping[str, str] = field(default_factory=dict)
    layers: Sequence[Layer] = ()
    pushed: str = ""

    def image_config(self) -> dict[str, Any]:
        """Give the Config of its images."""
        if self.pushed:
            return json.loads(json.dumps(self.config))  # type: ignore[no-any-return]  # it is what it was
        given = {"entrypoint": (), "env": (PATH,), "ports": (), "volumes": (), "folder": "", "user": ""}
        return image_config(**{**given, "labels": self.labels, **self.config})

    def image_id(self, architecture: str = "amd64") -> str:
        """Give the id of its image for an architecture."""
        return self.pushed or _hash(f"image {self._content(architecture)}")

    def digest(self) -> str:
        """Give the digest of its manifest, or of the list of them."""
        return _hash(f"manifest {self.pushed or self._content('')}")

    def history(self, architecture: str, now: int) -> list[Layer]:
        """Give the layers of its image for an architecture, made `age` days before `now` in nanoseconds."""
        if self.layers:
            return list(self.layers)
        made = now - int(self.age * 86_400 * 10**9)
        apart = "" if architecture == "amd64" else architecture
        return [
            Layer(words, size, layer_id(words + apart, size) if size else "", made)
            for words, size in self.steps
        ]

    def _content(self, architecture: str) -> str:
        return f"{architecture} {self.steps} {sorted(self.config.items())}"


def blob(layer: Layer) -> str:
    """Give the id that a layer has in a registry, where it is compressed."""
    return _hash(f"blob {layer.id}")


def packed(layer: Layer) -> int:
    """Give the bytes of a layer in a registry."""
    return max(93, layer.size * 38 // 100)


def _hash(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
