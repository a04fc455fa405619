"""Reading the words of a docker command as the docker CLI does, for the flags that are known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_YES = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_NO = frozenset({"0", "f", "F", "false", "FALSE", "False"})


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of a command.

    Args:
        name: as in `--name`.
        short: the letter, as in `-n`; empty where it has none.
        switch: whether it is on or off, instead of taking a value.

    """

    name: str
    short: str = ""
    switch: bool = False


class Given:
    """What was given for the flags of a command, and the words behind them."""

    def __init__(self, values: Mapping[str, Sequence[str]], words: Sequence[str]) -> None:
        self._values = values
        self.words = tuple(words)

    def on(self, name: str) -> bool:
        """Say whether a switch is on."""
        return self.last(name) in _YES

    def last(self, name: str) -> str:
        """Give the value of a flag, the last one where there are more; empty where there is none."""
        return (self._values.get(name) or ("",))[-1]

    def all(self, name: str) -> list[str]:
        """Give all values of a flag that may be repeated."""
        return list(self._values.get(name, ()))

    def has(self, name: str) -> bool:
        """Say whether a flag was given at all."""
        return name in self._values


class _Reader:
    def __init__(self, command: str, flags: Sequence[Flag]) -> None:
        self._command = command
        self._long = {flag.name: flag for flag in flags}
        self._short = {flag.short: flag for flag in flags if flag.short}
        self.values: dict[str, list[str]] = {}

    def read(self, words: list[str]) -> list[str]:
        """Take the flags off the front; gives the words from the first that is none."""
        while words and words[0].startswith("-") and words[0] != "-":
            word = words.pop(0)
            if word == "--":
                break
            if word.startswith("--"):
                self._read_long(word, words)
            else:
                self._read_short(word, words)
        return words

    def _read_long(self, word: str, words: list[str]) -> None:
        name, given, value = word[2:].partition("=")
        flag = self._long.get(name)
        if flag is None:
            raise self._unknown(f"--{name}")
        self._take(flag, f"--{name}", value if given else None, words)

    def _read_short(self, word: str, words: list[str]) -> None:
        rest = word[1:]
        while rest:
            letter, rest = rest[0], rest[1:]
            flag = self._short.get(letter)
            if flag is None:
                raise self._unknown(f"-{letter}")
            if flag.switch and not rest.startswith("="):
                self._take(flag, f"-{letter}", None, words)
                continue
            self._take(flag, f"-{letter}", rest.removeprefix("=") if rest else None, words)
            return

    def _take(self, flag: Flag, shown: str, value: str | None, words: list[str]) -> None:
        if flag.switch:
            value = "true" if value is None else value
            if value not in _YES | _NO:
                raise EngineError(f"{shown} takes true or false, not {value!r}")
        elif value is None:
            if not words:
                raise EngineError(f"{shown} needs a value")
            value = words.pop(0)
        self.values.setdefault(flag.name, []).append(value)

    def _unknown(self, shown: str) -> EngineError:
        what = f"{shown} of docker {self._command}"
        return EngineError(f"{what} needs the docker CLI, and there is none on this machine's PATH")


def read_flags(command: str, flags: Sequence[Flag], words: Sequence[str]) -> Given:
    """Read the words behind `docker COMMAND`: flags up to the first word that is none.

    Raises:
        EngineError: for a flag that is not known here, by its name, and for one without its value.

    """
    reader = _Reader(command, flags)
    rest = reader.read(list(words))
    return Given(reader.values, rest)


def detach_keys(text: str) -> bytes:
    """Give the bytes that keys such as `ctrl-p,ctrl-q` or `a,ctrl-^` send.

    Raises:
        EngineError: for keys that Docker does not take.

    """
    out = bytearray()
    for key in text.split(","):
        control = key.removeprefix("ctrl-")
        if len(key) == 1:
            out += key.encode()
        elif control != key and len(control) == 1 and ("a" <= control <= "z" or control in "@[\\]^_"):
            out.append(ord(control.upper()) & 31)
        else:
            raise EngineError(
                f"--detach-keys takes letters and ctrl-LETTER, a comma between two, not {text!r}"
            )
    return bytes(out)


def environment(given: Given, environ: Mapping[str, str]) -> list[str]:
    """Give the variables of `--env-file` and `-e`, as NAME=value; a bare NAME takes its value from here.

    Raises:
        EngineError: for a file that can't be read, and a name that is none.

    """
    out = [line for path in given.all("env-file") for line in read_env_file(path, environ)]
    for text in given.all("env"):
        name, has_value, _ = text.partition("=")
        if not name:
            raise EngineError(f"-e takes NAME=value, not {text!r}")
        # A bare name without a value here takes it away from what the image sets: that is Docker's way.
        out.append(text if has_value or name not in environ else f"{name}={environ[name]}")
    return out


def read_env_file(path: str, environ: Mapping[str, str]) -> list[str]:
    """Give the variables of an `--env-file`, as NAME=value.

    Raises:
        EngineError: where it can't be read, or has a line that sets nothing.

    """
    try:
        with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123  # as it was typed
            lines = [line.lstrip().rstrip("\r\n") for line in file]
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise EngineError(f"--env-file {path}: {why}") from error
    out = []
    for line in lines:
        name, has_value, _ = line.partition("=")
        if not line or line.startswith("#"):
            continue
        if not name or any(char.isspace() for char in name):
            raise EngineError(f"--env-file {path}: {name!r} is no name of a variable")
        if has_value:
            out.append(line)
        elif name in environ:
            out.append(f"{name}={environ[name]}")
    return out
