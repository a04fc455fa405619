"""The networks' part of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.demo.acts.networks import BUILT_IN
from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Answer, as_json
from tui.demo.wire.query import read_body
from tui.demo.words import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.acts.things import Container, Endpoint, Network
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.query import Body
    from tui.demo.world import World

_FILTERS = frozenset({"dangling", "driver", "id", "label", "name", "scope", "type"})


def shape(network: Network, connected: Sequence[tuple[Container, Endpoint]] = ()) -> dict[str, Any]:
    """Write a network as the API does; lists never say who is connected."""
    pool = [{"Subnet": network.subnet, "Gateway": network.gateway}] if network.subnet else None
    width = network.subnet.partition("/")[2]
    return {
        "Name": network.name,
        "Id": network.id,
        "Created": stamp(network.created),
        "Scope": "local",
        "Driver": network.driver,
        "EnableIPv6": False,
        "IPAM": {"Driver": "default", "Options": None, "Config": pool},
        "Internal": network.internal,
        "Attachable": network.attachable,
        "Ingress": False,
        "ConfigFrom": {"Network": ""},
        "ConfigOnly": False,
        "Containers": {
            container.id: {
                "Name": container.name,
                "EndpointID": end.id,
                "MacAddress": end.mac,
                "IPv4Address": f"{end.address}/{width}" if end.address else "",
                "IPv6Address": "",
            }
            for container, end in connected
        },
        "Options": network.options,
        "Labels": network.labels,
    }


def _body(call: Call) -> Body:
    return read_body(call.body, call.headers.get("content-type", ""))


def _list(world: World, call: Call) -> Answer:
    filters = call.query.filters(_FILTERS)
    dangling = filters.choice("dangling")
    found = [
        network
        for network in world.networks.values()
        if filters.pattern("name", network.name)
        and filters.pattern("id", network.id)
        and filters.exact("driver", network.driver)
        and filters.exact("scope", "local")
        and filters.exact("type", "builtin" if network.name in BUILT_IN else "custom")
        and filters.labels(network.labels)
        and dangling in {None, network.name not in BUILT_IN and not world.connected(network)}
    ]
    return as_json([shape(network) for network in found])


def _create(world: World, call: Call) -> Answer:
    body = _body(call)
    pools = body.inner("IPAM").inners("Config")
    made = world.create_network(
        body.text("Name"),
        driver=body.text("Driver") or "bridge",
        subnet=pools[0].text("Subnet") if pools else "",
        gateway=pools[0].text("Gateway") if pools else "",
        internal=body.flag("Internal"),
        attachable=body.flag("Attachable"),
        labels=body.mapping("Labels"),
        options=body.mapping("Options"),
    )
    return as_json({"Id": made, "Warning": ""}, 201)


def _inspect(world: World, call: Call) -> Answer:
    network = world.find_network(call.parts["name"])
    return as_json(shape(network, world.connected(network)))


def _remove(world: World, call: Call) -> Answer:
    world.remove_network(call.parts["name"])
    return Answer(204, None)


def _container(body: Body) -> str:
    name = body.text("Container")
    if not name:
        raise RefusalError(400, 'invalid name or ID supplied: ""')
    return name


def _connect(world: World, call: Call) -> Answer:
    body = _body(call)
    world.connect(call.parts["name"], _container(body), body.inner("EndpointConfig").texts("Aliases"))
    return Answer(200)


def _disconnect(world: World, call: Call) -> Answer:
    body = _body(call)
    world.disconnect(call.parts["name"], _container(body))
    return Answer(200)


ROUTES: list[Route] = [
    ("GET", r"/networks", _list),
    ("POST", r"/networks/create", _create),
    ("GET", r"/networks/(?P<name>[^/]+)", _inspect),
    ("DELETE", r"/networks/(?P<name>[^/]+)", _remove),
    ("POST", r"/networks/(?P<name>[^/]+)/connect", _connect),
    ("POST", r"/networks/(?P<name>[^/]+)/disconnect", _disconnect),
]
