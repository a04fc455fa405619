"""The build context: what of a folder is sent to the engine, after its .dockerignore, and how much."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui import format as fmt
from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

LARGE = 500_000_000
"""Bytes from which on a context is called large."""
TOLD_EVERY = 500
"""Entries between two tellings of a count."""
FILES_MOST = 2_000_000
"""Files after which nothing is counted any more."""
_EXAMPLES = (".example", ".sample", ".template", ".dist")


class _Pattern:
    """One line of a .dockerignore, as github.com/moby/patternmatcher understands it."""

    def __init__(self, text: str) -> None:
        self.keeps = text.startswith("!")
        self.text = text.removeprefix("!")
        try:
            self._regex = re.compile(_regex(self.text), re.DOTALL)
        except re.error as error:
            raise EngineError(f".dockerignore: {self.text} is no pattern: {error}") from error
        self.plain = not set(self.text) & set("*?[\\")

    def matches(self, path: str) -> bool:
        return self._regex.fullmatch(path) is not None


class Ignored:
    """The patterns of a .dockerignore.

    Args:
        text: the file's content.

    Raises:
        EngineError: where a line is no pattern.

    """

    def __init__(self, text: str = "") -> None:
        self._patterns = [_Pattern(line) for line in _lines(text)]

    def excludes(self, path: str) -> bool:
        """Say whether an entry stays behind; `path` is relative to the context, with `/`."""
        parts = path.split("/")
        prefixes = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        excluded = False
        for pattern in self._patterns:
            # The last pattern that matches the entry, or a folder that it is in, decides.
            if pattern.keeps == excluded and any(map(pattern.matches, prefixes)):
                excluded = not pattern.keeps
        return excluded

    def may_hold(self, folder: str) -> bool:
        """Say whether something in an excluded folder might be sent all the same."""
        return any(
            pattern.keeps and (not pattern.plain or f"{pattern.text}/".startswith(f"{folder}/"))
            for pattern in self._patterns
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is sent: `path` relative to the context, `size` in bytes, 0 but for a file."""

    path: str
    size: int
    is_file: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """How much is sent.

    Args:
        files: how many files and links.
        size: bytes in them.
        done: whether all was counted.
        git: whether the repository's history is among it.
        env: paths of files that usually hold secrets, the first few.
        unreadable: the first thing that can't be read, and why.
        largest: the first folder or file that holds most, and its bytes.

    """

    files: int = 0
    size: int = 0
    done: bool = False
    git: bool = False
    env: tuple[str, ...] = ()
    unreadable: str = ""
    largest: tuple[str, int] = ("", 0)


def amount(files: int, size: int) -> str:
    """Write how much is sent: `3 files, 41M`."""
    return f"{files} {'file' if files == 1 else 'files'}, {fmt.size(size)}"


def ignore_file(folder: Path, dockerfile: Path, *, buildkit: bool) -> Path:
    """Name the file that says what stays behind; BuildKit prefers one that is named after the Dockerfile."""
    own = dockerfile.with_name(f"{dockerfile.name}.dockerignore")
    return own if buildkit and os.path.isfile(own) else folder / ".dockerignore"


def load_ignored(file: Path) -> Ignored:
    """Read a .dockerignore; none is an empty one.

    Raises:
        EngineError: where it can't be read, or a line is no pattern.

    """
    try:
        return Ignored(file.read_text(encoding="utf-8", errors="surrogateescape"))
    except FileNotFoundError:
        return Ignored()
    except OSError as error:
        raise EngineError(f"{file} can't be read: {error.strerror or error}") from error


def walk(folder: Path, ignored: Ignored, unreadable: Callable[[OSError], None]) -> Iterator[Entry]:
    """Give all that is sent, folders before what is in them; what can't be read is told and passed over."""
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(folder / inside) as found:
                entries = sorted(found, key=lambda one: one.name)
        except OSError as error:
            unreadable(error)
            continue
        folders = []
        for one in entries:
            path = f"{inside}/{one.name}" if inside else one.name
            excluded = ignored.excludes(path)
            try:
                status = one.stat(follow_symlinks=False)
            except OSError as error:
                unreadable(error)
                continue
            if stat.S_ISDIR(status.st_mode):
                if not excluded or ignored.may_hold(path):
                    folders.append(path)
                if not excluded:
                    yield Entry(path, 0, is_file=False)
            elif not excluded and not stat.S_ISSOCK(status.st_mode):
                regular = stat.S_ISREG(status.st_mode)
                yield Entry(path, status.st_size if regular else 0, is_file=True)
        waiting += reversed(folders)


