"""echo, cat, grep and the like: text in, text out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.shell.console import Input
from tui.demo.shell.files import MISSING, FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tui.demo.shell.console import Reading, Steps, Wait
    from tui.demo.shell.place import Run

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "e": "\x1b", "0": "\0"}
_ESCAPE = re.compile(r"\\(.)")
_FORMAT = re.compile(r"%(-?\d*)([sd%])")


def _escaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), text)


def _echo(run: Run) -> int:
    end, escapes = "\n", False
    while run.args and re.fullmatch(r"-[neE]+", run.args[0]):
        flags = run.args.pop(0)
        end = "" if "n" in flags else end
        escapes = escapes or "e" in flags
    text = " ".join(run.args)
    run.streams.out(((_escaped(text) if escapes else text) + end).encode("utf-8", "surrogateescape"))
    return 0


def _printf(run: Run) -> int:
    if not run.args:
        return run.fail("missing operand")
    text, *args = run.args
    text = _escaped(text)
    fields = [found for found in _FORMAT.finditer(text) if found[2] != "%"]
    while True:
        taken = iter(args[: len(fields)])

        def fill(found: re.Match[str], taken: object = taken) -> str:
            value = "%" if found[2] == "%" else next(iter(taken), "")  # type: ignore[call-overload]
            width = int(found[1] or 0)
            value = (value or "0") if found[2] == "d" else value
            return f"{value:<{-width}}" if width < 0 else f"{value:>{width}}"

        run.streams.out(_FORMAT.sub(fill, text).encode("utf-8", "surrogateescape"))
        args = args[len(fields) :]
        if not args or not fields:
            return 0


def _opened(run: Run, path: str) -> Input:
    """Give what is read of a path; - is the input."""
    if path == "-":
        return run.streams.source
    source = Input(ended=True)
    content = run.place.tree.read(run.at(path))
    if content:
        source.push(content)
    return source


def _cat(run: Run) -> Steps:
    if not run.options("nu"):
        return 1
    code = 0
    for path in run.args or ["-"]:
        try:
            source = _opened(run, path)
        except FileError as error:
            why = f"can't open '{path}': {error}" if str(error) == MISSING else f"read error: {error}"
            code = run.fail(why)
            continue
        while piece := (yield from source.piece()):
            run.streams.out(piece)
    return code


def _texts(run: Run, paths: list[str]) -> Generator[Wait, None, list[tuple[str, list[str]]]]:
    """Read all of several files, as lines; those that can't be are complained about."""
    found = []
    for path in paths or ["-"]:
        try:
            content = yield from _opened(run, path).all()
        except FileError as error:
            run.fail(f"{path}: {error}")
            continue
        found.append((path, content.decode("utf-8", "surrogateescape").splitlines()))
    return found


def _count(run: Run, usual: int = 10) -> int:
    """Take `-n 5`, `-5` or `-n5` off the arguments."""
    if run.args and (found := re.fullmatch(r"-(?:n\+?)?(\d+)", run.args[0])):
        run.args.pop(0)
        return int(found[1])
    if len(run.args) > 1 and run.args[0] == "-n" and run.args[1].lstrip("+-").isdecimal():
        run.args.pop(0)
        return int(run.args.pop(0).lstrip("+-"))
    return usual


def _head(run: Run) -> Steps:
    count = _count(run)
    texts = yield from _texts(run, run.args)
    for _, lines in texts:
        for line in lines[:count]:
            run.say(line)
    return int(len(texts) < len(run.args))


def _tail(run: Run) -> Steps:
    follow = "-f" in run.args or "-F" in run.args
    run.args = [arg for arg in run.args if arg not in {"-f", "-F"}]
    count = _count(run)
    texts = yield from _texts(run, run.args)
    for _, lines in texts:
        for line in lines[-count:] if count else ():
            run.say(line)
    while follow:
        yield 3600.0
    return int(len(texts) < len(run.args))


def _wc(run: Run) -> Steps:
    if not run.options("lwc"):
        return 1
    texts = yield from _texts(run, run.args)
    for path, lines in texts:
        counts = {
            "l": len(lines),
            "w": sum(len(line.split()) for line in lines),
            "c": sum(len(line.encode("utf-8", "surrogateescape")) + 1 for line in lines),
        }
        shown = [value for key, value in counts.items() if key in (run.flags or counts)]
        text = str(shown[0]) if len(shown) == 1 else " ".join(f"{value:>9}" for value in shown)
        run.say(text if path == "-" else f"{text} {path}")
    return int(len(texts) < len(run.args))


def _grep(run: Run) -> Steps:
    if not run.options("ivnEFqc") or not run.args:
        return 2
    pattern, *paths = run.args
    try:
        wanted = re.compile(
            re.escape(pattern) if "F" in run.flags else pattern, re.IGNORECASE if "i" in run.flags else 0
        )
    except re.error as error:
        return run.fail(f"bad regex '{pattern}': {error}", 2)
    hits = 0
    texts = yield from _texts(run, paths)
    for path, lines in texts:
        for place, line in enumerate(lines, 1):
            if bool(wanted.search(line)) == ("v" in run.flags):
                continue
            hits += 1
            if not run.flags & {"q", "c"}:
                where = f"{path}:" if len(paths) > 1 else ""
                run.say(f"{where}{f'{place}:' if 'n' in run.flags else ''}{line}")
    if "c" in run.flags:
        run.say(str(hits))
    return int(not hits)


def _sort(run: Run) -> Steps:
    if not run.options("rnu"):
        return 1
    texts = yield from _texts(run, run.args)
    lines = [line for _, found in texts for line in found]
    lines = list(dict.fromkeys(lines)) if "u" in run.flags else lines
    if "n" in run.flags:
        lines.sort(key=lambda line: float(found[0]) if (found := re.match(r"\s*-?\d+", line)) else 0.0)
    else:
        lines.sort()
    for line in lines[::-1] if "r" in run.flags else lines:
        run.say(line)
    return 0


def _tee(run: Run) -> Steps:
    append = run.options("a") and "a" in run.flags
    content = bytearray()
    source: Callable[[], Reading] = run.streams.source.piece
    while piece := (yield from source()):
        run.streams.out(piece)
        content += piece
    for path in run.args:
        run.place.tree.write(run.at(path), bytes(content), run.place.user, append=append)
    return 0


COMMANDS: dict[str, Callable[[Run], int | Steps]] = {
    "cat": _cat,
    "echo": _echo,
    "grep": _grep,
    "head": _head,
    "printf": _printf,
    "sort": _sort,
    "tail": _tail,
    "tee": _tee,
    "wc": _wc,
}
