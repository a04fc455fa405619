"""The job that builds an image from a folder, with BuildKit or with the classic builder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.buildanswers import build_flags, build_words
from tui.engine.buildchecks import check_classic
from tui.engine.dockerfile import load
from tui.engine.errors import EngineError
from tui.engine.jobs import Job
from tui.engine.process import ProcessWork
from tui.engine.progress import BuildxParser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docker.api.client import APIClient

    from tui.engine.buildanswers import BuildAnswers
    from tui.engine.jobs import Work
    from tui.engine.report import Report


def build_job(
    answers: BuildAnswers,
    address_words: tuple[str, ...],
    environ: Mapping[str, str],
    buildx: bool,
    client_factory: Callable[[], APIClient],
    why_classic: str = "",
) -> Job:
    """Start a build; its `result` is the id of the image.

    Args:
        answers: what was filled in, checked with `check_build`.
        address_words: what names the engine in the command that is shown.
        environ: the environment in which a child `docker` reaches the engine.
        buildx: whether BuildKit builds, through the docker CLI here; else the classic builder does.
        client_factory: makes a client for the classic builder, which is closed after the build.
        why_classic: said in the job's output before the classic builder's own words.

    Raises:
        EngineError: where the classic builder can't do what is wanted; some of it, it would pass over.
            Also where there is no room here for a temporary file.

    """
    if not buildx:
        _refuse_in_classic(answers)
    work = _buildkit(answers, environ) if buildx else _classic(answers, client_factory, why_classic)
    words = build_words(answers, address_words)
    return Job(f"build {answers.named}", words, answers.named, work).start()


def _refuse_in_classic(answers: BuildAnswers) -> None:
    wrong = check_classic(answers, load(answers.file) if os.path.isfile(answers.file) else None)
    if wrong:
        raise EngineError("; ".join(wrong.values()))


def _buildkit(answers: BuildAnswers, environ: Mapping[str, str]) -> Work:
    import tempfile

    try:
        handle, name = tempfile.mkstemp(prefix="wherry-", suffix=".iid")
    except OSError as error:
        raise EngineError(f"no temporary file can be made on this machine: {error.strerror}") from error
    os.close(handle)
    id_file = Path(name)

    def came_out(report: Report) -> None:
        report.came_out(id_file.read_text(encoding="ascii", errors="replace").strip() or answers.named)

    # `docker build`, not `docker buildx build`: it uses the engine's own builder whatever builder
    # was chosen with `buildx use`, so the image is made where the lists show it.
    child = {name: value for name, value in environ.items() if name != "BUILDX_BUILDER"}
    child |= {"DOCKER_BUILDKIT": "1", "DOCKER_CLI_HINTS": "false"}
    flags = build_flags(answers, shown=False)
    argv = ("docker", "build", "--progress=plain", f"--iidfile={id_file}", *flags)
    return _Tidy(
        ProcessWork(
            (*argv, str(answers.folder)),
            cwd=str(answers.folder),
            environ=child,
            parser=BuildxParser(),
            succeeded=came_out,
        ),
        id_file,
    )


class _Tidy:
    """Work that has a temporary file, which goes when it ends."""

    def __init__(self, work: ProcessWork, file: Path) -> None:
        self._work, self._file = work, file
        self.cancel = work.cancel

    def run(self, report: Report) -> int:
        try:
            return self._work.run(report)
        finally:
            self._file.unlink(missing_ok=True)


def _classic(answers: BuildAnswers, client_factory: Callable[[], APIClient], why: str) -> Work:
    # Late: it needs docker-py, which takes longer to import than all of this package.
    from tui.engine.classic import ClassicWork

    parameters = {
        "buildargs": dict(answers.args),
        "target": answers.target or None,
        "nocache": answers.no_cache,
        "pull": answers.pull,
        "platform": answers.platform or None,
        "cache_from": list(answers.cache_from) or None,
    }
    file = str(answers.file) if answers.dockerfile else ""
    return ClassicWork(client_factory, answers.folder, file, parameters, why, answers.tags)
