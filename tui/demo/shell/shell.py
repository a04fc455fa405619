"""The shell: its own commands, its prompt, and how it finds the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.demo.shell.builtins import Builtins
from tui.demo.shell.commands import ABSENT, COMMANDS
from tui.demo.shell.console import InterruptError
from tui.demo.shell.editor import LineEditor
from tui.demo.shell.files import FileError, joined
from tui.demo.shell.interpreter import ExitError, LeaveLoopError
from tui.demo.shell.place import Run
from tui.demo.shell.syntax import parse
from tui.demo.shell.tokens import IncompleteError, ShellSyntaxError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.shell.console import Steps
    from tui.demo.shell.place import Place, Streams

SHELLS = frozenset({"sh", "bash", "ash", "dash"})
_INTERRUPTED = 130


@dataclass(slots=True)
class Launch:
    """What is to be run: words, environment and folder."""

    argv: Sequence[str]
    env: dict[str, str]
    folder: str


def start(launch: Launch, place: Place, streams: Streams) -> Steps:
    """Run a program that is known to be there; without a shell around it, as exec does."""
    name = launch.argv[0].rpartition("/")[2]
    if name in SHELLS:
        return Shell.main(launch, place, streams)
    path = place.program(launch.argv[0], launch.env.get("PATH", ""), launch.folder)
    if path is not None and is_script(place, path):
        return Shell.main(Launch(["sh", path, *launch.argv[1:]], launch.env, launch.folder), place, streams)
    return run_program(launch, place, streams, launch.argv[0])


def is_script(place: Place, path: str) -> bool:
    """Say whether a file is for a shell to run."""
    return place.tree.get(path).read().startswith(b"#!")


def run_program(launch: Launch, place: Place, streams: Streams, path: str) -> Steps:
    """Run a program by its path: one of the commands, a script, or what can only say that it isn't there."""
    name = path.rpartition("/")[2]
    run = Run(name, list(launch.argv[1:]), streams, place, launch.env, launch.folder)
    command = COMMANDS.get(name)
    if command is None:
        run.say(ABSENT.format(name=name))
        return 1
    try:
        code = command(run)
        return code if isinstance(code, int) else (yield from code)
    except FileError as error:
        return run.fail(str(error))


