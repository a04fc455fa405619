"""ps, env, id, sleep, test: what is not about files."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from tui.demo.shell.place import KERNEL
from tui.demo.words import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.shell.console import Steps
    from tui.demo.shell.place import Run

_SPANS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_CPUS = 8
_LONGEST = 366 * 86_400.0


def _env(run: Run) -> int:
    for name, value in run.env.items():
        run.say(f"{name}={value}")
    return 0


def _nproc(run: Run) -> int:
    run.say(str(_CPUS))
    return 0


def _printenv(run: Run) -> int:
    if not run.args:
        return _env(run)
    for name in run.args:
        if name in run.env:
            run.say(run.env[name])
    return int(not all(name in run.env for name in run.args))


def _ps(run: Run) -> int:
    run.say("PID   USER     COMMAND")
    rows = list(run.place.processes())
    own = " ".join([run.name, *run.args])
    if not any(command == own for _, _, command in rows):
        # A shell has started it, which is a program of its own only here.
        rows.append((max(pid for pid, _, _ in rows) + 1 if rows else 1, run.place.user, own))
    for pid, user, command in rows:
        run.say(f"{pid:>5} {run.place.name_of(user):<8} {command}")
    return 0


def _hostname(run: Run) -> int:
    if run.args and run.args[0] == "-i":
        rows = run.place.tree.read("/etc/hosts").decode().splitlines()
        run.say(
            next((row.split()[0] for row in rows if row.endswith(f"\t{run.place.hostname}")), "127.0.0.1")
        )
    elif run.args:
        return run.fail("sethostname: Operation not permitted")
    else:
        run.say(run.place.hostname)
    return 0


def _whoami(run: Run) -> int:
    name = run.place.name_of(run.place.user)
    if name.isdecimal():
        return run.fail(f"unknown uid {name}")
    run.say(name)
    return 0


def _id(run: Run) -> int:
    number, name = run.place.user, run.place.name_of(run.place.user)
    if not run.options("un"):
        return 1
    if "u" in run.flags:
        run.say(name if "n" in run.flags else number)
        return 0
    shown = number if name == number else f"{number}({name})"
    run.say(f"uid={shown} gid={shown} groups={shown}")
    return 0


def _uname(run: Run) -> int:
    if not run.options("asnrvm"):
        return 1
    facts = {
        "s": "Linux",
        "n": run.place.hostname,
        "r": KERNEL,
        "v": "#45-Ubuntu SMP PREEMPT_DYNAMIC",
        "m": "x86_64",
    }
    wanted = set(facts) if "a" in run.flags else run.flags or {"s"}
    words = [value for key, value in facts.items() if key in wanted]
    run.say(" ".join([*words, "GNU/Linux"] if "a" in run.flags else words))
    return 0


def _date(run: Run) -> int:
    args = [arg for arg in run.args if arg not in {"-u", "--utc"}]
    form = args[0][1:] if args and args[0].startswith("+") else "%a %b %e %H:%M:%S UTC %Y"
    seconds = run.place.now() // SECOND
    form = form.replace("%s", str(seconds)).replace("%Z", "UTC")
    run.say(time.strftime(form.encode("ascii", "replace").decode(), time.gmtime(seconds)))
    return 0


def _sleep(run: Run) -> Steps:
    if not run.args:
        return run.fail("missing operand")
    seconds = 0.0
    for text in run.args:
        found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,9})?)([smhd]?)", text)
        if found is None and text not in {"inf", "infinity"}:
            return run.fail(f"invalid number '{text}'")
        seconds += float(found[1]) * _SPANS[found[2]] if found is not None else _LONGEST
    yield min(seconds, _LONGEST)
    return 0


def _clear(run: Run) -> int:
    run.streams.out(b"\x1b[H\x1b[J")
    return 0


def _stty(run: Run) -> int:
    terminal = run.streams.terminal
    if terminal is None:
        return run.fail("standard input: Not a tty")
    if run.args == ["size"]:
        if not terminal.rows:
            return run.fail("standard input")
        run.say(f"{terminal.rows} {terminal.columns}")
    elif not run.args:
        run.say("speed 38400 baud; line = 0;")
    return 0


def _tty(run: Run) -> int:
    run.say("/dev/pts/0" if run.streams.terminal is not None else "not a tty")
    return int(run.streams.terminal is None)


def _uptime(run: Run) -> int:
    now, up = run.place.now() // SECOND, (run.place.now() - run.place.booted) // SECOND
    hours, minutes = up // 3600, up // 60 % 60
    clock = time.strftime("%H:%M:%S", time.gmtime(now))
    run.say(f" {clock} up {hours:2}:{minutes:02},  0 users,  load average: 0.12, 0.09, 0.05")
    return 0


def _seq(run: Run) -> int:
    if not 1 <= len(run.args) <= 3 or not all(re.fullmatch(r"-?\d{1,6}", arg) for arg in run.args):
        return run.fail("numbers are needed: seq [FIRST [STEP]] LAST")
    numbers = [int(arg) for arg in run.args]
    first, step, last = ([1, 1, *numbers] if len(numbers) == 1 else [numbers[0], 1, numbers[-1]])[-3:]
    step = numbers[1] if len(numbers) == 3 else step
    for number in range(first, last + (1 if step > 0 else -1), step or 1):
        run.say(str(number))
    return 0


def _test(run: Run) -> int:
    args = list(run.args)
    if run.name == "[":
        if args[-1:] != ["]"]:
            return run.fail("missing ]", 2)
        args.pop()
    wrong = args[:1] == ["!"]
    args = args[1:] if wrong else args
    found = _holds(run, args)
    if found is None:
        return run.fail(f"{args[1] if len(args) > 1 else ''}: unknown operand", 2)
    return int(found == wrong)


def _holds(run: Run, args: list[str]) -> bool | None:
    if len(args) < 2:
        return bool(args and args[0])
    if len(args) == 2:
        sign, value = args
        node = run.place.tree.find(run.at(value)) if value else None
        held = {
            "-n": bool(value),
            "-z": not value,
            "-e": node is not None,
            "-f": node is not None and node.kind == "-",
            "-d": node is not None and node.is_folder,
            "-s": node is not None and node.size > 0,
            "-r": node is not None,
            "-w": node is not None,
            "-x": node is not None and bool(node.mode & 0o111),
        }
        return held.get(sign)
    left, sign, right = args[:3]
    if sign in {"=", "==", "!="}:
        return (left == right) != (sign == "!=")
    if not all(re.fullmatch(r"-?\d{1,18}", text) for text in (left, right)):
        return None
    a, b = int(left), int(right)
    return {"-eq": a == b, "-ne": a != b, "-lt": a < b, "-le": a <= b, "-gt": a > b, "-ge": a >= b}.get(sign)


COMMANDS: dict[str, Callable[[Run], int | Steps]] = {
    "[": _test,
    "clear": _clear,
    "date": _date,
    "env": _env,
    "false": lambda run: 1,
    "hostname": _hostname,
    "id": _id,
    "nproc": _nproc,
    "printenv": _printenv,
    "ps": _ps,
    "seq": _seq,
    "sleep": _sleep,
    "stty": _stty,
    "test": _test,
    "true": lambda run: 0,
    "tty": _tty,
    "uname": _uname,
    "uptime": _uptime,
    "whoami": _whoami,
}
