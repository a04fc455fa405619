"""What is wrong with the answers to a form for `docker run`, and what else should be known about them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui import paths
from tui.engine import references
from tui.engine.errors import EngineError
from tui.engine.flags import read_env_file
from tui.engine.runform import (
    NEVER,
    RunAnswers,
    is_path,
    lines,
    missing_folders,
    split_volume,
    split_words,
)
from tui.engine.runvalues import read_cpus, read_ports, read_restart, read_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
"""What Docker takes for the name of a container or a volume."""
_PLATFORM = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+(/[a-z0-9_.]+)?)?")
_LEAST_MEMORY = 6 * 1024 * 1024
_ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 (compared with, not listened on)
_OPTIONS = (
    *("ro", "rw", "z", "Z", "nocopy", "copy", "consistent", "cached", "delegated"),
    *("shared", "rshared", "slave", "rslave", "private", "rprivate"),
)
BUILT_IN = frozenset({"bridge", "default", "host", "none"})


@dataclass(frozen=True, slots=True)
class Taken:
    """A port of the host that a container has."""

    address: str
    port: int
    protocol: str
    container: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What answers are checked against.

    Args:
        folder: what relative paths start from.
        remote: the name of the host where the engine runs, empty where that is this machine.
        environ: where an environment line without a value finds one.
        names: of containers, each with what it is doing.
        running: names of containers that are up.
        networks: names and ids.

    """

    folder: Path
    remote: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    running: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()
    ports: Sequence[Taken] = ()


def check_run(answers: RunAnswers, around: Surroundings) -> dict[str, str]:
    """Say what is wrong, in a sentence for each field; nothing where all is well."""
    checks: dict[str, Callable[[RunAnswers, Surroundings], Iterator[str]]] = {
        "image": _image,
        "command": _command,
        "name": _name,
        "ports": _ports,
        "env": _env,
        "env_file": _env_file,
        "volumes": _volumes,
        "network": _network,
        "alias": _alias,
        "entrypoint": _entrypoint,
        "workdir": _workdir,
        "user": _user,
        "restart": _restart,
        "memory": _memory,
        "cpus": _cpus,
        "labels": _labels,
        "platform": _platform,
        "more": _more,
    }
    wrong: dict[str, str] = {}
    for key, check in checks.items():
        try:
            text = next(filter(None, check(answers, around)), "")
        except (EngineError, ValueError) as error:
            text = str(error)
        if text:
            wrong[key] = text
    return wrong


