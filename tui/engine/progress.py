"""What builders and Compose print while they work, read into steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.engine.report import Report, StepState

_NAME_MOST = 72
"""Characters of a step's name in a failure, so that what comes after it can be seen."""
_FULL_MOST = 160
"""Characters of what a program says of a full disk; of more, only the words for that are told."""
_MESSAGE_MOST = 400
"""Characters of a message of several lines, such as all that is wrong with a file."""

_BUILDX = re.compile(r"(#[1-9]\d*) (.*)", re.DOTALL)
_BUILDX_TOOK = re.compile(r"DONE (\d+(?:\.\d+)?)s")
_BUILDX_STAMP = re.compile(r"\d+\.\d+ ")
_BUILDX_ERROR = re.compile(r"ERROR:? (.*)", re.DOTALL)
_EXIT_CODE = re.compile(r"(?:exit code: |returned a non-zero code: )(\d+)")
_FULL = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)
_LOOK = re.compile(r"\x1b\[[0-9;]*m")
_BUILDX_FRAME = re.compile(r"(?:ERROR: |failed to build: |failed to solve: )+")

_CLASSIC_STEP = re.compile(r"Step (\d+)/(\d+) : (.*)", re.DOTALL)
_CLASSIC_CACHED = " ---> Using cache"

_COMPOSE = re.compile(
    r' (?:(Container|Network|Volume|Image|Service|Config|Secret) )?"?([^\s"]+)"? +([A-Z][a-z]+)\b(.*)'
)
_LAYER = re.compile(r"[0-9a-f]{12}")
_WARNING = re.compile(r'time="[^"]*" level=(?:warning|info|debug) |WARN\[\d+\]|\s*$')
_RUNNING = (
    "Building Creating Killing Pausing Pulling Pushing Recreate Recreating Removing Restarting "
    "Starting Stopping Unpausing Waiting"
)
_DONE = (
    "Built Created Exited Healthy Killed Paused Pulled Pushed Recreated Removed Restarted Skipped Started "
    "Stopped Unpaused"
)
_COMPOSE_WORDS: dict[str, StepState] = {
    **dict.fromkeys(_RUNNING.split(), "running"),
    **dict.fromkeys(_DONE.split(), "done"),
    "Running": "cached",
    "Error": "failed",
    "Interrupted": "waiting",
}


class Parser(Protocol):
    """Reads the lines of one program, in order."""

    def read(self, line: str, report: Report) -> None:
        """Keep the line in `report`, and change the steps that it tells of."""

    def end(self, code: int, report: Report) -> None:
        """Take the program's exit code: where it is not 0, say in one line what failed."""


class PlainParser:
    """Knows no steps: what failed is what the last line says."""

    def __init__(self) -> None:
        self._last = ""

    def read(self, line: str, report: Report) -> None:
        """Keep the line."""
        report.line(line)
        self._last = line.strip() or self._last

    def end(self, code: int, report: Report) -> None:
        """Say the last line."""
        if code and self._last:
            report.fail(self._last)


