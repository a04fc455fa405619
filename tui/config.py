"""The user's config file: read once at the start, checked, and told about where it is wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path


class ConfigError(Exception):
    """The config can't be used; the text names file, line and key."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the config file can say.

    Args:
        keymap: key, or keys with commas between, by the id of an action or binding.
        production: contexts or hosts where losing data wants the typed name.
        read_only: whether every act that changes something refuses.
        ascii: whether only ASCII is drawn.
        theme: a theme's name; empty for wherry's own.
        log_lines: lines of a log that are asked for when it is opened.
        log_kept: lines of a log that are kept in memory.
        stats_interval: seconds between two readings of what a container uses; None for never.
        project_folders: folders with compose files, or with folders that have some; `~` and a last `*` count.

    """

    keymap: Mapping[str, str] = field(default_factory=dict)
    production: tuple[str, ...] = ()
    read_only: bool = False
    ascii: bool = False
    theme: str = ""
    log_lines: int = 1000
    log_kept: int = 50_000
    stats_interval: float | None = 2.0
    project_folders: tuple[str, ...] = ()


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("must be a list of words")
    return tuple(value)


def _folders(value: Any) -> tuple[str, ...]:
    folders = _words(value)
    for one in folders:
        if not one.startswith(("/", "~")):
            raise ValueError(f"{one} must begin with / or ~")
    return folders


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a word")
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("must be a number above 0")
    return value


def _interval(value: Any) -> float | None:
    # YAML takes a plain `off` for false.
    if value is False or value == "off":
        return None
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 1 <= value < math.inf:
        raise ValueError("must be a number of seconds, 1 or more, or off")
    return float(value)


def _keymap(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("must map ids such as container.stop to keys")
    for name, key in value.items():
        if not isinstance(name, str) or not isinstance(key, str) or not key:
            raise ValueError(f"{name} must be given a key, such as s or ctrl+k")
    return dict(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "keymap": _keymap,
    "production": _words,
    "read_only": _flag,
    "ascii": _flag,
    "theme": _word,
    "log_lines": _number,
    "log_kept": _number,
    "stats_interval": _interval,
    "project_folders": _folders,
}


def load(path: Path, *, required: bool = False) -> Config:
    """Read a config file; one that is not there is an empty one, unless it was asked for by name.

    Raises:
        ConfigError: naming file, line and key, and the nearest key that is known.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if required:
            raise ConfigError(f"{path}: there is no such file") from None
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: can't be read: {error}") from error
    return parse(text, str(path))


def parse(text: str, name: str) -> Config:
    """Read the text of a config file called `name`.

    Raises:
        ConfigError: as `load`.

    """
    # Late, as is all that takes long to import and is not needed for the first screen.
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise ConfigError(f"{name}{line}: not YAML: {getattr(error, 'problem', error)}") from error
    if content is None:
        return Config()
    if not isinstance(content, dict) or not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{name}:1: must be a list of `key: value`")
    lines = {key.value: key.start_mark.line + 1 for key, _ in node.value}
    found: dict[str, Any] = {}
    for key, value in content.items():
        place = f"{name}:{lines.get(str(key), 1)}"
        if key not in _READERS:
            raise ConfigError(f"{place}: {key}: no such key{nearest(str(key), _READERS)}")
        try:
            found[key] = _READERS[key](value)
        except ValueError as error:
            raise ConfigError(f"{place}: {key}: {error}") from error
    return Config(**found)


def check_keymap(config: Config, known: Collection[str], name: str) -> None:
    """Check that every id of the keymap is one that exists.

    Raises:
        ConfigError: naming file and id, and the nearest id that is known.

    """
    for one in config.keymap:
        if one not in known:
            raise ConfigError(f"{name}: keymap: {one}: no such id{nearest(one, known)}")


def check_theme(config: Config, known: Collection[str], name: str) -> None:
    """Check that the theme, if one is named, exists.

    Raises:
        ConfigError: naming file and theme, and the nearest one that is known.

    """
    if config.theme and config.theme not in known:
        raise ConfigError(f"{name}: theme: {config.theme}: no such theme{nearest(config.theme, known)}")


def nearest(word: str, known: Collection[str]) -> str:
    """Say which known word was probably meant, or nothing."""
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
