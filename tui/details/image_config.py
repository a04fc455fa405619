"""The Config tab of an image: what a container of it will be like, as a page to read."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from tui import format as fmt
from tui.details.text import TextTab
from tui.engine import images
from tui.engine.reading import mapping, number, text, texts, words
from tui.engine.secrets import is_secret, masked
from tui.engine.times import seconds
from tui.widgets.log import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.actions.model import Row

_WIDTH = 12
_NANO = 1e9


class ConfigTab(TextTab):
    """What runs, with which surroundings, and where the image comes from; secrets are shown on demand."""

    TITLE = "Config"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("v", "reveal", "show secrets, or hide them")]

    _revealed = False

    def load(self) -> None:
        """Ask for the image."""
        row, session = self.row, self.session
        if row is None:
            return
        revealed = self._revealed
        self.page(lambda: images.inspect(session.connection, row.id), lambda found: draw(found, revealed))

    def show(self, row: Row) -> None:
        """Show another image, its secrets masked."""
        self._revealed = False
        super().show(row)

    def action_reveal(self) -> None:
        """Show what is masked, or mask it again."""
        self._revealed = not self._revealed
        self.load()


def draw(image: dict[str, Any], revealed: bool = False) -> list[Line]:
    """Write what inspect says of an image, one subject after the other; what is not set is left out."""
    config = mapping(image.get("Config"))
    platform = "/".join(filter(None, (text(image.get(name)) for name in ("Os", "Architecture", "Variant"))))
    env, labels = texts(config.get("Env")), words(config.get("Labels"))
    shown = env if revealed else [masked(one) if is_secret(one) else one for one in env]
    hidden = any(map(is_secret, env))
    lines = _section("entrypoint", [shlex.join(texts(config.get("Entrypoint")))])
    lines += _section("command", [shlex.join(texts(config.get("Cmd")))])
    lines += _section("workdir", [text(config.get("WorkingDir"))])
    lines += _section("user", [text(config.get("User")) or "root"])
    lines += _section("ports", mapping(config.get("ExposedPorts")))
    lines += _section("volumes", mapping(config.get("Volumes")))
    lines += _section("stop signal", [text(config.get("StopSignal"))])
    lines += _section("shell", [shlex.join(texts(config.get("Shell")))])
    lines += _section("healthcheck", _healthcheck(mapping(config.get("Healthcheck"))))
    lines += _section("onbuild", texts(config.get("OnBuild")))
    lines += _gap(_section("environment", shown))
    if hidden:
        what = "v hides the secrets again" if revealed else "v shows what is masked"
        lines.append(Line(f"{'':<{_WIDTH}} ({what})"))
    lines += _gap(_section("labels", [f"{key}={value}" for key, value in sorted(labels.items())]))
    about = _section("tags", texts(image.get("RepoTags")))
    about += _section("digests", texts(image.get("RepoDigests")) or ["none: no registry is known to have it"])
    about += _section("id", [text(image.get("Id"))])
    about += _section("platform", [platform])
    about += _section("created", [fmt.stamp(seconds(text(image.get("Created"))))])
    about += _section("size", [fmt.size(number(image.get("Size")))])
    about += _section("author", [text(image.get("Author"))])
    return lines + _gap(about)


def _healthcheck(check: Mapping[str, Any]) -> list[str]:
    """Write what is run, how often, and when it counts as failed."""
    test = texts(check.get("Test"))
    if not test or test == ["NONE"]:
        return ["none: one of the base is switched off"] if test else []
    command = test[1] if test[0] == "CMD-SHELL" and len(test) > 1 else shlex.join(test[1:])
    times = [
        f"{word} {fmt.duration(number(check.get(key)) / _NANO)}"
        for key, word in (
            ("Interval", "every"),
            ("Timeout", "for at most"),
            ("StartPeriod", "not in the first"),
        )
        if number(check.get(key))
    ]
    retries = int(number(check.get("Retries")))
    times += [f"unhealthy after {retries} failures"] if retries else []
    return [command, ", ".join(times)]


def _gap(lines: list[Line]) -> list[Line]:
    return [Line(""), *lines] if lines else []


def _section(title: str, values: Iterable[str]) -> list[Line]:
    """Write a title with its values below each other."""
    filled = [value for value in values if value]
    return [
        Line(f"{title if position == 0 else '':<{_WIDTH}} {value}") for position, value in enumerate(filled)
    ]
