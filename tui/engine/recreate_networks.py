"""The networks of a container that is made anew: its names and fixed addresses in each are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.reading import mapping, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from tui.engine.runform import RunAnswers

DEFAULT_NETWORKS = frozenset({"", "default", "bridge"})
_UNNAMED = frozenset({"", "default", "bridge", "host", "none"})


def aliases(inspected: Mapping[str, Any], network: str) -> list[str]:
    """Give the further names that a container was given in a network of the user's own."""
    if network in _UNNAMED:
        return []
    found = mapping(mapping(inspected.get("NetworkSettings")).get("Networks"))
    return _given(inspected, mapping(found.get(network)))


def _given(inspected: Mapping[str, Any], endpoint: Mapping[str, Any]) -> list[str]:
    """Leave out the alias that Docker adds by itself: the short id."""
    short = text(inspected.get("Id"))[:12]
    return [alias for alias in texts(endpoint.get("Aliases")) if alias != short]


def overlay_networks(
    inspected: Mapping[str, Any],
    body: dict[str, Any],
    host: dict[str, Any],
    after: RunAnswers,
    changed: AbstractSet[str],
) -> dict[str, dict[str, Any]]:
    """Keep the networks with their aliases and fixed addresses; gives all but the first."""
    mode = text(host.get("NetworkMode"))
    found = mapping(mapping(inspected.get("NetworkSettings")).get("Networks"))
    endpoints = {name: _endpoint(inspected, one) for name, one in found.items()}
    first = "bridge" if mode in DEFAULT_NETWORKS else mode
    own = endpoints.pop(first, {})
    if "network" in changed:
        # Links are told of the container where all have the bridge, and of the place in any other network.
        links = [*texts(host.get("Links")), *own.get("Links", ())]
        host["NetworkMode"] = first = after.network or "bridge"
        own = endpoints.pop(first, {})
        if first in {"host", "none"} or first.startswith("container:"):
            endpoints = {}
            body["Hostname"] = "" if first.startswith("container:") else body.get("Hostname", "")
            links = []
        host["Links"] = links if links and first in DEFAULT_NETWORKS else None
        if links and first not in DEFAULT_NETWORKS:
            own = own | {"Links": list(dict.fromkeys([*own.get("Links", ()), *links]))}
    if changed & {"network", "alias"} and first not in _UNNAMED:
        own = own | {"Aliases": after.alias.replace(",", " ").split()}
    if not first.startswith("container:") and own:
        body["NetworkingConfig"] = {"EndpointsConfig": {first: own}}
    return endpoints


def _endpoint(inspected: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        "IPAMConfig": found.get("IPAMConfig"),
        "Links": [link(one) for one in texts(found.get("Links"))] or None,
        "Aliases": _given(inspected, found) or None,
        "DriverOpts": found.get("DriverOpts"),
        # A stopped container has one only where it was asked for.
        "MacAddress": text(found.get("MacAddress")) or None,
    }
    return {key: value for key, value in kept.items() if value}


def link(found: str) -> str:
    """Write `/other:/this/alias`, as inspect has it, as `other:alias`."""
    other, colon, alias = found.partition(":")
    return f"{other.lstrip('/')}:{alias.rpartition('/')[2]}" if colon else found
