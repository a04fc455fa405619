"""Labels as a filter looks at them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HASH = re.compile(r"^(?:sha256:)?[0-9a-f]{32,}$")


def label_terms(labels: Mapping[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    """Give labels as (field, text): readable ones, and hashes, in which any short word may be by chance."""
    readable = [f"{key}={value}" for key, value in labels.items() if not _HASH.match(value)]
    hashes = [value for value in labels.values() if _HASH.match(value)]
    return ("label", " ".join(readable)), ("hash", " ".join(hashes))
