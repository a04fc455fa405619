"""docker exec, attach and run over the engine's API, for machines without a docker CLI."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.flags import Flag, environment, read_flags
from tui.engine.reading import required, sensible
from tui.engine.remote import ENGINES_OWN, Ending, Remote, plainly
from tui.engine.runwords import RunWords, read_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tui.engine.connection import Connection
    from tui.engine.flags import Given
    from tui.engine.hijack import Answer, Duplex, Wire

NOT_RUNNABLE, NOT_FOUND = 126, 127
"""Exit codes with which docker says that a program could not be run."""
_EXEC = (
    Flag("detach-keys"),
    Flag("env", "e"),
    Flag("env-file"),
    Flag("interactive", "i", switch=True),
    Flag("privileged", switch=True),
    Flag("tty", "t", switch=True),
    Flag("user", "u"),
    Flag("workdir", "w"),
)
_ATTACH = (Flag("detach-keys"), Flag("no-stdin", switch=True), Flag("sig-proxy", switch=True))
_ASKS, _PAUSE = 20, 0.1
"""How often an exit code is asked for, and after how many seconds again."""


class Exec(Remote):
    """docker exec."""

    def __init__(self, engine: Connection, given: Given, environ: Mapping[str, str]) -> None:
        super().__init__(engine, given.last("detach-keys"))
        if len(given.words) < 2:
            raise EngineError("docker exec: name a container and a command to run in it")
        self._container, *command = given.words
        self.takes_input = given.on("interactive")
        self.has_tty = given.on("tty")
        self.raw = self.has_tty and self.takes_input
        self._id = ""
        self._body = {
            "Cmd": command,
            "User": given.last("user"),
            "WorkingDir": given.last("workdir"),
            "Env": environment(given, environ),
            "Privileged": given.on("privileged"),
            "Tty": self.has_tty,
            "AttachStdin": self.takes_input,
            "AttachStdout": True,
            "AttachStderr": True,
            "DetachKeys": self.keys or "",
        }

    def begin(self, columns: int, rows: int) -> Duplex:
        """Make it and start it (POST /containers/ID/exec, /exec/ID/start)."""
        path = self.engine.path
        size = {"ConsoleSize": [rows, columns]} if self.has_tty else {}
        made = self.wire.post(path("/containers/{}/exec", self._container), self._body | size)
        self._id = made["Id"]
        start = {"Detach": False, "Tty": self.has_tty} | size
        stream = self.wire.upgrade(path("/exec/{}/start", self._id), start, framed=not self.has_tty)
        # Engines before API 1.42 take no size at the start, and none before it.
        self.resize(columns, rows)
        return stream

    def size_path(self) -> tuple[str, str]:
        """Give POST /exec/ID/resize."""
        return "/exec/{}/resize", self._id

    def ending(self) -> Ending:
        """Ask for its exit code (GET /exec/ID/json); the engine may end the stream a little before it."""
        note = f"the command runs on in {self._container}"
        if self.detached:
            return Ending(0, note=note)  # of which Docker says that it could not be run: 126
        for _ in range(_ASKS):
            state = self.engine.ask("/exec/{}/json", self._id)
            if not state.get("Running"):
                return Ending(int(state.get("ExitCode") or 0))
            if self.closed.wait(_PAUSE):
                break
        if self.stream.broken:
            raise Unreachable(Trouble.LOST, "the stream broke off")
        return Ending(0, note=note)


class _Waited(Remote):
    """A container's own first process: its exit code comes from POST /containers/ID/wait."""

    name = ""
    """What the container is called in sentences."""
    id = ""
    waiting: Answer | None = None
    proxied = False
    """Whether ctrl+c is passed on to it as SIGINT, where it has no terminal."""

    def wait_for_end(self, condition: str | None) -> None:
        """Have the engine wait for its end from now on."""
        path = self.engine.path("/containers/{}/wait", self.id, condition=condition)
        self.waiting = self.wire.ask_slowly(path)

    def attached(self) -> Duplex:
        """Connect to it (POST /containers/ID/attach)."""
        path = self.engine.path(
            "/containers/{}/attach",
            self.id,
            stream=True,
            stdin=self.takes_input,
            stdout=True,
            stderr=True,
            detachKeys=self.keys,
        )
        return self.wire.upgrade(path, framed=not self.has_tty)

    def size_path(self) -> tuple[str, str]:
        """Give POST /containers/ID/resize."""
        return "/containers/{}/resize", self.id

    def ending(self) -> Ending:
        """Wait until it has ended, unless it was detached from."""
        if self.detached:
            return Ending(0, note=f"detached: {self.name} runs on")
        if self.waiting is None:
            raise Unreachable(Trouble.LOST, "nothing was waited for")
        answer = self.waiting.read() or {}
        problem = (answer.get("Error") or {}).get("Message")
        return Ending(int(answer.get("StatusCode") or 0), plainly(problem) if problem else "")

    def interrupt(self) -> bool:
        """Send it SIGINT, as docker's --sig-proxy does (POST /containers/ID/kill)."""
        if self.has_tty or not self.proxied:
            return False
        threading.Thread(target=self._pass_interrupt, name="interrupt", daemon=True).start()
        return True

    def _pass_interrupt(self) -> None:
        try:
            self.wire.post(self.engine.path("/containers/{}/kill", self.id, signal="SIGINT"))
        except EngineError:
            pass  # it has just ended, which its stream tells


