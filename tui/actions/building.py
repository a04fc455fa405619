"""Building an image: the form, what is said of it while it is filled in, and the job that comes of it."""

from __future__ import annotations

import os
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui import format as fmt
from tui import paths
from tui.actions.filled import PLATFORMS, lines, text
from tui.actions.model import Fill, Launch, Values
from tui.engine.build import build_job
from tui.engine.buildanswers import BuildAnswers, build_words, mask_spec
from tui.engine.builders import why_classic
from tui.engine.context import FILES_MOST, LARGE, amount
from tui.engine.secrets import is_secret
from tui.engine.survey import Survey
from tui.engine.tools import find_tools
from tui.widgets.fields import CheckField, LinesField, TextField

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tui.actions.session import Session
    from tui.engine.context import Measure
    from tui.engine.images import Image
    from tui.engine.jobs import Job
    from tui.engine.survey import Findings

_SHOWN = 1_000_000_000
"""Bytes from which on a context that is still being counted is only called more than that."""
_ENTRIES_MOST = 200


def form(at: Session, image: Image | None = None) -> Fill:
    """Make the form; for an image of which nobody knows how it was built, with its tags filled in."""
    survey = Survey(partial(_why_classic, at))
    tags = " ".join(image.tags) if image is not None else ""

    def read(values: Values) -> BuildAnswers:
        answers = answers_of(values)
        survey.look_at(answers)
        return answers

    def shown(values: Values) -> str:
        return shlex.join(build_words(read(values), at.connection.command_prefix))

    title = "Build an image"
    if image is not None:
        title = f"Build {image.name}: wherry has not built it yet, and asks how"
    return Fill(
        id=f"build {image.reference}" if image is not None else "build",
        title=title,
        fields=(
            TextField(
                "context",
                "context",
                value=str(at.folder),
                required=True,
                hint="the folder that is sent",
                complete=lambda typed: paths.completions(typed, Path(), folders=True),
            ),
            TextField(
                "dockerfile",
                "--file",
                hint="empty: Dockerfile in the context",
                complete=lambda typed: _dockerfiles(survey, typed),
            ),
            TextField(
                "tags",
                "--tag",
                value=tags,
                hint="name:tag; several with a blank between them",
                complete=lambda typed: _last_word(typed, _known_tags(at)),
            ),
            LinesField(
                "args",
                "--build-arg",
                hint="NAME=value, one a line",
                complete=lambda line: [one for one in _arguments(survey) if one.startswith(line)],
                grows=True,
            ),
            TextField(
                "target",
                "--target",
                hint="the stage to end with; empty: the last one",
                complete=lambda typed: [one for one in _targets(survey) if one.startswith(typed)],
            ),
            CheckField("no_cache", "--no-cache", hint="every step anew"),
            CheckField("pull", "--pull", hint="ask the registry for a newer base"),
            TextField(
                "platform",
                "--platform",
                hint="such as linux/arm64; empty: the engine's own",
                suggestions=PLATFORMS,
            ),
            LinesField(
                "secrets", "--secret", hint="id=NAME,src=FILE or id=NAME,env=VARIABLE, one a line", grows=True
            ),
            TextField("cache_from", "--cache-from", hint="images, or type=…; a blank between them"),
            TextField("cache_to", "--cache-to", hint="such as type=inline; a blank between them"),
        ),
        preview=shown,
        notes=lambda values: notes(survey.findings.about(answers_of(values))),
        follow=survey.start,
        check=lambda values: survey.check(answers_of(values)),
        submit=lambda values: launch(at, values),
        first="tags",
    )


def launch(at: Session, values: Values) -> Launch:
    """Want the job of a build, with BuildKit where the docker CLI here and the engine have it."""
    answers = answers_of(values)

    def make() -> Job:
        why = _why_classic(at)
        job = build_job(
            answers,
            at.connection.command_prefix,
            at.connection.child_environ(),
            buildx=not why,
            client_factory=at.connection.new_client,
            why_classic=why,
        )
        job.subscribe(partial(_remember_result, at, values, job))
        return job

    remember(at, answers.tags, values)
    return Launch(shlex.join(build_words(answers, at.connection.command_prefix)), make, selects="image")


def answers_of(values: Values) -> BuildAnswers:
    """Take what was filled in."""

    def words(key: str) -> tuple[str, ...]:
        return tuple(text(values, key).split())

    pairs = (line.partition("=") for line in lines(values, "args"))
    return BuildAnswers(
        context=text(values, "context"),
        dockerfile=text(values, "dockerfile"),
        tags=words("tags"),
        args=tuple((name.strip(), value) for name, _, value in pairs),
        target=text(values, "target"),
        no_cache=bool(values.get("no_cache")),
        pull=bool(values.get("pull")),
        platform=text(values, "platform"),
        secrets=lines(values, "secrets"),
        cache_from=words("cache_from"),
        cache_to=words("cache_to"),
    )


