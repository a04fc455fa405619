"""The Layers tab of an image: which instruction made which megabytes."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from tui import format as fmt
from tui.details.text import TextTab
from tui.engine import images
from tui.widgets.bar import bar
from tui.widgets.log import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.images import Layer

_BAR = 12
_NOP = re.compile(r".*?#\(nop\)\s*", re.DOTALL)
_SHELL = re.compile(
    r"(?:RUN )?(?:\|\d+ (?P<args>.*?) )?(?P<shell>/(?:usr/)?bin/\w+|cmd|powershell)"
    r"(?P<flags>(?: [-/]\w+| pipefail)*) (?P<run>[-/]\w*[cC]) (?P<command>.*)",
    re.DOTALL,
)
_SUM = re.compile(r"(?:(file|dir|multi):[0-9a-f]{64}) in ")


class LayersTab(TextTab):
    """An image's layers, the base at the bottom, each with its size and its share of the whole."""

    TITLE = "Layers"

    def load(self) -> None:
        """Ask for the history."""
        row, session = self.row, self.session
        if row is None:
            return
        look = partial(images.layers, session.connection, row.id)
        self.page(look, partial(draw, ascii_only=session.config.ascii))


def draw(layers: Sequence[Layer], *, ascii_only: bool = False) -> list[Line]:
    """Write one line a layer: size, share of the whole, a bar, and the instruction."""
    total = sum(layer.size for layer in layers)
    filled = sum(layer.size > 0 for layer in layers)
    lines = [
        Line(f"{len(layers)} steps, {filled} with something in them, {fmt.size(total)}; the base is last")
    ]
    lines.append(Line(""))
    for layer in layers:
        share = layer.size / total if total else 0.0
        drawn = bar(share, _BAR, ascii_only) if layer.size else ""
        size = fmt.size(layer.size) if layer.size else "-"
        percent = f"{share:.0%}" if layer.size else ""
        tags = f"  <- {' '.join(layer.tags)}" if layer.tags and layer is not layers[0] else ""
        lines.append(Line(f"{size:>5} {percent:>4} {drawn:<{_BAR}} {instruction(layer.created_by)}{tags}"))
    return lines


def instruction(created_by: str) -> str:
    """Give the instruction as it stands in a Dockerfile, from what the builders make of it."""
    text = " ".join(created_by.split()).removesuffix("# buildkit").strip()
    if "#(nop)" in text:
        # The classic builder's word for what runs nothing; what was copied is only a sum to it.
        return _SUM.sub(lambda found: f"({found[1]}) ", _NOP.sub("", text)) or "(no instruction was kept)"
    found = _SHELL.fullmatch(text)
    if found is None:
        return text or "(no instruction was kept)"
    shell = "" if found["shell"] == "/bin/sh" else f"[{found['shell'].rpartition('/')[2]}] "
    args = f"  (with {found['args']})" if found["args"] else ""
    return f"RUN {shell}{found['command']}{args}"
