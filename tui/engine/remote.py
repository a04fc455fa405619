"""A program at the far end of a stream, in the form that `tui.terminal.passthrough` talks to."""

from __future__ import annotations

import re
import threading
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import EngineError
from tui.engine.flags import detach_keys
from tui.engine.hijack import Wire
from tui.engine.reading import sensible

if TYPE_CHECKING:
    from tui.engine.connection import Connection
    from tui.engine.hijack import Duplex

TIMEOUT = 10.0
"""Seconds for each step of a request, as for lists and inspects."""
USUAL_KEYS = "ctrl-p,ctrl-q"
DETACH_WITHIN = 2.0
"""Seconds in which the engine must end the stream after the keys that ask for it; else it is ended here."""
ENGINES_OWN = 125
"""Exit code with which docker says that it could not do it itself."""
_TRIES, _PAUSE = 5, 0.1
"""How often a size is told anew, and after how many seconds: a program that is just being made has none."""
_LONG_ID = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")
_MISSING = re.compile(r"exec: \"(.+?)\": (.+?)$", re.DOTALL)
_TAKEN = re.compile(r"container name \"/?(.+?)\" is already in use by container \"(\w+)\"")
_BIND = re.compile(r"(Bind for .+ failed: .+|listen \w+ .+)$")


class Ending(NamedTuple):
    """How it ended.

    Args:
        code: the exit code, or docker's own where it did not run.
        wrong: why there is no exit code of the program's, in one line; empty where there is.
        note: what else is to be said, such as that it runs on.

    """

    code: int
    wrong: str = ""
    note: str = ""


class Remote:
    """A program at the far end of a stream.

    `open`, `outcome` and `close` are for any thread, the rest for one.

    Args:
        engine: where it runs.
        keys: what detaches from it, as typed; empty for the usual keys.

    Raises:
        EngineError: where the keys are none, and while there is no connection.

    """

    raw = False
    """Whether every key goes to it as it is, since it has a terminal of its own; known after `open`."""
    takes_input = False

    def __init__(self, engine: Connection, keys: str = "") -> None:
        self.engine = engine
        self.wire = Wire(engine.reached_at(), TIMEOUT)
        self.keys = keys or None
        self.has_tty = False
        self._keys = detach_keys(keys or USUAL_KEYS)
        self._typed = b""
        self.detached = False
        """Whether the keys that detach were typed."""
        self._stream: Duplex | None = None
        self._late: threading.Timer | None = None
        self.closed = threading.Event()
        self._lock = threading.Lock()
        self._sizes: deque[tuple[int, int]] = deque()
        self._resizing = False

    # What each kind of program does in its own way

    def begin(self, columns: int, rows: int) -> Duplex:
        """Have it begin, and give the stream."""
        raise NotImplementedError

    def size_path(self) -> tuple[str, str]:
        """Give the path on which its terminal is given another size, and the name in it."""
        raise NotImplementedError

    def ending(self) -> Ending:
        """Wait for its end, once the stream has ended."""
        raise NotImplementedError

    def failed(self, error: EngineError) -> Ending:
        """Say why it did not begin."""
        return Ending(ENGINES_OWN, plainly(str(error)))

    def interrupt(self) -> bool:
        """Pass on a ctrl+c that it did not get as a key; says whether anything was. Returns at once."""
        return False

    # What the terminal asks of it

    def open(self, columns: int, rows: int) -> Ending | None:
        """Have it begin, on a terminal of that size; gives why it did not, or None. Blocks."""
        try:
            with sensible("this program"):
                self._stream = self.begin(columns, rows)
        except EngineError as error:
            return self.failed(error)
        return None

    def outcome(self) -> Ending:
        """Give how it ended, once `receive` has given None. Blocks until it has ended."""
        try:
            with sensible("this program"):
                return self.ending()
        except EngineError as error:
            return Ending(ENGINES_OWN, f"the connection to the engine was lost: {plainly(str(error))}")

    def fileno(self) -> int:
        """Give the descriptor to select on; see `Duplex.fileno`."""
        return self.stream.fileno()

    @property
    def stream(self) -> Duplex:
        """The stream, after `open`."""
        if self._stream is None:
            raise RuntimeError("it has not begun")
        return self._stream

    def receive(self) -> bytes | None:
        """Give what it said, empty where nothing has come, None at the end."""
        return self.stream.receive()

    def send(self, data: bytes) -> int:
        """Send what was typed, as much as fits; gives how many bytes that was."""
        sent = self.stream.send(data)
        if self.has_tty and not self.detached:
            self._watch(data[:sent])
        return sent

    def _watch(self, sent: bytes) -> None:
        """Notice the keys that detach: the engine takes them out of the stream, and ends it."""
        typed = self._typed + sent
        self._typed = typed[-len(self._keys) + 1 :] if len(self._keys) > 1 else b""
        if self._keys in typed:
            self.detached = True
            self._late = threading.Timer(DETACH_WITHIN, self.stream.end)
            self._late.daemon = True
            self._late.start()

    def finish(self) -> None:
        """Say that nothing more will be typed."""
        self.stream.finish()

    def resize(self, columns: int, rows: int) -> None:
        """Tell it another size of the terminal; returns at once."""
        self.tell_sizes((columns, rows))

    def tell_sizes(self, *sizes: tuple[int, int]) -> None:
        """Tell it these sizes, one after the other, instead of those that it was not told yet."""
        if not self.has_tty:
            return
        with self._lock:
            self._sizes.clear()
            self._sizes += sizes
            if self._resizing:
                return
            self._resizing = True
        threading.Thread(target=self._tell_sizes, name="resize", daemon=True).start()

    def _tell_sizes(self) -> None:
        while True:
            with self._lock:
                if not self._sizes or self.closed.is_set():
                    self._resizing = False
                    return
                columns, rows = self._sizes.popleft()
            path, name = self.size_path()
            for _ in range(_TRIES):
                try:
                    self.wire.post(self.engine.path(path, name, w=columns, h=rows))
                    break
                except EngineError:
                    # Not begun yet, or ended: the one is tried again, the other is told by the stream.
                    if self.closed.wait(_PAUSE) or self._sizes:
                        break

    def close(self) -> None:
        """End everything at once; what runs in a container runs on. From any thread."""
        self.closed.set()
        if self._late is not None:
            self._late.cancel()
        self.wire.close()


def plainly(text: str) -> str:
    """Take one line out of what an engine says: the reason, without how it came about."""
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    text = _LONG_ID.sub(r"\1", text).removesuffix(": unknown")
    missing, bind, taken = _MISSING.search(text), _BIND.search(text), _TAKEN.search(text)
    if missing:
        return f"{missing[1]}: {missing[2]}"
    if bind:
        return bind[1].rstrip(".")
    return f"the name {taken[1]} is in use by container {taken[2]}" if taken else text
