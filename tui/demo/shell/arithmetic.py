"""Sums of whole numbers, as a shell works them out in `$((…))`."""

from __future__ import annotations

import ast
import operator
import re
from typing import TYPE_CHECKING, Any

from tui.demo.shell.tokens import ShellSyntaxError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
