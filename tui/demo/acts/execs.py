"""Commands that are run in a container besides its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.demo.acts.command import Exec
from tui.demo.acts.lifecycle import Lifecycle
from tui.demo.acts.programs import give, run
from tui.demo.refusal import RefusalError
from tui.demo.shell.process import Process
from tui.demo.wire.detaching import read_keys

if TYPE_CHECKING:
    from tui.demo.acts.tap import Tap
    from tui.demo.acts.things import Container
    from tui.demo.wire.query import Body

_NOT_RUN = 126
_READY_WITHIN = 10.0
_STEP = 0.1
_FAILED = "OCI runtime exec failed: exec failed: unable to start container process: "


class Execs(Lifecycle):
    """The acts on commands in containers."""

    def create_exec(self, reference: str, asked: Body) -> str:
        """Make ready a command in a running container, from the JSON that a client sends.

        Returns:
            Its id.

        Raises:
            RefusalError: 400 without a command, 404 without the container, 409 where that does not run.

        """
        command = asked.texts("Cmd")
        if not command:
            raise RefusalError(400, "No exec command specified")
        with self.lock:
            one = self.find(reference)
            _check(one, reference)
            streams = [name for name in ("stdin", "stdout", "stderr") if asked.flag(f"Attach{name.title()}")]
            made = Exec(
                self.ids.digest("exec"),
                command,
                frozenset(streams),
                tty=asked.flag("Tty"),
                env=asked.texts("Env"),
                folder=asked.text("WorkingDir"),
                user_name=asked.text("User"),
                privileged=asked.flag("Privileged"),
                keys=read_keys(asked.text("DetachKeys"), 500, "Invalid escape keys (%s) provided"),
                size=console_size(asked),
            )
            one.execs[made.id] = made
            self._emit_exec(one, made, "exec_create")
            return made.id

    def _emit_exec(self, one: Container, made: Exec, action: str) -> None:
        entry, *args = made.command
        self.emit_container(one, f"{action}: {entry} {' '.join(args)}", execID=made.id)

    def find_exec(self, exec_id: str) -> tuple[Container, Exec]:
        """Find a command by its id; 404 where there is none."""
        with self.lock:
            for one in self.containers.values():
                if exec_id in one.execs:
                    return one, one.execs[exec_id]
        raise RefusalError(404, f"No such exec instance: {exec_id}")

    def ready_exec(self, exec_id: str) -> tuple[Container, Exec]:
        """Find a command; 409 where its container can do nothing for it now."""
        with self.lock:
            one, made = self.find_exec(exec_id)
            _check(one, one.id)
            return one, made

    def start_exec(self, exec_id: str, tap: Tap | None = None, size: tuple[int, int] = (0, 0)) -> None:
        """Run a command; `tap` gets what it writes.

        Raises:
            RefusalError: 409 where it ran already, 400 or 500 where it can't, with exit code 126 then.

        """
        with self.lock:
            one, made = self.ready_exec(exec_id)
            if made.running:
                raise RefusalError(409, f"Error: Exec command {made.id} is already running")
            if made.exit_code is not None:
                raise RefusalError(409, f"Error: Exec command {made.id} has already run")
            self._emit_exec(one, made, "exec_start")
            try:
                made.user = self.user_of(one, made.user_name or str(one.config["User"]))
                launch = self.launch_of(
                    one, made.command, made.user, tty=made.tty, env=made.env, folder=made.folder
                )
                if why := self.check_program(one, launch, made.user):
                    raise RefusalError(400, _FAILED + why)
            except RefusalError:
                made.exit_code = _NOT_RUN
                raise
            one.forks += 1
            made.pid, made.inner, made.running = self.ids.pid(), 6 + one.forks * 7, True
            if tap is not None:
                made.taps.add(tap)
            process = made.process = Process(
                self.alarm,
                self.lock,
                lambda stream, data: _tell(made, stream, data),
                lambda code: self.end_exec(one, made, code),
                tty=made.tty,
                stdin="stdin" in made.streams,
            )
            process.resize(*(size if any(size) else made.size))
            made.begun.set()
            run(process, launch, self.place_of(one, made.user))

    def feed_exec(self, made: Exec, data: bytes) -> None:
        """Write to a command's input; an empty piece closes it."""
        with self.lock:
            if made.process is not None:
                give(made.process, data)

    def abandon_exec(self, made: Exec) -> None:
        """End a command whose client detached by key: Engine 26.1 takes that for a failure."""
        with self.lock:
            if made.running:
                self.end_exec(self.find_exec(made.id)[0], made, _NOT_RUN)

    def resize_exec(self, exec_id: str, rows: int, columns: int) -> None:
        """Tell a command the size of its terminal; waits for its start, as clients ask for both at once."""
        _, made = self.ready_exec(exec_id)
        end = time.monotonic() + _READY_WITHIN
        while made.exit_code is None and not made.begun.wait(_STEP):
            if time.monotonic() > end or self.hurry.is_set():
                break
        with self.lock:
            if not made.begun.is_set():
                raise RefusalError(500, "timeout waiting for exec session ready")
            if made.process is None:
                raise RefusalError(404, f"process does not exist {made.id}: not found")
            made.process.resize(rows, columns)


def console_size(asked: Body) -> tuple[int, int]:
    """Read rows and columns of a terminal; 0 and 0 where they are not told."""
    size = asked.values.get("ConsoleSize")
    if not size:
        return (0, 0)
    if not isinstance(size, list) or len(size) != 2 or not all(isinstance(one, int) for one in size):
        raise RefusalError(400, "invalid JSON: ConsoleSize is an array of two numbers")
    return (size[0], size[1])


def _check(one: Container, called: str) -> None:
    if one.state == "restarting":
        raise RefusalError(409, f"Container {one.id} is restarting, wait until the container is running")
    if one.state == "paused":
        raise RefusalError(409, f"Container {called} is paused, unpause the container before exec")
    if not one.alive:
        raise RefusalError(409, f"container {one.id} is not running")


def _tell(made: Exec, stream: str, data: bytes) -> None:
    for tap in made.taps:
        tap.tell(stream, data)
