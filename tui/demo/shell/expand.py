"""What words become before a command gets them: variables, commands, numbers, patterns."""

from __future__ import annotations

import ast
import fnmatch
import operator
import re
from typing import TYPE_CHECKING, Any

from tui.demo.shell.files import joined
from tui.demo.shell.tokens import ShellSyntaxError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.demo.shell.files import Tree

_LARGEST = 1 << 63
_SUMS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def number(text: str, env: Mapping[str, str]) -> int:
    """Work out `$((…))`.

    Raises:
        ShellSyntaxError: where it is no sum of whole numbers.

    """
    try:
        tree = ast.parse(text.replace("$", "").strip() or "0", mode="eval")
        found = _value(tree.body, env)
    except ZeroDivisionError:
        raise ShellSyntaxError("divide by zero") from None
    except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError):
        raise ShellSyntaxError("arithmetic syntax error") from None
    return (found + _LARGEST) % (2 * _LARGEST) - _LARGEST


def _value(node: ast.expr, env: Mapping[str, str]) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return int(node.value)
    if isinstance(node, ast.Name):
        text = env.get(node.id, "")
        return int(text) if re.fullmatch(r"-?\d{1,20}", text) else 0
    if isinstance(node, ast.UnaryOp):
        value = _value(node.operand, env)
        return (
            -value
            if isinstance(node.op, ast.USub)
            else int(not value)
            if isinstance(node.op, ast.Not)
            else value
        )
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = _value(node.left, env), _value(node.comparators[0], env)
        return int(_SUMS[type(node.ops[0])](left, right)) if type(node.ops[0]) in _SUMS else 0
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, env), _value(node.right, env)
        if isinstance(node.op, ast.Div | ast.Mod):
            whole = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            return whole if isinstance(node.op, ast.Div) else left - whole * right
        if type(node.op) in _SUMS:
            return int(_SUMS[type(node.op)](left, right))
    raise ValueError


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
