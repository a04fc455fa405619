"""Hijacked connections to an engine, as attach and exec have them."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.demo.talk import Talk

UPGRADE = "Connection: Upgrade\r\nUpgrade: tcp\r\n"
ALL = {"AttachStdin": True, "AttachStdout": True, "AttachStderr": True}


class Wire:
    """One hijacked connection; `head` is the answer's, `seen` all that came after it."""

    def __init__(
        self, path: str, target: str, body: Any = None, *, upgrade: bool = True, early: bytes = b""
    ) -> None:
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.settimeout(10)
        self._sock.connect(path)
        content = b"" if body is None else json.dumps(body).encode()
        kind = "Content-Type: application/json\r\n" if body is not None else ""
        head = f"POST {target} HTTP/1.1\r\nHost: d\r\n{kind}{UPGRADE if upgrade else ''}"
        self._sock.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content + early)
        self.seen = b""
        while b"\r\n\r\n" not in self.seen:
            self._more()
        start, _, self.seen = self.seen.partition(b"\r\n\r\n")
        self.head = start.decode()

    def _more(self) -> None:
        part = self._sock.recv(65536)
        if not part:
            raise EOFError(self.seen)
        self.seen += part

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def half_close(self) -> None:
        self._sock.shutdown(socket.SHUT_WR)

    def until(self, text: bytes) -> bytes:
        """Read until something has come, and give all up to its end."""
        while text not in self.seen:
            self._more()
        found, _, self.seen = self.seen.partition(text)
        return found + text

    def rest(self) -> bytes:
        """Read to the end."""
        with contextlib.suppress(EOFError):
            while True:
                self._more()
        self.close()
        return self.seen

    def ends(self, seconds: float) -> bool:
        """Say whether the other side closes within some time."""
        self._sock.settimeout(seconds)
        try:
            while True:
                self._more()
        except (EOFError, ConnectionError):
            return True
        except TimeoutError:
            return False
        finally:
            self._sock.settimeout(10)

    def close(self) -> None:
        self._sock.close()


def frames(content: bytes) -> list[tuple[int, bytes]]:
    """Take frames apart; neighbours of one stream are put together."""
    found: list[tuple[int, bytes]] = []
    while content:
        assert content[1:4] == b"\0\0\0"
        size = int.from_bytes(content[4:8])
        stream, data = content[0], content[8 : 8 + size]
        assert len(data) == size
        if found and found[-1][0] == stream:
            found[-1] = (stream, found[-1][1] + data)
        else:
            found.append((stream, data))
        content = content[8 + size :]
    return found


def make_exec(talk: Talk, name: str, *command: str, **more: Any) -> str:
    """Make ready a command, with all its streams unless said otherwise, and give its id."""
    status, value = talk.ask("POST", f"/containers/{name}/exec", {"Cmd": list(command), **ALL, **more})
    assert status == 201, value
    return str(value["Id"])


def settled(talk: Talk, exec_id: str) -> dict[str, Any]:
    """Give what is known of a command once it has ended."""
    deadline = time.monotonic() + 10
    while True:
        status, value = talk.ask("GET", f"/exec/{exec_id}/json")
        assert status == 200
        if value["ExitCode"] is not None:
            return dict(value)
        assert time.monotonic() < deadline, value
        time.sleep(0.01)
