"""Requests, and the answers to them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui.demo.wire.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.demo.wire.sink import Sink


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `target` as it came, `path` decoded and without the API version."""

    method: str
    target: str
    path: str = ""
    query: Query = field(default_factory=lambda: Query(""))
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    version: str = "HTTP/1.1"
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is complete; a `body` of None has no length at all, as Docker's 204."""

    status: int = 200
    body: bytes | None = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that goes on: `run` writes until it returns or the client leaves."""

    content_type: str
    run: Callable[[Sink], None]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hijack(Stream):
    """A connection that is no HTTP any more once its head is sent: both sides write as they like.

    `run` is given a `Duplex`; `content_type` is told to a client that asked for an upgrade; `bare` leaves
    the common headers out, as attach does; a `status` other than 0 is a refusal, in the head of the stream.
    """

    bare: bool = False
    status: int = 0


def as_json(value: Any, status: int = 200) -> Answer:
    """Make an answer of a JSON value."""
    return Answer(status, json.dumps(value, separators=(",", ":")).encode() + b"\n", "application/json")
