"""Where a build stands: the image that the next instruction works on, its Config and its variables."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui.demo.acts.committing import empty_config
from tui.demo.builder.words import as_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.demo.acts.things import Image

_PROXIES = frozenset(
    name
    for word in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    for name in (word, word.lower())
)


class Arguments:
    """The values of ARG: what a client gave, what was said before the first FROM, and what a stage has."""

    def __init__(self, given: Mapping[str, str | None]) -> None:
        self._given = given
        self._global: dict[str, str | None] = {}
        self._stage: dict[str, str | None] = {}
        self._used: set[str] = set()

    def declare(self, name: str, value: str | None, *, staged: bool) -> None:
        """Take an ARG; `staged` after a FROM."""
        self._used.add(name)
        if not staged:
            self._global[name] = value
            return
        self._stage[name] = self._global.get(name) if value is None else value

    def leave_stage(self) -> None:
        """Forget what a stage had."""
        self._stage = {}

    def of_stage(self) -> dict[str, str]:
        """Give the names with values that a stage may use."""
        names = {**self._stage, **{name: None for name in self._given if name in _PROXIES}}
        return self._values(names)

    def before(self) -> dict[str, str]:
        """Give the names with values that FROM may use."""
        return self._values(self._global)

    def unused(self) -> list[str]:
        """List what a client gave for nothing."""
        return sorted(set(self._given) - self._used - _PROXIES)

    def _values(self, names: Mapping[str, str | None]) -> dict[str, str]:
        found = {name: self._given.get(name, value) for name, value in names.items()}
        return {name: value for name, value in sorted(found.items()) if value is not None}


@dataclass(slots=True)
class Stage:
    """One stage; `image` is None on scratch as long as nothing was made, `files` what was copied into it."""

    name: str
    image: Image | None = None
    config: dict[str, Any] = field(default_factory=empty_config)
    files: dict[str, int] = field(default_factory=dict)
    command_set: bool = False
    author: str = ""

    def begin(self, image: Image | None) -> None:
        """Stand on a base, or on nothing."""
        self.image = image
        if image is None:
            self.config["Env"] = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
            return
        self.config = {**empty_config(), **deepcopy(image.config)}
        self.config["OnBuild"] = None
        self.author = image.author

    @property
    def image_id(self) -> str:
        """The id of the image; empty for none."""
        return self.image.id if self.image else ""

    @property
    def env(self) -> dict[str, str]:
        """The variables of its Config."""
        return as_mapping(self.config["Env"] or ())
