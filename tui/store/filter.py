"""The filter of a list: what is typed after `/`, over all fields of an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

FIELDS = ("state", "image", "label", "port", "project", "name", "id", "network", "volume", "service", "type")
"""Fields that can be asked for by name; anything else with a colon in it is plain text."""
_HASHES = frozenset({"id", "hash"})


class Filterable(Protocol):
    """A row that tells all the text it has."""

    def terms(self) -> tuple[tuple[str, str], ...]:
        """Give (field, text) pairs."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    field: str
    excludes: bool

    def holds(self, terms: tuple[tuple[str, str], ...]) -> bool:
        found = any(
            _has(field, text.casefold(), self.text)
            for field, text in terms
            if not self.field or field == self.field
        )
        return found != self.excludes


def _has(field: str, text: str, wanted: str) -> bool:
    """Look for a word; in ids only at their beginning, for a short one is in most of them by chance."""
    if field not in _HASHES:
        return wanted in text
    return any(part.startswith(wanted) for one in text.split() for part in (one, one.rpartition(":")[2]))


@dataclass(frozen=True, slots=True)
class Filter:
    """Words that must all hold: `text`, `!text`, `field:text`, `!field:text`; case never matters."""

    words: tuple[_Word, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)

    def matches(self, row: Filterable) -> bool:
        """Say whether all words hold for a row."""
        if not self.words:
            return True
        terms = row.terms()
        return all(word.holds(terms) for word in self.words)


def parse(text: str) -> Filter:
    """Read what was typed; a word without text after its sign or field (still being typed) asks nothing."""
    words = (_word(part.casefold()) for part in text.split())
    return Filter(tuple(word for word in words if word.text))


def _word(part: str) -> _Word:
    excludes = part.startswith("!")
    part = part.removeprefix("!")
    field, colon, text = part.partition(":")
    if colon and field in FIELDS:
        return _Word(text, field, excludes)
    return _Word(part, "", excludes)