def _image(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    if not answers.image:
        yield "name an image"
    elif not re.fullmatch("(sha256:)?[0-9a-f]{12,64}", answers.image):
        yield references.check(answers.image)


def _command(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    split_words(answers.command)
    yield ""


def _entrypoint(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    split_words(answers.entrypoint)
    yield ""


def _more(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    words = split_words(answers.more)
    if words and not words[0].startswith("-"):
        yield f"{words[0]} is no flag: it would be taken for the image"


def _name(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    name = answers.name
    if not name:
        return
    if not NAME.fullmatch(name):
        yield "a name has letters, digits, _ . and -, begins with a letter or a digit, and has two at least"
    if name in around.names:
        yield f"a container named {name} is there already, {around.names[name]}"


def _ports(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    mine: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for line in lines(answers.ports):
        text = line.strip()
        for inside, binding in read_ports(text):
            if inside.startswith("0/"):
                yield f"{text}: a container has no port 0"
            host = binding["HostPort"]
            if not host.isdecimal() or host == "0":
                continue
            address, place = binding["HostIp"], (int(host), inside.partition("/")[2])
            for other, where in mine.get(place, []):
                if _same(address, other):
                    yield f"port {host} is given twice, to {where} and {inside}"
            mine.setdefault(place, []).append((address, inside))
            if taken := taken_by(address, *place, around):
                yield f"port {host} is taken by {taken}"


def taken_by(address: str, port: int, protocol: str, around: Surroundings) -> str:
    """Name the container that has a port of the host, or give nothing."""
    for one in around.ports:
        if (one.port, one.protocol) == (port, protocol) and _same(address, one.address):
            return one.container
    return ""


def _same(one: str, other: str) -> bool:
    return one == other or one in _ANYWHERE or other in _ANYWHERE


def _env(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    for line in lines(answers.env):
        name, has_value, _ = line.partition("=")
        if not name or any(char.isspace() for char in name.rstrip()):
            yield f"a line is KEY=value: {name.strip() or line!r} is no name of a variable"
        elif not has_value and name.strip() not in around.environ:
            yield (
                f"{name.strip()} has no =, and wherry's environment has no {name.strip()}: give it a value"
            )


def _env_file(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    if answers.env_file:
        read_env_file(str(paths.absolute(answers.env_file, around.folder)), around.environ)
    yield ""


def _volumes(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    targets: set[str] = set()
    for line in lines(answers.volumes):
        source, target, options = split_volume(line)
        yield _what_is_wrong_with(line.strip(), source, target, options, around)
        place = os.path.normpath(target)
        if place in targets:
            yield f"{place} is given twice: only one thing can be mounted there"
        targets.add(place)
    if not around.remote and not answers.make_folders:
        for path in missing_folders(answers, around.folder):
            yield f"there is no {path} on this machine: `make missing folders` below makes it"


def _what_is_wrong_with(line: str, source: str, target: str, options: str, around: Surroundings) -> str:
    if ":" in line and not (source and target):
        return f"a line is SOURCE:TARGET, and {line} lacks the {'source' if not source else 'target'}"
    if not target.startswith("/"):
        return f"the path inside must begin with /, and {target} does not"
    if source and not is_path(source) and not NAME.fullmatch(source):
        return f"{source} is no name of a volume; a path begins with /, ./ or ~"
    if is_path(source) and around.remote and not source.startswith("/"):
        return f"the path is one of {around.remote}: it must begin with /"
    for option in filter(None, options.split(",")):
        if option not in _OPTIONS:
            return f"{option} is none of the options after the second colon, such as ro"
    return ""


def _network(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    name = answers.network
    kind, colon, container = name.partition(":")
    if colon and kind == "container":
        if container not in around.running:
            yield f"no container named {container} is running"
    elif not name:
        if answers.make_network:
            yield "name the network that is to be made"
    elif answers.make_network and not NAME.fullmatch(name):
        yield f"{name} can't be the name of a network"
    elif name not in around.networks | BUILT_IN and not answers.make_network:
        yield f"there is no network {name}: `make the network` below makes it"


def _alias(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    if answers.alias and (not answers.network or answers.network in BUILT_IN or ":" in answers.network):
        yield "an alias needs a network of your own: bridge, host and none have no names"


def _workdir(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    if answers.workdir and not answers.workdir.startswith("/"):
        yield "the folder inside must begin with /"


def _user(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    if any(char.isspace() for char in answers.user):
        yield "a user is NAME or UID, and :GROUP if wished, without blanks"


def _restart(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    read_restart(answers.restart)
    if answers.remove and answers.restart != NEVER:
        yield "--rm and --restart can't go together: it would be removed, or started again"


def _memory(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    if answers.memory and 0 < read_size(answers.memory) < _LEAST_MEMORY:
        yield "Docker takes 6m at least"


def _cpus(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    if answers.cpus:
        read_cpus(answers.cpus)
    yield ""


def _labels(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    for line in lines(answers.labels):
        if not line.partition("=")[0].strip():
            yield f"a line is name=value: {line} has no name"


def _platform(answers: RunAnswers, around: Surroundings) -> Iterator[str]:
    if answers.platform and not _PLATFORM.fullmatch(answers.platform):
        yield "a platform is written as in linux/arm64 or linux/arm/v7"


def remarks_on(answers: RunAnswers, around: Surroundings) -> dict[str, str]:
    """Say by field what should be known, though nothing is wrong; touches no disk."""
    said: dict[str, str] = {}
    try:
        if text := next(filter(None, _ports(answers, around)), ""):
            said["ports"] = text
    except EngineError:
        pass  # it is being typed
    if text := next(filter(None, _name(answers, around)), "") if answers.name in around.names else "":
        said["name"] = text
    said["volumes"] = _about_volumes(answers, around)
    if answers.ports.strip() and answers.network == "host":
        said["network"] = "on the host's network there is nothing to publish: ports are ignored"
    return {key: text for key, text in said.items() if text}


def _about_volumes(answers: RunAnswers, around: Surroundings) -> str:
    said = []
    for line in lines(answers.volumes):
        source, target, _ = split_volume(line)
        if is_path(source):
            if around.remote:
                said.append(f"{source} is a path on {around.remote}: it is not checked here")
        elif NAME.fullmatch(source) and target.startswith("/") and source not in around.volumes:
            said.append(f"{source} is a new volume: it will be created")
        elif not source and target.startswith("/"):
            said.append(f"{target}: a new volume without a name")
    return "; ".join(said)
