"""Carries out what actions want: asks, runs, hands over, records. Actions know no screen; this does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from tui import format as fmt
from tui.actions import interactive
from tui.actions.model import (
    Asks,
    Call,
    Choose,
    Fill,
    HandOver,
    Launch,
    Probe,
    Say,
    Steps,
    Want,
)
from tui.engine.errors import EngineError
from tui.screens.launching import Launching
from tui.store.activity import Outcome
from tui.terminal.handover import Loan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.actions.model import Action, Row
    from tui.actions.session import Session
    from tui.details.objects import ObjectList
    from tui.screens.main import MainScreen
    from tui.screens.question import Question

_DOCKERS_OWN = frozenset({125, 126, 127})
"""Exit codes with which docker says that it could not run the program at all."""


@dataclass(frozen=True, slots=True)
class Result:
    """How an act on one object ended; `error` is empty where it went well."""

    name: str
    command: str
    error: str
    seconds: float


class Acts:
    """Everything from an action's key to the line that says how it ended."""

    def __init__(self, screen: MainScreen, session: Session) -> None:
        self._screen = screen
        self._at = session
        self._launching = Launching(screen, session, self._offer)

    # From a key to what is wanted

    async def perform(self, actions: Sequence[Action], listing: ObjectList) -> None:
        """Do what a key stands for to the list's targets; `actions` are all that share the key."""
        rows = self._targets(actions[0], listing)
        if not rows and not actions[0].bare:
            self._screen.say(self._why_no_rows(listing), "warn")
            return
        on_cursor = rows and not actions[0].bare and not listing.view.marks
        if on_cursor and listing.vanished_just_now:
            self._screen.say(
                "what was under the cursor has just gone: press again if you mean this one", "warn"
            )
            return
        await self.perform_on(actions, rows, listing.view.hidden_marks)

    def _targets(self, action: Action, listing: ObjectList) -> tuple[Row, ...]:
        if action.alone:
            return (listing.row,) if listing.row is not None else ()
        return listing.view.targets(None if listing.cursor_key is None else str(listing.cursor_key))

    def _why_no_rows(self, listing: ObjectList) -> str:
        if listing.view.marks:
            count = len(listing.view.marks)
            return f"all {count} marked are hidden by the filter: nothing is done to what is not shown"
        return f"there is no {listing.kind.name} here"

    async def perform_on(self, actions: Sequence[Action], rows: Sequence[Row], hidden: int = 0) -> None:
        """Do the first of the actions that applies to any of the rows."""
        at = self._at
        if any(action.changes for action in actions) and at.why_no_acts:
            self._screen.say(at.why_no_acts, "warn")
            return
        if not rows:
            await self._carry_out(actions[0].plan(at, None), actions[0].label, "")
            return
        action, fit, reasons = self._fitting(actions, rows)
        if not fit:
            self._screen.say(reasons[0], "warn")
            return
        chosen = await self._agree(action, fit, reasons, hidden)
        if chosen is None:
            return
        if at.why_no_acts and action.changes:
            self._screen.say(at.why_no_acts, "warn")
            return
        if action.together is not None and len(fit) > 1:
            await self._carry_out(action.together(at, fit), action.label, f"{len(fit)} {fit[0].kind}s")
            return
        wants = [(row, action.plan(at, row, **chosen)) for row in fit]
        if len(wants) == 1:
            row, want = wants[0]
            await self._carry_out(want, action.label, row.name)
        else:
            await self._carry_out_all(action, wants)

    def _fitting(self, actions: Sequence[Action], rows: Sequence[Row]) -> tuple[Action, list[Row], list[str]]:
        """Pick the action that applies, the rows that it applies to, and why it does not to the others."""
        picked: tuple[Action, list[Row], list[str]] = (actions[0], [], [])
        for action in actions:
            reasons = {row.id: action.applies(self._at, row) for row in rows}
            fit = [row for row in rows if not reasons[row.id]]
            why_not = [reason for reason in reasons.values() if reason]
            if fit:
                return action, fit, why_not
            if not picked[2]:
                picked = (action, [], why_not)
        return picked

    # Asking

    async def _agree(
        self, action: Action, rows: Sequence[Row], skipped: Sequence[str], hidden: int
    ) -> dict[str, Any] | None:
        """Ask as the action wants it; gives the options chosen, or None for no."""
        defaults = {option.name: option.choices[0] if option.choices else False for option in action.options}
        level = action.level(self._at, rows, defaults)
        if level is Asks.NOTHING:
            return defaults
        if level is Asks.LINE:
            row = rows[0]
            command = " && ".join(_commands_of(action.plan(self._at, row, **defaults)))
            text = f"{action.label.capitalize()} {row.name} on {self._at.host}?"
            return defaults if await self._screen.asking.on_line(text, command, rows, action.key) else None
        question = self._question(action, rows, skipped, hidden)
        from tui.screens.question import QuestionScreen

        return await self._screen.asking.in_dialog(QuestionScreen(question), rows)

    def _question(self, action: Action, rows: Sequence[Row], skipped: Sequence[str], hidden: int) -> Question:
        at, kind = self._at, rows[0].kind
        what = rows[0].name if len(rows) == 1 else f"{len(rows)} {kind}s"

        from tui.screens.question import Question, Stakes

        def stakes(chosen: dict[str, Any]) -> Stakes:
            warnings = [text for row in rows if (text := action.warns(at, row, **chosen))]
            warnings += [f"left alone: {reason}" for reason in skipped]
            if hidden:
                warnings.append(f"{hidden} marked ones are hidden by the filter and left alone")
            return Stakes(
                level=action.level(at, rows, chosen),
                lost=[text for row in rows if (text := action.loses(at, row, **chosen))],
                warnings=warnings,
                commands=[one for row in rows for one in _commands_of(action.plan(at, row, **chosen))],
            )

        typed = (rows[0].name if len(rows) == 1 else at.host) if at.production else ""
        return Question(
            title=f"{action.label.capitalize()} {what} on {at.host}?",
            targets=[_described(row) for row in rows],
            stakes=stakes,
            options=action.options,
            typed=typed,
        )

    # Doing

    async def _carry_out(self, want: Want, label: str, target: str) -> str:
        """Do what is wanted; gives what went wrong, or nothing."""
        match want:
            case Say(text, change):
                self._screen.store_changed(change())
                self._screen.say(text, "warn")
                return "" if want.done else text
            case Call():
                result = await self._call(want, label, target)
                self._screen.report([result])
                return result.error
            case Launch():
                _, error = await self._launching.launch(want, label, target)
                return error
            case HandOver():
                return self._hand_over(want, label, target)
            case Probe():
                return await self._probe(want, label, target)
            case Fill():
                return await self._fill(want, label, target)
            case Choose():
                return await self._choose(want, target)
            case Steps():
                return await self._take_steps(want, label, target)

    def _offer(self, want: Want, label: str, target: str) -> None:
        """Offer what follows from a job that failed, whatever is on the screen."""
        self._screen.run_worker(self._carry_out(want, label, target), group="offer")

    async def _take_steps(self, steps: Steps, label: str, target: str) -> str:
        """Do one thing after the other; gives what went wrong, or nothing."""
        *before, last = steps.wants
        for want in before:
            if isinstance(want, Launch):
                error, turned_away = await self._launching.see_through(want, label, target)
                if not error and turned_away and isinstance(last, HandOver):
                    self._screen.say(steps.instead)
                    return ""
            else:
                error = await self._carry_out(want, label, target)
            if error:
                return error
        return await self._carry_out(last, label, target)

    async def _carry_out_all(self, action: Action, wants: Sequence[tuple[Row, Want]]) -> None:
        """Do the same to many, in parallel, and tell of each that failed."""
        calls = [(row, want) for row, want in wants if isinstance(want, Call)]
        if len(calls) == len(wants):
            results = await asyncio.gather(*(self._call(want, action.label, row.name) for row, want in calls))
            self._screen.report(results)
            return
        # Jobs show their own output: one after the other, in the background.
        for row, wanted in wants:
            want = wanted.at_once if isinstance(wanted, Fill) and wanted.at_once else wanted
            if isinstance(want, Launch):
                await self._launching.launch(replace(want, watch=False), action.label, row.name)
            else:
                await self._carry_out(want, action.label, row.name)

    async def _call(self, call: Call, label: str, target: str) -> Result:
        entry = self._at.activity.begin(label, call.command.shown, target)
        error, said = "", None
        try:
            said = await asyncio.wrap_future(self._at.connection.acts.submit(call.do))
        except EngineError as problem:
            error = str(problem)
        outcome = Outcome.FAILED if error else Outcome.DONE
        self._at.activity.end(entry, outcome, error or said or "")
        seconds = (entry.ended or entry.started) - entry.started
        return Result(target, call.command.shown, error, seconds)

    def _hand_over(self, want: HandOver, label: str, target: str) -> str:
        at = self._at
        try:
            stand_in = interactive.program(at, want.command.words)
        except EngineError as problem:
            self._screen.say(f"{want.command.shown}: {problem}", "error")
            return str(problem)
        entry = at.activity.begin(label, want.command.shown, target)
        loan = Loan(
            want.command.argv,
            at.connection.child_environ(),
            want.command.shown,
            want.hint,
            want.own_interrupt,
            program=stand_in,
        )
        try:
            ended = self._screen.lend(loan)
        except SuspendNotSupported:
            at.activity.end(entry, Outcome.FAILED, "this terminal can't be handed over")
            self._screen.say("this terminal can't be handed over", "error")
            return "this terminal can't be handed over"
        text = ended.text or ended.note or f"exit code {ended.code}"
        failed = bool(ended.text) or ended.code in _DOCKERS_OWN
        at.activity.end(entry, Outcome.FAILED if failed else Outcome.DONE, text)
        self._screen.say(f"{want.command.shown}: {text}", "error" if failed else "info")
        return text if failed else ""

    async def _probe(self, probe: Probe, label: str, target: str) -> str:
        self._screen.say(f"{probe.what} …")
        try:
            want = await asyncio.wrap_future(self._at.connection.reads.submit(probe.look))
        except EngineError as error:
            self._screen.say(str(error), "error")
            return str(error)
        # What was looked up is there: saying so over what opens now would mislead.
        self._screen.bottom.footer.dismiss()
        return await self._carry_out(want, label, target)

    async def _fill(self, fill: Fill, label: str, target: str) -> str:
        """Have the form filled in until what it asks for was accepted, or it was given up."""
        from tui.screens.form import FormScreen

        error = ""
        while True:
            screen = FormScreen(fill, self._at.answers.get(fill.id, {}), error)
            values = await self._screen.app.push_screen_wait(screen)
            self._at.answers[fill.id] = dict(screen.values)
            if values is None:
                return "given up"
            if self._at.why_no_acts:
                error = self._at.why_no_acts
                continue
            want = fill.submit(values)
            forget = partial(self._at.answers.pop, fill.id, None) if fill.once else lambda: None
            if isinstance(want, Launch):
                want = replace(want, succeeded=partial(_each, want.succeeded, forget))
            error = await self._carry_out(want, label, target or str(values.get("name", "")))
            if not error:
                if not isinstance(want, Launch):
                    forget()
                return ""

    async def _choose(self, choose: Choose, target: str) -> str:
        from tui.screens.chooser import ChooserScreen, Item

        items = [Item(choice.label, choice.detail, choice) for choice in choose.choices]
        choice = await self._screen.app.push_screen_wait(ChooserScreen(choose.title, items, choose.empty))
        if choice is None:
            return "given up"
        return await self._carry_out(choice.want, choice.label, target)


def _each(*calls: Callable[[], object]) -> None:
    for call in calls:
        call()


def _commands_of(want: Want) -> list[str]:
    """Give the commands that something wanted stands for, one after the other, where they are known."""
    match want:
        case Call() | HandOver():
            return [want.command.shown]
        case Launch():
            return [want.command]
        case Probe() if want.command:
            return [want.command]
        case Fill() if want.at_once is not None:
            return _commands_of(want.at_once)
        case Steps():
            return [command for one in want.wants for command in _commands_of(one)]
        case _:
            return []


def _described(row: Row) -> str:
    """Write a target with the state that a person would know it by."""
    state = getattr(row, "condition", None) or getattr(row, "state", None)
    return f"{row.name}  ({state})" if state else row.name


def outcome_line(result: Result) -> str:
    """Write how an act on one object ended, in one line."""
    if result.error:
        return f"{result.command}: {result.error}"
    return f"{result.command} ✓ {fmt.duration(result.seconds)}"
