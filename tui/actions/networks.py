"""What can be done to networks."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from tui.actions.containers import connect_choice, disconnect_choice
from tui.actions.labels import check_pairs, flags, pairs
from tui.actions.model import Asks, Call, Choose, Fill, Kind, Values, Want
from tui.engine import networks
from tui.widgets.fields import CheckField, LinesField, TextField

if TYPE_CHECKING:
    from tui.actions.session import Session
    from tui.engine.networks import Network

NETWORKS = Kind("network", "networks")

_DRIVERS = ("bridge", "host", "ipvlan", "macvlan", "none", "overlay")


@NETWORKS.act("n", "new", bare=True, alone=True)
def create(at: Session, network: Network | None) -> Want:
    """Create a network."""

    def words(values: Values) -> tuple[str, ...]:
        driver = str(values["driver"]).strip()
        subnet, gateway = str(values["subnet"]).strip(), str(values["gateway"]).strip()
        return (
            "network",
            "create",
            *(("--driver", driver) if driver not in {"", "bridge"} else ()),
            *(("--subnet", subnet) if subnet else ()),
            *(("--gateway", gateway) if gateway else ()),
            *(("--internal",) if values["internal"] else ()),
            *flags("--label", str(values["labels"])),
            str(values["name"]).strip(),
        )

    def check(values: Values) -> dict[str, str]:
        wrong = _check_addresses(str(values["subnet"]).strip(), str(values["gateway"]).strip())
        name = str(values["name"]).strip()
        if any(known.name == name for known in at.store.rows("network")):
            wrong["name"] = f"a network named {name} is there already"
        return {**check_pairs(values, "labels"), **wrong}

    def submit(values: Values) -> Want:
        def do() -> str:
            return networks.create(
                at.connection,
                str(values["name"]).strip(),
                driver=str(values["driver"]).strip(),
                subnet=str(values["subnet"]).strip(),
                gateway=str(values["gateway"]).strip(),
                internal=bool(values["internal"]),
                labels=pairs(str(values["labels"])),
            )

        return Call(at.docker(*words(values)), do)

    return Fill(
        id="network create",
        title="New network",
        fields=(
            TextField("name", "name", required=True),
            TextField("driver", "--driver", value="bridge", suggestions=_DRIVERS),
            TextField("subnet", "--subnet", hint="as in 10.9.0.0/24; empty: Docker picks one"),
            TextField("gateway", "--gateway", hint="empty: the first address"),
            CheckField("internal", "--internal", hint="no way out to other networks"),
            LinesField("labels", "--label", hint="name=value, one a line"),
        ),
        preview=lambda values: at.docker(*words(values)).shown,
        check=check,
        submit=submit,
        first="name",
    )


def _check_addresses(subnet: str, gateway: str) -> dict[str, str]:
    """Say what is wrong with a subnet and a gateway, by field."""
    pool = None
    if subnet:
        try:
            pool = ipaddress.ip_network(subnet)
        except ValueError as error:
            return {"subnet": f"not a subnet in CIDR notation: {error}"}
    if not gateway:
        return {}
    try:
        address = ipaddress.ip_address(gateway)
    except ValueError:
        return {"gateway": f"{gateway} is not an IP address"}
    if pool is None:
        return {"gateway": "a gateway needs a subnet"}
    return {} if address in pool else {"gateway": f"{gateway} is not in {subnet}"}


@NETWORKS.act("c", "connect", alone=True)
def connect(at: Session, network: Network) -> Want:
    """Connect a container to it, or disconnect one."""
    users = at.store.users_of_network(network)
    inside = {container.id for container in users}
    choices = [disconnect_choice(at, network, container, container.name) for container in users]
    choices += [
        connect_choice(at, network, container, container.name)
        for container in sorted(at.store.containers, key=lambda c: (not c.up, c.name))
        if container.id not in inside
    ]
    return Choose(f"Containers on {network.name}", choices, "there is no container to choose")


def _must_not_be_built_in(at: Session, network: Network) -> str:
    return f"{network.name} is Docker's own and stays" if network.built_in else ""


def _about_removing(at: Session, network: Network) -> str:
    users = [container.name for container in at.store.users_of_network(network) if container.up]
    return f"{network.name} is used by {', '.join(users)}: Docker refuses while they run" if users else ""


@NETWORKS.act("d", "remove", asks=Asks.DIALOG, applies=_must_not_be_built_in, warns=_about_removing)
def remove(at: Session, network: Network) -> Want:
    """Remove it."""
    return Call(
        at.docker("network", "rm", network.name),
        lambda: networks.remove(at.connection, network.id),
    )