def measure(folder: Path, ignored: Ignored, tell: Callable[[Measure], bool] = lambda so_far: True) -> Measure:
    """Count what is sent.

    Args:
        folder: the context.
        ignored: what stays behind.
        tell: called now and then with the count so far; says whether to go on.

    """
    files = size = 0
    git, problem, env = False, "", list[str]()
    tops: dict[str, int] = {}

    def unreadable(error: OSError) -> None:
        nonlocal problem
        problem = problem or f"{_relative(error.filename, folder)} can't be read: {error.strerror}"

    def so_far(done: bool) -> Measure:
        largest = max(tops.items(), key=lambda item: item[1], default=("", 0))
        return Measure(files, size, done, git, tuple(env), problem, largest)

    for seen, entry in enumerate(walk(folder, ignored, unreadable), 1):
        top, slash, _ = entry.path.partition("/")
        if entry.is_file:
            files += 1
            size += entry.size
            tops[top] = tops.get(top, 0) + entry.size
            # `.git` alone may be a folder of which nothing is left, or a work tree's pointer.
            git = git or (top == ".git" and bool(slash))
            if _may_be_secret(entry.path) and len(env) < 3:
                env.append(entry.path)
        if seen % TOLD_EVERY == 0 and (not tell(so_far(done=False)) or files > FILES_MOST):
            return so_far(done=False)
    return so_far(done=True)


def _may_be_secret(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name == ".env" or (name.startswith(".env.") and not name.endswith(_EXAMPLES))


def _relative(path: object, folder: Path) -> str:
    text = os.fsdecode(path) if isinstance(path, str | bytes) else str(path)
    return os.path.relpath(text, folder) if text.startswith(str(folder)) else text


def _lines(text: str) -> Sequence[str]:
    """Clean up the lines, as github.com/moby/patternmatcher/ignorefile does."""
    found = []
    for line in text.removeprefix("\ufeff").split("\n"):
        if line.startswith("#") or not (pattern := line.strip()):
            continue
        keeps = pattern.startswith("!")
        if keeps and not (pattern := pattern[1:].strip()):
            raise EngineError(".dockerignore: there is a ! without a pattern")
        pattern = _clean(pattern)
        found.append(f"!{pattern}" if keeps else pattern)
    return found


def _clean(path: str) -> str:
    """Clean a path as Go's `filepath.Clean` does, and take it for relative to the context."""
    cleaned = posixpath.normpath(path)
    cleaned = cleaned[1:] if cleaned.startswith("//") else cleaned
    return cleaned[1:] if len(cleaned) > 1 and cleaned.startswith("/") else cleaned


def _regex(pattern: str) -> str:
    """Turn a pattern into a regular expression."""
    parts, at = list[str](), 0
    while at < len(pattern):
        char, at = pattern[at], at + 1
        if char == "*" and pattern[at : at + 1] == "*":
            at += 1
            at += pattern[at : at + 1] == "/"
            parts.append("(?:.*/)?" if at < len(pattern) else ".*")
        elif char == "*":
            parts.append("[^/]*")
        elif char == "?":
            parts.append("[^/]")
        elif char == "[":
            end = _class_end(pattern, at)
            parts.append(_class(pattern[at:end]))
            at = end + 1
        elif char == "\\":
            escaped, at = pattern[at : at + 1], at + 1
            # Docker makes a regular expression of it, where letters after a backslash mean other things.
            if not escaped or escaped.isalnum():
                raise EngineError(f".dockerignore: {pattern} is no pattern: \\ stands before no sign")
            parts.append(re.escape(escaped))
        else:
            parts.append(re.escape(char))
    return "".join(parts)


def _class_end(pattern: str, at: int) -> int:
    end = at + (pattern[at : at + 1] == "^")
    while end < len(pattern) and pattern[end] != "]":
        end += 1 + (pattern[end] == "\\")
    if end >= len(pattern) or end == at + (pattern[at : at + 1] == "^"):
        raise EngineError(f".dockerignore: {pattern} is no pattern: a [ is not closed")
    return end


def _class(inside: str) -> str:
    negated = inside.startswith("^")
    # Python warns of what might mean sets of characters to it one day.
    body = re.sub(r"([\[&~|])", r"\\\1", inside.removeprefix("^"))
    return f"[{'^' if negated else ''}{body}]"
