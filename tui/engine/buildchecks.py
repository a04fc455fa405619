"""What is wrong with what was filled in for a build, by the name of the field."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tui.engine import references
from tui.engine.buildanswers import secret_file, secret_parts

if TYPE_CHECKING:
    from tui.engine.buildanswers import BuildAnswers
    from tui.engine.dockerfile import Dockerfile

_ARG_NAME = re.compile(r"[^\s=]+")
_STAGE = re.compile(r"[a-z0-9][a-z0-9_.-]*", re.IGNORECASE)
_PLATFORM = re.compile(r"[a-z0-9_]+(/[a-z0-9_.]+){0,2}", re.IGNORECASE)
_SECRET_PARTS = frozenset({"id", "src", "source", "env", "type"})


def check_build(answers: BuildAnswers) -> dict[str, str]:
    """Say what is wrong, by the name of the field; empty where a build can be tried."""
    wrong = {
        "context": _check_context(answers),
        "dockerfile": _check_dockerfile(answers),
        "tags": _check_tags(answers.tags),
        "args": _check_args(answers.args),
        "target": "" if not answers.target or _STAGE.fullmatch(answers.target) else "not the name of a stage",
        "platform": _check_platform(answers.platform),
        "secrets": next(filter(None, map(_check_secret, answers.secrets)), ""),
    }
    return {field: text for field, text in wrong.items() if text}


def check_read(answers: BuildAnswers, dockerfile: Dockerfile) -> dict[str, str]:
    """Say what does not go together with the Dockerfile that was read."""
    target = answers.target
    if not target or not _STAGE.fullmatch(target) or dockerfile.has_target(target):
        return {}
    known = ", ".join(dockerfile.targets) or "none has a name"
    return {"target": f"there is no stage {target}; the stages: {known}"}


def check_classic(answers: BuildAnswers, dockerfile: Dockerfile | None) -> dict[str, str]:
    """Say what the classic builder can't do, as far as it is known before it begins."""
    wrong = {}
    if answers.secrets:
        wrong["secrets"] = "the classic builder has no secrets; they need BuildKit"
    if answers.cache_to:
        wrong["cache_to"] = "the classic builder can't export its cache; that needs BuildKit"
    if any("=" in spec for spec in answers.cache_from):
        wrong["cache_from"] = "the classic builder takes names of images here; type=… needs BuildKit"
    if dockerfile is not None and dockerfile.needs:
        first = dockerfile.needs[0]
        more = f", and {len(dockerfile.needs) - 1} more of its kind" if len(dockerfile.needs) > 1 else ""
        wrong["dockerfile"] = f"line {first.line}: {first.what} needs BuildKit{more}"
    return wrong


def _check_context(answers: BuildAnswers) -> str:
    if not answers.context.strip():
        return "which folder?"
    folder = answers.folder
    if not os.path.exists(folder):
        return "there is no such folder"
    if not os.path.isdir(folder):
        return "this is not a folder"
    return "" if os.access(folder, os.R_OK | os.X_OK) else "this folder can't be read"


def _check_dockerfile(answers: BuildAnswers) -> str:
    if _check_context(answers):
        return ""
    file = answers.file
    if os.path.isdir(file):
        return "this is a folder"
    if not os.path.isfile(file):
        return (
            "there is no such file" if answers.dockerfile else f"there is no Dockerfile in {answers.folder}"
        )
    return "" if os.access(file, os.R_OK) else "this file can't be read"


def _check_tags(tags: tuple[str, ...]) -> str:
    for tag in tags:
        if wrong := references.check_tag(tag):
            return f"{tag}: {wrong}" if len(tags) > 1 else wrong
    return ""


def _check_args(args: tuple[tuple[str, str], ...]) -> str:
    bad = next((name for name, _ in args if not _ARG_NAME.fullmatch(name)), None)
    return "" if bad is None else f"{bad or 'an argument'}: one NAME=value a line, no space in the name"


def _check_platform(platform: str) -> str:
    if not platform or _PLATFORM.fullmatch(platform):
        return ""
    several = "several platforms make several images, which need another store than this engine's; "
    return (several if "," in platform else "") + "one platform, as in linux/arm64"


def _check_secret(spec: str) -> str:
    parts = secret_parts(spec)
    if unknown := parts.keys() - _SECRET_PARTS:
        return f"{min(unknown)}: a secret is id=NAME,src=FILE or id=NAME,env=VARIABLE"
    if not parts.get("id"):
        return "a secret needs an id: id=NAME,src=FILE"
    file = secret_file(parts)
    if file is None:
        return ""
    if not os.path.isfile(file):
        return f"there is no file {file}"
    return "" if os.access(file, os.R_OK) else f"{file} can't be read"
