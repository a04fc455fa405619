"""Measure, and print the table."""

from __future__ import annotations

import datetime
import os
import platform
import signal
import sys
import time
from collections.abc import Callable

from tests.benchmarks import engine, options
from tests.benchmarks.alone import OtherRunError, alone
from tests.benchmarks.fleet import Fleet
from tests.benchmarks.lists import ListScene
from tests.benchmarks.logs import LogScene
from tests.benchmarks.options import Options, Subject
from tests.benchmarks.program import EndedError
from tests.benchmarks.table import Figures, markdown

_SIZES = {"small": (50, 0), "large": (100, 400)}
# The thread that takes a program's output must not wait for the one that draws it.
_SWITCH = 0.0005


def main(words: list[str]) -> int:
    """Do what the command line asks."""
    asked = options.read(words)
    try:
        with alone():
            return _run(asked, engine.client().version()["Version"])
    except (engine.NoEngineError, OtherRunError) as error:
        _say(str(error))
        return 1


def _run(asked: Options, version: str) -> int:
    fleet = Fleet()
    if asked.clean:
        fleet.remove()
        return 0
    sys.setswitchinterval(_SWITCH)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    started, load = time.monotonic(), os.getloadavg()[0]
    figures = Figures([subject.name for subject in asked.subjects])
    try:
        for scene in asked.scenes:
            _measure(scene, asked, fleet, figures)
    except KeyboardInterrupt:
        return 130
    finally:
        _say("removing the containers")
        fleet.remove()
    about = {
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} CPUs, {platform.machine()}, {platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "engine": version,
        "load": round(load, 1),
        "seconds": round(time.monotonic() - started),
    }
    head = (
        f"{about['date']}, {about['machine']}, Python {about['python']}, engine {version}; "
        f"load when it began {about['load']}:"
    )
    sys.stdout.write(markdown(figures, asked.scenes, head) + "\n")
    if asked.json:
        asked.json.write_text(figures.json(about) + "\n")
    _say(f"took {about['seconds']} s")
    return 0


def _measure(scene: str, asked: Options, fleet: Fleet, figures: Figures) -> None:
    def each(title: str, take: Callable[[Subject], None]) -> None:
        for subject in asked.subjects:
            _say(f"{scene}: {subject.name}: {title}")
            try:
                take(subject)
            except (EndedError, OSError) as error:
                _say(f"{subject.name}: {error}")
                figures.notes.append(f"{subject.name}, {scene}, {title}: {str(error).splitlines()[0]}")

    _say(f"{scene}: making the containers")
    if scene == "logs":
        logs = LogScene(fleet, asked.effort, figures)
        logs.make()
        each("300k lines", logs.long)
        each("flood", logs.flood)
        return
    fleet.numbered(*_SIZES[scene])
    lists = ListScene(scene, fleet, asked.effort, figures)
    _say(f"{scene}: starts")
    lists.starts(asked.subjects)
    each("at rest", lists.at_rest)
    each("at rest, numbers off", lists.calm)
    each("on a slow link", lists.on_slow_link)
    each("under events", lists.under_events)
    if scene == "small":
        each("busy containers", lists.busy)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
