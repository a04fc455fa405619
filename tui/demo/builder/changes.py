"""What instructions change in an image's Config, and how history tells of it."""

from __future__ import annotations

import json
import posixpath
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tui.demo.acts.signals import number_of
from tui.demo.builder.dockerfile import Instruction, as_list, instruction, pairs
from tui.demo.builder.syntax import flag
from tui.demo.builder.words import as_mapping, expand
from tui.demo.refusal import RefusalError
from tui.demo.wire.until import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_SHELL = ["/bin/sh", "-c"]
_BY_COMMIT = frozenset(
    [
        "CMD",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "HEALTHCHECK",
        "LABEL",
        "ONBUILD",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
_LAST_PORT = 65_535
_PORT = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?(?:/([a-zA-Z]+))?")


def apply_changes(config: dict[str, Any], changes: Sequence[str]) -> dict[str, Any]:
    """Give a Config with the changes of a commit or an import, each a line of a Dockerfile.

    Raises:
        RefusalError: 400 for what is none.

    """
    config = deepcopy(config)
    lines = [line.strip() for text in changes for line in text.splitlines() if line.strip()]
    for one in map(instruction, lines):
        if one.name not in _BY_COMMIT:
            raise RefusalError(400, f"{one.name} is not a valid change command")
        try:
            pairs(one)
        except ValueError as error:
            raise RefusalError(400, str(error)) from None
        change(config, one, as_mapping(config["Env"] or ()))
    return config


def shell_of(config: Mapping[str, Any]) -> list[str]:
    """Give the shell that commands in text form run in."""
    return list(config.get("Shell") or _SHELL)


def change(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    """Change a Config as an instruction says, and give what history says of it, without its beginning."""
    return _CHANGES[one.name](config, one, env)


def command(config: Mapping[str, Any], one: Instruction) -> list[str]:
    """Give the command of RUN, CMD or ENTRYPOINT, in its shell where it is no list."""
    listed = as_list(one.rest)
    if listed is not None:
        return listed
    return [*shell_of(config), *([one.rest] if one.rest else [])]


def _env(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    given = {expand(name, env): expand(value, env) for name, value in pairs(one)}
    own = {text.partition("=")[0] for text in config["Env"] or ()}
    # What was there keeps its place.
    config["Env"] = [
        f"{name}={given[name]}" if (name := text.partition("=")[0]) in given else text
        for text in config["Env"] or ()
    ] + [f"{name}={value}" for name, value in given.items() if name not in own]
    return "ENV " + " ".join(f"{name}={value}" for name, value in given.items())


def _label(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    given = {expand(name, env): expand(value, env) for name, value in pairs(one)}
    config["Labels"] = {**(config["Labels"] or {}), **given}
    return "LABEL " + " ".join(f"{name}={value}" for name, value in given.items())


def _workdir(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    path = expand(one.rest, env)
    if not path:
        raise RefusalError(400, "cannot normalize nothing")
    config["WorkingDir"] = posixpath.normpath(posixpath.join(config["WorkingDir"] or "/", path))
    return f"WORKDIR {config['WorkingDir']}"


def _user(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    config["User"] = expand(one.rest, env)
    return f"USER {config['User']}"


def _volume(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    paths = [expand(path, env).strip() for path in one.words]
    config["Volumes"] = {**(config["Volumes"] or {}), **{path: {} for path in paths}}
    return f"VOLUME [{' '.join(paths)}]"


def _expose(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    words = [word for text in one.words for word in expand(text, env).split()]
    ports: dict[str, Any] = {}
    for word in words:
        found = _PORT.fullmatch(word)
        if found is None or not int(found[1]) <= int(found[2] or found[1]) <= _LAST_PORT:
            raise RefusalError(400, f"Invalid containerPort: {word.partition('/')[0]}")
        for port in range(int(found[1]), int(found[2] or found[1]) + 1):
            ports[f"{port}/{(found[3] or 'tcp').lower()}"] = {}
    config["ExposedPorts"] = dict(sorted({**config.get("ExposedPorts", {}), **ports}.items()))
    return f"EXPOSE {' '.join(sorted(words))}"


def _stop_signal(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    signal = expand(one.rest, env)
    if number_of(signal) is None and not signal.isdigit():
        raise RefusalError(400, f"invalid signal: {signal}")
    config["StopSignal"] = signal
    return f"STOPSIGNAL {signal}"


def _health(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    kind, _, rest = one.rest.partition(" ")
    listed = as_list(rest.strip())
    test = ["CMD", *listed] if listed is not None else ["CMD-SHELL", rest.strip()]
    check: dict[str, Any] = {"Test": test if kind.upper() == "CMD" else ["NONE"]}
    told = []
    for name, key in (
        ("interval", "Interval"),
        ("timeout", "Timeout"),
        ("start-period", "StartPeriod"),
        ("start-interval", "StartInterval"),
    ):
        text = flag(one, name)
        told.append(f'"{text or "0s"}"')
        if text:
            check[key] = duration(text)
    retries = int(flag(one, "retries") or 0)
    if retries:
        check["Retries"] = retries
    config["Healthcheck"] = check
    return f"HEALTHCHECK &{{{quoted(check['Test'])} {' '.join(told)} '\\x{retries:02x}'}}"


def _shell(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    config["Shell"] = one.words
    return f"SHELL [{' '.join(one.words)}]"


def _onbuild(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    config["OnBuild"] = [*(config["OnBuild"] or ()), one.rest]
    return f"ONBUILD {one.rest}"


def _entrypoint(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    config["Entrypoint"] = command(config, one) if one.rest else None
    config.pop("ArgsEscaped", None)
    return f"ENTRYPOINT {quoted(config['Entrypoint'] or [])}"


def _cmd(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    config["Cmd"] = command(config, one) if one.rest else None
    config.pop("ArgsEscaped", None)
    return f"CMD {quoted(config['Cmd'] or [])}"


def _maintainer(config: dict[str, Any], one: Instruction, env: Mapping[str, str]) -> str:
    return f"MAINTAINER {one.rest}"


def quoted(words: Sequence[str]) -> str:
    """Write a list as Go does with %q."""
    return f"[{' '.join(json.dumps(word, ensure_ascii=False) for word in words)}]"


_CHANGES: dict[str, Callable[[dict[str, Any], Instruction, Mapping[str, str]], str]] = {
    "CMD": _cmd,
    "ENTRYPOINT": _entrypoint,
    "ENV": _env,
    "EXPOSE": _expose,
    "HEALTHCHECK": _health,
    "LABEL": _label,
    "MAINTAINER": _maintainer,
    "ONBUILD": _onbuild,
    "SHELL": _shell,
    "STOPSIGNAL": _stop_signal,
    "USER": _user,
    "VOLUME": _volume,
    "WORKDIR": _workdir,
}
