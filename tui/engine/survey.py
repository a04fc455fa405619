"""What is known of a build before it begins: its Dockerfile, how much would be sent, which builder builds."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.engine.buildchecks import check_build, check_classic, check_read
from tui.engine.context import Measure, ignore_file, load_ignored, measure
from tui.engine.dockerfile import load
from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui.engine.buildanswers import BuildAnswers
    from tui.engine.dockerfile import Dockerfile

_PAUSE = 0.15
"""Seconds for which nothing must be typed before a folder is looked at."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found so far.

    Args:
        where: the folder and the Dockerfile that it is about; None before there are any.
        classic: why the classic builder builds; empty for BuildKit, None while nobody knows.
        ignoring: what is wrong with the .dockerignore.

    """

    where: tuple[Path, Path] | None = None
    classic: str | None = None
    dockerfile: Dockerfile | None = None
    sent: Measure | None = None
    ignoring: str = ""

    def about(self, answers: BuildAnswers) -> Findings:
        """Give what of it holds for these answers."""
        if self.where == (answers.folder, answers.file):
            return self
        return Findings(classic=self.classic)


class Survey:
    """Looks at what was typed, on a thread of its own, until it is closed.

    Args:
        why_classic: says why the classic builder builds, or nothing; called on that thread.

    """

    def __init__(self, why_classic: Callable[[], str]) -> None:
        self._why_classic = why_classic
        self._changed = threading.Event()
        self._closed = False
        self._answers: BuildAnswers | None = None
        self._tell: Callable[[], None] = lambda: None
        self.findings = Findings()

    def start(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Begin; `tell` is called on the thread when there is something new. Gives what ends it."""
        self._tell = tell
        threading.Thread(target=self._run, name="survey", daemon=True).start()
        return self.close

    @property
    def folder(self) -> Path | None:
        """The folder that is typed now."""
        return self._answers.folder if self._answers is not None else None

    def close(self) -> None:
        """End it, at once."""
        self._closed = True
        self._changed.set()

    def look_at(self, answers: BuildAnswers) -> None:
        """Look at what is typed now, when nothing else has been typed for a moment."""
        before, self._answers = self._answers, answers
        if before is None or (before.folder, before.file) != (answers.folder, answers.file):
            self._changed.set()

    def check(self, answers: BuildAnswers) -> dict[str, str]:
        """Say what is wrong, by the name of the field, as far as it is known."""
        found = self.findings.about(answers)
        wrong = check_classic(answers, found.dockerfile) if found.classic else {}
        if found.dockerfile is not None:
            wrong |= check_read(answers, found.dockerfile)
        if found.ignoring:
            wrong["context"] = found.ignoring
        elif found.sent is not None and found.sent.unreadable:
            wrong["context"] = found.sent.unreadable
        return wrong | check_build(answers)

    # On its thread

    def _run(self) -> None:
        try:
            self._find(classic=self._why_classic())
        except EngineError:
            # Whoever begins the build asks again, and tells.
            self._find(classic=None)
        while self._wait():
            if not self._changed.wait(_PAUSE):
                self._look()

    def _wait(self) -> bool:
        """Wait for something else to look at; says whether to go on."""
        self._changed.wait()
        self._changed.clear()
        return not self._closed

    def _look(self) -> None:
        answers = self._answers
        if answers is None:
            return
        classic = self.findings.classic
        self._find(findings=Findings((answers.folder, answers.file), classic))
        if check_build(answers).keys() & {"context"}:
            return
        try:
            self._find(dockerfile=load(answers.file))
        except EngineError:
            # The field itself says it.
            self._find(dockerfile=None)
        try:
            ignored = load_ignored(ignore_file(answers.folder, answers.file, buildkit=not classic))
        except EngineError as error:
            self._find(ignoring=str(error))
            return
        self._find(sent=measure(answers.folder, ignored, self._count))

    def _count(self, so_far: Measure) -> bool:
        self._find(sent=so_far)
        return not self._changed.is_set()

    def _find(self, findings: Findings | None = None, **found: object) -> None:
        self.findings = replace(findings or self.findings, **found)  # type: ignore[arg-type]  # its own fields
        if not self._closed:
            self._tell()
