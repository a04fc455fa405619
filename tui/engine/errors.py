"""What can go wrong between wherry and an engine, in words fit to show."""

from __future__ import annotations

import errno
import socket
import ssl
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class EngineError(Exception):
    """The engine refused, and its own words say why."""


class Trouble(Enum):
    """Why an engine cannot be reached."""

    NO_SOCKET = "no socket"
    PERMISSION = "permission denied"
    REFUSED = "connection refused"
    TIMED_OUT = "timed out"
    NO_HOST = "host not found"
    BAD_ADDRESS = "bad address"
    UNKNOWN_CONTEXT = "unknown context"
    TLS = "TLS failed"
    LOST = "connection lost"
    TOO_OLD = "engine too old"
    SSH = "ssh failed"


class Unreachable(EngineError):
    """There is no way to the engine at present.

    Args:
        trouble: what kind of obstacle it is, for the advice that goes with it.
        text: what happened, in one line.

    """

    def __init__(self, trouble: Trouble, text: str) -> None:
        super().__init__(text)
        self.trouble = trouble


_BY_ERRNO = {
    errno.ENOENT: (Trouble.NO_SOCKET, "there is no socket at that path"),
    errno.ENOTSOCK: (Trouble.NO_SOCKET, "that path is not a socket"),
    errno.EACCES: (Trouble.PERMISSION, "permission denied on the socket"),
    errno.EPERM: (Trouble.PERMISSION, "permission denied on the socket"),
    errno.ECONNREFUSED: (Trouble.REFUSED, "connection refused: nothing is listening there"),
    errno.ECONNRESET: (Trouble.LOST, "the engine closed the connection"),
    errno.EPIPE: (Trouble.LOST, "the engine closed the connection"),
    errno.EHOSTUNREACH: (Trouble.NO_HOST, "no route to the host"),
    errno.ENETUNREACH: (Trouble.NO_HOST, "the network is unreachable"),
    errno.ETIMEDOUT: (Trouble.TIMED_OUT, "the connection timed out"),
}


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk an exception, what it wraps in its arguments, and what it came from."""
    todo: list[BaseException] = [error]
    seen: set[int] = set()
    while todo:
        one = todo.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [cause for cause in (one.__cause__, one.__context__) if cause is not None]
        todo += [arg for arg in one.args if isinstance(arg, BaseException)]
        reason = getattr(one, "reason", None)
        if isinstance(reason, BaseException):
            todo.append(reason)


def unreachable(error: BaseException) -> Unreachable:
    """Translate whatever a failed connection raised into one obstacle and one line."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, Unreachable):
            return cause
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return Unreachable(Trouble.TLS, f"TLS failed: {cause.reason or cause}")
        if isinstance(cause, socket.gaierror):
            return Unreachable(Trouble.NO_HOST, "the host name is not known")
        if isinstance(cause, TimeoutError) or "timed out" in str(cause).lower():
            return Unreachable(Trouble.TIMED_OUT, "the engine did not answer in time")
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno in _BY_ERRNO:
            return Unreachable(*_BY_ERRNO[cause.errno])
    return Unreachable(Trouble.LOST, f"the connection broke: {causes[-1]}")
