"""Networks: rows, and what can be done to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from tui.engine.labels import label_terms
from tui.engine.reading import listed, mapping, objects, required, sensible, text, words
from tui.engine.times import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.connection import Connection

BUILT_IN = frozenset({"bridge", "host", "none"})
"""Networks that Docker makes itself and does not let go."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network; `subnets` in CIDR notation."""

    kind: ClassVar[str] = "network"

    id: str
    name: str
    driver: str
    scope: str
    created: float
    internal: bool = False
    subnets: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def built_in(self) -> bool:
        """Whether Docker made it and does not let it go."""
        return self.name in BUILT_IN

    @property
    def project(self) -> str:
        """The Compose project it belongs to, or an empty string."""
        return self.labels.get("com.docker.compose.project", "")

    def terms(self) -> tuple[tuple[str, str], ...]:
        """Give all text that a filter may ask for, as (field, text)."""
        return (
            ("name", self.name),
            ("id", self.id),
            ("driver", self.driver),
            ("scope", self.scope),
            ("state", "internal" if self.internal else "external"),
            ("subnet", " ".join((*self.subnets, *self.gateways))),
            ("project", self.project),
            *label_terms(self.labels),
        )


def parse(item: Mapping[str, Any]) -> Network:
    """Make a row of one object of GET /networks."""
    pools = objects(mapping(item.get("IPAM")).get("Config"))
    # Docker takes either for the other.
    one = required(item, "Id", "Name")
    return Network(
        id=one,
        name=text(item.get("Name")) or one[:12],
        driver=text(item.get("Driver")),
        scope=text(item.get("Scope")),
        created=seconds(text(item.get("Created"))),
        internal=bool(item.get("Internal")),
        subnets=tuple(filter(None, (text(pool.get("Subnet")) for pool in pools))),
        gateways=tuple(filter(None, (text(pool.get("Gateway")) for pool in pools))),
        labels=words(item.get("Labels")),
    )


def rows(engine: Connection) -> list[Network]:
    """List all networks (GET /networks); it never says who is connected: containers do."""
    answer = engine.ask("/networks")
    with sensible("networks"):
        return [parse(item) for item in listed(answer)]


def inspect(engine: Connection, network_id: str) -> dict[str, Any]:
    """Give everything the engine knows of a network (GET /networks/ID)."""
    answer = engine.ask("/networks/{}", network_id)
    with sensible("this network"):
        return dict(answer)


def create(
    engine: Connection,
    name: str,
    *,
    driver: str,
    subnet: str,
    gateway: str,
    internal: bool,
    labels: Mapping[str, str],
) -> str:
    """Create a network (POST /networks/create).

    Returns:
        Its id.

    """
    # Late: docker-py takes longer to import than all of this package.
    from docker.types import IPAMConfig, IPAMPool

    pool = IPAMPool(subnet=subnet or None, gateway=gateway or None)
    ipam = IPAMConfig(pool_configs=[pool]) if subnet or gateway else None
    with engine.patient_api() as api:
        made = api.create_network(
            name, driver=driver or None, ipam=ipam, internal=internal, labels=dict(labels)
        )
    with sensible("the new network"):
        return required(made, "Id")


def remove(engine: Connection, network_id: str) -> None:
    """Remove a network (DELETE /networks/ID)."""
    with engine.patient_api() as api:
        api.remove_network(network_id)


def connect(engine: Connection, network_id: str, container_id: str, aliases: tuple[str, ...] = ()) -> None:
    """Connect a container to a network (POST /networks/ID/connect)."""
    with engine.patient_api() as api:
        api.connect_container_to_network(container_id, network_id, aliases=list(aliases) or None)


def disconnect(engine: Connection, network_id: str, container_id: str, *, force: bool = False) -> None:
    """Disconnect a container from a network (POST /networks/ID/disconnect)."""
    with engine.patient_api() as api:
        api.disconnect_container_from_network(container_id, network_id, force=force)
