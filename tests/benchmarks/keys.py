"""The keys of the programs that are measured."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

_NAMED = {
    "enter": b"\r",
    "esc": b"\x1b",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "space": b" ",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "comma": b",",
    "equals": b"=",
}

Pressed = tuple[bytes, ...]


@dataclass(frozen=True)
class Keys:
    """What is pressed for what; nothing where the program can't do it."""

    quit: Pressed = (b"q",)
    """Ends the program."""
    list: Pressed = ()
    """Goes to the containers after the start."""
    down: Pressed = (_NAMED["down"],)
    up: Pressed = (_NAMED["up"],)
    logs: Pressed = ()
    """Opens the log of the second container by name, from where the cursor is after `list`."""
    probe: Pressed = ()
    """Two keys that move a bar of colour away and back while a log is shown."""


def parse(words: str) -> Pressed:
    """Read keys as they are written: `2`, `ctrl+c`, `down enter`.

    Raises:
        ValueError: there is no such key.

    """
    return tuple(_one(word) for word in words.split())


def _one(word: str) -> bytes:
    if word in _NAMED:
        return _NAMED[word]
    if word.startswith("ctrl+") and len(word) == 6 and word[5].isalpha():
        return bytes([ord(word[5].upper()) & 31])
    if len(word) == 1:
        return word.encode()
    raise ValueError(f"no key {word!r}; there are characters, ctrl+letter, {', '.join(_NAMED)}")


def rebind(keys: Keys, words: str) -> Keys:
    """Change what `quit=q,logs=enter l` names.

    Raises:
        ValueError: it names something else, or no key.

    """
    known = [field.name for field in fields(Keys)]
    for binding in words.split(","):
        what, equals, pressed = binding.partition("=")
        if not equals or what.strip() not in known:
            raise ValueError(f"{binding!r} is not KEY=WHAT IS PRESSED with one of {', '.join(known)}")
        keys = replace(keys, **{what.strip(): parse(pressed)})
    return keys
