"""Running what was parsed: chains, pipes, loops, redirections."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.demo.shell.console import Input
from tui.demo.shell.expansion import Expansion
from tui.demo.shell.files import MISSING, FileError, joined
from tui.demo.shell.syntax import For, Group, If, Loop, Simple, parse
from tui.demo.shell.tokens import ShellSyntaxError

if TYPE_CHECKING:
    from collections.abc import Generator

    from tui.demo.shell.console import Steps, Wait
    from tui.demo.shell.place import Streams
    from tui.demo.shell.syntax import Command, Pipeline
    from tui.demo.shell.syntax import Sequence as Script
    from tui.demo.shell.tokens import Word

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_ROUNDS_AT_ONCE = 50
_BREATH = 0.02


class ExitError(Exception):
    """`exit`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class LeaveLoopError(Exception):
    """`break`, or with `again` `continue`."""

    def __init__(self, *, again: bool) -> None:
        super().__init__()
        self.again = again


class Interpreter(Expansion):
    """The language of the shell; the commands themselves are for a subclass."""

    def run_script(self, script: Script, streams: Streams) -> Steps:
        """Run pipelines one after the other, or as && and || say."""
        for operator, pipeline in script.items:
            if (operator == "&&" and self.code != 0) or (operator == "||" and self.code == 0):
                continue
            self.code = yield from self._pipeline(pipeline, streams)
        return self.code

    def _pipeline(self, pipeline: Pipeline, streams: Streams) -> Steps:
        source = streams.source
        for command in pipeline.commands[:-1]:
            written = bytearray()
            yield from self._command(
                command, replace(streams, source=source, out=written.extend, terminal=None)
            )
            source = Input(ended=True)
            if written:
                source.push(bytes(written))
        code = yield from self._command(pipeline.commands[-1], replace(streams, source=source))
        return int(code == 0) if pipeline.negated else code

    def _command(self, command: Command, streams: Streams) -> Steps:
        if isinstance(command, Simple):
            try:
                return (yield from self._simple(command, streams))
            except (ShellSyntaxError, FileError) as error:
                return self.complain(str(error), streams, 2 if isinstance(error, ShellSyntaxError) else 1)
        if isinstance(command, If):
            return (yield from self._if(command, streams))
        if isinstance(command, Group):
            return (yield from self._group(command, streams))
        return (yield from self._loop(command, streams))

    def complain(self, text: str, streams: Streams, code: int = 1) -> int:
        """Say what is wrong, in the shell's name."""
        streams.err(f"{self.name}: {text}\n".encode("utf-8", "surrogateescape"))
        return code

    def _group(self, command: Group, streams: Streams) -> Steps:
        if not command.subshell:
            return (yield from self.run_script(command.body, streams))
        kept = dict(self.env), dict(self.own), self.folder
        try:
            return (yield from self.run_script(command.body, streams))
        except ExitError as end:
            return end.code
        finally:
            self.env, self.own, self.folder = kept

    def _if(self, command: If, streams: Streams) -> Steps:
        for condition, body in command.branches:
            if (yield from self.run_script(condition, streams)) == 0:
                return (yield from self.run_script(body, streams))
        self.code = 0
        return (yield from self.run_script(command.otherwise, streams)) if command.otherwise else 0

    def _loop(self, command: Loop | For, streams: Streams) -> Steps:
        code, rounds = 0, 0
        words = (yield from self.words(command.words)) if isinstance(command, For) else []
        while True:
            if isinstance(command, For):
                if rounds >= len(words):
                    return code
                self.assign(command.name, words[rounds])
            else:
                holds = (yield from self.run_script(command.condition, streams)) == 0
                if holds == command.until:
                    self.code = code
                    return code
            rounds += 1
            if rounds % _ROUNDS_AT_ONCE == 0:
                yield _BREATH
            try:
                code = yield from self.run_script(command.body, streams)
            except LeaveLoopError as left:
                if not left.again:
                    return 0

    def _simple(self, command: Simple, streams: Streams) -> Steps:
        words = list(command.words)
        assigned: dict[str, str] = {}
        while words and words[0] and _is_assignment(words[0]):
            text = yield from self.one_word(words.pop(0))
            name, _, value = text.partition("=")
            assigned[name] = value
        argv = yield from self.words(words)
        streams = yield from self._redirected(command, streams)
        if not argv:
            for name, value in assigned.items():
                self.assign(name, value)
            return 0 if command.words == [] or assigned else self.code
        return (yield from self.run_command(argv, {**self.env, **assigned}, streams))

    def run_command(self, argv: list[str], env: dict[str, str], streams: Streams) -> Steps:
        """Run a command; for a subclass."""
        raise NotImplementedError

    def _redirected(self, command: Simple, streams: Streams) -> Generator[Wait, None, Streams]:
        tree, user = self.place.tree, self.place.user
        for one in command.redirects:
            target = " ".join((yield from self.words([one.target])))
            if one.operator == ">&":
                streams = _joined_streams(streams, one.number, target)
                continue
            path = joined(self.folder, target)
            if path in {"/dev/stdout", "/dev/stderr"} and one.operator != "<":
                streams = _joined_streams(streams, one.number, "1" if path.endswith("out") else "2")
                continue
            if one.operator == "<":
                try:
                    content = tree.read(path)
                except FileError as error:
                    raise FileError(f"can't open {target}: {_reason(error, 'no such file')}") from error
                source = Input(ended=True)
                if content:
                    source.push(content)
                streams = replace(streams, source=source)
                continue
            try:
                tree.write(path, b"", user, append=one.operator == ">>")
            except FileError as error:
                raise FileError(
                    f"can't create {target}: {_reason(error, 'nonexistent directory')}"
                ) from error

            def write(data: bytes, path: str = path) -> None:
                tree.write(path, data, user, append=True)

            streams = (
                replace(streams, err=write) if one.number == 2 else replace(streams, out=write, terminal=None)
            )
        return streams

    def captured(self, text: str) -> Generator[Wait, None, str]:
        """Run a script, and give what it wrote."""
        written = bytearray()
        streams = replace(self.usual_streams(), out=written.extend, terminal=None)
        self.code = yield from self._group(Group(parse(text), subshell=True), streams)
        return written.decode("utf-8", "surrogateescape").rstrip("\n")


def _is_assignment(word: Word) -> bool:
    return word[0].kind == "text" and not word[0].quoted and bool(_ASSIGNMENT.match(word[0].text))


def _joined_streams(streams: Streams, number: int, target: str) -> Streams:
    if number == 2 and target == "1":
        return replace(streams, err=streams.out)
    if number == 1 and target == "2":
        return replace(streams, out=streams.err, terminal=None)
    if str(number) == target:
        return streams
    raise ShellSyntaxError("bad file descriptor")


def _reason(error: FileError, missing: str) -> str:
    return missing if str(error) == MISSING else str(error)
