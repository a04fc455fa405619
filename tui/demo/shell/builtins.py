"""What a shell does itself, as it changes the shell: cd, export, exit and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.shell.commands import COMMANDS
from tui.demo.shell.files import FileError, joined
from tui.demo.shell.interpreter import ExitError, Interpreter, LeaveLoopError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from tui.demo.shell.console import Wait
    from tui.demo.shell.editor import LineEditor
    from tui.demo.shell.place import Place, Run

_NAME = re.compile(r"[A-Za-z_]\w*")
_WIDTH = 70


class Builtins(Interpreter):
    """The commands that are part of the shell."""

    def __init__(
        self, name: str, place: Place, env: dict[str, str], folder: str, args: Sequence[str] = ()
    ) -> None:
        super().__init__(name, place, env, folder, args)
        self.editor: LineEditor | None = None
        self.builtins: dict[str, Callable[[Run], int]] = {
            ":": lambda run: 0,
            "break": lambda run: self._leave(again=False),
            "cd": self._cd,
            "continue": lambda run: self._leave(again=True),
            "exit": self._exit,
            "export": self._export,
            "help": self._help,
            "history": self._history,
            "set": self._set,
            "shift": lambda run: self._shift(),
            "type": self._type,
            "unset": self._unset,
            "wait": lambda run: 0,
        }

    def read(self, run: Run) -> Generator[Wait, None, int]:
        """Run `read`, which waits for a line."""
        names = [name for name in run.args if not name.startswith("-")] or ["REPLY"]
        line = yield from run.streams.source.line()
        words = line.decode("utf-8", "surrogateescape").rstrip("\n").split(None, len(names) - 1)
        for place, name in enumerate(names):
            self.assign(name, words[place].strip() if place < len(words) else "")
        return 0 if line.endswith(b"\n") else 1

    def _leave(self, *, again: bool) -> int:
        raise LeaveLoopError(again=again)

    def _exit(self, run: Run) -> int:
        text = run.args[0] if run.args else str(self.code)
        if not re.fullmatch(r"\d{1,9}", text):
            raise ExitError(self.complain(f"exit: Illegal number: {text}", run.streams, 2))
        raise ExitError(int(text) & 255)

    def _cd(self, run: Run) -> int:
        wanted = run.args[0] if run.args else self.env.get("HOME", "/")
        if wanted == "-":
            wanted = self.env.get("OLDPWD", self.folder)
        path = joined(self.folder, wanted)
        try:
            if not self.place.tree.get(path).is_folder:
                raise FileError("Not a directory")
        except FileError as error:
            return self.complain(f"cd: can't cd to {wanted}: {error}", run.streams, 2)
        self.env["OLDPWD"], self.folder = self.folder, path
        self.assign("PWD", path)
        return 0

    def _export(self, run: Run) -> int:
        if not run.args or run.args == ["-p"]:
            for name, value in sorted(self.env.items()):
                run.say(f"export {name}='{value}'")
            return 0
        for text in run.args:
            name, equals, value = text.partition("=")
            if not _NAME.fullmatch(name):
                return self.complain(f"export: {text}: bad variable name", run.streams, 2)
            self.env[name] = value if equals else self.own.get(name, self.env.get(name, ""))
            self.own.pop(name, None)
        return 0

    def _unset(self, run: Run) -> int:
        for name in run.args:
            self.env.pop(name, None)
            self.own.pop(name, None)
        return 0

    def _set(self, run: Run) -> int:
        if not run.args:
            for name, value in sorted({**self.env, **self.own}.items()):
                run.say(f"{name}='{value}'")
        elif run.args[0] == "--":
            self.args = run.args[1:]
        return 0

    def _shift(self) -> int:
        del self.args[:1]
        return 0

    def _history(self, run: Run) -> int:
        for place, line in enumerate(self.editor.history if self.editor is not None else ()):
            run.say(f"{place:5} {line}")
        return 0

    def _type(self, run: Run) -> int:
        code = 0
        for name in run.args:
            path = self.place.program(name, self.env.get("PATH", ""), self.folder)
            if name in self.builtins:
                run.say(f"{name} is a shell builtin")
            elif path is not None:
                run.say(f"{name} is {path}")
            else:
                code = 127
                run.say(f"{name}: not found")
        return code

    def _help(self, run: Run) -> int:
        run.say("Built-in commands:\n------------------")
        line = "\t"
        for name in sorted({*self.builtins, "read", "eval", "exec", ".", "command", *COMMANDS}):
            if len(line) + len(name) > _WIDTH:
                run.say(line.rstrip())
                line = "\t"
            line += f"{name} "
        run.say(f"{line.rstrip()}\n")
        run.say("This shell is wherry's demo: nothing of it runs on your machine.")
        return 0
