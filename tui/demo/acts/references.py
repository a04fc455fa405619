"""The names of images: repository, tag, digest, and the registry that they come from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.demo.refusal import RefusalError

HUB = "docker.io"
_REPOSITORY = re.compile(
    r"(?:[a-zA-Z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
)
_TAG = re.compile(r"\w[\w.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Reference:
    """What somebody calls an image; `repository` as Docker shows it, `tag` or `digest` empty."""

    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def host(self) -> str:
        """The registry."""
        first, slash, _ = self.repository.partition("/")
        named = slash and ("." in first or ":" in first or first == "localhost")
        return first if named else HUB

    @property
    def path(self) -> str:
        """The repository within its registry, with the library/ that Docker Hub has."""
        if self.host != HUB:
            return self.repository.partition("/")[2]
        return self.repository if "/" in self.repository else f"library/{self.repository}"

    @property
    def whole(self) -> str:
        """The repository with its registry."""
        return f"{self.host}/{self.path}"

    @property
    def name(self) -> str:
        """All of it, in short form."""
        if self.digest:
            return f"{self.repository}@{self.digest}"
        return f"{self.repository}:{self.tag}" if self.tag else self.repository

    def tagged(self) -> Reference:
        """Give the same with the tag that it has where none is said."""
        return self if self.tag or self.digest else Reference(self.repository, "latest")


def repository_of(tag: str) -> str:
    """Take the tag or the digest off a reference."""
    name = tag.partition("@")[0]
    head, colon, tail = name.rpartition(":")
    return head if colon and "/" not in tail else name


def short(name: str) -> str:
    """Take off what Docker does not show: docker.io/library/."""
    for known in ("docker.io/library/", "index.docker.io/library/", "docker.io/", "library/"):
        name = name.removeprefix(known)
    return name


def normal(reference: str) -> str:
    """Write a reference the way that Docker keeps it: no docker.io/library/, and always with a tag."""
    reference = short(reference)
    return reference if "@" in reference or repository_of(reference) != reference else f"{reference}:latest"


def check_reference(repository: str, tag: str = "latest") -> None:
    """Refuse a name that no image may have."""
    if repository.lower() != repository and "/" not in repository:
        raise RefusalError(
            400, f"invalid reference format: repository name (library/{repository}) must be lowercase"
        )
    if not _REPOSITORY.fullmatch(repository):
        raise RefusalError(400, "invalid reference format")
    if not _TAG.fullmatch(tag):
        raise RefusalError(400, "invalid tag format")


def parse(name: str, tag: str = "") -> Reference:
    """Read a name and a tag or digest, together or apart, and refuse what no image may be called."""
    if name == "scratch":
        raise RefusalError(403, "'scratch' is a reserved name")
    if _ID.fullmatch(name):
        raise RefusalError(
            400, f"invalid repository name ({name}), cannot specify 64-byte hexadecimal strings"
        )
    head, at, digest = name.partition("@")
    repository = repository_of(head)
    own = head[len(repository) + 1 :]
    if at and not _DIGEST.fullmatch(digest):
        raise RefusalError(400, "invalid reference format")
    if _DIGEST.fullmatch(tag):
        digest, tag = tag, ""
    repository, tag = short(repository), tag or own
    check_reference(repository, tag or "latest")
    return Reference(repository, "" if digest else tag, digest)
