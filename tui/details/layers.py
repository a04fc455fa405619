"""The Layers tab of an image: which instruction made which megabytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import format as fmt
from tui.details.text import TextTab
from tui.engine import images
from tui.widgets.log import Line

if TYPE_CHECKING:
    from tui.engine.images import Layer

_BAR = 12


class LayersTab(TextTab):
    """An image's layers, the base at the bottom, each with its size and its share of the whole."""

    TITLE = "Layers"

    def load(self) -> None:
        """Ask for the history."""
        row, session = self.row, self.session
        if row is None:
            return
        self.page(lambda: images.layers(session.connection, row.id), draw)


def draw(layers: list[Layer]) -> list[Line]:
    """Write one line a layer: size, a bar, and the instruction."""
    most = max((layer.size for layer in layers), default=0)
    total = sum(layer.size for layer in layers)
    lines = [Line(f"{len(layers)} layers, {fmt.size(total)}"), Line("")]
    for layer in layers:
        bar = "█" * round(_BAR * layer.size / most) if most else ""
        size = fmt.size(layer.size) if layer.size else "0"
        lines.append(Line(f"{size:>6} {bar:<{_BAR}} {instruction(layer.created_by)}"))
    return lines


def instruction(created_by: str) -> str:
    """Give the instruction as it stands in a Dockerfile, from what the builders make of it."""
    text = " ".join(created_by.split())
    text = text.removesuffix("# buildkit").strip()
    if "#(nop)" in text:
        return text.split("#(nop)", 1)[1].strip()
    for shell in ("/bin/sh -c ", "RUN /bin/sh -c "):
        if text.startswith(shell):
            return f"RUN {text.removeprefix(shell)}"
    return text or "(no instruction was kept)"
