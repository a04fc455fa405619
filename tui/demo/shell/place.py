"""Where a program runs: the container's files, name and user, as commands see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.demo.shell.files import FileError, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.demo.shell.console import Input, Terminal
    from tui.demo.shell.files import Tree

KERNEL = "6.8.0-45-generic"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(slots=True)
class Place:
    """A container from the inside; `user` is a numeric id, `now` tells nanoseconds since 1970.

    `processes` tells (pid, user, command line) of all that runs; `family` is one of rootfs.FAMILIES.
    """

    tree: Tree
    hostname: str
    family: str
    user: str
    now: Callable[[], int]
    processes: Callable[[], Sequence[tuple[int, str, str]]]
    booted: int = 0

    def name_of(self, user: str) -> str:
        """Give a user's name, or the id where the container has no name for it."""
        return next((name for name, number in users(self.tree).items() if number == user), user)

    def program(self, name: str, path: str, folder: str) -> str | None:
        """Find what a command's name leads to, along a PATH; None where nothing is."""
        if "/" in name:
            at = joined(folder, name)
            return at if self.tree.find(at) is not None else None
        for part in path.split(":"):
            at = joined(folder, f"{part}/{name}")
            node = self.tree.find(at)
            if node is not None and not node.is_folder:
                return at
        return None


@dataclass(slots=True)
class Streams:
    """What a command reads and writes; `terminal` where its output is one."""

    source: Input
    out: Callable[[bytes], None]
    err: Callable[[bytes], None]
    terminal: Terminal | None = None


@dataclass(slots=True)
class Run:
    """A command as it runs."""

    name: str
    args: list[str]
    streams: Streams
    place: Place
    env: dict[str, str]
    folder: str = "/"
    flags: set[str] = field(default_factory=set)

    def say(self, text: str) -> None:
        """Write a line."""
        self.streams.out(f"{text}\n".encode("utf-8", "surrogateescape"))

    def fail(self, text: str, code: int = 1) -> int:
        """Complain, and give the exit code."""
        self.streams.err(f"{self.name}: {text}\n".encode("utf-8", "surrogateescape"))
        return code

    def at(self, path: str) -> str:
        """Make a path absolute."""
        return joined(self.folder, path)

    def options(self, known: str) -> bool:
        """Take the options off the arguments, into `flags`; False where one is unknown, which was said."""
        while self.args and self.args[0].startswith("-") and self.args[0] != "-":
            word = self.args.pop(0)
            if word == "--":
                break
            for sign in word[1:]:
                if sign not in known:
                    self.fail(f"invalid option -- '{sign}'")
                    return False
                self.flags.add(sign)
        return True


def users(tree: Tree) -> dict[str, str]:
    """Read /etc/passwd: the ids by name; empty where there is none."""
    try:
        lines = tree.read("/etc/passwd").decode("utf-8", "replace").splitlines()
    except FileError:
        return {}
    rows = [line.split(":") for line in lines]
    return {row[0]: row[2] for row in rows if len(row) > 2}


def home_of(tree: Tree, user: str) -> str:
    """Give a user's home folder by /etc/passwd; / where it has none."""
    try:
        lines = tree.read("/etc/passwd").decode("utf-8", "replace").splitlines()
    except FileError:
        return "/"
    rows = [line.split(":") for line in lines]
    return next((row[5] for row in rows if len(row) > 5 and row[2] == user), "/")


def environment(given: Sequence[str], hostname: str, home: str, *, tty: bool) -> dict[str, str]:
    """Make a program's environment of the container's, in Docker's order."""
    env = {"PATH": _PATH, "HOSTNAME": hostname}
    if tty:
        env["TERM"] = "xterm"
    for text in given:
        name, equals, value = text.partition("=")
        if equals:
            env[name] = value
    env.setdefault("HOME", home)
    return env
