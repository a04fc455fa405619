"""The names of images, as Docker reads them: [registry/]path[:tag][@digest]."""

from __future__ import annotations

import re
from dataclasses import dataclass

HUB = "docker.io"
"""The registry that is meant where a name begins with none."""
_HUB_KEY = "https://index.docker.io/v1/"
"""What Docker Hub is called where its credentials are kept."""

# Docker's grammar (distribution/reference).
_DOMAIN = re.compile(
    r"(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
    r"(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
)
_PART = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|sha384:[0-9a-f]{96}")
_NAME_MOST = 255


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of an image, read.

    Args:
        domain: the registry as it was written; empty for Docker Hub.
        path: the repository within the registry, as it was written.
        tag: empty where there is none.
        digest: likewise, as in `sha256:…`.

    """

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def repository(self) -> str:
        """Everything but tag and digest, as Docker shows it: without `docker.io/library/`."""
        if not self.on_hub:
            return f"{self.domain}/{self.path}"
        return self.path.removeprefix("library/") if self.path.count("/") == 1 else self.path

    @property
    def version(self) -> str:
        """The digest, the tag, or `latest`: what is meant where nothing is said."""
        return self.digest or self.tag or "latest"

    @property
    def name(self) -> str:
        """The whole name with its tag or digest, as Docker shows it."""
        return f"{self.repository}{'@' if self.digest else ':'}{self.version}"

    @property
    def on_hub(self) -> bool:
        """Whether it is Docker Hub's, because no other registry is named."""
        return self.domain in {"", HUB, f"index.{HUB}"}

    @property
    def full(self) -> str:
        """The name with everything that Docker adds by itself."""
        if not self.on_hub:
            return self.name
        path = self.path if "/" in self.path else f"library/{self.path}"
        return f"{HUB}/{path}{'@' if self.digest else ':'}{self.version}"

    @property
    def key(self) -> str:
        """What its registry is called where credentials are kept."""
        return _HUB_KEY if self.on_hub else self.domain


def parse(text: str) -> Reference:
    """Read a name.

    Raises:
        ValueError: with a sentence that says what is wrong with it.

    """
    if wrong := check(text):
        raise ValueError(wrong)
    rest, _, digest = text.strip().partition("@")
    name, tag = split_tag(rest)
    domain, path = split_domain(name)
    return Reference(domain, path, tag or "", digest)


def check(text: str) -> str:
    """Say why Docker would not take a name with or without tag and digest, or nothing."""
    name, at, digest = text.strip().partition("@")
    if at and not _DIGEST.fullmatch(digest):
        return "after @ a digest is expected, as in sha256: and 64 hexadecimal digits"
    return check_name(name) if name else "a name is missing"


def check_tag(text: str) -> str:
    """Say why `docker tag … TEXT` and `docker build -t TEXT` would refuse it, or nothing."""
    if "@" in text:
        return "a digest can't be given to an image; name:tag is what is asked for"
    return check_name(text)


def check_name(text: str) -> str:
    """Say what is wrong with a name that has a tag or none, or nothing."""
    name, tag = split_tag(text)
    if tag is not None and not _TAG.fullmatch(tag):
        return (
            "the tag after : takes letters, digits, _ . and -, begins with none of . and -, 128 at the most"
        )
    domain, path = split_domain(name)
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


def split_tag(text: str) -> tuple[str, str | None]:
    """Split at the colon of the tag, which is not that of a port."""
    name, colon, tag = text.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (text, None)


def split_domain(name: str) -> tuple[str, str]:
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
