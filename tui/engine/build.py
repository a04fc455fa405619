"""Building an image from a folder: what is asked for, what is wrong with it, and the job."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.jobs import Job
from tui.engine.process import ProcessWork
from tui.engine.progress import BuildxParser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docker.api.client import APIClient

    from tui.engine.jobs import Work
    from tui.engine.report import Report

MASK = "••••"
"""Shown in place of a build argument whose name says that it is a secret."""
_SECRET = re.compile(r"passw|passphrase|secret|token|credential|api_?key|private_?key", re.IGNORECASE)

# Docker's reference grammar (distribution/reference): [domain[:port]/]path[:tag].
_DOMAIN = re.compile(
    r"(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
    r"(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
)
_PART = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_NAME_MOST = 255
_ARG_NAME = re.compile(r"[^\s=]+")
_STAGE = re.compile(r"[a-z0-9][a-z0-9_.-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BuildAnswers:
    """What was filled in for a build.

    Args:
        context: the folder that is sent to the engine.
        dockerfile: relative to the context, or absolute; empty for its `Dockerfile`.
        args: build arguments as (name, value).
        target: the stage to end with; empty for the last one.
        no_cache: whether every step is done anew.

    """

    context: str
    dockerfile: str = ""
    tag: str = ""
    args: tuple[tuple[str, str], ...] = ()
    target: str = ""
    no_cache: bool = False

    @property
    def folder(self) -> Path:
        """The context as an absolute path, so that the command means the same in every folder."""
        return _absolute(self.context)

    @property
    def file(self) -> Path:
        """The Dockerfile as an absolute path."""
        return _absolute(self.folder / Path(self.dockerfile or "Dockerfile").expanduser())


def build_words(answers: BuildAnswers, host_words: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Give the `docker build` that does the same when pasted in another terminal, secrets masked.

    Args:
        answers: what was filled in.
        host_words: what names the engine, as `Address.words()` gives it.

    """
    shown = tuple((name, MASK if _SECRET.search(name) else value) for name, value in answers.args)
    return ("docker", *host_words, "build", *_flags(answers, shown), str(answers.folder))


def check_build(answers: BuildAnswers) -> dict[str, str]:
    """Say what is wrong, by the name of the field; empty where a build can be tried."""
    wrong = {
        "context": _check_context(answers),
        "dockerfile": _check_dockerfile(answers),
        "tag": check_tag(answers.tag) if answers.tag else "",
        "args": _check_args(answers.args),
        "target": "" if not answers.target or _STAGE.fullmatch(answers.target) else "not the name of a stage",
    }
    return {field: text for field, text in wrong.items() if text}


def check_tag(text: str) -> str:
    """Say why `docker build -t TEXT` would refuse it, or nothing."""
    if "@" in text:
        return "a digest can't be given to an image; name:tag is what is asked for"
    name, tag = _split_tag(text)
    if tag is not None and not _TAG.fullmatch(tag):
        return (
            "the tag after : takes letters, digits, _ . and -, begins with none of . and -, 128 at the most"
        )
    domain, path = _split_domain(name)
    if domain and not _DOMAIN.fullmatch(domain):
        return f"{domain} is no registry (host or host:port)"
    if not path:
        return "a name is missing before the tag" if tag is not None else "a name is missing after /"
    if path != path.lower():
        return f"names are lower case: {text.replace(path, path.lower(), 1)}"
    for part in path.split("/"):
        if not _PART.fullmatch(part):
            return _why_not_part(part)
    if len(name) > _NAME_MOST:
        return f"the name is longer than {_NAME_MOST} characters"
    if re.fullmatch(r"[a-f0-9]{64}", name):
        return "a name of 64 hexadecimal digits would be taken for an image id"
    return ""


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

    """
    work = _buildkit(answers, environ) if buildx else _classic(answers, client_factory, why_classic)
    target = answers.tag or answers.folder.name
    return Job(f"build {target}", build_words(answers, address_words), target, work).start()


def _buildkit(answers: BuildAnswers, environ: Mapping[str, str]) -> Work:
    import tempfile

    handle, name = tempfile.mkstemp(prefix="wherry-", suffix=".iid")
    os.close(handle)
    id_file = Path(name)

    def came_out(report: Report) -> None:
        report.came_out(id_file.read_text(encoding="ascii", errors="replace").strip() or answers.tag)

    # `docker build`, not `docker buildx build`: it uses the engine's own builder whatever builder
    # was chosen with `buildx use`, so the image is made where the lists show it.
    child = {name: value for name, value in environ.items() if name != "BUILDX_BUILDER"}
    child |= {"DOCKER_BUILDKIT": "1", "DOCKER_CLI_HINTS": "false"}
    argv = ("docker", "build", "--progress=plain", f"--iidfile={id_file}", *_flags(answers, answers.args))
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
        "tag": answers.tag or None,
        "buildargs": dict(answers.args),
        "target": answers.target or None,
        "nocache": answers.no_cache,
    }
    return ClassicWork(
        client_factory, answers.folder, str(answers.file) if answers.dockerfile else "", parameters, why
    )


def _flags(answers: BuildAnswers, args: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return (
        *(("-t", answers.tag) if answers.tag else ()),
        *(("-f", str(answers.file)) if answers.dockerfile else ()),
        *(word for name, value in args for word in ("--build-arg", f"{name}={value}")),
        *(("--target", answers.target) if answers.target else ()),
        *(("--no-cache",) if answers.no_cache else ()),
    )


def _absolute(path: str | Path) -> Path:
    return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100  # resolve() would follow links


def _check_context(answers: BuildAnswers) -> str:
    if not answers.context.strip():
        return "which folder?"
    folder = answers.folder
    if not folder.exists():
        return "there is no such folder"
    if not folder.is_dir():
        return "this is not a folder"
    return "" if os.access(folder, os.R_OK | os.X_OK) else "this folder can't be read"


def _check_dockerfile(answers: BuildAnswers) -> str:
    if _check_context(answers):
        return ""
    file = answers.file
    if file.is_dir():
        return "this is a folder"
    if not file.is_file():
        return (
            "there is no such file" if answers.dockerfile else f"there is no Dockerfile in {answers.folder}"
        )
    return "" if os.access(file, os.R_OK) else "this file can't be read"


def _check_args(args: tuple[tuple[str, str], ...]) -> str:
    bad = next((name for name, _ in args if not _ARG_NAME.fullmatch(name)), None)
    return "" if bad is None else f"{bad or 'an argument'}: one NAME=value a line, no space in the name"


def _split_tag(text: str) -> tuple[str, str | None]:
    """Split at the colon of the tag, which is not that of a port."""
    name, colon, tag = text.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (text, None)


def _split_domain(name: str) -> tuple[str, str]:
    """Tell a registry from the first part of a path, as Docker does."""
    first, slash, rest = name.partition("/")
    is_domain = bool(slash) and (
        "." in first or ":" in first or first == "localhost" or first != first.lower()
    )
    return (first, rest) if is_domain else ("", name)


def _why_not_part(part: str) -> str:
    if not part:
        return "there is an empty part between two /"
    if re.search(r"[^a-z0-9._-]", part):
        bad = re.sub(r"[a-z0-9._-]", "", part)[0]
        return f"a name takes a-z, 0-9, and . _ - between them, not {bad!r}"
    return f"{part}: . _ and - only stand between letters or digits, one . or one or two _ at a time"
