"""JSON as lines of text, lightly coloured."""

from __future__ import annotations

import json
import re

from tui.widgets.ring import Line

_KEY, _STRING, _NUMBER, _WORD, _RESET = "\x1b[36m", "\x1b[32m", "\x1b[33m", "\x1b[35m", "\x1b[0m"
_TOKENS = re.compile(r'^(\s*)(?:("(?:[^"\\]|\\.)*")(: ))?(.*?)(,?)$')

# What JSON allows in a string, but would break a line, turn its direction or not be seen.
_ODD = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def json_lines(value: object) -> list[Line]:
    """Return a value as JSON, in lines with two blanks a level; keys keep their order.

    Without the colour codes the lines together are the same value in JSON again. What JSON has no
    word for is written as a string.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    text = _ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return [Line(_colored(line)) for line in text.split("\n")]


def _colored(line: str) -> str:
    """Return one line of JSON with colour codes."""
    match = _TOKENS.match(line)
    if match is None:
        return line
    indent, key, colon, value, comma = match.groups("")
    shown = f"{_KEY}{key}{_RESET}{colon}" if key else ""
    return f"{indent}{shown}{_value(value)}{comma}"


def _value(value: str) -> str:
    """Return a string, number or word with its colour; brackets have none."""
    if not value or value[0] in "[]{}":
        return value
    color = _STRING if value[0] == '"' else _NUMBER if value[0] in "-0123456789" else _WORD
    return f"{color}{value}{_RESET}"