# What is remembered


def remember(at: Session, names: Sequence[str], values: Values) -> None:
    """Keep how an image is built, under each of its names; values that look secret are not kept."""
    kept = dict(values)
    args = str(values.get("args", "")).splitlines()
    kept["args"] = "\n".join(line for line in args if not is_secret(line.strip()))
    for name in ("cache_from", "cache_to"):
        specs = str(values.get(name, "")).split()
        kept[name] = " ".join(spec for spec in specs if mask_spec(spec) == spec)
    for name in filter(None, names):
        at.builds.pop(name, None)
        at.builds[name] = kept
    while len(at.builds) > _ENTRIES_MOST:
        at.builds.pop(next(iter(at.builds)))


def remembered(at: Session, image: Image) -> Values | None:
    """Give how an image was built, where wherry built it."""
    return next((at.builds[name] for name in (*image.tags, image.id) if name in at.builds), None)


def remembered_of(builds: Mapping[str, Mapping[str, str | bool]]) -> dict[str, Mapping[str, str | bool]]:
    """Take how images were built in earlier sessions, as far as it makes sense."""
    return {name: values for name, values in builds.items() if isinstance(values.get("context"), str)}


def _remember_result(at: Session, values: Values, job: Job) -> None:
    """Keep how an image without a name was built, under its id."""
    if job.result.startswith("sha256:") and not answers_of(values).tags:
        remember(at, (job.result,), values)


# What is said


def notes(found: Findings) -> list[str]:
    """Write what is known of a build before it begins, one subject a line."""
    return [*_about_builder(found), *_about_file(found), *_about_context(found)]


def _about_builder(found: Findings) -> Iterator[str]:
    if found.classic:
        yield f"classic builder: {found.classic.partition(';')[0]}"


def _about_file(found: Findings) -> Iterator[str]:
    file = found.dockerfile
    if file is None:
        return
    parts = []
    if len(file.stages) > 1 or file.targets:
        parts.append("stages: " + (", ".join(reversed(file.targets)) or str(len(file.stages))))
    if file.arguments:
        parts.append(
            "args: "
            + ", ".join(name + (f"={default}" if default else "") for name, default in file.arguments)
        )
    if parts:
        yield " · ".join(parts)


def _about_context(found: Findings) -> Iterator[str]:
    sent = found.sent
    if sent is None:
        return
    yield f"context: {_how_much(sent)}"
    if sent.git:
        yield "! it holds .git, the whole history; a line .git in .dockerignore keeps it here"
    if sent.env:
        yield f"! it holds {', '.join(sent.env)}: a line in .dockerignore keeps it out of images"
    if sent.size >= LARGE:
        name, size = sent.largest
        yield f"! it is large; {name} alone has {fmt.size(size)}"


def _how_much(sent: Measure) -> str:
    if sent.done:
        return f"{amount(sent.files, sent.size)} at the most" if sent.files else "no file"
    if sent.files > FILES_MOST:
        return f"more than {amount(FILES_MOST, sent.size)}"
    if sent.size > _SHOWN:
        return f"more than {fmt.size(sent.size // _SHOWN * _SHOWN)}, goes on counting …"
    return f"{amount(sent.files, sent.size)} so far …"


# What is offered


def _dockerfiles(survey: Survey, typed: str) -> list[str]:
    """Offer what looks like a Dockerfile in the context."""
    folder = survey.folder
    if folder is None:
        return []
    found = sorted(file.name for file in folder.glob("*ockerfile*") if os.path.isfile(file))
    names = [name for name in found if not name.endswith(".dockerignore")]
    return [name for name in names if name.startswith(typed)]


def _targets(survey: Survey) -> tuple[str, ...]:
    found = survey.findings.dockerfile
    return found.targets if found is not None else ()


def _arguments(survey: Survey) -> list[str]:
    found = survey.findings.dockerfile
    return [f"{name}={default}" for name, default in found.arguments] if found is not None else []


def _last_word(typed: str, known: Sequence[str]) -> list[str]:
    head, blank, tail = typed.rpartition(" ")
    return [f"{head}{blank}{one}" for one in known if one.startswith(tail)] if tail else []


def _known_tags(at: Session) -> tuple[str, ...]:
    return tuple(sorted(tag for image in at.store.rows("image") for tag in image.tags))


def _why_classic(at: Session) -> str:
    return why_classic(at.connection, at.tools or find_tools(at.environ))