class Shell(Builtins):
    """A shell, interactive or with a script.

    Args:
        streams: what it reads and writes.

    """

    def __init__(
        self, name: str, launch: Launch, place: Place, streams: Streams, args: Sequence[str] = ()
    ) -> None:
        super().__init__(name, place, dict(launch.env), launch.folder, args)
        self._streams = streams

    @classmethod
    def main(cls, launch: Launch, place: Place, streams: Streams) -> Steps:
        """Do what a shell does by its arguments: -c, a script, a prompt, or commands from its input."""
        name, args = launch.argv[0], list(launch.argv[1:])
        flags = ""
        while args and re.fullmatch(r"[-+][A-Za-z]+|--\w+", args[0]):
            flags += args.pop(0).lstrip("-+") if not args[0].startswith("--") else args.pop(0)[:0]
        if "c" in flags:
            if not args:
                streams.err(f"{name}: -c requires an argument\n".encode())
                return 2
            shell = cls(args[1] if len(args) > 1 else name, launch, place, streams, args[2:])
            return (yield from shell._whole(args[0]))
        if args:
            shell = cls(args[0], launch, place, streams, args[1:])
            return (yield from shell._file(name))
        shell = cls(name, launch, place, streams)
        if streams.terminal is not None or "i" in flags:
            return (yield from shell._interact())
        return (yield from shell._lines())

    def _whole(self, text: str) -> Steps:
        try:
            return (yield from self.run_script(parse(text), self._streams))
        except ShellSyntaxError as error:
            return self.complain(f"syntax error: {error}", self._streams, 2)
        except ExitError as end:
            return end.code
        except LeaveLoopError:
            return 0

    def _file(self, caller: str) -> Steps:
        path = joined(self.folder, self.name)
        try:
            text = self.place.tree.read(path).decode("utf-8", "surrogateescape")
        except FileError as error:
            self._streams.err(f"{caller}: can't open '{self.name}': {error}\n".encode())
            return 2
        return (yield from self._whole(text))

    def _lines(self) -> Steps:
        """Run what comes in, line by line, so that a command can read the lines behind its own."""
        pending = ""
        while True:
            line = (yield from self._streams.source.line()).decode("utf-8", "surrogateescape")
            pending += line
            try:
                if pending:
                    yield from self.run_script(parse(pending), self._streams)
                pending = ""
            except IncompleteError as error:
                if not line:
                    return self.complain(f"syntax error: {error}", self._streams, 2)
            except ShellSyntaxError as error:
                return self.complain(f"syntax error: {error}", self._streams, 2)
            except ExitError as end:
                return end.code
            except LeaveLoopError:
                pending = ""
            if not line:
                return self.code

    def _interact(self) -> Steps:
        terminal = self._streams.terminal
        if terminal is None:
            return (yield from self._lines())
        self._greet()
        editor = self.editor = LineEditor(terminal, self._streams.source)
        pending = ""
        while True:
            line = yield from editor.read("> " if pending else self._prompt())
            if line is None:
                return self.code
            pending = f"{pending}{line}\n" if line or pending else ""
            try:
                if pending.strip():
                    yield from self.run_script(parse(pending), self._streams)
                pending = ""
            except IncompleteError:
                pending = pending if line else ""
            except ShellSyntaxError as error:
                pending, self.code = "", self.complain(f"syntax error: {error}", self._streams, 2)
            except InterruptError:
                pending, self.code = "", _INTERRUPTED
                self._streams.out(b"\n")
            except LeaveLoopError:
                pending = ""
            except ExitError as end:
                return end.code

    def _greet(self) -> None:
        if self.place.family == "busybox":
            self._streams.out(
                b"\n\nBusyBox v1.35.0 (wherry demo) built-in shell (ash)\n"
                b"Enter 'help' for a list of built-in commands.\n\n"
            )

    def _prompt(self) -> str:
        sign = "#" if self.place.user == "0" else "$"
        home = self.env.get("HOME", "/")
        folder = self.folder
        if home != "/" and (folder == home or folder.startswith(f"{home}/")):
            folder = f"~{folder[len(home) :]}"
        if self.name.endswith("bash"):
            user = self.place.name_of(self.place.user)
            user = user if not user.isdecimal() else "I have no name!"
            return f"{user}@{self.place.hostname}:{folder}{sign} "
        return f"{sign} " if self.place.family == "debian" else f"{folder} {sign} "

    def usual_streams(self) -> Streams:
        """Give its own streams."""
        return self._streams

    def run_command(self, argv: list[str], env: dict[str, str], streams: Streams) -> Steps:
        """Run a builtin, or a program that is found along $PATH."""
        name = argv[0]
        run = Run(name, argv[1:], streams, self.place, env, self.folder)
        if name in self.builtins:
            return self.builtins[name](run)
        if name in {"exec", "command", "eval", "."} and argv[1:]:
            return (yield from self._indirect(name, argv[1:], env, streams))
        if name == "read":
            return (yield from self.read(run))
        path = self.place.program(name, env.get("PATH", ""), self.folder)
        if path is None:
            found = "command not found" if self.name.endswith("bash") else "not found"
            return self.complain(f"{name}: {found}", streams, 127)
        node = self.place.tree.get(path)
        if node.is_folder or not node.mode & 0o111:
            return self.complain(f"{name}: Permission denied", streams, 126)
        launch = Launch(argv, env, self.folder)
        if path.rpartition("/")[2] in SHELLS:
            return (yield from Shell.main(launch, self.place, streams))
        if is_script(self.place, path):
            return (
                yield from Shell.main(Launch(["sh", path, *argv[1:]], env, self.folder), self.place, streams)
            )
        return (yield from run_program(launch, self.place, streams, path))

    def _indirect(self, name: str, argv: list[str], env: dict[str, str], streams: Streams) -> Steps:
        if name == "eval":
            return (yield from self.run_script(parse(" ".join(argv)), streams))
        if name == ".":
            text = self.place.tree.read(joined(self.folder, argv[0])).decode("utf-8", "surrogateescape")
            return (yield from self.run_script(parse(text), streams))
        code = yield from self.run_command(argv, env, streams)
        if name == "exec":
            raise ExitError(code)
        return code
