"""What stands behind the question mark, and JSON bodies; read with Docker's own complaints."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_FALSE = frozenset({"", "0", "no", "false", "none"})


class Query:
    """The parameters of one request."""

    def __init__(self, text: str) -> None:
        self._values = parse_qs(text, keep_blank_values=True)

    def text(self, name: str) -> str:
        """Give a parameter, or an empty string."""
        return self._values.get(name, [""])[0]

    def texts(self, name: str) -> list[str]:
        """Give all values of a parameter that may come several times."""
        return list(self._values.get(name, ()))

    def flag(self, name: str) -> bool:
        """Say whether a parameter means yes, by Docker's rule."""
        return self.text(name).strip().lower() not in _FALSE

    def number(self, name: str) -> int | None:
        """Give a whole number, or None where there is none."""
        text = self.text(name)
        if not text:
            return None
        if not re.fullmatch(r"[+-]?\d+", text):
            raise RefusalError(500, f'strconv.Atoi: parsing "{text}": invalid syntax')
        return int(text)

    def filters(self, known: Collection[str] | None = None) -> Filters:
        """Give the filters; those that are not `known` are refused (None: all are taken)."""
        text = self.text("filters")
        if not text:
            return Filters({})
        try:
            given = json.loads(text)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise RefusalError(400, "invalid filter")
        values: dict[str, list[str]] = {}
        for name, wanted in given.items():
            if known is not None and name not in known:
                raise RefusalError(400, f"invalid filter '{name}'")
            # Older clients send {"value": true} instead of ["value"].
            if not isinstance(wanted, list | dict):
                raise RefusalError(400, "invalid filter")
            values[name] = [str(value) for value in wanted]
        return Filters(values)


class Filters:
    """What a list or the event stream is narrowed down to: several values of one name mean any of them."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = values

    def values(self, name: str) -> Sequence[str]:
        """Give the wanted values of a filter; none means all will do."""
        return self._values.get(name, ())

    def exact(self, name: str, *texts: str) -> bool:
        """Say whether one of `texts` is wanted."""
        wanted = self.values(name)
        return not wanted or any(text in wanted for text in texts)

    def prefix(self, name: str, *texts: str) -> bool:
        """Say whether one of `texts` begins as is wanted."""
        wanted = self.values(name)
        return not wanted or any(text.startswith(start) for text in texts for start in wanted)

    def pattern(self, name: str, *texts: str) -> bool:
        """Say whether one of `texts` contains what is wanted, a regular expression where it is one."""
        wanted = self.values(name)
        return not wanted or any(_found(pattern, text) for text in texts for pattern in wanted)

    def labels(self, labels: Mapping[str, str], name: str = "label") -> bool:
        """Say whether all wanted labels, `key` or `key=value`, are there."""
        for wanted in self.values(name):
            key, equals, value = wanted.partition("=")
            if key not in labels or (equals and labels[key] != value):
                return False
        return True

    def choice(self, name: str) -> bool | None:
        """Give a yes-or-no filter, None where it is not given."""
        wanted = self.values(name)
        if not wanted:
            return None
        if wanted[0] not in {"1", "0", "true", "false"}:
            raise RefusalError(400, f"invalid filter '{name}=[{' '.join(wanted)}]'")
        return wanted[0] in {"1", "true"}


def _found(pattern: str, text: str) -> bool:
    if pattern == text:
        return True
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


class Body:
    """A JSON object whose fields are read as what they should be, and refused as what they are not."""

    def __init__(self, values: Any) -> None:
        if not isinstance(values, dict):
            raise RefusalError(
                400, f"invalid JSON: json: cannot unmarshal {_kind(values)} into Go value of type object"
            )
        self.values: dict[str, Any] = values

    def text(self, name: str) -> str:
        """Give a text; null is empty."""
        return str(self._typed(name, str, ""))

    def flag(self, name: str) -> bool:
        """Give a yes or no."""
        return bool(self._typed(name, bool, False))

    def number(self, name: str) -> int:
        """Give a whole number."""
        return int(self._typed(name, int, 0))

    def texts(self, name: str) -> list[str]:
        """Give a list of texts; one text alone is a list of itself, as commands may be."""
        value = self.values.get(name)
        if isinstance(value, str):
            return [value]
        return [str(item) for item in self._typed(name, list, [])]

    def mapping(self, name: str) -> dict[str, Any]:
        """Give a mapping, empty for null."""
        return dict(self._typed(name, dict, {}))

    def inner(self, name: str) -> Body:
        """Give an object inside of this one."""
        return Body(self.mapping(name))

    def inners(self, name: str) -> list[Body]:
        """Give a list of objects inside of this one."""
        return [Body(item) for item in self._typed(name, list, [])]

    def _typed(self, name: str, kind: type, default: Any) -> Any:
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, kind):
            raise RefusalError(
                400,
                f"invalid JSON: json: cannot unmarshal {_kind(value)} into Go struct field .{name}"
                f" of type {kind.__name__}",
            )
        return value


def _kind(value: Any) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "bool", int: "number", float: "number"}
    return names.get(type(value), "null")


def read_body(content: bytes, content_type: str) -> Body:
    """Read the JSON object that a request carries."""
    if content and content_type.partition(";")[0].strip().lower() != "application/json":
        raise RefusalError(
            400, f"unsupported Content-Type header ({content_type}): must be 'application/json'"
        )
    if not content:
        raise RefusalError(400, "invalid JSON: got EOF while reading request body")
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RefusalError(400, f"invalid JSON: {error}") from error
    return Body(values)
