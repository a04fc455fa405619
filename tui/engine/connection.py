"""One engine, reached: everything that belongs to it hangs off this object and ends with it."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.feed import Feed
from tui.engine.pool import Pool
from tui.engine.questions import Questions, target
from tui.engine.sampler import Sampler
from tui.engine.versions import ONE_SHOT_API, agree, numbers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from docker.api.client import APIClient

    from tui.engine.address import Address
    from tui.engine.client import Client
    from tui.engine.tunnel import Tunnel
    from tui.engine.updates import Update

CALL_TIMEOUT = 10
"""Seconds in which a list or an inspect must be answered."""
PING_TIMEOUT = 3
"""Seconds after which a heartbeat without an answer means that the engine hangs."""
TUNNEL_TIMEOUT = 15.0


class Closable(Protocol):
    """Something open-ended that ends at once when told to."""

    def close(self) -> object:
        """End it."""


class Connection:
    """The way to one engine; made once, opened and lost any number of times, closed once.

    Args:
        find: resolves the address anew for each attempt, so that a repaired context is found.
        listener: takes batches of updates, on the threads of feed and sampler; few a second. Without
            one they are kept until `listen` names it.
        environ: the environment that child processes start from.

    """

    def __init__(
        self,
        find: Callable[[], Address],
        listener: Callable[[Sequence[Update]], None] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._find = find
        self._environ = dict(os.environ if environ is None else environ)
        self._lock = threading.Lock()
        self._questions: Questions | None = None
        self._pings: Questions | None = None
        self._clients: dict[float | None, Client] = {}
        self._tunnel: Tunnel | None = None
        self._streams: set[Closable] = set()
        self._closed = False
        self.address: Address | None = None
        """What was asked for, once it is known; shown to the user."""
        self.endpoint: Address | None = None
        """What sockets are opened on: the address, or the near end of its tunnel."""
        self.version = ""
        self._api_version = ""
        self.reads = Pool("read", 4)
        """For lists and inspects, which are short."""
        self.lists = Pool("list", 3)
        """For the lists of what hardly changes, so that one that takes long keeps nobody waiting."""
        self.acts = Pool("act", 8)
        """For acts, which may wait as long as a container takes to stop."""
        self._listener = listener
        self._early: list[Update] = []
        self._telling = threading.Lock()
        self._opened = False
        self.feed = Feed(self, self._tell)
        self.sampler = Sampler(self._tell)
        """Reads the numbers of what is looked at."""

    def open(self) -> None:
        """Start following the engine, if that has not begun; what comes of it reaches the listener."""
        if not self._opened:
            self._opened = True
            self.feed.start()

    def listen(self, listener: Callable[[Sequence[Update]], None]) -> None:
        """Name who takes the updates; he gets at once what came before."""
        with self._telling:
            self._listener = listener
            early, self._early = self._early, []
            if early:
                listener(early)

    def _tell(self, updates: Sequence[Update]) -> None:
        with self._telling:
            if self._listener is None:
                self._early += updates
            else:
                self._listener(updates)

    def close(self) -> None:
        """End every stream, thread and child that hangs off this connection."""
        with self._lock:
            self._closed = True
            streams, self._streams = self._streams, set()
        self.feed.close()
        self.sampler.close()
        for stream in streams:
            stream.close()
        self.reads.close()
        self.lists.close()
        self.acts.close()
        self.drop()

    def adopt(self, stream: Closable) -> None:
        """Make a stream end with this connection."""
        with self._lock:
            if not self._closed:
                self._streams.add(stream)
                return
        stream.close()

    def release(self, stream: Closable) -> None:
        """Forget a stream that has ended."""
        with self._lock:
            self._streams.discard(stream)

    def establish(self) -> None:
        """Find the engine and agree on a version; blocks, and is called by the feed alone.

        Raises:
            Unreachable: with what stands in the way.

        """
        self.drop()
        address = self.address = self._find()
        endpoint = address
        if address.url.startswith("ssh://"):
            from tui.engine.tunnel import Tunnel

            self._tunnel = Tunnel(address.url)
            endpoint = replace(address, url=f"unix://{self._tunnel.open(TUNNEL_TIMEOUT)}", tls=None)
        pings = Questions(endpoint, "", PING_TIMEOUT)
        try:
            self._api_version, self.version = agree(pings.ask("/version"))
        except EngineError:
            pings.close()
            raise
        questions = Questions(endpoint, self.path(""), CALL_TIMEOUT)
        with self._lock:
            if not self._closed:
                self.endpoint, self._pings, self._questions = endpoint, pings, questions
        if self._closed:
            pings.close()
            raise Unreachable(Trouble.LOST, "the connection was closed")
        self.sampler.attach(endpoint)

    def drop(self) -> None:
        """Let go of what the last attempt opened."""
        self.sampler.detach()
        with self._lock:
            clients, self._clients = self._clients, {}
            asking = (self._questions, self._pings)
            self._questions = self._pings = None
            tunnel, self._tunnel = self._tunnel, None
        for questions in asking:
            if questions is not None:
                questions.close()
        for client in clients.values():
            client.close()
        if tunnel is not None:
            tunnel.close()

    def reached_at(self) -> Address:
        """Give what sockets are opened on.

        Raises:
            Unreachable: while there is no connection.

        """
        endpoint = self.endpoint
        if endpoint is None:
            raise Unreachable(Trouble.LOST, "not connected to the engine")
        return endpoint

    @property
    def reads_slowly(self) -> bool:
        """Whether each reading of numbers takes the engine a second, as before API 1.41."""
        return bool(self._api_version) and numbers_of(self._api_version) < ONE_SHOT_API

    def path(self, path: str, *names: str, **parameters: object) -> str:
        """Write the target of a request in the API version that is spoken; see `questions.target`."""
        return f"/v{self._api_version}{target(path, names, parameters)}"

    def ask(self, path: str, *names: str, **parameters: object) -> Any:
        """Ask a short question (GET), and give the JSON of the answer; see `Questions.ask`.

        Raises:
            EngineError: in the engine's own words, when it refused.
            Unreachable: when the connection broke, or while there is none.

        """
        questions = self._questions
        if questions is None:
            raise Unreachable(Trouble.LOST, "not connected to the engine")
        return questions.ask(path, *names, **parameters)

    def _client(self, timeout: int | None) -> Client:
        """Give docker-py's client, made when it is first needed."""
        # Late: docker-py takes longer to import than all of this package.
        from tui.engine.client import make_client

        endpoint = self.reached_at()
        with self._lock:
            if self._questions is None:
                raise Unreachable(Trouble.LOST, "not connected to the engine")
            if timeout not in self._clients:
                self._clients[timeout] = make_client(endpoint, self._api_version, timeout)
            return self._clients[timeout]

    @contextmanager
    def api(self) -> Iterator[APIClient]:
        """Give docker-py's client for short calls; what it raises leaves as EngineError."""
        from tui.engine.client import translated

        with translated():
            yield self._client(CALL_TIMEOUT)

    @contextmanager
    def patient_api(self) -> Iterator[APIClient]:
        """Give docker-py's client for acts, whose answers may take as long as a container takes to stop."""
        from tui.engine.client import translated

        with translated():
            yield self._client(None)

    def new_client(self) -> Client:
        """Make a client of somebody's own, without a limit on time, for him to close.

        Raises:
            Unreachable: while there is no connection.

        """
        from tui.engine.client import make_client

        return make_client(self.reached_at(), self._api_version, None)

    def ping(self) -> None:
        """Ask for a sign of life (GET /_ping).

        Raises:
            EngineError: when there is none within PING_TIMEOUT seconds.

        """
        pings = self._pings
        if pings is None:
            raise Unreachable(Trouble.LOST, "not connected to the engine")
        pings.ping()

    def child_environ(self) -> dict[str, str]:
        """Give the environment in which a docker CLI reaches this very engine.

        Raises:
            EngineError: while the address is not known.

        """
        if self.address is None:
            raise EngineError("the engine's address is not known yet")
        tunnel = None
        if self.endpoint is not None and self.endpoint.url != self.address.url:
            tunnel = self.endpoint.url
        return self.address.child_environ(self._environ, tunnel)

    @property
    def command_prefix(self) -> tuple[str, ...]:
        """Words that a shown docker command needs after `docker` to reach this engine."""
        return self.address.words() if self.address is not None else ()
