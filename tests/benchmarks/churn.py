"""Make the engine emit events at a rate, until stdin closes; then print how many a second there were.

Run as a program of its own, so that it takes no time from the terminal that is measured:
`python -m tests.benchmarks.churn SOCKET RATE NAME…`. Of ten events two are of volumes that come
and go, one is a rename of the containers named, and seven are resizes of them, which change nothing, as
most events of a large engine (health checks) do: those are cheap for the engine, and so the rate is
reached on a small machine.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.fleet import LABEL


class Connection:
    """A kept-alive HTTP connection to the engine, without what a client library costs."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._kept = b""

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> int:
        """Give the status of the answer; its body is read and dropped."""
        sent = json.dumps(body).encode() if body is not None else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\n"
        self._socket.sendall(f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        answer = self._until(b"\r\n\r\n").lower()
        if b"content-length: " in answer:
            length = int(answer.split(b"content-length: ")[1].split(b"\r\n")[0])
            while len(self._kept) < length:
                self._more()
            self._kept = self._kept[length:]
        elif b"transfer-encoding: chunked" in answer:
            self._until(b"0\r\n\r\n")
        return int(answer.split()[1])

    def _until(self, end: bytes) -> bytes:
        while end not in self._kept:
            self._more()
        head, _, self._kept = self._kept.partition(end)
        return head + end

    def _more(self) -> None:
        more = self._socket.recv(65536)
        if not more:
            raise ConnectionError("the engine closed the connection")
        self._kept += more


class Worker(threading.Thread):
    """Acts at a rate of its own, and counts the events that its acts made."""

    def __init__(self, act: Callable[[Connection, int], int], path: str, rate: float) -> None:
        super().__init__(daemon=True)
        self._act, self._rate = act, rate
        self._connection = Connection(path)
        self.events = 0
        self.ending = threading.Event()

    def run(self) -> None:
        started = time.monotonic()
        turn = 0
        while not self.ending.is_set():
            turn += 1
            self.events += self._act(self._connection, turn)
            ahead = self.events / self._rate - (time.monotonic() - started)
            if ahead > 0:
                self.ending.wait(ahead)


def volumes(worker: int) -> Callable[[Connection, int], int]:
    """Create and remove volumes."""

    def act(connection: Connection, turn: int) -> int:
        name = f"0b-churn-{worker}-{turn}"
        connection.ask("POST", "/volumes/create", {"Name": name, "Labels": {LABEL: ""}})
        connection.ask("DELETE", f"/volumes/{name}")
        return 2

    return act


def renames(names: list[str]) -> Callable[[Connection, int], int]:
    """Rename containers there and back; their order stays."""

    def act(connection: Connection, turn: int) -> int:
        name = names[turn % len(names)]
        other = f"{name[:-1]}z"
        return sum(
            connection.ask("POST", f"/containers/{old}/rename?name={new}") < 300
            for old, new in ((name, other), (other, name))
        )

    return act


def resizes(names: list[str]) -> Callable[[Connection, int], int]:
    """Resize the containers' terminals, which changes nothing that is shown."""

    def act(connection: Connection, turn: int) -> int:
        name = names[turn % len(names)]
        return int(connection.ask("POST", f"/containers/{name}/resize?h=24&w={80 + turn % 9}") < 300)

    return act


def main(path: str, rate: float, names: list[str]) -> None:
    """Make events until stdin closes."""
    half = len(names) // 2
    workers = [
        Worker(volumes(1), path, rate * 0.1),
        Worker(volumes(2), path, rate * 0.1),
        Worker(renames(names[:half]), path, rate * 0.1),
        Worker(resizes(names[half:]), path, rate * 0.7),
    ]
    started = time.monotonic()
    for worker in workers:
        worker.start()
    sys.stdin.read()
    for worker in workers:
        worker.ending.set()
    seconds = time.monotonic() - started
    for worker in workers:
        worker.join(10)
    sys.stdout.write(f"{sum(worker.events for worker in workers) / seconds:.0f}\n")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
