"""What the palette, the menu, sorting and copying offer: acts and objects by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.screens.chooser import Item
from tui.screens.keys import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.binding import Binding

    from tui.actions.model import Action, Row
    from tui.actions.session import Session
    from tui.details.objects import ObjectList
    from tui.panes.pane import Pane


@dataclass(frozen=True, slots=True)
class ActPick:
    """An act was picked, for what the list's cursor or marks are on."""

    action: Action
    list: ObjectList


@dataclass(frozen=True, slots=True)
class RowPick:
    """An object was picked: go to it."""

    row: Row


@dataclass(frozen=True, slots=True)
class KeyPick:
    """Something that a key of the screen does was picked."""

    action: str


def menu(listing: ObjectList, session: Session) -> list[Item]:
    """Offer every act on the list's object, those that do not apply stepped back with the reason."""
    items = []
    for action in listing.kind.actions:
        if listing.row is None and not action.bare:
            continue
        reason = "" if listing.row is None or action.bare else action.applies(session, listing.row)
        key = shown(listing.key_of(action.id, action.key))
        detail = reason or f"{key:<4} {action.help}".strip()
        items.append(Item(action.label, detail, ActPick(action, listing), dim=bool(reason)))
    return items


def finds(
    panes: Sequence[Pane], current: ObjectList, session: Session, bindings: Iterable[Binding]
) -> list[Item]:
    """Offer every act on the present object, what the screen's keys do, and every object by name."""
    items = menu(current, session)
    items += [
        Item(f"{action.label} ({pane.kind.name})", _about(action, pane), ActPick(action, pane))
        for pane in panes
        if pane.kind is not current.kind
        for action in pane.kind.actions
    ]
    items += [
        Item(binding.description, shown(binding.key), KeyPick(binding.action))
        for binding in bindings
        if binding.description
    ]
    for pane in panes:
        if pane.kind.name != "event":
            rows = sorted(session.store.rows(pane.kind.name), key=pane.SPEC.order)
            items += [Item(row.name, pane.kind.name, RowPick(row)) for row in rows]
    return items


def _about(action: Action, pane: Pane) -> str:
    """Say what an act of another pane would be done to."""
    row = pane.row
    return f"{row.name}: {action.help}" if row is not None and not action.bare else action.help


def orders(listing: ObjectList) -> list[Item]:
    """Offer the orders of a list."""
    titles = {one.column.key: one.column.title for one in listing.declared if one.orders}
    items = [Item("default", "project, then name", "")]
    return items + [Item(title.lower(), f"by {title.lower()}", key) for key, title in titles.items()]


def copies(row: Row, session: Session) -> list[Item]:
    """Offer what of an object can be copied."""
    offers: dict[str, str] = {"name": row.name, "id": row.id}
    if row.kind == "container":
        offers["image"] = row.image
        for network, address in row.addresses.items():
            if address:
                offers[f"address on {network}"] = address
        for port in row.ports:
            if port.public:
                offers[f"URL of port {port.private}"] = f"http://{_host_of(session, port.host)}:{port.public}"
    if row.kind == "image":
        offers |= {f"tag {tag}": tag for tag in row.tags}
        offers |= {f"digest {place}": digest for place, digest in enumerate(row.digests, 1)}
    if row.kind == "project":
        offers |= {"folder": row.folder, "files": " ".join(row.files)}
        offers.pop("id")
    if row.kind in _INSPECT:
        offers["inspect command"] = session.docker(*_INSPECT[row.kind](row)).shown
    if row.kind == "container":
        offers["logs command"] = session.docker("logs", "-f", "--tail", "100", row.name).shown
    return [Item(what, text, text) for what, text in offers.items() if text]


_INSPECT: dict[str, Callable[[Row], tuple[str, ...]]] = {
    "container": lambda row: ("inspect", row.name),
    "image": lambda row: ("image", "inspect", row.reference),
    "volume": lambda row: ("volume", "inspect", row.name),
    "network": lambda row: ("network", "inspect", row.name),
}


def _host_of(session: Session, bound: str) -> str:
    """Give the name under which a published port is reached from outside."""
    address = session.connection.address
    remote = address.url.partition("://")[2].rpartition("@")[2].partition(":")[0] if address else ""
    if address is not None and not address.url.startswith("unix://"):
        return remote or "localhost"
    return bound if bound not in {"", "0.0.0.0", "::"} else "localhost"  # noqa: S104  # read, not bound
