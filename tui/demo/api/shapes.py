"""Containers as the API writes them: a row of the list, and all of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.demo.refusal import RefusalError
from tui.demo.words import SECOND, duration, stamp

if TYPE_CHECKING:
    from tui.demo.acts.things import Container, Endpoint, Mount
    from tui.demo.world import World

_FOLDER = "/var/lib/docker/containers"


def status(one: Container, now: int) -> str:
    """Say how a container is, in the sentence of `docker ps`."""
    if one.state in {"running", "paused"}:
        extra = ""
        if one.state == "paused":
            extra = " (Paused)"
        elif one.health is not None:
            extra = f" ({'health: ' if one.health.status == 'starting' else ''}{one.health.status})"
        return f"Up {duration(now - one.started)}{extra}"
    if one.state == "restarting":
        return f"Restarting ({one.exit_code}) {duration(now - one.finished)} ago"
    if one.state == "exited":
        return f"Exited ({one.exit_code}) {duration(now - one.finished)} ago"
    return {"removing": "Removal In Progress", "dead": "Dead"}.get(one.state, "Created")


def command(one: Container) -> str:
    """Write the command as the list does."""
    return " ".join([one.path, *(f"'{arg}'" if " " in arg else arg for arg in one.args)])


def row(world: World, one: Container, *, size: bool = False) -> dict[str, Any]:
    """Write a container as GET /containers/json does."""
    sizes = _sizes(world, one) if size else {}
    return {
        "Id": one.id,
        "Names": [f"/{one.name}"],
        "Image": _image(world, one),
        "ImageID": one.image_id,
        "Command": command(one),
        "Created": one.created // SECOND,
        "Ports": _port_list(one),
        **{name: value for name, value in sizes.items() if value},
        "Labels": one.labels,
        "State": one.state,
        "Status": status(one, world.now()),
        "HostConfig": {"NetworkMode": one.network_mode},
        "NetworkSettings": {
            "Networks": {name: _endpoint(world, end, None) for name, end in one.endpoints.items()}
        },
        "Mounts": [_mount(mount) for mount in one.mounts],
    }


def _sizes(world: World, one: Container) -> dict[str, int]:
    image = world.images.get(one.image_id)
    return {"SizeRw": one.temper.written, "SizeRootFs": one.temper.written + (image.size if image else 0)}


def _image(world: World, one: Container) -> str:
    """Name the image as it was asked for, or by id once that name leads elsewhere."""
    try:
        same = world.find_image(one.image).id == one.image_id
    except RefusalError:
        same = False
    return one.image if same else one.image_id


def _mount(mount: Mount) -> dict[str, Any]:
    if mount.type == "volume":
        return {
            "Type": "volume",
            "Name": mount.name,
            "Source": mount.source,
            "Destination": mount.target,
            "Driver": "local",
            "Mode": mount.mode,
            "RW": mount.writable,
            "Propagation": "",
        }
    return {
        "Type": mount.type,
        "Source": mount.source,
        "Destination": mount.target,
        "Mode": mount.mode,
        "RW": mount.writable,
        "Propagation": "rprivate" if mount.type == "bind" else "",
    }


def _port_list(one: Container) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, hosts in sorted(one.ports.items()):
        port, _, protocol = name.partition("/")
        inside = {"PrivatePort": int(port), "Type": protocol or "tcp"}
        if not hosts:
            rows.append(inside)
        for host in hosts:
            rows += [{"IP": address, **inside, "PublicPort": host} for address in _addresses(one, name)]
    return rows


def _addresses(one: Container, port: str) -> list[str]:
    bindings = (one.host["PortBindings"] or {}).get(port) or [{}]
    given = bindings[0].get("HostIp")
    return [given] if given else ["0.0.0.0", "::"]  # noqa: S104  # as Docker shows it; nothing binds


def _port_map(one: Container) -> dict[str, Any]:
    return {
        name: [
            {"HostIp": address, "HostPort": str(host)} for host in hosts for address in _addresses(one, name)
        ]
        or None
        for name, hosts in sorted(one.ports.items())
    }


def _endpoint(world: World, end: Endpoint, one: Container | None) -> dict[str, Any]:
    network = world.networks.get(end.network_id)
    own = one is not None and end.network_id and end.network not in {"bridge", "host", "none"}
    return {
        "IPAMConfig": None,
        "Links": None,
        "Aliases": end.aliases,
        "MacAddress": end.mac,
        "NetworkID": end.network_id,
        "EndpointID": end.id,
        "Gateway": network.gateway if network and end.address else "",
        "IPAddress": end.address,
        "IPPrefixLen": int(network.subnet.partition("/")[2]) if network and end.address else 0,
        "IPv6Gateway": "",
        "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0,
        "DriverOpts": None,
        # Each once, though it may be an alias twice.
        "DNSNames": list(dict.fromkeys((one.name, *(end.aliases or ()), one.id[:12])))
        if one and own
        else None,
    }


def _state(one: Container) -> dict[str, Any]:
    state: dict[str, Any] = {
        "Status": one.state,
        "Running": one.up,
        "Paused": one.state == "paused",
        "Restarting": one.state == "restarting",
        "OOMKilled": one.oom,
        "Dead": one.state == "dead",
        "Pid": one.pid,
        "ExitCode": one.exit_code,
        "Error": one.error,
        "StartedAt": stamp(one.started),
        "FinishedAt": stamp(one.finished),
    }
    if one.health is not None:
        probes = [
            {
                "Start": stamp(probe.start),
                "End": stamp(probe.end),
                "ExitCode": probe.exit_code,
                "Output": probe.output,
            }
            for probe in one.health.probes
        ]
        state["Health"] = {"Status": one.health.status, "FailingStreak": one.health.streak, "Log": probes}
    return state


def _network_settings(world: World, one: Container) -> dict[str, Any]:
    first = _endpoint(world, one.endpoints["bridge"], one) if "bridge" in one.endpoints else {}
    fields = ("EndpointID", "Gateway", "GlobalIPv6Address", "IPAddress", "IPv6Gateway", "MacAddress")
    return {
        "Bridge": "",
        "SandboxID": one.sandbox,
        "SandboxKey": f"/var/run/docker/netns/{one.sandbox[:12]}" if one.sandbox else "",
        "Ports": _port_map(one),
        "HairpinMode": False,
        "LinkLocalIPv6Address": "",
        "LinkLocalIPv6PrefixLen": 0,
        "SecondaryIPAddresses": None,
        "SecondaryIPv6Addresses": None,
        **{field: first.get(field, "") for field in fields},
        "GlobalIPv6PrefixLen": 0,
        "IPPrefixLen": first.get("IPPrefixLen", 0),
        "Networks": {name: _endpoint(world, end, one) for name, end in one.endpoints.items()},
    }


def whole(world: World, one: Container, *, size: bool = False) -> dict[str, Any]:
    """Write a container as GET /containers/ID/json does."""
    home = f"{_FOLDER}/{one.id}"
    files = {"ResolvConfPath": "resolv.conf", "HostnamePath": "hostname", "HostsPath": "hosts"}
    layer = f"/var/lib/docker/overlay2/{one.id}"
    return {
        "Id": one.id,
        "Created": stamp(one.created),
        "Path": one.path,
        "Args": one.args,
        "State": _state(one),
        "Image": one.image_id,
        **{name: f"{home}/{file}" if one.started else "" for name, file in files.items()},
        "LogPath": f"{home}/{one.id}-json.log" if one.started else "",
        "Name": f"/{one.name}",
        "RestartCount": one.restarts,
        "Driver": "overlay2",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "docker-default",
        "ExecIDs": [made.id for made in one.execs.values() if made.exit_code is None] or None,
        "HostConfig": one.host,
        "GraphDriver": {
            "Data": {
                "LowerDir": f"{layer}-init/diff",
                "MergedDir": f"{layer}/merged",
                "UpperDir": f"{layer}/diff",
                "WorkDir": f"{layer}/work",
            },
            "Name": "overlay2",
        },
        **(_sizes(world, one) if size else {}),
        "Mounts": [_mount(mount) for mount in one.mounts],
        "Config": one.config,
        "NetworkSettings": _network_settings(world, one),
    }
