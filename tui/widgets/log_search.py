"""What a text is searched for."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from tui.widgets.ansi import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

_REGEX = "re:"
_MOST_SPANS = 500


class Pattern:
    """Find words in what is to be seen of a line, never in its colour codes.

    Small letters stand for capitals too, unless the pattern has a capital.

    Args:
        text: the words, or `re:` and a regular expression.

    Raises:
        ValueError: it is no regular expression, with the reason in words.

    """

    def __init__(self, text: str) -> None:
        self.text = text
        is_regex = text.startswith(_REGEX)
        body = text.removeprefix(_REGEX) if is_regex else text
        letters = re.sub(r"\\.", "", body) if is_regex else body
        any_case = letters == letters.lower()
        try:
            expression = body if is_regex else re.escape(body)
            self._regex = re.compile(expression, re.IGNORECASE if any_case else 0)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"{body} is not a regular expression: {error}") from None
        self._any_case = any_case
        # Ten times as fast as the expression, and the same for ASCII.
        self._word = body if not is_regex and body.isascii() else None

    def found(self, text: str) -> bool:
        """Return whether a raw line has it."""
        shown = text if text.isascii() and text.isprintable() else plain(text)
        if self._word is None or not (shown.isascii() or not self._any_case):
            return self._regex.search(shown) is not None
        return self._word in (shown.lower() if self._any_case else shown)

    def spans(self, shown: str, start: int, end: int) -> Iterable[tuple[int, int]]:
        """Return where drawable text has it, as (first, behind the last), so far as that matters.

        Args:
            shown: the text, as `plain` gives it.
            start: the first character that matters.
            end: the one behind the last that matters.

        """
        reach = len(self.text) if self._word is not None else 1000
        found = self._regex.finditer(shown, max(0, start - reach), min(len(shown), end + reach))
        spans = ((match.start(), match.end()) for match in found)
        return list(islice((span for span in spans if span[1] > span[0] and span[1] > start), _MOST_SPANS))
