"""The paths that a pattern such as `*.csv` fits."""

from __future__ import annotations

import fnmatch
import re
from typing import TYPE_CHECKING

from tui.demo.shell.files import joined

if TYPE_CHECKING:
    from tui.demo.shell.files import Tree


def globbed(pattern: str, tree: Tree, folder: str) -> list[str]:
    """Give the paths that fit a pattern; the pattern itself where none does."""
    start, names = ("/", pattern.strip("/")) if pattern.startswith("/") else ("", pattern)
    found = [start]
    for name in names.split("/"):
        found = [f"{at}{one}/" for at in found for one in _fitting(name, tree, joined(folder, at or "."))]
    return sorted(path.rstrip("/") for path in found) or [pattern]


def _fitting(name: str, tree: Tree, folder: str) -> list[str]:
    node = tree.find(folder)
    if node is None or not node.is_folder:
        return []
    if not re.search(r"[*?\[]", name):
        return [name] if name in {".", ".."} or name in node.children else []
    hidden = name.startswith(".")
    return [
        one for one in sorted(node.children) if fnmatch.fnmatchcase(one, name) and (hidden or one[:1] != ".")
    ]
