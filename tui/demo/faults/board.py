"""The faults that an engine has at present, and what they do to each request."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

from tui.demo.api.router import unversioned
from tui.demo.faults.link import Refuse
from tui.demo.wire.answers import Answer, Stream
from tui.demo.wire.sink import Patience

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tui.demo.faults.fault import Fault
    from tui.demo.server import DemoEngine
    from tui.demo.wire.answers import Call
    from tui.demo.wire.sink import Sink

    OneFault = TypeVar("OneFault", bound=Fault)


@dataclass(eq=False, slots=True)
class _Running:
    """A stream that goes on, and the faults that it met."""

    method: str
    path: str
    sink: Sink
    faults: list[Fault] = field(default_factory=list)


class Faults:
    """All faults of one engine; used from any thread."""

    def __init__(self, engine: DemoEngine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._spent: set[Fault] = set()
        """Met as often as they should be, though what they met may still wait or run."""
        self._running: set[_Running] = set()
        self._timers: dict[Fault, threading.Timer] = {}

    def __len__(self) -> int:
        return len(self._faults)

    @property
    def active(self) -> tuple[Fault, ...]:
        """All faults, oldest first."""
        with self._lock:
            return tuple(self._faults)

    def add(self, fault: OneFault) -> OneFault:
        """Let a fault be; streams that run already meet it too.

        Raises:
            ValueError: where the engine does not have what it needs.

        """
        if isinstance(fault, Refuse):
            for other in self.active:
                if isinstance(other, Refuse):
                    self.remove(other)
        with self._lock:
            self._faults.append(fault)
            met = [one for one in self._running if fault.meets(one.method, one.path) and self._use(fault)]
            for one in met:
                one.faults.append(fault)
            if fault.seconds is not None:
                timer = self._timers[fault] = threading.Timer(fault.seconds, self.remove, (fault,))
                timer.daemon = True
                timer.start()
        try:
            fault.begin(self._engine)
        except ValueError:
            self.remove(fault)
            raise
        for one in met:
            fault.caught(one.sink)
        return fault

    def remove(self, fault: Fault) -> None:
        """Let a fault be over, also for streams that met it; one that is over already stays so."""
        with self._lock:
            if fault in self._faults:
                self._faults.remove(fault)
            self._spent.discard(fault)
            for one in self._running:
                if fault in one.faults:
                    one.faults.remove(fault)
            timer = self._timers.pop(fault, None)
        if timer is not None:
            timer.cancel()
        if not fault.over:
            fault.end()

    def clear(self) -> None:
        """Let all faults be over."""
        with self._lock:
            spent, self._spent = self._spent, set()
        for fault in {*self.active, *spent}:
            self.remove(fault)

    def _use(self, fault: Fault) -> bool:
        """Count a request that meets a fault; says whether it still does."""
        if fault.times is None:
            return True
        if fault.times <= 0:
            return False
        fault.times -= 1
        if fault.times == 0 and fault in self._faults:
            self._faults.remove(fault)
            self._spent.add(fault)
        return True

    def answer(
        self, call: Call, sock: socket.socket, make: Callable[[Call], Answer | Stream]
    ) -> Answer | Stream:
        """Answer a request that came over `sock` as `make` does, but for the faults that it meets."""
        path = unquote(unversioned(call.target).partition("?")[0], errors="replace")
        with self._lock:
            met = [one for one in tuple(self._faults) if one.meets(call.method, path) and self._use(one)]
        call = replace(call, path=path)
        made = self._made(call, sock, make, met) if met else make(call)
        if isinstance(made, Stream):
            return replace(made, run=partial(self._run, call.method, path, met, made.run))
        return made

    def _made(
        self,
        call: Call,
        sock: socket.socket,
        make: Callable[[Call], Answer | Stream],
        met: list[Fault],
    ) -> Answer | Stream:
        for fault in met:
            call = fault.asked(call)
        patience = Patience(sock)
        try:
            for fault in met:
                if (refusal := fault.instead(call, patience)) is not None:
                    return refusal
        finally:
            patience.close()
        made = make(call)
        for fault in met:
            if isinstance(made, Answer | Stream):
                made = fault.answered(call, made)
        return made

    def _run(self, method: str, path: str, met: list[Fault], run: Callable[[Sink], None], sink: Sink) -> None:
        one = _Running(method, path, sink, [fault for fault in met if not fault.over])
        with self._lock:
            self._running.add(one)
        try:
            sink.bend = partial(_bent, one)
            run(sink)
        finally:
            with self._lock:
                self._running.discard(one)


def _bent(running: _Running, data: bytes) -> bytes:
    for fault in tuple(running.faults):
        data = fault.bend(data)
    return data
