"""Networks: what can be done with them, and who is connected."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from tui.demo.acts.base import Base
from tui.demo.acts.things import Container, Endpoint, Network
from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BUILT_IN = ("bridge", "host", "none")
_BRIDGE_OPTIONS = {
    "com.docker.network.bridge.default_bridge": "true",
    "com.docker.network.bridge.enable_icc": "true",
    "com.docker.network.bridge.enable_ip_masquerade": "true",
    "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",  # noqa: S104  # as Docker shows it; nothing binds
    "com.docker.network.bridge.name": "docker0",
    "com.docker.network.driver.mtu": "1500",
}


class Networks(Base):
    """The acts on networks."""

    def lay_networks(self) -> None:
        """Make the networks that every engine has; no event tells of them."""
        for name, driver in (("none", "null"), ("host", "host")):
            network = Network(self.ids.digest(name), name, driver, self.now())
            self.networks[network.id] = network
        bridge = Network(
            self.ids.digest("bridge"), "bridge", "bridge", self.now(), options=dict(_BRIDGE_OPTIONS)
        )
        bridge.subnet, bridge.gateway = "172.17.0.0/16", "172.17.0.1"
        self.networks[bridge.id] = bridge

    def find_network(self, reference: str) -> Network:
        """Find a network by id, name or the start of its id; 404 where there is none."""
        if reference in self.networks:
            return self.networks[reference]
        for network in self.networks.values():
            if network.name == reference:
                return network
        found = [one for key, one in self.networks.items() if reference and key.startswith(reference)]
        if len(found) > 1:
            raise RefusalError(
                400, f"network {reference} is ambiguous ({len(found)} matches found based on ID prefix)"
            )
        if not found:
            raise RefusalError(404, f"network {reference} not found")
        return found[0]

    def create_network(
        self,
        name: str,
        *,
        driver: str = "bridge",
        subnet: str = "",
        gateway: str = "",
        internal: bool = False,
        attachable: bool = False,
        labels: Mapping[str, str] | None = None,
        options: Mapping[str, str] | None = None,
    ) -> str:
        """Create a network; 409 where its name is taken, 403 where its subnet is.

        Returns:
            Its id.

        """
        with self.lock:
            if not name.strip():
                raise RefusalError(400, f"invalid name: {name}")
            if any(network.name == name for network in self.networks.values()):
                raise RefusalError(409, f"network with name {name} already exists")
            if driver not in {"bridge", "ipvlan", "macvlan"}:
                raise RefusalError(404, f"could not find a network driver named {driver}")
            pool = self._pool(subnet)
            network = Network(
                self.ids.digest("network"),
                name,
                driver,
                self.tick(),
                str(pool),
                gateway or str(pool[1]),
                internal,
                attachable,
                dict(labels or {}),
                dict(options or {}),
            )
            self.networks[network.id] = network
            self.emit("network", "create", network.id, {"name": name, "type": driver})
            return network.id

    def _pool(self, wanted: str) -> ipaddress.IPv4Network:
        taken = [ipaddress.IPv4Network(one.subnet) for one in self.networks.values() if one.subnet]
        if wanted:
            try:
                pool = ipaddress.IPv4Network(wanted)
            except ValueError:
                raise RefusalError(
                    400, f"invalid network config:\ninvalid subnet {wanted}: invalid CIDR block notation"
                ) from None
            if any(pool.overlaps(one) for one in taken):
                raise RefusalError(403, "Pool overlaps with other one on this address space")
            return pool
        pools = [f"172.{number}.0.0/16" for number in range(18, 32)]
        pools += [f"192.168.{number}.0/20" for number in range(0, 256, 16)]
        for free in map(ipaddress.IPv4Network, pools):
            if not any(free.overlaps(one) for one in taken):
                return free
        raise RefusalError(500, "all predefined address pools have been fully subnetted")

    def remove_network(self, reference: str) -> None:
        """Remove a network; 403 for Docker's own and for one with running containers."""
        with self.lock:
            network = self.find_network(reference)
            if network.name in BUILT_IN:
                raise RefusalError(403, f"{network.name} is a pre-defined network and cannot be removed")
            if self.connected(network):
                raise RefusalError(
                    403,
                    f"error while removing network: network {network.name} id {network.id} "
                    "has active endpoints",
                )
            del self.networks[network.id]
            self.emit("network", "destroy", network.id, {"name": network.name, "type": network.driver})

    def connected(self, network: Network) -> list[tuple[Container, Endpoint]]:
        """List the running containers in a network, each with its place there."""
        return [
            (one, end)
            for one in self.containers.values()
            if one.alive and (end := one.endpoints.get(network.name)) is not None and end.id
        ]

    def connect(self, network: str, container: str, aliases: Sequence[str] | None = None) -> None:
        """Connect a container, running or not, to a network."""
        with self.lock:
            place, one = self.find_network(network), self.find(container)
            if one.network_mode == "host" or one.network_mode.startswith("container:"):
                raise RefusalError(
                    400,
                    "container sharing network namespace with another container or host cannot be connected"
                    " to any other network",
                )
            if one.alive and place.name in one.endpoints:
                raise RefusalError(
                    403, f"endpoint with name {one.name} already exists in network {place.name}"
                )
            one.endpoints[place.name] = Endpoint(place.name, list(aliases) if aliases else None)
            if one.alive:
                self.join(one, one.endpoints[place.name])

    def disconnect(self, network: str, container: str) -> None:
        """Disconnect a container from a network; 500 where it is not connected."""
        with self.lock:
            place, one = self.find_network(network), self.find(container)
            if one.alive and one.network_mode == "host" and place.name == "host":
                raise RefusalError(
                    400, "container cannot be disconnected from host network or connected to host network"
                )
            if place.name not in one.endpoints:
                the = "" if one.alive else "the "
                raise RefusalError(500, f"container {one.id} is not connected to {the}network {place.name}")
            if one.alive and one.endpoints[place.name].id:
                # Docker tells it twice where the container runs: once on leaving, once on having left.
                self.leave(one, one.endpoints[place.name])
            del one.endpoints[place.name]
            self._emit_place(place, "disconnect", one)

    def join(self, container: Container, end: Endpoint) -> None:
        """Give a container that starts its place in a network."""
        network = self.find_network(end.network)
        end.network_id, end.id = network.id, self.ids.digest("endpoint")
        if network.subnet:
            end.address = self._free_address(network)
            numbers = (int(number) for number in end.address.split("."))
            end.mac = "02:42:" + ":".join(f"{number:02x}" for number in numbers)
        self._emit_place(network, "connect", container)

    def _free_address(self, network: Network) -> str:
        taken = {end.address for _, end in self.connected(network)} | {network.gateway}
        for address in ipaddress.IPv4Network(network.subnet).hosts():
            if str(address) not in taken:
                return str(address)
        raise RefusalError(
            403, f"no available IPv4 addresses on this network's address pools: {network.name}"
        )

    def leave(self, container: Container, end: Endpoint) -> None:
        """Take a container that stops out of a network."""
        network = self.networks.get(end.network_id)
        end.leave()
        if network is not None:
            self._emit_place(network, "disconnect", container)

    def _emit_place(self, network: Network, action: str, container: Container) -> None:
        attributes = {"container": container.id, "name": network.name, "type": network.driver}
        self.emit("network", action, network.id, attributes)
