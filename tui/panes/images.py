"""The images: templates that containers are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import format as fmt
from tui.actions.images import IMAGES
from tui.details.containers import ContainersTab
from tui.details.image_config import ConfigTab
from tui.details.inspect import InspectTab
from tui.details.layers import LayersTab
from tui.details.objects import ListSpec, Look, ObjectColumn
from tui.panes.pane import Pane, PaneSpec
from tui.widgets.table import Cell, Column

if TYPE_CHECKING:
    from tui.engine.images import Image
    from tui.store.store import Store


def _name(image: Image, look: Look) -> Cell:
    more = len(image.tags) - 1
    return Cell(image.name + (f" +{more}" if more > 0 else ""), "dim" if image.dangling else "")


def _news(image: Image, look: Look) -> Cell:
    return Cell(look.news.get(image.id, ""), "accent")


def _digest(image: Image, look: Look) -> Cell:
    """Give the beginning of the first digest; an image that was only built here has none."""
    return Cell(image.digests[0].rpartition(":")[2][:12] if image.digests else "", "dim")


def _used(image: Image, look: Look) -> Cell:
    count = look.notes.get(image.id, "")
    return Cell(f"{count} used" if count else "", "dim")


def _summary(image: Image, store: Store) -> str:
    users = store.users_of_image(image)
    parts = [" ".join(image.tags) or "no tag", image.short_id, fmt.size(image.size)]
    parts.append(f"used by {len(users)}" if users else "not used")
    if image.dangling:
        parts.append("dangling: a later image took its tag, or it never had one")
    return " · ".join(parts)


def _total(store: Store) -> str:
    images = store.rows("image")
    return fmt.size(sum(image.size for image in images)) if images else ""


class Images(Pane):
    """All images that are not mere layers of others."""

    SPEC = ListSpec(
        kind=IMAGES,
        columns=(
            ObjectColumn(Column("name", "NAME", 16, grow=3), _name, lambda i: i.name),
            # As wide as there is something in it: only what was asked about has news.
            ObjectColumn(Column("news", "", 1, priority=2, max_width=7), _news),
            ObjectColumn(Column("used", "USED", 7, priority=2, align="right"), _used),
            ObjectColumn(
                Column("size", "SIZE", 5, priority=1, align="right"),
                lambda i, look: fmt.size(i.size),
                lambda i: -i.size,
            ),
            ObjectColumn(
                Column("age", "AGE", 4, priority=3, align="right"),
                lambda i, look: Cell(fmt.age(i.created, look.now), "dim"),
                lambda i: -i.created,
            ),
            ObjectColumn(
                Column("id", "ID", 12, priority=4), lambda i, look: Cell(i.short_id, "dim"), lambda i: i.id
            ),
            ObjectColumn(Column("digest", "DIGEST", 12, priority=5), _digest, lambda i: i.digests),
        ),
        order=lambda i: (i.dangling, i.name, -i.created),
        faint=lambda i: i.dangling,
    )
    PANE = PaneSpec(
        title="Images",
        short="Imag",
        tabs=(ContainersTab, LayersTab, ConfigTab, InspectTab),
        summary=_summary,
        nothing="No images. P pulls one, b builds one from a folder with a Dockerfile.",
        about=_total,
    )
