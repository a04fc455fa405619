"""The keys by which a client leaves a terminal that goes on without it."""

from __future__ import annotations

from tui.demo.refusal import RefusalError

USUAL = b"\x10\x11"
"""ctrl+p, ctrl+q."""
_CONTROLS = {"@": 0, "[": 27, "\\": 28, "]": 29, "^": 30, "_": 31}


def read_keys(text: str, status: int, complaint: str) -> bytes:
    """Read `ctrl-x,z`; an empty text is no keys at all.

    Raises:
        RefusalError: `status` with the `complaint` that the words go into.

    """
    keys = bytearray()
    for word in text.split(",") if text else ():
        name = word.lower().removeprefix("ctrl-")
        if len(word) == 1:
            keys += word.encode()
        elif (
            word.lower().startswith("ctrl-") and len(name) == 1 and ("a" <= name <= "z" or name in _CONTROLS)
        ):
            keys.append(_CONTROLS.get(name, ord(name) & 31))
        else:
            raise RefusalError(status, complaint % text)
    return bytes(keys)


class KeyWatch:
    """Looks for the keys in what a client sends, across its pieces."""

    def __init__(self, keys: bytes) -> None:
        self._keys = keys
        self._held = b""

    def filter(self, data: bytes) -> tuple[bytes, bool]:
        """Give what may pass, and whether the keys were found; the start of a match is held back."""
        if not self._keys:
            return data, False
        data = self._held + data
        place = data.find(self._keys)
        if place >= 0:
            return data[:place], True
        held = next(
            (n for n in range(min(len(self._keys) - 1, len(data)), 0, -1) if data.endswith(self._keys[:n])), 0
        )
        self._held = data[len(data) - held :]
        return data[: len(data) - held], False