class BuildxParser:
    """Reads `docker build --progress=plain` of BuildKit: `#5 [2/2] RUN …`, `#5 0.1 text`, `#5 DONE 0.1s`."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._full: dict[str, str] = {}
        self._failure = ""
        self._error = ""
        self._last = ""

    def read(self, line: str, report: Report) -> None:
        """Keep the line, and change the step whose number it begins with."""
        match = _BUILDX.fullmatch(line)
        if match:
            self._read_step(match[1], match[2], line, report)
            return
        report.line(line)
        self._last = line.strip() or self._last
        if line.startswith("ERROR: "):
            self._error = _BUILDX_FRAME.sub("", line, count=1)

    def _read_step(self, key: str, text: str, line: str, report: Report) -> None:
        if key not in self._names:
            self._names[key] = text
            report.step(key, name=text, state="running")
            report.line(line)
        elif took := _BUILDX_TOOK.fullmatch(text):
            report.step(key, state="done", seconds=float(took[1]))
            report.line(line)
        elif text in {"CACHED", "CANCELED"}:
            report.step(key, state="cached" if text == "CACHED" else "waiting")
            report.line(line)
        elif error := _BUILDX_ERROR.fullmatch(text):
            report.step(key, state="failed")
            report.line(line, key, len(key) + 1)
            self._failure = _failed(self._names[key], error[1], self._full.get(key, ""))
        elif text in {self._names[key], "..."}:
            # BuildKit turns from one step to another, and says the name again when it comes back.
            report.line(line)
        else:
            stamp = _BUILDX_STAMP.match(text)
            start = stamp.end() if stamp else 0
            report.line(line, key, len(key) + 1 + start)
            self._full[key] = _full(text[start:]) or self._full.get(key, "")

    @property
    def failure(self) -> str:
        """What failed so far, in one line, or nothing."""
        return self._failure or self._error

    def end(self, code: int, report: Report) -> None:
        """Say which step failed, and with which exit code."""
        if code and (failure := self.failure or self._last):
            report.fail(failure)


class ClassicParser:
    """Reads the stream of the classic builder: `Step 2/5 : RUN …` and what comes of it."""

    def __init__(self) -> None:
        self._now = 0
        self._names: dict[int, str] = {}
        self._full = ""
        self._last = ""

    def read(self, line: str, report: Report) -> None:
        """Keep the line; a new step ends the one before."""
        match = _CLASSIC_STEP.fullmatch(line)
        # A program's own output may look the same, but will hardly count on.
        if match and int(match[1]) == self._now + 1:
            report.close_steps("done")
            self._now += 1
            self._full = ""
            self._names[self._now] = f"[{match[1]}/{match[2]}] {match[3]}"
            report.step(str(self._now), name=self._names[self._now], state="running")
            report.line(line)
            return
        if line == _CLASSIC_CACHED and self._now:
            report.step(str(self._now), state="cached")
        report.line(line, str(self._now) if self._now else "")
        self._full = _full(line) or self._full
        self._last = line.strip() or self._last

    def end(self, code: int, report: Report) -> None:
        """Say which step failed; what the engine said of it is the last line."""
        if not code:
            return
        if self._now:
            report.step(str(self._now), state="failed")
            report.fail(_failed(self._names[self._now], self._last, self._full))
        elif self._last:
            report.fail(self._last)


class ComposeParser:
    """Reads `docker compose --progress plain`: ` Container shop-db-1  Started`, and builds in between."""

    def __init__(self) -> None:
        self._build = BuildxParser()
        self._states: dict[str, StepState] = {}
        self._message = ""
        self._error = ""

    def read(self, line: str, report: Report) -> None:
        """Keep the line, and change the step that it names."""
        if _BUILDX.fullmatch(line):
            self._build.read(line, report)
            return
        match = _COMPOSE.fullmatch(line)
        if match is None:
            self._read_words(line, report)
        elif match[3] in _COMPOSE_WORDS and not _LAYER.fullmatch(match[2]):
            key = f"{match[1]} {match[2]}" if match[1] else match[2]
            self._read_step(key, _COMPOSE_WORDS[match[3]], line, report)
        else:
            report.line(line)

    def _read_words(self, line: str, report: Report) -> None:
        report.line(line)
        if not _WARNING.match(line):
            goes_on = line.startswith(" ") and self._message
            self._message = f"{self._message} {line.strip()}"[:_MESSAGE_MOST] if goes_on else line.strip()

    def _read_step(self, key: str, state: StepState, line: str, report: Report) -> None:
        self._states[key] = state
        report.step(key, name=key, state=state)
        report.line(line, key)
        if state == "failed":
            self._error = " ".join(line.split())

    def end(self, code: int, report: Report) -> None:
        """Say what Compose said last; where one step alone was not finished, it is the one that failed."""
        if not code:
            return
        running = [key for key, state in self._states.items() if state == "running"]
        if len(running) == 1 and "failed" not in self._states.values():
            report.step(running[0], state="failed")
        failure = self._build.failure or self._message or self._error
        if failure:
            report.fail(failure)


def _full(line: str) -> str:
    """Give what a program said of a full disk, in its words, or nothing."""
    found = _FULL.search(line)
    if found is None:
        return ""
    words = _LOOK.sub("", line).strip()
    return words if len(words) <= _FULL_MOST else found[0]


def _failed(name: str, message: str, full: str) -> str:
    """Say in one line that a step failed: with its exit code, where it is that of a program.

    An exit code alone does not say that the disk is full: what the program said of that stands behind it.
    """
    short = name if len(name) <= _NAME_MOST else f"{name[: _NAME_MOST - 1]}…"
    code = _EXIT_CODE.search(message)
    if code is None:
        return f"step {short} failed: {message}"
    return f"step {short} failed with exit code {code[1]}{f': {full}' if full else ''}"
