"""Containers written out as a compose file: from inspect, without what their images say by themselves."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.engine.compose import ComposeProject, normal_name
from tui.engine.compose_config import render
from tui.engine.errors import EngineError
from tui.engine.reading import mapping, text, texts
from tui.engine.recreate_body import answers_from, own_config
from tui.engine.recreate_networks import DEFAULT_NETWORKS
from tui.engine.runform import NEVER, is_path, lines, split_volume, split_words
from tui.engine.secrets import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.engine.tools import Tools

_OWN_LABELS = "com.docker.compose."
_HOST_LISTS = {
    "CapAdd": "cap_add",
    "CapDrop": "cap_drop",
    "Dns": "dns",
    "DnsSearch": "dns_search",
    "ExtraHosts": "extra_hosts",
    "SecurityOpt": "security_opt",
    "GroupAdd": "group_add",
}
_NANO = 1_000_000_000
_UNSAID = {
    "Links": "links",
    "VolumesFrom": "volumes of others",
    "Ulimits": "ulimits",
    "Sysctls": "sysctls",
    "DeviceRequests": "GPUs",
    "PublishAllPorts": "all ports published",
    "MemoryReservation": "reserved memory",
    "PidsLimit": "the limit of processes",
    "CpusetCpus": "its processors",
}


@dataclass
class Written:
    """A compose file in the making.

    Args:
        content: of the whole file.
        notes: what the file does not say, or what is to be known of it.

    """

    content: dict[str, Any] = field(default_factory=lambda: {"services": {}})
    notes: list[str] = field(default_factory=list)


def compose_file(containers: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Written:
    """Write containers as services.

    Args:
        containers: of each GET /containers/ID/json, and GET /images/ID/json of its image.

    """
    written = Written()
    for inspected, image in containers:
        _add(written, inspected, image)
    return written


def _add(written: Written, inspected: Mapping[str, Any], image: Mapping[str, Any]) -> None:
    answers = answers_from(inspected, image)
    host, config = mapping(inspected.get("HostConfig")), mapping(inspected.get("Config"))
    own = own_config(inspected, image)
    labels = {
        key: text(value)
        for key, value in sorted(mapping(own.get("Labels")).items())
        if not key.startswith(_OWN_LABELS)
    }
    name = _service_name(answers.name, mapping(config.get("Labels")), written.content["services"])
    env = texts(own.get("Env"))  # not the form's lines: a value may have several
    service: dict[str, Any] = {
        "image": answers.image,
        "entrypoint": split_words(answers.entrypoint),
        "command": split_words(answers.command),
        "environment": env,
        "ports": lines(answers.ports),
        "volumes": [_volume(line, written) for line in lines(answers.volumes)],
        "tmpfs": [
            f"{path}:{how}" if how else path for path, how in sorted(mapping(host.get("Tmpfs")).items())
        ],
        "working_dir": answers.workdir,
        "user": answers.user,
        "restart": "" if answers.restart == NEVER else answers.restart,
        "mem_limit": answers.memory,
        "cpus": answers.cpus,
        "labels": labels,
        "init": answers.init,
        "privileged": answers.privileged,
        "read_only": bool(host.get("ReadonlyRootfs")),
        "tty": bool(config.get("Tty")),
        "stdin_open": bool(config.get("OpenStdin")),
        "devices": [_device(one) for one in host.get("Devices") or ()],
        **{key: texts(host.get(name)) for name, key in _HOST_LISTS.items()},
        **_health(
            mapping(config.get("Healthcheck")), mapping(mapping(image.get("Config")).get("Healthcheck"))
        ),
        **_networks(inspected, written),
    }
    if left := _left_out(host, config):
        written.notes.append(f"not in the file, of {name}: {', '.join(left)}")
    written.content["services"][name] = {key: _doubled(value) for key, value in service.items() if value}
    if any(map(is_secret, env)):
        written.notes.append(f"{name} has secrets in its environment, and so has the file")
    if text(host.get("PidMode")) or text(host.get("IpcMode")) not in {"", "private", "shareable"}:
        written.notes.append(f"{name} shares processes or memory with others: the file does not say so")


def _left_out(host: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    """Name what the container has and the file does not say."""
    found = [word for key, word in _UNSAID.items() if host.get(key)]
    log = text(mapping(host.get("LogConfig")).get("Type"))
    return (
        found
        + ["stop signal"] * bool(config.get("StopSignal"))
        + [f"log driver {log}"] * (log not in {"", "json-file"})
    )


def _service_name(name: str, labels: Mapping[str, Any], taken: Mapping[str, Any]) -> str:
    own = text(labels.get(f"{_OWN_LABELS}service"))
    free = chain([own] if own else [], [name], (f"{name}-{number}" for number in count(2)))
    return next(one for one in free if one not in taken)


def _volume(line: str, written: Written) -> str:
    source = split_volume(line)[0]
    if source and not is_path(source):
        # The data that is there is to be used, and not a new volume of the project's.
        written.content.setdefault("volumes", {})[source] = {"external": True}
    return line


def _networks(inspected: Mapping[str, Any], written: Written) -> dict[str, Any]:
    mode = text(mapping(inspected.get("HostConfig")).get("NetworkMode"))
    if mode in {"host", "none"} or mode.startswith("container:"):
        return {"network_mode": mode}
    names = [
        name
        for name in mapping(mapping(inspected.get("NetworkSettings")).get("Networks"))
        if name not in DEFAULT_NETWORKS
    ]
    for name in names:
        written.content.setdefault("networks", {})[name] = {"external": True}
    return {"networks": sorted(names)} if names else {"network_mode": "bridge"}


def _device(found: Mapping[str, Any]) -> str:
    parts = (found.get("PathOnHost"), found.get("PathInContainer"), found.get("CgroupPermissions"))
    return ":".join(text(part) for part in parts if part)


def _health(check: Mapping[str, Any], of_image: Mapping[str, Any]) -> dict[str, Any]:
    test = texts(check.get("Test"))
    if not test or check == of_image:
        return {}
    times = {"Interval": "interval", "Timeout": "timeout", "StartPeriod": "start_period"}
    return {
        "healthcheck": {
            "test": test,
            **{key: f"{check[name] / _NANO:g}s" for name, key in times.items() if check.get(name)},
            **({"retries": check["Retries"]} if check.get("Retries") else {}),
        }
    }


def _doubled(value: Any) -> Any:
    """Write `$` twice: Compose would put a variable's value in its place."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, list):
        return [_doubled(one) for one in value]
    if isinstance(value, dict):
        return {key: _doubled(one) for key, one in value.items()}
    return value


def write(written: Written, path: Path, tools: Tools, environ: Mapping[str, str]) -> list[str]:
    """Write the file whole or not at all, once Compose has read it; gives what is to be known of it.

    Where there is no Compose it is written unread, which is said. It may have secrets: its mode is 0600.

    Raises:
        EngineError: where Compose does not take it, or it can't be written.

    """
    import yaml

    content = yaml.safe_dump(written.content, sort_keys=False, allow_unicode=True)
    notes = list(written.notes)
    try:
        handle, draft = tempfile.mkstemp(prefix=".wherry-", suffix=".yaml", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
            if tools.compose:
                name = normal_name(path.parent.name) or "project"
                found = render(tools, ComposeProject(name, str(path.parent), (draft,)), environ)
                if found.error:
                    raise EngineError(f"Compose does not take what was written: {found.error}")
                notes += found.warnings
            else:
                notes.append("no Compose is here that could have checked it")
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)
    except OSError as error:
        raise EngineError(f"{path} can't be written: {error.strerror or error}") from error
    return notes
