"""What `docker run` is asked for, from its words to what the engine is told (POST /containers/create)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.engine.errors import EngineError
from tui.engine.flags import Flag, Given, detach_keys, environment, read_flags
from tui.engine.runvalues import (
    read_cpus,
    read_label,
    read_mount,
    read_ports,
    read_restart,
    read_size,
    read_volume,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_LISTS = {
    "add-host": "ExtraHosts",
    "cap-add": "CapAdd",
    "cap-drop": "CapDrop",
    "dns": "Dns",
    "group-add": "GroupAdd",
}
"""Flags whose values the engine takes as they are, in HostConfig."""
UNNAMED = frozenset({"", "default", "bridge", "host", "none"})
"""Networks where names are not looked up."""
_FLAGS = (
    *(Flag(name) for name in _LISTS),
    Flag("cpus"),
    Flag("detach", "d", switch=True),
    Flag("detach-keys"),
    Flag("entrypoint"),
    Flag("env", "e"),
    Flag("env-file"),
    Flag("hostname", "h"),
    Flag("init", switch=True),
    Flag("interactive", "i", switch=True),
    Flag("label", "l"),
    Flag("memory", "m"),
    Flag("mount"),
    Flag("name"),
    Flag("network"),
    Flag("net"),
    Flag("network-alias"),
    Flag("net-alias"),
    Flag("platform"),
    Flag("privileged", switch=True),
    Flag("publish", "p"),
    Flag("publish-all", "P", switch=True),
    Flag("pull"),
    Flag("read-only", switch=True),
    Flag("restart"),
    Flag("rm", switch=True),
    Flag("sig-proxy", switch=True),
    Flag("stop-signal"),
    Flag("tty", "t", switch=True),
    Flag("user", "u"),
    Flag("volume", "v"),
    Flag("workdir", "w"),
)


@dataclass(frozen=True, slots=True)
class RunWords:
    """What a `docker run` asks for.

    Args:
        name: of the container; empty where Docker makes one up.
        platform: that its image must be of, as in linux/arm64; empty for any.
        body: what the engine is told to make.
        detached: whether nobody looks at what it says.
        detach_keys: as typed; empty for the usual ones.

    """

    image: str
    name: str
    platform: str
    body: dict[str, Any]
    detached: bool
    tty: bool
    interactive: bool
    removed: bool
    proxied: bool
    detach_keys: str


def read_run(words: Sequence[str], environ: Mapping[str, str], folder: Path) -> RunWords:
    """Read the words behind `docker run`.

    Args:
        words: flags, the image, and its command.
        environ: where `-e NAME` finds values.
        folder: what paths that begin with `.` are relative to.

    Raises:
        EngineError: for a flag that is not known here, and for values that make no sense.

    """
    given = read_flags("run", _FLAGS, words)
    if not given.words:
        raise EngineError("docker run: the image is missing")
    image, *command = given.words
    _check(given)
    return RunWords(
        image=image,
        name=given.last("name"),
        platform=given.last("platform"),
        body=_body(given, image, command, environ, folder),
        detached=given.on("detach"),
        tty=given.on("tty"),
        interactive=given.on("interactive"),
        removed=given.on("rm"),
        proxied=not given.has("sig-proxy") or given.on("sig-proxy"),
        detach_keys=given.last("detach-keys"),
    )


def _check(given: Given) -> None:
    pull = given.last("pull") or "missing"
    if pull not in {"missing", "never"}:
        raise EngineError(
            f"--pull {pull} needs the docker CLI, and there is none on this machine's PATH"
            if pull == "always"
            else f"--pull takes missing and never, not {pull!r}"
        )
    if given.last("detach-keys"):
        detach_keys(given.last("detach-keys"))
    if given.on("rm") and given.last("restart") not in {"", "no"}:
        raise EngineError("--rm and --restart can't go together: it would be removed, or started again")


def _body(
    given: Given, image: str, command: list[str], environ: Mapping[str, str], folder: Path
) -> dict[str, Any]:
    attached = not given.on("detach")
    interactive = given.on("interactive")
    volumes = [read_volume(text, folder) for text in given.all("volume")]
    ports = [one for text in given.all("publish") for one in read_ports(text)]
    bindings: dict[str, list[dict[str, str]]] = {}
    for port, binding in ports:
        bindings.setdefault(port, []).append(binding)
    body: dict[str, Any] = {
        "Image": image,
        "Cmd": command or None,
        "Hostname": given.last("hostname"),
        "User": given.last("user"),
        "WorkingDir": given.last("workdir"),
        "Env": environment(given, environ),
        "Labels": dict(read_label(text) for text in given.all("label")),
        "Tty": given.on("tty"),
        "OpenStdin": interactive,
        "StdinOnce": interactive and attached,
        "AttachStdin": interactive and attached,
        "AttachStdout": attached,
        "AttachStderr": attached,
        "ExposedPorts": {port: {} for port in bindings},
        "Volumes": {text: {} for text in volumes if ":" not in text},
        "HostConfig": _host_config(given, bindings, [text for text in volumes if ":" in text], folder),
    }
    if ends := _ends(given, body["HostConfig"].get("NetworkMode", "")):
        body["NetworkingConfig"] = {"EndpointsConfig": ends}
    if given.has("entrypoint"):
        body["Entrypoint"] = [given.last("entrypoint")]
    if given.last("stop-signal"):
        body["StopSignal"] = given.last("stop-signal")
    return body


def _ends(given: Given, network: str) -> dict[str, dict[str, list[str]]]:
    """Give what a container is called on its network, where it has further names there."""
    aliases = [*given.all("network-alias"), *given.all("net-alias")]
    if not aliases:
        return {}
    if network in UNNAMED or network.startswith("container:"):
        raise EngineError(
            f"--network-alias needs a network of your own, and {network or 'bridge'} has no names"
        )
    return {network: {"Aliases": aliases}}


def _host_config(
    given: Given, bindings: dict[str, list[dict[str, str]]], binds: list[str], folder: Path
) -> dict[str, Any]:
    host: dict[str, Any] = {
        "AutoRemove": given.on("rm"),
        "Binds": binds,
        "Mounts": [read_mount(text, folder) for text in given.all("mount")],
        "PortBindings": bindings,
        "PublishAllPorts": given.on("publish-all"),
        "Privileged": given.on("privileged"),
        "ReadonlyRootfs": given.on("read-only"),
        "RestartPolicy": read_restart(given.last("restart") or "no"),
    }
    networks = [*given.all("network"), *given.all("net")]
    if len(networks) > 1 or any("=" in name for name in networks):
        raise EngineError("--network with more than a name needs the docker CLI, and there is none here")
    if networks:
        host["NetworkMode"] = networks[0]
    if given.last("memory"):
        host["Memory"] = read_size(given.last("memory"))
    if given.last("cpus"):
        host["NanoCpus"] = read_cpus(given.last("cpus"))
    if given.has("init"):
        host["Init"] = given.on("init")
    return host | {key: given.all(name) for name, key in _LISTS.items() if given.has(name)}
