"""ls, pwd, and what else looks at files."""

from __future__ import annotations

import fnmatch
import time
from typing import TYPE_CHECKING

from tui.demo.shell.files import DEVICE, LINK, FileError, Node, joined
from tui.demo.words import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.demo.shell.place import Run

_HALF_A_YEAR = 183 * 86_400
_WIDTH = 80


def _ls(run: Run) -> int:
    if not run.options("alA1dhFtrRin"):
        return 1
    tree, paths, code = run.place.tree, run.args or ["."], 0
    files: list[tuple[str, Node]] = []
    folders: list[str] = []
    for path in paths:
        try:
            node = tree.get(run.at(path), follow="l" not in run.flags or "d" in run.flags)
        except FileError as error:
            code = run.fail(f"{path}: {error}")
            continue
        if node.is_folder and "d" not in run.flags:
            folders.append(path)
        else:
            files.append((path, node))
    _list(run, files)
    for place, path in enumerate(folders):
        if len(paths) > 1:
            run.say(f"{chr(10) if files or place else ''}{path}:")
        _list(run, _inside(run, run.at(path)), total=True)
    return code


def _inside(run: Run, path: str) -> list[tuple[str, Node]]:
    tree = run.place.tree
    folder = tree.get(path)
    found = sorted(folder.children.items())
    if "a" in run.flags:
        found = [(".", folder), ("..", tree.get(joined(path, ".."))), *found]
    elif "A" not in run.flags:
        found = [(name, node) for name, node in found if not name.startswith(".")]
    if "t" in run.flags:
        found.sort(key=lambda item: -item[1].changed)
    return found[::-1] if "r" in run.flags else found


def _list(run: Run, items: Sequence[tuple[str, Node]], *, total: bool = False) -> None:
    if "l" in run.flags:
        if total:
            run.say(f"total {sum(4 for _, node in items if node.size and node.kind != LINK)}")
        for name, node in items:
            run.say(_long(run, name, node))
    elif run.streams.terminal is not None and "1" not in run.flags and items:
        for line in _columns([name for name, _ in items], run.streams.terminal.columns or _WIDTH):
            run.say(line)
    else:
        for name, _ in items:
            run.say(name)


def _columns(names: list[str], width: int) -> list[str]:
    column = max(len(name) for name in names) + 2
    across = max(1, width // column)
    rows = -(-len(names) // across)
    return ["".join(f"{name:<{column}}" for name in names[row::rows]).rstrip() for row in range(rows)]


def mode_of(node: Node) -> str:
    """Write a mode as `drwxr-xr-x`."""
    signs = "".join(sign if node.mode >> (8 - place) & 1 else "-" for place, sign in enumerate("rwxrwxrwx"))
    if node.mode & 0o1000:
        signs = signs[:-1] + ("t" if signs[-1] == "x" else "T")
    return node.kind + signs


def _long(run: Run, name: str, node: Node) -> str:
    size = "1,   3" if node.kind == DEVICE else _sized(node.size, human="h" in run.flags)
    owner = run.place.name_of(node.owner)
    arrow = f" -> {node.target}" if node.kind == LINK else ""
    return f"{mode_of(node)} {1:>4} {owner:<8} {owner:<8} {size:>9} {_when(run, node)} {name}{arrow}"


def _sized(size: int, *, human: bool) -> str:
    if not human or size < 1024:
        return str(size)
    amount, unit = size / 1024, 0
    while amount >= 1024:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.1f}{'KMGT'[unit]}"


def _when(run: Run, node: Node) -> str:
    seconds = node.changed // SECOND
    moment = time.gmtime(seconds)
    recent = abs(run.place.now() // SECOND - seconds) < _HALF_A_YEAR
    return time.strftime("%b %e %H:%M" if recent else "%b %e  %Y", moment)


def _pwd(run: Run) -> int:
    run.say(run.folder)
    return 0


def _which(run: Run) -> int:
    code = 0
    for name in run.args:
        path = run.place.program(name, run.env.get("PATH", ""), run.folder)
        if path is None:
            code = 1
        else:
            run.say(path)
    return code


def _readlink(run: Run) -> int:
    if not run.options("f") or not run.args:
        return 1
    node = run.place.tree.find(run.at(run.args[0]), follow=False)
    if "f" in run.flags:
        run.say(run.place.tree.real(run.at(run.args[0])))
        return 0
    if node is None or node.kind != LINK:
        return 1
    run.say(node.target)
    return 0


def _find(run: Run) -> int:
    starts: list[str] = []
    while run.args and not run.args[0].startswith("-"):
        starts.append(run.args.pop(0))
    if run.args and not (len(run.args) == 2 and run.args[0] in {"-name", "-type"}):
        return run.fail(f"unrecognized: {run.args[0]}")
    for start in starts or ["."]:
        node = run.place.tree.find(run.at(start), follow=False)
        if node is None:
            return run.fail(f"{start}: No such file or directory")
        _walk(run, start, node)
    return 0


def _walk(run: Run, path: str, node: Node) -> None:
    wanted = run.args[1] if run.args else "*"
    if run.args and run.args[0] == "-type":
        fits = (node.kind if node.kind != "-" else "f") == wanted
    else:
        fits = fnmatch.fnmatchcase(path.rstrip("/").rpartition("/")[2] or path, wanted)
    if fits:
        run.say(path)
    for name, child in sorted(node.children.items()):
        _walk(run, f"{path.rstrip('/')}/{name}", child)


COMMANDS: dict[str, Callable[[Run], int]] = {
    "find": _find,
    "ls": _ls,
    "pwd": _pwd,
    "readlink": _readlink,
    "which": _which,
}
