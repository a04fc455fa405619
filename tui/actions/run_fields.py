"""The fields of the form for `docker run`, the usual ones first, and what completes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import paths
from tui.actions.filled import PLATFORMS
from tui.engine.errors import EngineError
from tui.engine.image_facts import ImageFacts, look_at
from tui.engine.runcompletion import complete_env, complete_port, complete_volume
from tui.engine.runform import MODES, PULLS, RunAnswers
from tui.engine.runvalues import RESTARTS
from tui.widgets.fields import CheckField, ChoiceField, Field, LinesField, TextField

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.connection import Connection
    from tui.engine.runchecks import Surroundings

_SHOWN = 50
"""Characters of an image's own command that fit into a hint."""


class Offers:
    """What completes the fields: it is asked on threads, while the form is filled in.

    Args:
        image: as it is filled in now.
        facts: what it says, where that is known already.
        around: gives what is there now.

    """

    def __init__(
        self, engine: Connection, image: str, facts: ImageFacts | None, around: Callable[[], Surroundings]
    ) -> None:
        self.image = image
        self.known = facts
        self._engine, self._around = engine, around
        self._facts: dict[str, ImageFacts] = {} if facts is None else {image: facts}

    def _of_image(self) -> ImageFacts:
        image = self.image
        if image and image not in self._facts:
            try:
                self._facts[image] = look_at(self._engine, image)
            except EngineError:
                return ImageFacts()  # it is being typed, or is not here
        return self._facts.get(image, ImageFacts())

    def ports(self, line: str) -> list[str]:
        """Complete a line of ports."""
        return complete_port(line, self._around(), self._of_image().ports)

    def env(self, line: str) -> list[str]:
        """Complete a line of the environment."""
        return complete_env(line, self._around(), self._of_image().env)

    def volumes(self, line: str) -> list[str]:
        """Complete a line of volumes."""
        return complete_volume(line, self._around(), self._of_image().volumes)

    def path(self, typed: str) -> list[str]:
        """Complete a path of this machine."""
        return paths.completions(typed, self._around().folder)

    def networks(self, typed: str) -> list[str]:
        """Complete the name of a network."""
        known = {name for name in self._around().networks if not _is_id(name)}
        return [name for name in sorted(known | {"host", "none", "bridge"}) if name.startswith(typed)]

    @property
    def remote(self) -> str:
        """The host that paths are of, where it is not this machine."""
        return self._around().remote


def _is_id(name: str) -> bool:
    return len(name) in {12, 64} and all(char in "0123456789abcdef" for char in name)


def run_fields(offers: Offers, usual: RunAnswers) -> tuple[Field, ...]:
    """Declare the fields, filled in as `usual` says."""
    facts = offers.known or ImageFacts()
    return (
        TextField("command", "command", usual.command, _or(facts.starts, "as in a shell; empty: ")),
        ChoiceField(
            "mode", "mode", MODES, usual.mode, "interactive: with this terminal (-it); detached: behind (-d)"
        ),
        TextField("name", "--name", usual.name, hint="empty: Docker makes one up"),
        CheckField(
            "remove",
            "--rm",
            usual.remove,
            "removed when it ends, with its anonymous volumes; not with --restart",
        ),
        *_usual(offers, usual, facts),
        *_rest(usual, facts),
    )


def _usual(offers: Offers, usual: RunAnswers, facts: ImageFacts) -> tuple[Field, ...]:
    where = f"a path is one of {offers.remote}" if offers.remote else "a path begins with / ./ or ~"
    exposed = f"; the image has {', '.join(facts.ports)}" if facts.ports else ""
    wanted = f"; the image wants {', '.join(facts.volumes)}" if facts.volumes else ""
    return (
        LinesField(
            "ports", "-p ports", usual.ports, f"HOST:CONTAINER, one a line{exposed}", offers.ports, True
        ),
        LinesField(
            "env",
            "-e environment",
            usual.env,
            "KEY=value, one a line; KEY alone: as in wherry's environment",
            offers.env,
            grows=True,
        ),
        TextField(
            "env_file", "--env-file", usual.env_file, hint="a file of such lines", complete=offers.path
        ),
        LinesField(
            "volumes",
            "-v volumes",
            usual.volumes,
            f"NAME:/INSIDE or PATH:/INSIDE, :ro for read-only; {where}{wanted}",
            offers.volumes,
            grows=True,
        ),
        CheckField(
            "make_folders",
            "make missing folders",
            usual.make_folders,
            "of this machine, that -v names and that are not there",
        ),
        TextField(
            "network",
            "--network",
            usual.network,
            hint="empty: Docker's bridge, where names are not known",
            complete=offers.networks,
        ),
        CheckField("make_network", "make the network", usual.make_network, "a bridge of that name"),
        TextField("alias", "--network-alias", usual.alias, hint="a further name of it on that network"),
    )


def _rest(usual: RunAnswers, facts: ImageFacts) -> tuple[Field, ...]:
    restarts = RESTARTS if usual.restart in RESTARTS else (*RESTARTS, usual.restart)
    entrypoint = " ".join(facts.entrypoint)
    return (
        TextField("entrypoint", "--entrypoint", usual.entrypoint, _or(entrypoint, "empty: ")),
        TextField("workdir", "-w workdir", usual.workdir, _or(facts.workdir, "a folder inside; empty: ")),
        TextField("user", "-u user", usual.user, _or(facts.user, "NAME or UID[:GROUP]; empty: ")),
        ChoiceField("restart", "--restart", restarts, usual.restart, "whether Docker starts it again"),
        TextField("memory", "-m memory", usual.memory, hint="at the most, as in 512m or 2g"),
        TextField("cpus", "--cpus", usual.cpus, hint="at the most, as in 1.5"),
        LinesField("labels", "-l labels", usual.labels, "name=value, one a line", grows=True),
        CheckField("init", "--init", usual.init, "a small init that passes signals on and reaps children"),
        CheckField("privileged", "--privileged", usual.privileged, "with all rights over the host's devices"),
        TextField("platform", "--platform", usual.platform, "empty: the engine's own", suggestions=PLATFORMS),
        ChoiceField("pull", "--pull", PULLS, usual.pull, "when the image is pulled before"),
        TextField("more", "more flags", usual.more, hint="passed on as they are, as in --cap-add NET_ADMIN"),
    )


def _or(said: str, before: str) -> str:
    """Say what is used where nothing is filled in."""
    if not said:
        return f"{before}what the image says"
    return f"{before}{said[:_SHOWN]}{'…' if len(said) > _SHOWN else ''}, as the image says"
