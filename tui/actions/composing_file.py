"""Writing containers out as a compose file."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from tui.actions.filled import text
from tui.actions.model import Fill, Probe, Say, Values, Want
from tui.engine import compose_export, containers, images
from tui.paths import absolute
from tui.widgets.fields import CheckField, TextField

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.actions.session import Session
    from tui.engine.containers import Container


def form(at: Session, chosen: Sequence[Container]) -> Want:
    """Have a path filled in, and write the containers into a compose file there."""

    def path(values: Values) -> Path:
        return absolute(text(values, "path"), at.folder)

    def check(values: Values) -> dict[str, str]:
        found = path(values)
        if os.path.isdir(found):
            return {"path": f"{found} is a folder: name the file too"}
        if not os.path.isdir(found.parent):
            return {"path": f"there is no folder {found.parent}"}
        if os.path.lexists(found) and not values["overwrite"]:
            return {"path": f"{found} is there already: space at overwrite replaces it"}
        return {}

    names = ", ".join(one.name for one in chosen)
    return Fill(
        id=f"compose file {names}",
        title=f"Write a compose file of {names}",
        fields=(
            TextField("path", "file", value="compose.yaml", required=True, hint=f"from {at.folder}"),
            CheckField("overwrite", "overwrite", hint="replace a file that is there"),
        ),
        preview=lambda values: f"docker compose -f {path(values)} config   # once it is written",
        check=check,
        submit=lambda values: Probe("inspecting", partial(_write, at, chosen, path(values))),
        once=True,
    )


def _write(at: Session, chosen: Sequence[Container], path: Path) -> Want:
    looked_at = [containers.inspect(at.connection, one.id) for one in chosen]
    pairs = [(one, images.inspect(at.connection, one["Image"])) for one in looked_at]
    written = compose_export.compose_file(pairs)
    notes = compose_export.write(written, path, at.programs, at.connection.child_environ())
    return Say("; ".join([f"{path} is written, {len(pairs)} services", *notes]), done=True)
