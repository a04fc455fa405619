"""touch, mkdir, rm, cp, mv: what changes files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.shell.files import LINK, FileError, Node, copied

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.shell.place import Run

_USAGE = "missing operand"
_CLAUSE = re.compile(r"([ugoa]*)([-+=])([rwx]*)")


def _touch(run: Run) -> int:
    if not run.options("c"):
        return 1
    code = 0
    for path in run.args:
        try:
            run.place.tree.touch(run.at(path), run.place.user)
        except FileError as error:
            code = run.fail(f"{path}: {error}")
    return code


def _mkdir(run: Run) -> int:
    if not run.options("p") or not run.args:
        return run.fail(_USAGE)
    code = 0
    for path in run.args:
        try:
            run.place.tree.make_folder(run.at(path), run.place.user, parents="p" in run.flags)
        except FileError as error:
            code = run.fail(f"can't create directory '{path}': {error}")
    return code


def _rmdir(run: Run) -> int:
    code = 0
    for path in run.args:
        try:
            node = run.place.tree.get(run.at(path), follow=False)
            if not node.is_folder:
                raise FileError("Not a directory")
            if node.children:
                raise FileError("Directory not empty")
            run.place.tree.remove(run.at(path), run.place.user)
        except FileError as error:
            code = run.fail(f"'{path}': {error}")
    return code


def _rm(run: Run) -> int:
    if not run.options("rRfi"):
        return 1
    deep, force = bool(run.flags & {"r", "R"}), "f" in run.flags
    if not run.args and not force:
        return run.fail(_USAGE)
    code = 0
    for path in run.args:
        node = run.place.tree.find(run.at(path), follow=False)
        if node is None:
            code = code if force else run.fail(f"can't remove '{path}': No such file or directory")
        elif run.at(path) == "/":
            code = run.fail("can't remove '/': Resource busy")
        elif node.is_folder and not deep:
            code = run.fail(f"'{path}' is a directory")
        else:
            code = _removed(run, path) or code
    return code


def _removed(run: Run, path: str) -> int:
    try:
        run.place.tree.remove(run.at(path), run.place.user)
    except FileError as error:
        return run.fail(f"can't remove '{path}': {error}")
    return 0


def _target(run: Run, source: str, target: str) -> str:
    """Give the path to write to: a folder takes the name of the source."""
    node = run.place.tree.find(run.at(target))
    name = run.at(source).rpartition("/")[2]
    return f"{run.at(target)}/{name}" if node is not None and node.is_folder else run.at(target)


def _cp(run: Run) -> int:
    if not run.options("rRapf") or len(run.args) < 2:
        return run.fail(_USAGE)
    deep, code = bool(run.flags & {"r", "R", "a"}), 0
    *sources, target = run.args
    for source in sources:
        try:
            node = run.place.tree.get(run.at(source))
            if node.is_folder and not deep:
                code = run.fail(f"omitting directory '{source}'")
                continue
            made = copied(node)
            made.changed, made.owner = run.place.now(), run.place.user
            run.place.tree.put(_target(run, source, target), made, run.place.user)
        except FileError as error:
            code = run.fail(f"can't copy '{source}': {error}")
    return code


def _mv(run: Run) -> int:
    if not run.options("f") or len(run.args) < 2:
        return run.fail(_USAGE)
    *sources, target = run.args
    code = 0
    for source in sources:
        try:
            node = run.place.tree.get(run.at(source), follow=False)
            place = _target(run, source, target)
            if place == run.at(source) or place.startswith(f"{run.at(source)}/"):
                raise FileError("Invalid argument")
            run.place.tree.remove(run.at(source), run.place.user)
            run.place.tree.put(place, node, run.place.user)
        except FileError as error:
            code = run.fail(f"can't rename '{source}': {error}")
    return code


def _ln(run: Run) -> int:
    if not run.options("sf") or len(run.args) != 2 or "s" not in run.flags:
        return run.fail("only -s TARGET LINK is part of the demo")
    target, link = run.args
    path = _target(run, target, link)
    if run.place.tree.find(path, follow=False) is not None and "f" not in run.flags:
        return run.fail(f"{link}: File exists")
    made = Node(LINK, 0o777, run.place.now(), run.place.user, target=target)
    try:
        run.place.tree.put(path, made, run.place.user)
    except FileError as error:
        return run.fail(f"{link}: {error}")
    return 0


def _chmod(run: Run) -> int:
    if len(run.args) < 2:
        return run.fail(_USAGE)
    mode, *paths = run.args
    code = 0
    for path in paths:
        try:
            node = run.place.tree.get(run.at(path))
            if run.place.user not in {"0", node.owner}:
                raise FileError("Operation not permitted")
        except FileError as error:
            code = run.fail(f"{path}: {error}")
            continue
        changed = _changed(node.mode, mode)
        if changed is None:
            return run.fail(f"invalid mode '{mode}'")
        node.mode = changed
        node.changed = run.place.now()
    return code


def _changed(before: int, text: str) -> int | None:
    if re.fullmatch(r"[0-7]{3,4}", text):
        return int(text, 8)
    for clause in text.split(","):
        found = _CLAUSE.fullmatch(clause)
        if found is None:
            return None
        bits = sum({"r": 4, "w": 2, "x": 1}[sign] for sign in set(found[3]))
        who = set(found[1]) or {"a"}
        mask = sum(bits << shift for name, shift in (("u", 6), ("g", 3), ("o", 0)) if who & {name, "a"})
        all_of = sum(7 << shift for name, shift in (("u", 6), ("g", 3), ("o", 0)) if who & {name, "a"})
        kept = before & ~all_of if found[2] == "=" else before
        before = kept & ~mask if found[2] == "-" else kept | mask
    return before


COMMANDS: dict[str, Callable[[Run], int]] = {
    "chmod": _chmod,
    "cp": _cp,
    "ln": _ln,
    "mkdir": _mkdir,
    "mv": _mv,
    "rm": _rm,
    "rmdir": _rmdir,
    "touch": _touch,
}
