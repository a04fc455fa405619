"""What was filled in for a build, as values and as the words of `docker build`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tui import paths
from tui.engine.secrets import MASK, is_secret, masked


@dataclass(frozen=True, slots=True)
class BuildAnswers:
    """What was filled in for a build.

    Args:
        context: the folder that is sent to the engine.
        dockerfile: relative to the context, or absolute; empty for its `Dockerfile`.
        tags: what the image will be called.
        args: build arguments as (name, value).
        target: the stage to end with; empty for the last one.
        no_cache: whether every step is done anew.
        pull: whether the registry is asked for a newer base.
        platform: such as `linux/arm64`; empty for the engine's own.
        secrets: `id=…,src=…` of each; what is in the files is never read here.
        cache_from: where finished steps are looked for.
        cache_to: where finished steps are kept.

    """

    context: str
    dockerfile: str = ""
    tags: tuple[str, ...] = ()
    args: tuple[tuple[str, str], ...] = ()
    target: str = ""
    no_cache: bool = False
    pull: bool = False
    platform: str = ""
    secrets: tuple[str, ...] = ()
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The context as an absolute path, so that the command means the same in every folder."""
        return _absolute(self.context)

    @property
    def file(self) -> Path:
        """The Dockerfile as an absolute path."""
        return _absolute(self.dockerfile or "Dockerfile", self.folder)

    @property
    def named(self) -> str:
        """What the image is called in a sentence."""
        return self.tags[0] if self.tags else self.folder.name


def build_words(answers: BuildAnswers, host_words: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Give the `docker build` that does the same when pasted in another terminal, secrets masked.

    Args:
        answers: what was filled in.
        host_words: what names the engine, as `Address.words()` gives it.

    """
    return ("docker", *host_words, "build", *build_flags(answers, shown=True), str(answers.folder))


def build_flags(answers: BuildAnswers, *, shown: bool) -> tuple[str, ...]:
    """Give what stands between `build` and the folder; what is shown has its secrets masked."""
    args = [(name, MASK if shown and is_secret(f"{name}={value}") else value) for name, value in answers.args]
    caches = [
        (flag, mask_spec(spec) if shown else spec)
        for flag, specs in (("--cache-from", answers.cache_from), ("--cache-to", answers.cache_to))
        for spec in specs
    ]
    return (
        *(word for tag in answers.tags for word in ("-t", tag)),
        *(("-f", str(answers.file)) if answers.dockerfile else ()),
        *(word for name, value in args for word in ("--build-arg", f"{name}={value}")),
        *(("--target", answers.target) if answers.target else ()),
        *(("--platform", answers.platform) if answers.platform else ()),
        *(("--no-cache",) if answers.no_cache else ()),
        *(("--pull",) if answers.pull else ()),
        *(word for spec in answers.secrets for word in ("--secret", _placed(spec))),
        *(word for flag, spec in caches for word in (flag, spec)),
    )


def secret_parts(spec: str) -> dict[str, str]:
    """Take `id=…,src=…` apart; a part without = stands for an id, as docker has it."""
    parts = (part.strip().partition("=") for part in spec.split(","))
    return {name.lower() if equals else "id": value if equals else name for name, equals, value in parts}


def secret_file(parts: dict[str, str]) -> Path | None:
    """Name the file that a secret is in, where it is in one."""
    source = parts.get("src") or parts.get("source")
    return _absolute(source) if source else None


def mask_spec(spec: str) -> str:
    """Mask what looks secret in `type=s3,secret_access_key=…`."""
    return ",".join(masked(part) if is_secret(part) else part for part in spec.split(","))


def _placed(spec: str) -> str:
    """Make the path of a secret absolute: it must mean the same in every folder."""
    parts = secret_parts(spec)
    file = secret_file(parts)
    return ",".join(
        f"{name}={file if file is not None and name in {'src', 'source'} else value}"
        for name, value in parts.items()
    )


def _absolute(typed: str, folder: Path | None = None) -> Path:
    # Not resolve(): it would follow links.
    return Path(os.path.normpath(paths.absolute(typed, folder or Path.cwd())))
