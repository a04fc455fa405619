"""Running a container in the background through the docker CLI, as a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.jobs import Job
from tui.engine.process import ProcessWork

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tui.engine.report import Report


class _RunParser:
    """Knows where `docker run` says what went wrong: before it points at its own help."""

    def __init__(self) -> None:
        self._wrong = ""
        self._last = ""

    def read(self, line: str, report: Report) -> None:
        """Keep the line."""
        report.line(line)
        if line.startswith("docker: "):
            self._wrong = line.removeprefix("docker: ")
        self._last = line.strip() or self._last

    def end(self, code: int, report: Report) -> None:
        """Say what went wrong, or the id of the container."""
        if code:
            report.fail(self._wrong or self._last or f"docker run ended with exit code {code}")
        else:
            report.came_out(self._last)


def run_job(
    shown: tuple[str, ...], argv: Sequence[str], target: str, folder: Path, environ: Mapping[str, str]
) -> Job:
    """Start a `docker run -d`; its `result` is the container's id.

    Args:
        shown: the command as the user sees it.
        argv: the command as it is run.
        target: the image's name.
        folder: where it is run.
        environ: the environment in which the docker CLI reaches the engine.

    """
    work = ProcessWork(argv, cwd=str(folder), environ=environ, parser=_RunParser())
    return Job(f"run {target}", shown, target, work).start()
