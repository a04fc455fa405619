"""Plain HTTP over a unix socket, for what docker-py would hide."""

from __future__ import annotations

import http.client
import json
import socket
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Talk(http.client.HTTPConnection):
    """A kept-alive connection to an engine."""

    def __init__(self, path: str) -> None:
        super().__init__("docker", timeout=20)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)

    def ask(self, method: str, target: str, body: Any = None) -> tuple[int, Any]:
        """Give the status and the JSON, or the text where it is none."""
        headers = {} if body is None else {"Content-Type": "application/json"}
        sent = body if isinstance(body, str | None) else json.dumps(body)
        self.request(method, target, sent, headers)
        answer = self.getresponse()
        content = answer.read()
        return answer.status, as_value(content)


def as_value(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")


def raw(path: str, request: str) -> socket.socket:
    """Send a request as it stands; the socket is the caller's."""
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(10)
    sock.connect(path)
    sock.sendall(request.encode())
    return sock


def read_all(sock: socket.socket) -> bytes:
    """Read until the other side closes."""
    content = b""
    with sock:
        while part := sock.recv(65536):
            content += part
    return content


def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Wait for something to come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)
