"""Making a container anew with changes: everything that nobody changed is kept as it was."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from tui.engine.errors import EngineError
from tui.engine.jobs import Job
from tui.engine.process import INTERRUPTED
from tui.engine.reading import sensible
from tui.engine.recreate_body import Made, body_of
from tui.engine.remote import plainly

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tui.engine.connection import Connection
    from tui.engine.report import Report
    from tui.engine.runform import RunAnswers

WATCHED = 4.0
"""Seconds in which the new container must not end with a failure, or the old one is put back."""
_PAUSE = 0.25


class _BackError(EngineError):
    """The new container is not as it should be, and the old one is to be put back."""


class Recreation:
    """Puts a new container in the place of one, and the old one back if that fails.

    Args:
        engine: where.
        container_id: the old one's.
        before: what its form said.
        after: what the form says now.
        aside: what the old one is called meanwhile.
        environ: where environment lines without a value find one.
        folder: what relative paths start from.

    """

    def __init__(
        self,
        engine: Connection,
        container_id: str,
        before: RunAnswers,
        after: RunAnswers,
        aside: str,
        environ: Mapping[str, str],
        folder: Path,
    ) -> None:
        self._engine, self._old, self._aside = engine, container_id, aside
        self._before, self._after = before, after
        self._environ, self._folder = environ, folder
        self._cancelled = threading.Event()
        self._ran = self._renamed = False
        self._new = ""

    def cancel(self) -> None:
        """Stop after the step that is under way, and put the old one back."""
        self._cancelled.set()

    def run(self, report: Report) -> int:
        """Do it, and give 0; its result is the new container's id.

        Raises:
            EngineError: with what failed, and where the old one is.

        """
        try:
            # Whatever goes wrong in between, the old one must not stay out of its place.
            with sensible("this container"):
                self._replace(report)
        except EngineError as error:
            why = plainly(str(error))
            try:
                self._put_back(report)
            except EngineError as worse:
                kept = self._aside if self._renamed else self._before.name
                raise EngineError(
                    f"{why}; and it could not be put back: {plainly(str(worse))}; the old one is {kept}"
                ) from worse
            if self._cancelled.is_set():
                return INTERRUPTED
            how = "the old one runs again" if self._ran else "the old one is as it was"
            raise EngineError(f"{why}; {how}") from error
        report.came_out(self._new)
        # From here on there is nothing to go back to; its volumes stay.
        self._step(report, f"rm {self._aside}", lambda: self._api("remove_container", self._old), last=True)
        return 0

    def _replace(self, report: Report) -> None:
        name = self._before.name
        inspected = self._inspect(self._old)
        if (inspected.get("HostConfig") or {}).get("AutoRemove"):
            raise EngineError(f"{name} was run with --rm: it would be gone as soon as it stops")
        image = self._engine.ask("/images/{}/json", inspected["Image"])
        state = inspected.get("State") or {}
        self._ran = bool(state.get("Running") or state.get("Restarting"))
        if self._ran:
            self._step(report, f"stop {name}", lambda: self._api("stop", self._old))
        # Once more: what only running gave it is gone from what the engine says.
        made = body_of(
            self._inspect(self._old), image, self._before, self._after, self._environ, self._folder
        )
        self._step(report, f"rename {name} {self._aside}", self._rename)
        self._step(report, f"create {self._after.name}", lambda: self._create(made))
        if self._ran:
            self._step(report, f"start {self._after.name}", lambda: self._api("start", self._new))
            self._step(report, f"watch it for {WATCHED:.0f} s", self._watch)

    def _step(self, report: Report, name: str, do: Callable[[], object], *, last: bool = False) -> None:
        if self._cancelled.is_set() and not last:
            raise _BackError("cancelled")
        report.step(name, name, "running")
        do()
        report.step(name, state="done")

    def _inspect(self, one: str) -> dict[str, Any]:
        return dict(self._engine.ask("/containers/{}/json", one))

    def _api(self, act: str, *arguments: Any, **more: Any) -> Any:
        with self._engine.patient_api() as api:
            return getattr(api, act)(*arguments, **more)

    def _rename(self) -> None:
        self._api("rename", self._old, self._aside)
        self._renamed = True

    def _create(self, made: Made) -> None:
        found = self._api("create_container_from_config", made.body, self._after.name)
        self._new = str(found["Id"])
        for network, endpoint in made.further.items():
            fixed = endpoint.get("IPAMConfig") or {}
            self._api(
                "connect_container_to_network",
                self._new,
                network,
                ipv4_address=fixed.get("IPv4Address"),
                ipv6_address=fixed.get("IPv6Address"),
                link_local_ips=fixed.get("LinkLocalIPs"),
                aliases=endpoint.get("Aliases"),
                links=[tuple(link.split(":", 1)) for link in endpoint.get("Links", ())] or None,
                driver_opt=endpoint.get("DriverOpts"),
                mac_address=endpoint.get("MacAddress"),
            )

    def _watch(self) -> None:
        """Look whether it stays up."""
        for _ in range(int(WATCHED / _PAUSE)):
            state = self._inspect(self._new).get("State") or {}
            code = int(state.get("ExitCode") or 0)
            if state.get("Restarting") or (not state.get("Running") and (code or state.get("OOMKilled"))):
                why = "it ran out of memory" if state.get("OOMKilled") else f"exit code {code}"
                raise _BackError(f"the new container ended at once: {why}{self._last_words()}")
            if not state.get("Running"):
                return
            if self._cancelled.wait(_PAUSE):
                raise _BackError("cancelled")

    def _last_words(self) -> str:
        try:
            said = self._api("logs", self._new, tail=3)
        except EngineError:
            return ""  # where its log goes to, nothing can be read from
        text = " ".join(said.decode(errors="replace").split()) if isinstance(said, bytes) else ""
        return f" ({text[-200:]})" if text else ""

    def _put_back(self, report: Report) -> None:
        if self._new:
            report.line(f"rm -f {self._new[:12]}")
            self._api("remove_container", self._new, force=True)
        if self._renamed:
            report.line(f"rename {self._aside} {self._before.name}")
            self._api("rename", self._old, self._before.name)
            self._renamed = False
        if self._ran:
            report.line(f"start {self._before.name}")
            self._api("start", self._old)


def recreate_job(work: Recreation, shown: tuple[str, ...], name: str) -> Job:
    """Start a recreation; its `result` is the new container's id."""
    return Job(f"recreate {name}", shown, name, work).start()
