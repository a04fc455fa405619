"""The commands' part of the API: exec in its three steps."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tui.demo.acts.execs import console_size
from tui.demo.acts.tap import Tap
from tui.demo.api.conversation import AFTER_HEAD, Conversation, content_type, size_of
from tui.demo.refusal import RefusalError
from tui.demo.wire.answers import Answer, Hijack, as_json
from tui.demo.wire.detaching import KeyWatch
from tui.demo.wire.frames import frame
from tui.demo.wire.hijack import conversation
from tui.demo.wire.query import Body, read_body

if TYPE_CHECKING:
    from tui.demo.acts.command import Exec
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.hijack import Duplex
    from tui.demo.world import World

_DETACHED = b"exec attach failed: error on attach stdin: read escape sequence\r\n"


def _body(call: Call) -> Body:
    return read_body(call.body, call.headers.get("content-type", "")) if call.body else Body({})


def _create(world: World, call: Call) -> Answer:
    return as_json({"Id": world.create_exec(call.parts["name"], _body(call))}, 201)


def _start(world: World, call: Call) -> Answer | Hijack:
    body, exec_id = _body(call), call.parts["id"]
    tty, size = body.flag("Tty"), console_size(body)
    _, made = world.ready_exec(exec_id)
    if body.flag("Detach"):
        world.start_exec(exec_id, size=size)
        return Answer()

    def run(duplex: Duplex) -> None:
        duplex.open()
        world.nap(AFTER_HEAD)
        tap = Tap(duplex.bell)
        talk = _ExecTalk(world, made, tap, tty=tty)
        try:
            world.start_exec(exec_id, tap, size)
        except RefusalError as refusal:
            words = f"{refusal.message}\r\n".encode()
            duplex.write(words if tty else frame("stdout", words))
            return
        try:
            talk.hold(duplex)
        finally:
            with world.lock:
                made.taps.discard(tap)

    return Hijack(content_type(call, tty=tty), conversation(run))


class _ExecTalk(Conversation):
    """A client and a command."""

    def __init__(self, world: World, made: Exec, tap: Tap, *, tty: bool) -> None:
        # On a terminal there are no errors apart.
        streams = made.streams - {"stderr"} if tty else made.streams
        super().__init__(tap, streams, KeyWatch(made.keys if made.tty else b""), framed=not tty)
        self._world = world
        self._made = made

    def feed(self, data: bytes) -> None:
        self._world.feed_exec(self._made, data)

    def end(self) -> bool:
        if self._made.tty:
            return True
        self._world.feed_exec(self._made, b"")
        return not self._made.streams & {"stdout", "stderr"}

    def leave(self) -> bytes:
        self._world.abandon_exec(self._made)
        return _DETACHED


def _resize(world: World, call: Call) -> Answer:
    rows, columns = size_of(call)
    world.resize_exec(call.parts["id"], rows, columns)
    return Answer(200)


def _inspect(world: World, call: Call) -> Answer:
    one, made = world.find_exec(call.parts["id"])
    process = {
        "tty": made.tty,
        "entrypoint": made.command[0],
        "arguments": made.command[1:],
        "privileged": made.privileged,
        **({"user": made.user_name} if made.user_name else {}),
    }
    return as_json(
        {
            "ID": made.id,
            "Running": made.running,
            "ExitCode": made.exit_code,
            "ProcessConfig": process,
            "OpenStdin": "stdin" in made.streams,
            "OpenStderr": "stderr" in made.streams,
            "OpenStdout": "stdout" in made.streams,
            "CanRemove": False,
            "ContainerID": one.id,
            "DetachKeys": base64.b64encode(made.keys).decode(),
            "Pid": made.pid,
        }
    )


ROUTES: list[Route] = [
    ("POST", r"/containers/(?P<name>[^/]+)/exec", _create),
    ("POST", r"/exec/(?P<id>[^/]+)/start", _start),
    ("POST", r"/exec/(?P<id>[^/]+)/resize", _resize),
    ("GET", r"/exec/(?P<id>[^/]+)/json", _inspect),
]
