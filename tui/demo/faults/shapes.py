"""Faults within answers: fields that are null or missing, and what makes no sense at all."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.demo.faults import fields
from tui.demo.faults.fault import Fault
from tui.demo.wire.answers import Answer

if TYPE_CHECKING:
    from tui.demo.wire.answers import Call, Stream

EVERY = "every"
"""Stands for a field: with each answer the next of all fields that it has."""
WAYS = ("cut", "html", "shape", "types", "bytes", "deep")
_HTML = b"<html><body>502 Bad Gateway</body></html>\n"
_DEEP = b"[" * 100_000 + b"\n"


class _Field(Fault):
    """Does something to one field, or to every field in turn."""

    _CHANGE: Any = None

    def __init__(self, path: str, field: str, **limits: Any) -> None:
        super().__init__(path, **limits)
        if not field:
            raise ValueError("a field is needed, such as Names, State.Health or every")
        self.field = field
        self.latest = ""
        """The field that was changed last."""
        self._turn = 0

    def words(self) -> tuple[str, ...]:
        """Give path and field."""
        return (self.path, self.field)

    def answered(self, call: Call, answer: Answer | Stream) -> Answer | Stream:
        """Change the field in a whole answer of JSON."""
        if isinstance(answer, Answer) and answer.body and answer.content_type == "application/json":
            return replace(answer, body=self._bent(answer.body))
        return answer

    def bend(self, data: bytes) -> bytes:
        """Change the field in each line of JSON."""
        return b"".join(self._bent(line) for line in data.splitlines(keepends=True))

    def _bent(self, line: bytes) -> bytes:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return line
        made = fields.changed(value, self._next(value), lambda _: self._CHANGE)
        if made is fields.REMOVED:
            return b""
        return json.dumps(made, separators=(",", ":")).encode() + b"\n"

    def _next(self, value: Any) -> str:
        self.latest = self.field
        if self.field == EVERY:
            known = fields.paths(value) or [fields.WHOLE]
            self.latest = known[self._turn % len(known)]
            self._turn += 1
        return self.latest


class Null(_Field):
    """A field that is null; `field` as `fields` has it, or `every`."""


class Missing(_Field):
    """A field that is not there; `field` as `fields` has it, or `every`."""

    _CHANGE = fields.REMOVED


class Garble(Fault):
    """An answer that makes no sense, well framed as HTTP.

    Args:
        way: `cut` JSON or frames broken off in the middle, `html` another kind of document, `shape` a
            list for an object and the other way round, `types` every value of another type, `bytes`
            bytes that are no text, `deep` nested beyond all measure.

    """

    def __init__(self, path: str, way: str = "cut", **limits: Any) -> None:
        super().__init__(path, **limits)
        if way not in WAYS:
            raise ValueError(f"{way} is none of {', '.join(WAYS)}")
        self.way = way

    def words(self) -> tuple[str, ...]:
        """Give path and way."""
        return (self.path, self.way)

    def answered(self, call: Call, answer: Answer | Stream) -> Answer | Stream:
        """Garble a whole answer."""
        if isinstance(answer, Answer) and answer.body:
            return replace(answer, body=self._garbled(answer.body))
        return answer

    def bend(self, data: bytes) -> bytes:
        """Garble what a stream writes: lines of JSON, or the frames of a log."""
        if data.startswith(b"{"):
            return b"".join(self._garbled(line) for line in data.splitlines(keepends=True))
        return self._frames(data)

    def _garbled(self, body: bytes) -> bytes:
        if self.way == "cut":
            return body[: len(body) // 2]
        if self.way == "html":
            return _HTML
        if self.way == "deep":
            return _DEEP
        if self.way == "bytes":
            half = len(body) // 2
            return body[:half] + b"\xff\xfe\0" + body[half:]
        try:
            value = json.loads(body)
        except ValueError:
            return _HTML
        made = _reshaped(value) if self.way == "shape" else _retyped(value)
        return json.dumps(made).encode() + b"\n"

    def _frames(self, data: bytes) -> bytes:
        if self.way == "cut":
            return data[: max(1, len(data) // 2)]
        if self.way == "html":
            return _HTML
        if self.way == "deep":
            return b"\1\0\0\0\xff\xff\xff\xff" + data[8:]
        if self.way == "bytes":
            half = len(data) // 2
            return data[:half] + b"\xff\xfe\0" + data[half:]
        return (b"\7\1\2\3" if self.way == "shape" else b"\1\0\0\0\0\0\0\1") + data


def _reshaped(value: Any) -> Any:
    if isinstance(value, list):
        return {"items": value}
    return [value] if isinstance(value, dict) else {"value": value}


def _retyped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _retyped(item) for key, item in value.items()} or "none"
    if isinstance(value, list):
        return [_retyped(item) for item in value] or 7
    if isinstance(value, str):
        return 7
    return [value] if value is None else str(value)
