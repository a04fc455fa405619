"""The heads of HTTP requests to an engine, and of its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.errors import Trouble, Unreachable

if TYPE_CHECKING:
    import socket

    from tui.engine.address import Address

_PIECE = 256 * 1024
_LONGEST = 64 * 1024


def write_head(
    address: Address, path: str, *fields: str, method: str = "GET", version: str = "HTTP/1.1"
) -> bytes:
    """Write the head of a request.

    Args:
        address: of the engine.
        path: behind the path that the address itself may have.
        fields: further ones, such as `Connection: close`.
        method: such as `POST`.
        version: of HTTP.

    """
    place = address.place
    host, before = (place.host, place.path) if place.scheme == "tcp" else ("docker", "")
    first = (f"{method} {before}{path} {version}", f"Host: {host}", "User-Agent: wherry")
    return "\r\n".join((*first, *fields, "", "")).encode()


def read_head(sock: socket.socket, raw: bytes = b"") -> tuple[bytes, bytes]:
    """Read the head of an answer, of which `raw` was read already; gives it, and what was read beyond it.

    Raises:
        Unreachable: when the connection ended before.
        OSError: when it broke.

    """
    while b"\r\n\r\n" not in raw:
        piece = sock.recv(_PIECE)
        if not piece or len(raw) > _LONGEST:
            raise Unreachable(Trouble.LOST, "the engine closed the connection without an answer")
        raw += piece
    head, _, rest = raw.partition(b"\r\n\r\n")
    return head, rest


def parse_head(raw: bytes) -> tuple[int, dict[str, str]]:
    """Give the status and the headers, their names in lower case, of the head of an answer.

    Raises:
        Unreachable: when it is no HTTP.

    """
    first, *lines = raw.decode("latin-1").split("\r\n")
    words = first.split(None, 2)
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdecimal():
        raise Unreachable(Trouble.LOST, "what answers there is no engine")
    pairs = (line.partition(":") for line in lines)
    return int(words[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}
