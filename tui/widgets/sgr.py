"""What colour codes (SGR, "select graphic rendition") add up to, as styles."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rich.color import Color
from rich.style import Style

Paint: TypeAlias = int | tuple[int, int, int] | None
"""One of the 256 colours, or red, green and blue, or none."""

_MOST_CODES = 64


class Look(NamedTuple):
    """Hold what the colour codes so far add up to."""

    color: Paint = None
    background: Paint = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False


PLAIN = Look()
"""What a line begins with."""

_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike", 21: "underline"}
_OFF = {
    22: ("bold", "dim"),
    23: ("italic",),
    24: ("underline",),
    27: ("reverse",),
    29: ("strike",),
    39: ("color",),
    49: ("background",),
}


@lru_cache(maxsize=1024)
def look_after(look: Look, codes: str) -> tuple[Look, Style | None]:
    """Return the look after the parameters of an SGR sequence, and its style; None for a plain one."""
    parts = codes.split(";")[:_MOST_CODES]
    while parts:
        part = parts.pop(0)
        if ":" in part:
            look = _with_colons(look, part.split(":"))
            continue
        code = _number(part)
        if code in {38, 48}:
            color, used = _color(parts)
            del parts[:used]
            look = _colored(look, code, color)
        else:
            look = _with_code(look, code)
    return look, None if look == PLAIN else _style(look)


def _with_code(look: Look, code: int) -> Look:
    """Return the look after one code that stands alone."""
    if code == 0:
        return PLAIN
    if code in _ON:
        return look._replace(**{_ON[code]: True})
    if code in _OFF:
        return look._replace(**{name: PLAIN._asdict()[name] for name in _OFF[code]})
    tens, color = divmod(code, 10)
    if color < 8 and tens in {3, 9}:
        return look._replace(color=color + (8 if tens == 9 else 0))
    if color < 8 and tens in {4, 10}:
        return look._replace(background=color + (8 if tens == 10 else 0))
    return look


def _with_colons(look: Look, parts: list[str]) -> Look:
    """Return the look after a code with parts of its own: `4:3`, `38:5:n`, `38:2::r:g:b`."""
    code = _number(parts[0])
    if code == 4:
        return look._replace(underline=_number(parts[1]) != 0)
    if code in {38, 48}:
        # The place for a colour space is left out as often as not.
        numbers = [parts[1], *parts[-3:]] if parts[1] == "2" else parts[1:]
        return _colored(look, code, _color(numbers)[0])
    return look


def _colored(look: Look, code: int, color: Paint) -> Look:
    """Return the look with a colour, of the text for 38, behind it for 48; as it is without one."""
    if color is None:
        return look
    return look._replace(color=color) if code == 38 else look._replace(background=color)


def _color(parts: list[str]) -> tuple[Paint, int]:
    """Return the colour that follows a 38 or 48, and how many parts it took."""
    kind = parts[0] if parts else ""
    numbers = [_number(part) for part in parts[1:4]]
    if kind == "5" and numbers:
        return (numbers[0] if 0 <= numbers[0] <= 255 else None), 2
    if kind == "2" and len(numbers) == 3:
        red, green, blue = numbers
        return ((red, green, blue) if all(0 <= one <= 255 for one in numbers) else None), 4
    return None, len(parts)


def _number(part: str) -> int:
    """Return the number of a parameter: 0 where it is left out, -1 where it is beyond all bounds."""
    return int(part or "0") if len(part) <= 4 else -1


def _style(look: Look) -> Style:
    """Return the style for a look; what it does not say is left to what lies below."""
    return Style(
        color=_rich_color(look.color),
        bgcolor=_rich_color(look.background),
        bold=look.bold or None,
        dim=look.dim or None,
        italic=look.italic or None,
        underline=look.underline or None,
        reverse=look.reverse or None,
        strike=look.strike or None,
    )


def _rich_color(color: Paint) -> Color | None:
    """Return a colour in the form of the library."""
    if color is None:
        return None
    return Color.from_ansi(color) if isinstance(color, int) else Color.from_rgb(*color)
