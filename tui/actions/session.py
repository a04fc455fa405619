"""What acts are done with: the connection, the rows, the tools on this machine, what was answered before."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.actions.command import Command
from tui.store.newer import Newer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.config import Config
    from tui.engine.connection import Connection
    from tui.engine.redeploy import Former
    from tui.engine.tools import Tools
    from tui.store.activity import Activity
    from tui.store.store import Store


@dataclass
class Session:
    """Everything that an act may use; one for each connection.

    Args:
        tools: what the docker CLI on this machine can do; None until it was looked at.
        folder: the folder that wherry was started in.
        answers: what was last filled into each form, by its id.
        builds: how images were built, as it was filled in, by their names, the latest last.
        newer: what registries said when they were asked for something newer.
        former: the images that ran of a project before its last redeploy, by its name.
        unhealthy: projects whose last redeploy failed: the way back leads to before that one.
        late: by how many seconds the screen was late just now, because the way to the terminal is slow.

    """

    connection: Connection
    store: Store
    activity: Activity
    config: Config
    tools: Tools | None = None
    folder: Path = field(default_factory=Path.cwd)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    builds: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    newer: Newer = field(default_factory=Newer)
    former: dict[str, tuple[Former, ...]] = field(default_factory=dict)
    unhealthy: set[str] = field(default_factory=set)
    late: float = 0.0

    def docker(self, *words: str, secrets: frozenset[str] = frozenset()) -> Command:
        """Make a docker command for this session's engine."""
        return Command(words, self.connection.command_prefix, secrets)

    @property
    def host(self) -> str:
        """The short name of the host, as questions and the status line show it."""
        address = self.connection.address
        return address.label() if address is not None else "?"

    @property
    def production(self) -> bool:
        """Whether the config marks this host as one where losing data wants a typed name."""
        return self.host in self.config.production

    @property
    def why_no_acts(self) -> str:
        """Say why nothing can be changed now, or nothing."""
        link = self.store.link
        if link is None or not link.live:
            return "not connected: nothing is done and nothing is queued"
        if self.config.read_only:
            return "read-only: the config says so"
        return ""

    @property
    def has_cli(self) -> bool:
        """Whether there is a docker CLI; without one, the engine's API has to do."""
        if self.tools is not None:
            return self.tools.docker is not None
        return shutil.which("docker", path=self.environ.get("PATH")) is not None

    @property
    def programs(self) -> Tools:
        """What was found on this machine so far."""
        from tui.engine.tools import Tools

        return self.tools or Tools()

    def without_compose(self) -> str:
        """Say why an act that needs Compose can't be done, or nothing."""
        if self.tools is not None and not self.tools.compose:
            return self.tools.why_not("compose")
        return ""
