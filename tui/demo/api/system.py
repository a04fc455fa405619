"""The engine itself: whether it is there, what it is, and what takes space."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tui.demo.api.images import row as image_row
from tui.demo.api.shapes import row as container_row
from tui.demo.api.stats import CPUS, MEMORY
from tui.demo.api.volumes import shape as volume_shape
from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Answer, as_json
from tui.demo.words import stamp

if TYPE_CHECKING:
    from tui.demo.acts.caching import Cached
    from tui.demo.acts.things import Image
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.world import World

VERSION = "26.1.5"
API = "1.45"
OLDEST_API = "1.24"
_KINDS = {"container": "Containers", "image": "Images", "volume": "Volumes", "build-cache": "BuildCache"}
_KERNEL = "6.8.0-45-generic"
_BUILT = "2024-07-23T19:19:09.000000000+00:00"


def _ping(world: World, call: Call) -> Answer:  # every route is called alike
    headers = {
        "Builder-Version": "1",
        "Cache-Control": "no-cache, no-store, must-revalidate",
        "Pragma": "no-cache",
        "Swarm": "inactive",
    }
    body = b"" if call.method == "HEAD" else b"OK"
    return Answer(200, body, "text/plain; charset=utf-8", headers)


def _version(world: World, call: Call) -> Answer:  # every route is called alike
    details = {
        "ApiVersion": API,
        "Arch": "amd64",
        "BuildTime": _BUILT,
        "Experimental": "false",
        "GitCommit": "411e817",
        "GoVersion": "go1.21.12",
        "KernelVersion": _KERNEL,
        "MinAPIVersion": OLDEST_API,
        "Os": "linux",
    }
    facts = {name: value for name, value in details.items() if name != "Experimental"}
    return as_json(
        {
            "Platform": {"Name": "wherry demo"},
            "Components": [{"Name": "Engine", "Version": VERSION, "Details": details}],
            "Version": VERSION,
            **facts,
        }
    )


def _info(world: World, call: Call) -> Answer:  # every route is called alike
    states = [container.state for container in world.containers.values()]
    return as_json(
        {
            "ID": "7b1f9f0e-5d0c-4c53-9a53-2f3f0d8f6f10",
            "Containers": len(states),
            "ContainersRunning": sum(state in {"running", "restarting"} for state in states),
            "ContainersPaused": states.count("paused"),
            "ContainersStopped": sum(state in {"created", "exited", "dead"} for state in states),
            "Images": len(world.images),
            "Driver": "overlay2",
            "DriverStatus": [["Backing Filesystem", "extfs"], ["Supports d_type", "true"]],
            "Plugins": {
                "Volume": ["local"],
                "Network": ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
                "Authorization": None,
                "Log": ["json-file", "local", "none"],
            },
            "MemoryLimit": True,
            "SwapLimit": True,
            "CpuCfsPeriod": True,
            "CpuCfsQuota": True,
            "IPv4Forwarding": True,
            "Debug": False,
            "NEventsListener": world.events.listeners,
            "SystemTime": stamp(world.now()),
            "LoggingDriver": "json-file",
            "CgroupDriver": "systemd",
            "CgroupVersion": "2",
            "KernelVersion": _KERNEL,
            "OperatingSystem": "wherry demo",
            "OSType": "linux",
            "Architecture": "x86_64",
            "NCPU": CPUS,
            "MemTotal": MEMORY,
            "DockerRootDir": "/var/lib/docker",
            "Name": "demo",
            "Labels": [],
            "ServerVersion": VERSION,
            "DefaultRuntime": "runc",
            "Swarm": {"NodeID": "", "LocalNodeState": "inactive", "ControlAvailable": False},
            "LiveRestoreEnabled": False,
            "SecurityOptions": ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"],
            "Warnings": None,
        }
    )


def _space(world: World, call: Call) -> Answer:
    wanted = set(call.query.texts("type")) or set(_KINDS)
    for kind in wanted - set(_KINDS):
        raise RefusalError(400, f"unknown object type: {kind}")
    space: dict[str, Any] = {"LayersSize": 0, **dict.fromkeys(_KINDS.values())}
    if "image" in wanted:
        stacks = Counter(stack for one in world.images.values() for stack, _ in one.chain)
        layers = {stack: size for one in world.images.values() for stack, size in one.chain}
        space["LayersSize"] = sum(layers.values())
        parents = {one.parent for one in world.images.values()}
        space["Images"] = [
            _image(world, one, stacks)
            for one in sorted(world.images.values(), key=lambda one: -one.created)
            if one.tags or one.digests or one.id not in parents
        ]
    if "container" in wanted:
        space["Containers"] = [container_row(world, one, size=True) for one in world.containers.values()]
    if "volume" in wanted:
        space["Volumes"] = [_volume(world, one) for one in world.volumes]
    if "build-cache" in wanted:
        shared = world.layers_in_images()
        space["BuildCache"] = [_cached(one, shared) for one in world.build_cache.values()]
    return as_json(space)


def _image(world: World, image: Image, stacks: Counter[str]) -> dict[str, Any]:
    shared = sum(size for stack, size in image.chain if stacks[stack] > 1)
    return {
        **image_row(image),
        "Containers": len(world.users_of_image(image.id)),
        # Unlike the list, this has null for nothing.
        "RepoDigests": image.digests or None,
        "RepoTags": image.tags or None,
        "SharedSize": shared,
    }


def _cached(one: Cached, shared: set[str]) -> dict[str, Any]:
    return {
        "ID": one.id,
        # The blank is Engine 26.1's own.
        **({" Parents": list(one.parents)} if one.parents else {}),
        "Type": one.type,
        "Description": one.description,
        "InUse": False,
        "Shared": one.layer in shared,
        "Size": one.size,
        "CreatedAt": stamp(one.created),
        "LastUsedAt": stamp(one.used) if one.used else None,
        "UsageCount": one.uses,
    }


def _volume(world: World, name: str) -> dict[str, Any]:
    volume = world.volumes[name]
    usage = {"RefCount": len(world.users_of_volume(name)), "Size": volume.size}
    return {**volume_shape(volume), "UsageData": usage}


ROUTES: list[Route] = [
    ("GET", r"/_ping", _ping),
    ("HEAD", r"/_ping", _ping),
    ("GET", r"/version", _version),
    ("GET", r"/info", _info),
    ("GET", r"/system/df", _space),
]
