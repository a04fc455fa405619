"""The programs of containers: how they begin, are written to, and end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.demo.acts.creation import Creation
from tui.demo.acts.guess import words_of
from tui.demo.acts.inside import Inside
from tui.demo.acts.journal import Journal
from tui.demo.refusal import RefusalError
from tui.demo.shell import shell
from tui.demo.shell.place import Streams
from tui.demo.shell.process import Process

if TYPE_CHECKING:
    from tui.demo.acts.command import Exec
    from tui.demo.acts.tap import Tap
    from tui.demo.acts.things import Container
    from tui.demo.shell.place import Place
    from tui.demo.shell.shell import Launch

_KILLED = 137
_NOT_CREATED = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: "
)


class Programs(Creation, Journal, Inside):
    """What runs in containers."""

    def check_start(self, one: Container) -> None:
        """Refuse to start a container whose program is not there, and note why."""
        if one.temper.found:
            return
        try:
            user = self.user_of(one, str(one.config["User"]))
        except RefusalError as refusal:
            one.exit_code, one.error = 126, refusal.message
            raise
        why = self.check_program(one, self.launch_of(one, words_of(one), user, tty=one.tty), user)
        if why:
            one.exit_code = 126 if "denied" in why else 127
            one.error = _NOT_CREATED + why
            raise RefusalError(400, one.error)

    def begin(self, one: Container) -> None:
        """Run a container's program, where the demo's shell knows it."""
        early, one.early = one.early, []
        if not one.temper.program:
            return
        words = words_of(one)
        process = Process(
            self.alarm,
            self.lock,
            lambda stream, data: self.write(one, stream, data),
            lambda code: self._ended(one, process, code),
            tty=one.tty,
            stdin=bool(one.config["OpenStdin"]),
            deaf=words[0].rpartition("/")[2] not in shell.SHELLS and not one.host.get("Init"),
        )
        one.process = process
        rows, columns = one.terminal if any(one.terminal) else one.host["ConsoleSize"]
        process.resize(rows, columns)
        user = self.user_of(one, str(one.config["User"]))
        run(process, self.launch_of(one, words, user, tty=one.tty), self.place_of(one, user))
        for data in early:
            give(process, data)

    def _ended(self, one: Container, process: Process, code: int) -> None:
        if one.process is process:
            one.process = None
            self.halt(one, code)

    def halt(self, one: Container, code: int) -> None:
        """Let a container's processes be gone; for a subclass."""
        raise NotImplementedError

    def end_programs(self, one: Container) -> None:
        """Kill all that runs in a container; what was never started can't be any more."""
        process, one.process = one.process, None
        if process is not None:
            process.kill()
        for ran in tuple(one.execs.values()):
            if ran.running:
                self.end_exec(one, ran, _KILLED)
            elif ran.exit_code is None:
                del one.execs[ran.id]
        self.finish_lines(one)

    def end_exec(self, one: Container, ran: Exec, code: int) -> None:
        """Note that a command ended, and how."""
        process, ran.process = ran.process, None
        ran.running, ran.exit_code = False, code
        if process is not None:
            process.kill()
        for tap in ran.taps:
            tap.end()
        self.emit_container(one, "exec_die", execID=ran.id, exitCode=str(code))

    def let_go(self, one: Container) -> None:
        """Tell those attached to a container's output that there will be no more."""
        for tap in one.taps:
            tap.end()
        one.taps.clear()

    def pause_programs(self, one: Container, *, paused: bool) -> None:
        """Halt all that runs in a container, or let it go on."""
        for process in (one.process, *(ran.process for ran in tuple(one.execs.values()))):
            if process is not None:
                process.pause(paused=paused)

    def attach(self, reference: str, tap: Tap, *, follow: bool) -> int:
        """Connect to a container's output; with `follow`, to what it writes from here on.

        Returns:
            How many records its log has until then.

        """
        with self.lock:
            one = self.find(reference)
            if follow:
                one.taps.add(tap)
            self.emit_container(one, "attach")
            return len(one.log)

    def detach(self, one: Container, tap: Tap, *, by_key: bool = False) -> None:
        """Let go of a container's output."""
        with self.lock:
            one.taps.discard(tap)
            if by_key:
                self.emit_container(one, "detach")

    def feed(self, one: Container, data: bytes) -> None:
        """Write to a container's input, as soon as it runs; an empty piece closes it."""
        with self.lock:
            if one.process is not None:
                give(one.process, data)
            elif not one.alive:
                one.early.append(data)
            elif one.tty and b"\x03" in data and one.temper.on_term is not None:
                self.say(one, one.temper.closing)
                self.halt(one, one.temper.on_term)

    def resize(self, reference: str, rows: int, columns: int) -> None:
        """Tell a container's program the size of its terminal."""
        with self.lock:
            one = self.find(reference)
            if not one.alive:
                raise RefusalError(409, f"container {one.id} is not running")
            one.terminal = (rows, columns)
            self.emit_container(one, "resize", height=str(rows), width=str(columns))
            if one.process is not None:
                one.process.resize(rows, columns)


def give(process: Process, data: bytes) -> None:
    """Write to a program's input; an empty piece closes it."""
    if data:
        process.feed(data)
    else:
        process.end_input()


def run(process: Process, launch: Launch, place: Place) -> None:
    """Let a process be a program."""
    streams = Streams(
        process.input, partial(process.write, "stdout"), partial(process.write, "stderr"), process.terminal
    )
    process.begin(shell.start(launch, place, streams))
