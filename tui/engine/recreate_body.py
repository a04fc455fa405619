"""What the engine is told to make a container anew: as it was, but for what was changed in a form."""

from __future__ import annotations

import copy
import shlex
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from tui.engine.image_facts import facts_of
from tui.engine.reading import mapping, text, texts
from tui.engine.recreate_networks import DEFAULT_NETWORKS, aliases, link, overlay_networks
from tui.engine.runform import DETACHED, NEVER, RunAnswers, lines, run_words, split_volume, whole
from tui.engine.runwords import read_run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Made:
    """What is made.

    Args:
        body: of POST /containers/create.
        further: endpoints by network, for all networks but the first.

    """

    body: dict[str, Any]
    further: dict[str, dict[str, Any]]


def answers_from(inspected: Mapping[str, Any], image: Mapping[str, Any]) -> RunAnswers:
    """Fill in a form as a container was made: what its image says by itself is left out.

    Args:
        inspected: GET /containers/ID/json.
        image: GET /images/ID/json of the image that it was made from.

    """
    own = own_config(inspected, image)
    host = mapping(inspected.get("HostConfig"))
    network = text(host.get("NetworkMode"))
    policy = mapping(host.get("RestartPolicy"))
    retries = policy.get("MaximumRetryCount") or 0
    restart = text(policy.get("Name")) or NEVER
    return RunAnswers(
        image=text(mapping(inspected.get("Config")).get("Image")),
        command=shlex.join(texts(own.get("Cmd"))),
        mode=DETACHED,
        name=text(inspected.get("Name")).lstrip("/"),
        ports="\n".join(_port_lines(mapping(host.get("PortBindings")))),
        env="\n".join(texts(own.get("Env"))),
        volumes="\n".join(line for line, _ in _mounts(inspected)),
        network="" if network in DEFAULT_NETWORKS else network,
        alias=" ".join(aliases(inspected, network)),
        entrypoint=shlex.join(texts(own.get("Entrypoint"))),
        workdir=text(own.get("WorkingDir")),
        user=text(own.get("User")),
        restart=f"{restart}:{retries}" if retries else restart,
        memory=_memory(int(host.get("Memory") or 0)),
        cpus=f"{int(host.get('NanoCpus') or 0) / 1e9:.9f}".rstrip("0").rstrip(".")
        if host.get("NanoCpus")
        else "",
        labels="\n".join(f"{key}={value}" for key, value in sorted(mapping(own.get("Labels")).items())),
        init=bool(host.get("Init")),
        privileged=bool(host.get("Privileged")),
    )


