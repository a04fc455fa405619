"""Attaching to containers, and looking into them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from tui.demo.acts.tap import Tap
from tui.demo.api.conversation import AFTER_HEAD, Conversation, content_type, size_of
from tui.demo.refusal import RefusalError
from tui.demo.shell.files import FOLDER, LINK, NOT_A_FOLDER, FileError, joined
from tui.demo.wire.answers import Answer, Hijack, as_json
from tui.demo.wire.detaching import USUAL, KeyWatch, read_keys
from tui.demo.wire.hijack import RAW, conversation
from tui.demo.words import stamp

if TYPE_CHECKING:
    from tui.demo.acts.things import Container
    from tui.demo.api.router import Route
    from tui.demo.wire.answers import Call
    from tui.demo.wire.hijack import Duplex
    from tui.demo.world import World

_NAME = r"/containers/(?P<name>[^/]+)"
_FOLDER_BIT = 1 << 31
_LINK_BIT = 1 << 27
"""Kinds of files, in the bits of Go's FileMode."""


def _attach(world: World, call: Call) -> Hijack:
    query, name = call.query, call.parts["name"]
    try:
        with world.lock:
            one = world.find(name)
            if one.state == "paused":
                raise RefusalError(409, f"container {name} is paused, unpause the container before attach")
            given = query.text("detachKeys")
            keys = read_keys(given, 400, "Invalid detach keys (%s) provided") if given else USUAL
    except RefusalError as refusal:
        return _refused(refusal)
    logs, follow = query.flag("logs"), query.flag("stream")
    streams = {stream for stream in ("stdout", "stderr") if query.flag(stream)}
    if query.flag("stdin") and one.config["OpenStdin"]:
        streams.add("stdin")

    def run(duplex: Duplex) -> None:
        tap = Tap(duplex.bell)
        talk = _AttachTalk(world, one, tap, streams, keys)
        records = world.attach(one.id, tap, follow=follow)
        try:
            duplex.open()
            world.nap(AFTER_HEAD)
            for record in one.log[:records] if logs else ():
                talk.write(duplex, record.stream, record.content)
            if follow:
                talk.hold(duplex)
        finally:
            world.detach(one, tap)

    return Hijack(content_type(call, tty=one.tty), conversation(run), bare=True)


def _refused(refusal: RefusalError) -> Hijack:
    def run(duplex: Duplex) -> None:
        duplex.write(f"{refusal.message}\r\n".encode())

    return Hijack(RAW, conversation(run), bare=True, status=refusal.status)


class _AttachTalk(Conversation):
    """A client and a container's own program."""

    def __init__(self, world: World, one: Container, tap: Tap, streams: set[str], keys: bytes) -> None:
        super().__init__(tap, streams, KeyWatch(keys if one.tty else b""), framed=not one.tty)
        self._world = world
        self._one = one

    def feed(self, data: bytes) -> None:
        self._world.feed(self._one, data)

    def end(self) -> bool:
        if not self._one.config["StdinOnce"] or self._one.tty:
            return True
        self._world.feed(self._one, b"")
        return False

    def leave(self) -> bytes:
        self._world.detach(self._one, self._tap, by_key=True)
        return b""


def _resize(world: World, call: Call) -> Answer:
    rows, columns = size_of(call)
    world.resize(call.parts["name"], rows, columns)
    return Answer(200)


def _changes(world: World, call: Call) -> Answer:
    found = world.changes_of(world.find(call.parts["name"]))
    return as_json([{"Path": path, "Kind": kind} for path, kind in found] or None)


def _stat(world: World, call: Call) -> Answer:
    path = call.query.text("path")
    if not path:
        raise RefusalError(400, "bad parameter: pathcannot be empty")
    with world.lock:
        one = world.find(call.parts["name"])
        tree = world.tree_of(one)
        plain = joined("/", path)
        try:
            node = tree.get(plain, follow=path.endswith("/"))
        except FileError as error:
            if str(error) == NOT_A_FOLDER:
                raise RefusalError(500, f"lstat {path}: not a directory") from None
            name = call.parts["name"]
            raise RefusalError(404, f"Could not find the file {path} in container {name}") from None
        bits = _FOLDER_BIT if node.kind == FOLDER else _LINK_BIT if node.kind == LINK else 0
        facts = {
            "name": plain.rpartition("/")[2] or "/",
            "size": node.size,
            "mode": node.mode & 0o777 | bits,
            "mtime": stamp(node.changed),
            "linkTarget": joined(plain.rpartition("/")[0] or "/", node.target) if node.kind == LINK else "",
        }
    text = base64.b64encode(json.dumps(facts, separators=(",", ":")).encode()).decode()
    return Answer(200, None, headers={"X-Docker-Container-Path-Stat": text})


ROUTES: list[Route] = [
    ("POST", f"{_NAME}/attach", _attach),
    ("POST", f"{_NAME}/resize", _resize),
    ("GET", f"{_NAME}/changes", _changes),
    ("HEAD", f"{_NAME}/archive", _stat),
]
