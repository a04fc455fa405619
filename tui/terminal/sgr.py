"""The look of a cell as the terminal takes it (SGR, OSC 8), and the shortest way from one to another."""

from __future__ import annotations

from dataclasses import dataclass, field

PLAIN = 0
"""The number of the look that a terminal has after a reset."""

_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "21": "24", "5": "25", "6": "25", "7": "27", "8": "28"}
_OFF |= {"9": "29", "51": "54", "52": "54", "53": "55"}
_SEEN_ON_BLANKS = frozenset({"4", "21", "7", "9", "51", "52", "53"})
_EXTENDED = {"5": 3, "2": 5}
"""Words of an extended colour, by its form: an index, or red, green and blue."""


@dataclass(frozen=True, slots=True)
class Look:
    """Attributes and colours, each as the words that switch it on; empty colours are the terminal's own."""

    attributes: frozenset[str] = frozenset()
    foreground: str = ""
    background: str = ""
    link: str = ""

    @property
    def flat(self) -> bool:
        """Whether a blank in it shows nothing but its background."""
        return not self.link and not self.attributes & _SEEN_ON_BLANKS


def parse(words: str, link: str = "") -> Look:
    """Read the parameters of one SGR sequence that starts from a reset.

    Raises:
        ValueError: at what is neither an attribute nor a colour.

    """
    attributes: set[str] = set()
    foreground = background = ""
    parts = words.split(";") if words else []
    at = 0
    while at < len(parts):
        word = parts[at]
        size = 1
        if word in {"38", "48"}:
            size = _EXTENDED.get(parts[at + 1] if at + 1 < len(parts) else "", 0)
            colour = ";".join(parts[at : at + size])
            if not size or at + size > len(parts):
                raise ValueError(f"not a colour: {words}")
            if word == "38":
                foreground = colour
            else:
                background = colour
        elif word in _OFF:
            attributes.add(word)
        elif word in {"39", "49", "0", ""}:
            pass  # the terminal's own, which a reset has put there
        elif len(word) == 2 and word[0] in "39" and word[1] in "01234567":
            foreground = word
        elif (word[:-1] in {"4", "10"}) and word[-1] in "01234567":
            background = word
        else:
            raise ValueError(f"not an attribute: {words}")
        at += size
    return Look(frozenset(attributes), foreground, background, link)


@dataclass(slots=True)
class Looks:
    """Every look that was drawn, by number: cells are compared and kept as small numbers."""

    looks: list[Look] = field(default_factory=lambda: [Look()])
    _numbers: dict[tuple[str, str], int] = field(default_factory=lambda: {("", ""): PLAIN})
    _by_look: dict[Look, int] = field(default_factory=lambda: {Look(): PLAIN})
    _ways: dict[tuple[int, int], str] = field(default_factory=dict)

    def number(self, words: str, link: str) -> int:
        """Give the number of a look; see `parse`."""
        found = self._numbers.get((words, link))
        if found is None:
            look = parse(words, link)
            # The same look in other words gets the same number.
            found = self._by_look.setdefault(look, len(self.looks))
            if found == len(self.looks):
                self.looks.append(look)
            self._numbers[words, link] = found
        return found

    def change(self, old: int, new: int) -> str:
        """Give what makes a terminal that writes in the look `old` write in the look `new`."""
        if old == new:
            return ""
        way = self._ways.get((old, new))
        if way is None:
            way = self._ways[old, new] = _change(self.looks[old], self.looks[new])
        return way

    def flat(self, number: int) -> bool:
        """Say whether a blank in this look can be erased instead of written."""
        return self.looks[number].flat


def _change(old: Look, new: Look) -> str:
    link = f"\x1b]8;{new.link or ';'}\x1b\\" if old.link != new.link else ""
    return link + min(_turned(old, new), _reset(new), key=len)


def _turned(old: Look, new: Look) -> str:
    """Switch off and on only what differs."""
    removed = old.attributes - new.attributes
    off = {_OFF[one] for one in removed}
    # One word may switch off more than it should: bold and dim share theirs.
    on = {one for one in new.attributes if one not in old.attributes or _OFF[one] in off}
    words = [*sorted(off), *sorted(on)]
    if old.foreground != new.foreground:
        words.append(new.foreground or "39")
    if old.background != new.background:
        words.append(new.background or "49")
    return f"\x1b[{';'.join(words)}m" if words else ""


def _reset(new: Look) -> str:
    words = [*sorted(new.attributes), *filter(None, (new.foreground, new.background))]
    return f"\x1b[0;{';'.join(words)}m" if words else "\x1b[m"