def own_config(inspected: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
    """Give a container's Config without what came from its image, which follows the image then."""
    config = copy.deepcopy(dict(mapping(inspected.get("Config"))))
    given, facts = mapping(image.get("Config")), facts_of(image)
    for key in ("OnBuild", "ArgsEscaped"):
        config.pop(key, None)
    config["Env"] = [one for one in texts(config.get("Env")) if one not in facts.env]
    for key in ("Labels", "ExposedPorts", "Volumes"):
        theirs = mapping(given.get(key))
        config[key] = {
            name: value
            for name, value in mapping(config.get(key)).items()
            if name not in theirs or theirs[name] != value
        }
    same_entrypoint = texts(config.get("Entrypoint")) == texts(given.get("Entrypoint"))
    if same_entrypoint and texts(config.get("Cmd")) == texts(given.get("Cmd")):
        config["Cmd"] = None
    if same_entrypoint:
        config["Entrypoint"] = None
    for key in ("WorkingDir", "User", "StopSignal"):
        if config.get(key) == given.get(key):
            config[key] = ""
    for key in ("Healthcheck", "Shell"):
        if config.get(key) == given.get(key):
            config.pop(key, None)
    network = text(mapping(inspected.get("HostConfig")).get("NetworkMode"))
    if config.get("Hostname") == text(inspected.get("Id"))[:12] or network.startswith("container:"):
        config["Hostname"] = ""
    return config


def _port_lines(bindings: Mapping[str, Any]) -> list[str]:
    out = []
    for port, places in sorted(bindings.items()):
        inside = port.removesuffix("/tcp")
        for place in places or ():
            address, host = text(place.get("HostIp")), text(place.get("HostPort"))
            address = f"[{address}]" if ":" in address else address
            outside = ":".join(part for part in (address, host) if part or address)
            out.append(f"{outside}:{inside}" if outside else inside)
    return out


def _mounts(inspected: Mapping[str, Any]) -> list[tuple[str, tuple[str, Any]]]:
    """Give every mount as a line of the form, with where it was found and as what."""
    host = mapping(inspected.get("HostConfig"))
    found: list[tuple[str, tuple[str, Any]]] = []
    taken = set()
    for bind in texts(host.get("Binds")):
        taken.add(split_volume(bind)[1])
        found.append((bind, ("Binds", bind)))
    live = {text(mount.get("Destination")): mount for mount in inspected.get("Mounts") or ()}
    own = mapping(mapping(inspected.get("Config")).get("Volumes"))
    for mount in host.get("Mounts") or ():
        target = text(mount.get("Target"))
        taken.add(target)
        kept = dict(mount)
        if text(mount.get("Type")) == "volume" and not mount.get("Source"):
            kept["Source"] = text(mapping(live.get(target)).get("Name"))
        options = ":ro" if mount.get("ReadOnly") else ""
        if mount.get("Type") in {"bind", "volume"}:
            found.append((f"{text(kept.get('Source'))}:{target}{options}", ("Mounts", kept)))
    for target, mount in sorted(live.items()):
        # What comes from another container (--volumes-from) is taken from there again.
        others = bool(host.get("VolumesFrom")) and target not in own
        if target not in taken and not others and mount.get("Type") == "volume":
            # Docker made up its name: by that name it is found again.
            options = "" if mount.get("RW", True) else ":ro"
            line = f"{text(mount.get('Name'))}:{target}{options}"
            found.append((line, ("Binds", line)))
    return found


def _memory(number: int) -> str:
    for unit, size in (("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10)):
        if number and number % size == 0:
            return f"{number // size}{unit}"
    return f"{number}b" if number else ""


def changes(before: RunAnswers, after: RunAnswers) -> dict[str, tuple[str, str]]:
    """Give what differs by field, as it was and as it is to be."""
    pairs = {
        field.name: (getattr(before, field.name), getattr(after, field.name)) for field in fields(before)
    }
    return {
        name: (str(old), str(new))
        for name, (old, new) in pairs.items()
        if name not in {"make_folders", "make_network", "pull"} and lines(str(old)) != lines(str(new))
    }


def body_of(
    inspected: Mapping[str, Any],
    image: Mapping[str, Any],
    before: RunAnswers,
    after: RunAnswers,
    environ: Mapping[str, str],
    folder: Path,
) -> Made:
    """Overlay what was changed on what is there.

    Args:
        inspected: GET /containers/ID/json of the stopped container.
        image: of the image that it was made from.
        before: what its form said.
        after: what it says now.
        environ: where environment lines without a value find one.
        folder: what relative paths start from.

    Raises:
        EngineError: for values that make no sense.

    """
    changed = changes(before, after)
    plain = replace(after, more="", platform="", pull="missing", alias="", env_file="")
    new = read_run(run_words(plain, folder)[1:], environ, folder).body
    body = own_config(inspected, image)
    host = copy.deepcopy(dict(mapping(inspected.get("HostConfig"))))
    host.pop("ContainerIDFile", None)
    host["Links"] = [link(one) for one in texts(host.get("Links"))] or None
    body["Image"] = after.image if "image" in changed else before.image
    if changed.keys() & {"command", "entrypoint"}:
        words = shlex.split(after.entrypoint)
        body["Entrypoint"] = words or None
        body["Cmd"] = shlex.split(after.command) or None
    for name, key in (("workdir", "WorkingDir"), ("user", "User"), ("env", "Env"), ("labels", "Labels")):
        if name in changed:
            body[key] = new[key]
    theirs = new["HostConfig"]
    if "ports" in changed:
        old = mapping(host.get("PortBindings"))
        kept: dict[str, Any] = {port: {} for port in mapping(body.get("ExposedPorts")) if port not in old}
        body["ExposedPorts"] = kept | new["ExposedPorts"]
        host["PortBindings"] = theirs["PortBindings"]
    _overlay_host(host, theirs, changed.keys())
    _overlay_mounts(inspected, body, host, after, folder)
    further = overlay_networks(inspected, body, host, after, changed.keys())
    body["HostConfig"] = host
    return Made(body, further)


def _overlay_host(host: dict[str, Any], theirs: Mapping[str, Any], changed: Any) -> None:
    if "restart" in changed:
        host["RestartPolicy"] = theirs["RestartPolicy"]
    if "memory" in changed:
        if (host.get("MemorySwap") or 0) > 0:
            host["MemorySwap"] = 0  # as Docker has it where nothing is said: twice the memory
        host["Memory"] = theirs.get("Memory", 0)
        host["MemoryReservation"] = min(host.get("MemoryReservation") or 0, host["Memory"])
    if "cpus" in changed:
        host["NanoCpus"] = theirs.get("NanoCpus", 0)
        host["CpuQuota"] = host["CpuPeriod"] = 0
    if "init" in changed:
        host["Init"] = theirs.get("Init", False)
    if "privileged" in changed:
        host["Privileged"] = theirs["Privileged"]
        # What the engine filled in for the one is wrong for the other.
        host["MaskedPaths"] = host["ReadonlyPaths"] = None
        host["SecurityOpt"] = [
            one for one in texts(host.get("SecurityOpt")) if one != "label=disable"
        ] or None


def _overlay_mounts(
    inspected: Mapping[str, Any],
    body: dict[str, Any],
    host: dict[str, Any],
    after: RunAnswers,
    folder: Path,
) -> None:
    """Keep what still stands in the form as it was, and add what is new in it."""
    was = dict(_mounts(inspected))
    wanted = [line.strip() for line in lines(after.volumes)]
    shown = [kept for kind, kept in was.values() if kind == "Mounts"]
    targets = {text(kept.get("Target")) for kept in shown}
    others = [one for one in host.get("Mounts") or () if text(one.get("Target")) not in targets]
    host["Mounts"] = [*others, *(was[one][1] for one in wanted if one in was and was[one][0] == "Mounts")]
    binds = [whole(one, folder) if one not in was else was[one][1] for one in wanted]
    host["Binds"] = [
        one
        for line, one in zip(wanted, binds, strict=True)
        if (line not in was or was[line][0] == "Binds") and ":" in one
    ]
    # A path inside that stands alone is a new volume without a name; those from before go by theirs.
    body["Volumes"] = {one: {} for one in binds if isinstance(one, str) and ":" not in one}
