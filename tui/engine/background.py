"""Running a container in the background over the engine's API, as a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.engine.hijack import Wire
from tui.engine.interactive import create
from tui.engine.jobs import Job
from tui.engine.process import INTERRUPTED
from tui.engine.remote import TIMEOUT, plainly
from tui.engine.runwords import read_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tui.engine.connection import Connection
    from tui.engine.report import Report
    from tui.engine.runwords import RunWords


class _Started:
    """Makes a container and starts it (POST /containers/create, /containers/ID/start)."""

    def __init__(self, engine: Connection, words: RunWords) -> None:
        self._engine, self._words = engine, words
        self._wire = Wire(engine.reached_at(), TIMEOUT)
        self._cancelled = False

    def run(self, report: Report) -> int:
        """Do it, and give 0; see `Work.run`."""
        try:
            made = create(self._wire, self._engine, self._words)
            self._wire.post(self._engine.path("/containers/{}/start", made), patient=True)
        except EngineError as error:
            if self._cancelled:
                return INTERRUPTED
            raise EngineError(plainly(str(error))) from error
        finally:
            self._wire.close()
        report.line(made)
        report.came_out(made)
        return 0

    def cancel(self) -> None:
        """End the requests that are under way."""
        self._cancelled = True
        self._wire.close()


def api_run_job(
    engine: Connection,
    shown: tuple[str, ...],
    words: Sequence[str],
    target: str,
    environ: Mapping[str, str],
    folder: Path,
) -> Job:
    """Start what `docker run -d` would do; its `result` is the container's id.

    Args:
        engine: where it runs.
        shown: the command as the user sees it.
        words: the command from `run` on.
        target: the image's name.
        environ: where `-e NAME` finds values.
        folder: what relative paths start from.

    Raises:
        EngineError: for what needs the docker CLI.

    """
    return Job(f"run {target}", shown, target, _Started(engine, read_run(words[1:], environ, folder))).start()
