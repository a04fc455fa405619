"""A program at the far end of a socket, handed the terminal: `python -m tests.terminal.far KIND`."""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time

from tui.terminal.handover import Loan, run

BIG = 3_000_000


class Far:
    """Talks to a thread of this process."""

    takes_input = True

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.raw = kind not in {"lines", "silent", "own"}
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._over = threading.Event()

    def open(self, columns: int, rows: int) -> tuple[int, str, str] | None:
        if self.kind == "refused":
            return 127, "nope: executable file not found in $PATH", ""
        if self.kind == "hanging":
            self._over.wait(60)
            return 125, "closed", ""
        self._far.sendall(f"begun {columns}x{rows}\r\n".encode())
        threading.Thread(target=getattr(self, f"_{self.kind}"), daemon=True).start()
        return None

    def _echo(self) -> None:
        """Say which bytes came, up to a `q`."""
        while data := self._far.recv(1000):
            self._far.sendall(f"<{data.hex()}>".encode())
            if b"q" in data:
                break
        self._end()

    def _lines(self) -> None:
        got = b""
        while data := self._far.recv(1000):
            got += data
        self._far.sendall(b"all: %b" % got)
        self._end()

    _own = _silent = _echo

    def _flood(self) -> None:
        """Say much while much is said, and then how much it was."""

        def talk() -> None:
            for _ in range(BIG // 1000):
                self._far.sendall(b"x" * 998 + b"\r\n")

        talking = threading.Thread(target=talk)
        talking.start()
        got = 0
        while got < 100_000:
            got += len(self._far.recv(4096))
        talking.join()
        self._far.sendall(f"got {got}".encode())
        self._end()

    def _endless(self) -> None:
        while True:
            self._far.sendall(b"x" * 999 + b"\n")

    def _dying(self) -> None:
        self._far.sendall(b"half a li")
        self._end()

    def _end(self) -> None:
        self._far.shutdown(socket.SHUT_WR)

    def fileno(self) -> int:
        return self._near.fileno()

    def receive(self) -> bytes | None:
        try:
            return self._near.recv(65536) or None
        except BlockingIOError:
            return b""

    def send(self, data: bytes) -> int:
        try:
            return self._near.send(data)
        except BlockingIOError:
            return 0

    def finish(self) -> None:
        self._near.shutdown(socket.SHUT_WR)

    def resize(self, columns: int, rows: int) -> None:
        self._far.sendall(f"now {columns}x{rows}\r\n".encode())

    def interrupt(self) -> bool:
        return False

    def outcome(self) -> tuple[int, str, str]:
        if self.kind == "dying":
            return 125, "the connection to the engine was lost: it broke off", ""
        time.sleep(0.05)
        return 3, "", ""

    def close(self) -> None:
        self._over.set()
        self._near.close()


def main(kind: str) -> None:
    """Hand the terminal over, and say how it ended."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGWINCH)
    loan = Loan((), {}, f"docker {kind}", "a hint", kind == "own", program=Far(kind))
    ended = run(loan, sys.__stdin__, sys.__stdout__)
    assert before == (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGWINCH))
    if kind != "endless":  # whose terminal is stuck
        sys.stdout.write(f"ENDED {ended.code} {ended.text!r} {ended.note!r}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
