"""Which words of a command are nobody else's business, and how it is shown without them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "••••"
_NAME = re.compile(
    r"passw|passphrase|secret|token|credential|auth|(?:api|private|access)_?key|(?:^|_)pwd$", re.IGNORECASE
)
_LOGIN = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
"""A URL with a password in it."""
_ENV_FLAGS = frozenset({"-e", "--env", "-l", "--label", "--build-arg"})
_GLUED = re.compile(r"-[a-zA-Z]*?[el](?=[^=])")
"""Short flags in one word with the value of the last of them, as in `-itePASSWORD=x`."""


def is_secret(assignment: str) -> bool:
    """Say whether `NAME=value` has a value that others should not see."""
    name, has_value, value = assignment.partition("=")
    return bool(has_value and value and (_NAME.search(name) or _LOGIN.search(value)))


def masked(assignment: str) -> str:
    """Write `NAME=value` with dots for the value."""
    name, has_value, _ = assignment.partition("=")
    return f"{name}={MASK}" if has_value else MASK


def secret_words(words: Iterable[str]) -> frozenset[str]:
    """Find the words of a docker command that set something secret: `-e NAME=value` and the like."""
    found, before = set(), ""
    for word in words:
        flag, has_value, assignment = word.partition("=")
        alone = before in _ENV_FLAGS and is_secret(word)
        glued = _GLUED.match(word)
        if (
            alone
            or (has_value and flag in _ENV_FLAGS and is_secret(assignment))
            or (glued and is_secret(word[glued.end() :]))
        ):
            found.add(word)
        before = word
    return frozenset(found)
