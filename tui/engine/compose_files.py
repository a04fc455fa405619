"""What a folder's compose files say, found out as Compose does but without a CLI."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_NAME_VARIABLE, _FILE_VARIABLE, _SEPARATOR_VARIABLE = (
    "COMPOSE_PROJECT_NAME",
    "COMPOSE_FILE",
    "COMPOSE_PATH_SEPARATOR",
)
_SIZE_MOST = 1 << 20
"""Bytes of a file that is read; no compose file is that long."""
_UNFIT = re.compile(r"[^a-z0-9_-]")
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:](.*)")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?:(:?[-+?])([^}]*))?\}|([A-Za-z_]\w*)|(\$))")


def find_files(folder: Path, environ: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Give the files that `docker compose` typed in this folder reads: its first one, and the override.

    Args:
        folder: where to look; its parents, in which Compose looks too, are left out.
        environ: where COMPOSE_FILE may name others, as may the folder's `.env`; without it nothing
            but the usual names counts.

    """
    if environ is not None and (named := _named_files(folder, environ)):
        return named
    first = _first_in(folder, _FILES)
    override = _first_in(folder, _OVERRIDES)
    return (*first, *override) if first else ()


def _first_in(folder: Path, names: Iterable[str]) -> tuple[Path, ...]:
    return next(((folder / name,) for name in names if os.path.isfile(folder / name)), ())


def _named_files(folder: Path, environ: Mapping[str, str]) -> tuple[Path, ...]:
    known = {**_env_file(folder / ".env", environ), **environ}
    separator = known.get(_SEPARATOR_VARIABLE) or os.pathsep
    return tuple(folder / name for name in known.get(_FILE_VARIABLE, "").split(separator) if name)


def project_name(folder: Path, files: Sequence[Path], environ: Mapping[str, str]) -> str:
    """Give the name that Compose gives to the project of these files.

    In order: COMPOSE_PROJECT_NAME in the environment, or else in the folder's `.env`; `name:` in the
    last file that has one; the folder's own name. A variable that is set but empty hides the `.env`.
    """
    known = {**_env_file(folder / ".env", environ), **environ}
    if known.get(_NAME_VARIABLE):
        return known[_NAME_VARIABLE]
    names = [_expand(name, known) for file in files if isinstance(name := _content(file).get("name"), str)]
    return next((normal_name(name) for name in reversed(names) if name), normal_name(folder.name))


def normal_name(name: str) -> str:
    """Turn a folder's name into a project's: lower case, a-z 0-9 _ and - only, begun by neither sign."""
    return _UNFIT.sub("", name.lower()).lstrip("_-")


def services(files: Sequence[Path]) -> tuple[str, ...]:
    """Give the names of the services that `up` starts, in alphabetical order.

    Left out: services that belong to a profile, and those of files that are included. A file that
    can't be read, or is broken, has none.
    """
    known: dict[str, bool] = {}
    for file in files:
        listed = _content(file).get("services")
        for name, service in listed.items() if isinstance(listed, dict) else ():
            known[str(name)] = known.get(str(name), False) or bool(_member(service, "profiles"))
    return tuple(sorted(name for name, in_profile in known.items() if not in_profile))


def profiles(files: Sequence[Path]) -> tuple[str, ...]:
    """Give the names of the profiles that services of these files belong to, in alphabetical order."""
    found: set[str] = set()
    for file in files:
        listed = _content(file).get("services")
        for service in listed.values() if isinstance(listed, dict) else ():
            named = _member(service, "profiles")
            found.update(map(str, named if isinstance(named, list) else ()))
    return tuple(sorted(found))


def _member(mapping: Any, key: str) -> Any:
    """Get a member, also from what is merged in with `<<`."""
    if not isinstance(mapping, dict):
        return None
    merged = mapping.get("<<")
    sources = [mapping, *(merged if isinstance(merged, list) else [merged])]
    return next((source[key] for source in sources if isinstance(source, dict) and key in source), None)


def _content(file: Path) -> dict[str, Any]:
    import yaml

    try:
        # The base loader makes nothing but text, lists and mappings of it, and takes tags such as
        # !reset as they come.
        content = yaml.BaseLoader(_text(file)).get_single_data()
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _text(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(_SIZE_MOST).decode("utf-8-sig")


def _env_file(file: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Read the assignments of a `.env`."""
    try:
        lines = _text(file).splitlines()
    except (OSError, ValueError):
        return {}
    found: dict[str, str] = {}
    for line in lines:
        if match := _ASSIGNMENT.fullmatch(line):
            found[match[1]] = _value(match[2].strip(), {**found, **environ})
    return found


def _value(text: str, known: Mapping[str, str]) -> str:
    if text[:1] == "'":
        return text[1:].partition("'")[0]
    if text[:1] == '"':
        return _expand(text[1:].partition('"')[0], known)
    return _expand(re.split(r"\s#|^#", text, maxsplit=1)[0].rstrip(), known)


def _expand(text: str, known: Mapping[str, str]) -> str:
    """Put values in place of `$NAME`, `${NAME}`, `${NAME:-default}` and their kin."""

    def replace(match: re.Match[str]) -> str:
        braced, way, other, plain, dollar = match.groups()
        if dollar:
            return "$"
        value = known.get(braced or plain)
        there = bool(value) if (way or "").startswith(":") else value is not None
        if way and way[-1] == "+":
            return str(other) if there else ""
        if way and way[-1] == "-" and not there:
            return str(other)
        return value or ""

    return _VARIABLE.sub(replace, text)
