"""Reading requests off a connection."""

from __future__ import annotations

import http.client
import re
from typing import TYPE_CHECKING, BinaryIO

from tui.demo.wire.answers import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 65536
_LARGEST = 64 * 1024 * 1024
"""Bytes of a body; more of them are no request that anybody means."""


class MalformedError(Exception):
    """What came is no HTTP."""


def read_call(file: BinaryIO) -> Call | None:
    """Read one request; None where the client is done.

    Raises:
        MalformedError: where it is no HTTP.

    """
    start = b"\r\n"
    while start in {b"\r\n", b"\n"}:
        start = file.readline(_LONGEST)
    if not start:
        return None
    words = start.decode("latin-1").split()
    if len(words) != 3 or words[2] not in {"HTTP/1.0", "HTTP/1.1"} or not words[1].startswith("/"):
        raise MalformedError
    headers = {name.lower(): value for name, value in http.client.parse_headers(file).items()}
    if words[2] == "HTTP/1.1" and "host" not in headers:
        raise MalformedError(": missing required Host header")
    return Call(words[0], words[1], headers=headers, body=_read_content(file, headers), version=words[2])


def _read_content(file: BinaryIO, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _read_chunks(file)
    length = headers.get("content-length", "0")
    # Twenty digits are more than any length has, and few enough to be read as a number.
    if not re.fullmatch(r"[0-9]{1,20}", length) or int(length) > _LARGEST:
        raise MalformedError
    return file.read(int(length))


def _read_chunks(file: BinaryIO) -> bytes:
    content = bytearray()
    while True:
        try:
            size = int(file.readline(_LONGEST).partition(b";")[0], 16)
        except ValueError as error:
            raise MalformedError from error
        if size < 0 or len(content) + size > _LARGEST:
            raise MalformedError
        content += file.read(size)
        if size == 0:
            while file.readline(_LONGEST) not in {b"\r\n", b"\n", b""}:
                pass
            return bytes(content)
        file.readline(_LONGEST)
