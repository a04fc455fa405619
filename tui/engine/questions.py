"""Short questions to an engine, from any thread, over connections that are kept alive."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.keepalive import KeptAlive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.address import Address


def target(path: str, names: tuple[str, ...] = (), parameters: Mapping[str, object] | None = None) -> str:
    """Write the target of a request: names put into `path`, and parameters behind it.

    Args:
        path: such as `/containers/{}/json`.
        names: what stands in its places; of an image's they may hold `/` and `:`.
        parameters: true ones are sent as 1, lists and mappings as JSON, None not at all.

    """
    words = {name: _word(value) for name, value in (parameters or {}).items() if value is not None}
    query = f"?{urlencode(words)}" if words else ""
    return path.format(*(quote(name, safe="/:") for name in names)) + query


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else json.dumps(value)


class Questions:
    """Asks one engine; every thread that asks has a connection to itself meanwhile.

    Args:
        address: what to connect to; an ssh address needs its tunnel first.
        prefix: the API version that is spoken, as in `/v1.45`; empty for the engine's own.
        timeout: seconds for each step of an answer.

    """

    def __init__(self, address: Address, prefix: str, timeout: float) -> None:
        self._address = address
        self._prefix = prefix
        self._timeout = timeout
        self._lock = threading.Lock()
        self._idle: list[KeptAlive] = []
        self._busy: set[KeptAlive] = set()
        self._closed = False

    def ask(self, path: str, *names: str, **parameters: object) -> Any:
        """GET what `target` writes, and give the JSON of the answer.

        Raises:
            EngineError: in the engine's own words, when it refused, or when the answer makes no sense.
            Unreachable: when the connection broke.

        """
        line = self._take()
        try:
            body = line.get(self._prefix + target(path, names, parameters))
        finally:
            self._give_back(line)
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise EngineError(f"the engine's answer to {path.replace('{}', '…')} is no JSON") from error

    def ping(self) -> None:
        """Ask for a sign of life (GET /_ping).

        Raises:
            EngineError: when there is none.

        """
        line = self._take()
        try:
            line.get("/_ping")
        finally:
            self._give_back(line)

    def _take(self) -> KeptAlive:
        with self._lock:
            if self._closed:
                raise Unreachable(Trouble.LOST, "not connected to the engine")
            line = self._idle.pop() if self._idle else KeptAlive(self._address, self._timeout)
            self._busy.add(line)
            return line

    def _give_back(self, line: KeptAlive) -> None:
        with self._lock:
            self._busy.discard(line)
            if not self._closed:
                self._idle.append(line)
                return
        line.hang_up()

    def close(self) -> None:
        """End all connections at once, from any thread."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for line in busy:
            line.close()
        for line in idle:
            line.hang_up()