class Attach(_Waited):
    """docker attach."""

    def __init__(self, engine: Connection, given: Given) -> None:
        super().__init__(engine, given.last("detach-keys"))
        if len(given.words) != 1:
            raise EngineError("docker attach: name one container")
        self.name = self.id = given.words[0]
        self.proxied = not given.has("sig-proxy") or given.on("sig-proxy")
        self._no_input = given.on("no-stdin")

    def begin(self, columns: int, rows: int) -> Duplex:
        """Connect to it, if it runs, and have it draw its screen."""
        facts = self.engine.ask("/containers/{}/json", self.name)
        config, state = facts.get("Config") or {}, facts.get("State") or {}
        if not state.get("Running"):
            raise EngineError(f"{self.name} is not running: there is nothing to attach to")
        if state.get("Paused") or state.get("Restarting"):
            raise EngineError(f"{self.name} is {'paused' if state.get('Paused') else 'restarting'}")
        self.id = facts.get("Id") or self.name
        self.has_tty = bool(config.get("Tty"))
        self.takes_input = bool(config.get("OpenStdin")) and not self._no_input
        self.raw = self.has_tty and self.takes_input
        self.wait_for_end(None)
        stream = self.attached()
        # It draws its prompt again only for a size that differs.
        self.tell_sizes((columns, rows + 1), (columns, rows))
        return stream


class Run(_Waited):
    """docker run, with the terminal attached."""

    def __init__(self, engine: Connection, words: RunWords) -> None:
        super().__init__(engine, words.detach_keys)
        if words.detached:
            raise EngineError(
                "docker run -d runs in the background: there is nothing to hand the terminal to"
            )
        self._words = words
        self.name = words.name or "the container"
        self.has_tty, self.takes_input = words.tty, words.interactive
        self.raw = words.tty and words.interactive
        self.proxied = words.proxied

    def begin(self, columns: int, rows: int) -> Duplex:
        """Make the container, attach to it, and only then start it, so that nothing it says is missed."""
        self.id = create(self.wire, self.engine, self._words, (rows, columns) if self.has_tty else None)
        if not self._words.name:
            self.name = self.id[:12]
        self.wait_for_end("removed" if self._words.removed else "next-exit")
        stream = self.attached()
        self.wire.post(self.engine.path("/containers/{}/start", self.id), patient=True)
        self.resize(columns, rows)
        return stream

    def failed(self, error: EngineError) -> Ending:
        """Say why it did not begin, with the exit code that docker has for it."""
        return Ending(_code_of(str(error)), plainly(str(error)))


def create(wire: Wire, engine: Connection, words: RunWords, size: tuple[int, int] | None = None) -> str:
    """Make the container of a `docker run`, and give its id (POST /containers/create).

    Args:
        wire: what the request goes over.
        engine: where it is made.
        words: what was asked for.
        size: lines and columns of its terminal, where it has one.

    Raises:
        EngineError: in the engine's words, and with what to do where the image is missing.

    """
    body = words.body
    if size is not None:
        body = body | {"HostConfig": body["HostConfig"] | {"ConsoleSize": list(size)}}
    if words.platform and engine.reads_slowly:
        # Engines before API 1.41 would make one of any platform without a word.
        raise EngineError("--platform needs an engine of API 1.41 (Docker 20.10) at least")
    target = engine.path("/containers/create", name=words.name or None, platform=words.platform or None)
    try:
        made = wire.post(target, body)
    except Unreachable:
        raise
    except EngineError as error:
        if str(error).startswith("No such image"):
            raise EngineError(f"this engine has no image {words.image}: it must be pulled first") from error
        raise
    with sensible("the new container"):
        return required(made, "Id")


def program(engine: Connection, words: Sequence[str], environ: Mapping[str, str], folder: Path) -> Remote:
    """Make the program that `docker WORDS` would run on the terminal; nothing is asked of the engine yet.

    Args:
        engine: where it runs.
        words: such as `("exec", "-it", "web", "sh")`.
        environ: where `-e NAME` finds values.
        folder: what relative paths of `-v` start from.

    Raises:
        EngineError: for what needs the docker CLI, by its name, and for words that make no sense.

    """
    verb, *rest = words
    if verb == "exec":
        return Exec(engine, read_flags(verb, _EXEC, rest), environ)
    if verb == "attach":
        return Attach(engine, read_flags(verb, _ATTACH, rest))
    if verb == "run":
        return Run(engine, read_run(rest, environ, folder))
    raise EngineError(f"docker {verb} needs the docker CLI, and there is none on this machine's PATH")


def _code_of(text: str) -> int:
    """Give docker's exit code for a container that did not start."""
    if "permission denied" in text or "is a directory" in text:
        return NOT_RUNNABLE
    missing = ("executable file not found", "no such file or directory", "system cannot find")
    return NOT_FOUND if "exec: " in text and any(words in text for words in missing) else ENGINES_OWN
