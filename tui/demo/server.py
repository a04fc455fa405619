"""The demo engine: a world behind a unix socket, speaking the Docker Engine API."""

from __future__ import annotations

import selectors
import threading
import time
from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tui.demo.acts.life import Life
from tui.demo.api import router
from tui.demo.faults.board import Faults
from tui.demo.scenes import filled, stack
from tui.demo.wire.bell import Bell
from tui.demo.wire.listening import listen_at
from tui.demo.wire.peer import Peer
from tui.demo.wire.sink import GoneError
from tui.demo.world import World

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import TracebackType

    from tui.demo.scenes import Scene
    from tui.demo.wire.answers import Answer, Call, Stream

_KEPT_REQUESTS = 100_000
_PATIENCE = 2.0


class DemoEngine:
    """An engine at `path`; it begins with `start` and dies with `stop`, and its world outlives both.

    Args:
        path: where its socket shall be; nothing may be there yet.
        world: what it has, or a scene that fills a new world; None is the believable scene.
        clock: tells seconds since 1970, in a new world.
        seed: decides all ids of a new world.
        live: whether logs are written and crash loops go on by themselves.

    """

    def __init__(
        self,
        path: str,
        world: World | Scene | None = None,
        clock: Callable[[], float] = time.time,
        *,
        seed: int = 1,
        live: bool = False,
    ) -> None:
        self.path = path
        self.world = world if isinstance(world, World) else filled(world or stack, clock, seed)
        """What the engine has; its acts may be called from any thread."""
        self.requests: deque[tuple[str, str]] = deque(maxlen=_KEPT_REQUESTS)
        """Method and target, without the API version, of all requests, oldest first."""
        self._live = live
        self._lock = threading.Lock()
        self._gate = threading.Event()
        self._gate.set()
        self._peers: dict[threading.Thread, Peer] = {}
        self._listener: socket.socket | None = None
        self._bell: Bell | None = None
        self._thread: threading.Thread | None = None
        self._life: Life | None = None
        self._started = False
        self._closes = False
        self.faults = Faults(self)
        """What goes wrong at present."""

    @property
    def url(self) -> str:
        """Give the address for DOCKER_HOST."""
        return f"unix://{self.path}"

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        with self._lock:
            return len(self._peers)

    def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: where something is at the path already, or nothing can be made there.

        """
        if self._started:
            return
        self._listen()
        self._started = True
        self.world.hurry.clear()
        self.world.alarm.open()
        if self._live:
            self._life = Life(self.world)
            self._life.start()

    def stop(self) -> None:
        """Die: cut every connection and take the socket away; the world stays as it is."""
        if not self._started:
            return
        self._started = False
        if self._life is not None:
            self._life.close()
            self._life = None
        self.world.hurry.set()
        self.world.alarm.close()
        self._deafen()
        Path(self.path).unlink(missing_ok=True)
        self._cut_all()

    def refuse(self, how: str) -> None:
        """Refuse all connections until `relent`, in a way of `faults.link.HOWS`; the engine lives on."""
        if not self._started:
            return
        if how == "closed":
            self._closes = True
        else:
            self._deafen()
            if how == "stopped":
                Path(self.path).unlink(missing_ok=True)
        self._cut_all()

    def relent(self) -> None:
        """Take connections again after `refuse`."""
        self._closes = False
        if self._started and self._listener is None:
            Path(self.path).unlink(missing_ok=True)
            self._listen()

    def _listen(self) -> None:
        listener = listen_at(self.path)
        self._listener, self._bell = listener, Bell()
        self._gate.set()
        self._thread = threading.Thread(
            target=self._accept, args=(listener, self._bell), name="demo", daemon=True
        )
        self._thread.start()

    def _deafen(self) -> None:
        """Listen no more; the socket stays where it is."""
        listener, self._listener = self._listener, None
        if listener is None or self._bell is None or self._thread is None:
            return
        self._bell.ring()
        self._thread.join(_PATIENCE)
        listener.close()
        self._bell.close()

    def _cut_all(self) -> None:
        with self._lock:
            peers = dict(self._peers)
        for peer in peers.values():
            peer.cut()
        self._gate.set()
        for thread in peers:
            thread.join(_PATIENCE)

    def freeze(self) -> None:
        """Do and answer nothing more, though clients can connect: like a process that was halted."""
        self._gate.clear()

    def thaw(self) -> None:
        """Go on after `freeze`."""
        self._gate.set()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.clear()
        self.stop()

    def _accept(self, listener: socket.socket, bell: Bell) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(bell, selectors.EVENT_READ)
            while not any(key.fileobj is bell for key, _ in selector.select()):
                try:
                    client, _ = listener.accept()
                except OSError:
                    # It hung up before it was let in, or there are too many open files.
                    continue
                self._welcome(client)

    def _welcome(self, client: socket.socket) -> None:
        if self._closes:
            client.close()
            return
        peer = Peer(client, self._gate, partial(self._answer, client))
        thread = threading.Thread(target=self._serve, args=(peer,), name="demo-peer", daemon=True)
        with self._lock:
            self._peers[thread] = peer
        thread.start()

    def _serve(self, peer: Peer) -> None:
        try:
            peer.serve()
        finally:
            with self._lock:
                self._peers.pop(threading.current_thread(), None)

    def _answer(self, client: socket.socket, call: Call) -> Answer | Stream:
        self.requests.append((call.method, router.unversioned(call.target)))
        self._gate.wait()
        if self._listener is None or self._closes:
            # It died while it was frozen: what was asked of it meanwhile never happens.
            raise GoneError
        return self.faults.answer(call, client, partial(router.answer, self.world))
