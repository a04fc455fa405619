"""The words of the control socket: one line says what shall go wrong, or happen."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.demo.faults.answers import ContentType, Cut, Hang, Slow, Status
from tui.demo.faults.crowd import Crowd
from tui.demo.faults.flood import Flood
from tui.demo.faults.link import HOWS, Refuse
from tui.demo.faults.shapes import WAYS, Garble, Missing, Null
from tui.demo.faults.storm import Storm
from tui.demo.faults.version import Version
from tui.demo.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.demo.faults.fault import Fault
    from tui.demo.server import DemoEngine

_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Command:
    """One word of the control socket.

    Args:
        usage: what stands behind it; `[…]` may be left out, and `…` is the rest of the line.
        about: what it does.
        run: does it, and gives what is told, or the fault that it made.

    """

    name: str
    usage: str
    about: str
    run: Callable[[DemoEngine, Sequence[str]], str | Fault]

    @property
    def least(self) -> int:
        """How many words it needs."""
        return sum(not word.startswith("[") for word in self.usage.split())

    @property
    def most(self) -> float:
        """How many words it takes."""
        return float("inf") if "…" in self.usage else len(self.usage.split())


def obey(engine: DemoEngine, line: str) -> str:
    """Do what a line says; gives one line, `ok …` or `error: …`."""
    try:
        words = shlex.split(line)
        if not words:
            raise ValueError("a command is needed; help lists them")
        command = _COMMANDS.get(words[0])
        if command is None:
            raise ValueError(f"there is no command {words[0]}; there are {', '.join(_COMMANDS)}")
        if not command.least <= len(words) - 1 <= command.most:
            raise ValueError(f"{words[0]} is written: {command.name} {command.usage}".rstrip())
        found = command.run(engine, words[1:])
        told = found if isinstance(found, str) else str(engine.faults.add(found))
    except RefusalError as error:
        return _line(f"error: {error.message}")
    except (ValueError, OSError) as error:
        return _line(f"error: {error}")
    return _line(f"ok {told}")


def _line(text: str) -> str:
    return " ".join(text.split())


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= _MOST):
        raise ValueError(f"{what} are a whole number, not {text}")
    return int(text)


def _float(text: str, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= _MOST:
        raise ValueError(f"{what} are a number, such as 2.5, not {text}")
    return number


def _seconds(words: Sequence[str]) -> float | None:
    return _float(words[0], "seconds") if words else None


def _help(engine: DemoEngine, words: Sequence[str]) -> str:
    if words:
        command = _COMMANDS.get(words[0])
        if command is None:
            raise ValueError(f"there is no command {words[0]}; there are {', '.join(_COMMANDS)}")
        return f"{command.name} {command.usage}: {command.about}"
    return " · ".join(f"{one.name} {one.usage}".rstrip() for one in _COMMANDS.values())


def _list(engine: DemoEngine, words: Sequence[str]) -> str:
    faults = [f"{place} {fault}" for place, fault in enumerate(engine.faults.active, 1)]
    return " · ".join(faults) or "no faults"


def _clear(engine: DemoEngine, words: Sequence[str]) -> str:
    if not words:
        engine.faults.clear()
        return "no faults"
    faults, number = engine.faults.active, _number(words[0], "numbers of faults")
    if not 0 < number <= len(faults):
        raise ValueError(f"there is no fault {number}; list tells which there are")
    engine.faults.remove(faults[number - 1])
    return f"without {faults[number - 1]}"


def _refuse(engine: DemoEngine, words: Sequence[str]) -> Fault:
    how = [word for word in words if word in HOWS]
    rest = [word for word in words if word not in HOWS]
    if len(how) > 1 or len(rest) > 1:
        raise ValueError(f"refuse takes seconds and one of {', '.join(HOWS)}")
    return Refuse(how[0] if how else "killed", seconds=_seconds(rest))


def _status(engine: DemoEngine, words: Sequence[str]) -> Fault:
    path, status, *message = words
    return Status(path, _number(status, "statuses"), " ".join(message))


def _cut(engine: DemoEngine, words: Sequence[str]) -> Fault:
    return Cut(words[0], _number(words[1], "bytes") if len(words) > 1 else None)


def _stop(engine: DemoEngine, words: Sequence[str]) -> str:
    return f"{words[0]} stopped" if engine.world.stop(words[0]) else f"{words[0]} was stopped already"


def _start(engine: DemoEngine, words: Sequence[str]) -> str:
    return f"{words[0]} started" if engine.world.start(words[0]) else f"{words[0]} was started already"


def _die(engine: DemoEngine, words: Sequence[str]) -> str:
    code = _number(words[1], "exit codes") if len(words) > 1 else 1
    if code > 255:
        raise ValueError(f"an exit code is 255 at the most, not {code}")
    engine.world.die(words[0], code)
    return f"{words[0]} died with exit code {code}"


def _oom(engine: DemoEngine, words: Sequence[str]) -> str:
    engine.world.die(words[0], 137, oom=True)
    return f"{words[0]} was killed for memory"


def _health(engine: DemoEngine, words: Sequence[str]) -> str:
    name, status, *said = words
    if status not in {"healthy", "unhealthy", "starting"}:
        raise ValueError(f"{status} is none of healthy, unhealthy, starting")
    engine.world.set_health(name, status, " ".join(said))
    return f"{name} is {status}"


def _log(engine: DemoEngine, words: Sequence[str]) -> str:
    engine.world.log(words[0], " ".join(words[1:]))
    return f"{words[0]} wrote a line"


def _freeze(engine: DemoEngine, words: Sequence[str]) -> str:
    engine.freeze()
    return "frozen; thaw lets it go on"


def _thaw(engine: DemoEngine, words: Sequence[str]) -> str:
    engine.thaw()
    return "it goes on"


_ALL = (
    Command("help", "[COMMAND]", "what there is, or what one command does", _help),
    Command("list", "", "the faults there are, numbered", _list),
    Command("clear", "[NUMBER]", "all faults are over, or that one", _clear),
    Command("refuse", "[SECONDS] [HOW]", f"no connections; how is {', '.join(HOWS)}", _refuse),
    Command("hang", "PATH", "no answer until clear", lambda engine, words: Hang(words[0])),
    Command(
        "slow",
        "PATH SECONDS",
        "an answer that comes late",
        lambda engine, words: Slow(words[0], _float(words[1], "seconds")),
    ),
    Command("status", "PATH STATUS [MESSAGE…]", "a refusal, such as 500", _status),
    Command("cut", "PATH [BYTES]", "an answer or stream that breaks off", _cut),
    Command(
        "garble",
        "PATH [WAY]",
        f"nonsense; the way is {', '.join(WAYS)}",
        lambda engine, words: Garble(*words),
    ),
    Command(
        "type", "PATH TYPE", "another Content-Type", lambda engine, words: ContentType(words[0], words[1])
    ),
    Command(
        "null",
        "PATH FIELD",
        "a field, or every in turn, null",
        lambda engine, words: Null(words[0], words[1]),
    ),
    Command(
        "missing",
        "PATH FIELD",
        "a field, or every in turn, not there",
        lambda engine, words: Missing(words[0], words[1]),
    ),
    Command("version", "API", "an older engine, such as 1.40", lambda engine, words: Version(words[0])),
    Command(
        "storm",
        "RATE [SECONDS]",
        "so many events a second",
        lambda engine, words: Storm(_float(words[0], "rates"), seconds=_seconds(words[1:])),
    ),
    Command(
        "flood",
        "CONTAINER RATE [SECONDS]",
        "so many lines of log a second",
        lambda engine, words: Flood(words[0], _float(words[1], "rates"), seconds=_seconds(words[2:])),
    ),
    Command(
        "crowd",
        "NUMBER",
        "so many more containers",
        lambda engine, words: Crowd(_number(words[0], "containers")),
    ),
    Command("stop", "CONTAINER", "as docker stop does", _stop),
    Command("start", "CONTAINER", "as docker start does", _start),
    Command("die", "CONTAINER [CODE]", "its program ends by itself", _die),
    Command("oom", "CONTAINER", "it is killed for memory", _oom),
    Command("health", "CONTAINER STATUS [WORDS…]", "what its health check finds", _health),
    Command("log", "CONTAINER TEXT…", "it writes a line", _log),
    Command("freeze", "", "nothing is answered, as if the engine's process was halted", _freeze),
    Command("thaw", "", "it goes on after freeze", _thaw),
)
_COMMANDS = {command.name: command for command in _ALL}
HELP = tuple((f"{one.name} {one.usage}".rstrip(), one.about) for one in _ALL)
"""Every command as it is written, and what it does."""
