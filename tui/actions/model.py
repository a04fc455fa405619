"""What an action is: one function and its declaration, from which everything else follows.

Key, footer, palette, menu, help, question, the command shown, the entry in Activity, read-only and
the keymap's id all come from here. An action knows no screen: it returns what it wants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from tui.actions.command import Command
    from tui.actions.session import Session
    from tui.engine.jobs import Job
    from tui.widgets.fields import Field

Row: TypeAlias = Any
"""A row of any kind: what an action is declared for says which."""
Values: TypeAlias = Mapping[str, Any]
"""What was filled into a form, by field."""


class Asks(IntEnum):
    """How an act asks before it is done; the more it takes away, the higher."""

    NOTHING = 0
    LINE = 1
    """On one line in the footer: Enter is yes."""
    DIALOG = 2
    """In a dialog with the safe answer focused: `y` is yes."""
    LOSS = 3
    """In a dialog that says what is lost: capital `Y` is yes."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose in the question: a flag, or one of several words.

    Args:
        name: the keyword argument of the action's function.
        choices: empty for a flag; else the words, the first one chosen at the start.

    """

    name: str
    key: str
    label: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """Do this now; `do` runs on a thread and may return what the engine said."""

    command: Command
    do: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Launch:
    """Start this job; its output is kept, and shown as it comes unless `watch` is off.

    Args:
        selects: the kind of object that the job's result names, which is gone to when it is listed; of
            several names, parted by commas, the first.
        succeeded: called, on the event loop, when it ended well.
        failed: what is offered when it did not, and was not cancelled.

    """

    command: str
    make: Callable[[], Job]
    watch: bool = True
    selects: str = ""
    succeeded: Callable[[], object] = lambda: None
    failed: Callable[[], Want] | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give the terminal to this command.

    Args:
        hint: a line printed before, such as how to detach.
        own_interrupt: whether ctrl+c ends the client here, since the program would not see it.

    """

    command: Command
    hint: str = ""
    own_interrupt: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """Look something up on a thread first; what comes of it is wanted then.

    Args:
        what: said meanwhile.
        command: what it usually comes to, shown where it is asked about before.

    """

    what: str
    look: Callable[[], Want]
    command: str = ""


@dataclass(frozen=True, slots=True)
class Fill:
    """Have this form filled in.

    Args:
        id: under which its answers are kept for the next time.
        preview: the command that the values stand for, shown while they are typed.
        submit: what is wanted once it is filled in.
        check: sentences by field for what is wrong; empty where all is well.
        first: the field that is focused first.
        remarks: sentences by field for what should be known though it is not wrong, as it is filled in.
        notes: what else is known of these values, a line each, shown under the command; a line that begins
            with `!` is a warning.
        follow: called when the form opens, with what has preview and notes looked at anew, from any
            thread; gives what ends it when the form closes.
        once: whether its answers are forgotten once what they asked for was done.
        at_once: what is wanted of each object where several are meant, and no form is filled in.

    """

    id: str
    title: str
    fields: Sequence[Field]
    preview: Callable[[Values], str]
    submit: Callable[[Values], Want]
    check: Callable[[Values], Mapping[str, str]] = field(default=lambda values: {})
    first: str = ""
    remarks: Callable[[Values], Mapping[str, str]] = field(default=lambda values: {})
    notes: Callable[[Values], Sequence[str]] = field(default=lambda values: ())
    follow: Callable[[Callable[[], None]], Callable[[], None]] | None = None
    once: bool = False
    at_once: Launch | Say | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to choose, and what is wanted then."""

    label: str
    detail: str
    want: Want


@dataclass(frozen=True, slots=True)
class Choose:
    """Have one of these chosen."""

    title: str
    choices: Sequence[Choice]
    empty: str = "nothing to choose from"


@dataclass(frozen=True, slots=True)
class Say:
    """Only say this, and perhaps change what wherry itself keeps.

    Args:
        change: called on the event loop; gives the kinds of which other rows are listed now.
        done: whether it tells that all went well; else it is why nothing was done.

    """

    text: str
    change: Callable[[], frozenset[str]] = frozenset
    done: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """Do these one after the other, until one fails; of a job the end is waited for.

    Args:
        instead: what is said where the last one would take the terminal and the user has turned away from
            a job before it: then nothing more is done.

    """

    wants: Sequence[Want]
    instead: str = ""


Want: TypeAlias = Call | Launch | HandOver | Probe | Fill | Choose | Say | Steps


def _always(at: Session, row: Row) -> str:
    return ""


def _nothing(at: Session, row: Row, **chosen: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done to one kind of object.

    Args:
        id: public and lasting: `container.stop` is what a keymap names.
        key: empty for what is only in the menu and the palette.
        help: one sentence.
        plan: makes what is wanted for one row; its options are keyword arguments.
        applies: says why it can't be done to a row now, or nothing.
        loses: says which data of a row would be lost with the options chosen, or nothing.
        warns: says what else a person should know before answering, or nothing.
        alone: whether it is done to the cursor's object only, whatever is marked.
        bare: whether it needs no row at all.
        together: makes one want of several rows, where not each is to have its own; nothing is asked.
        changes: whether it changes anything in Docker.

    """

    id: str
    kind: str
    key: str
    label: str
    help: str
    plan: Callable[..., Want]
    applies: Callable[[Session, Row], str] = _always
    asks: Asks = Asks.NOTHING
    options: tuple[Option, ...] = ()
    loses: Callable[..., str] = _nothing
    warns: Callable[..., str] = _nothing
    alone: bool = False
    bare: bool = False
    changes: bool = True
    together: Callable[[Session, Sequence[Row]], Want] | None = None

    def level(self, at: Session, rows: Sequence[Row], chosen: Values) -> Asks:
        """Say how it must ask for these rows with these options."""
        if any(self.loses(at, row, **chosen) for row in rows):
            return Asks.LOSS
        if self.together is not None:
            return self.asks
        # More than one target always asks, with the number and all the names.
        return max(self.asks, Asks.DIALOG) if len(rows) > 1 else self.asks


class Kind:
    """A kind of object and what can be done to it; each file of this package fills one.

    Args:
        name: as rows carry it, such as `container`.
        plural: for sentences.

    """

    def __init__(self, name: str, plural: str) -> None:
        self.name = name
        self.plural = plural
        self.actions: list[Action] = []

    def act(
        self, key: str, label: str, **declaration: Any
    ) -> Callable[[Callable[..., Want]], Callable[..., Want]]:
        """Declare the decorated function to be an action; its name and docstring belong to it.

        Args:
            key: Textual's name of the key, or nothing for the menu alone.
            label: a word or two for footer, menu and palette.
            declaration: the further fields of Action.

        """

        def declare(plan: Callable[..., Want]) -> Callable[..., Want]:
            name = plan.__name__.rstrip("_").replace("_", "-")
            self.actions.append(
                Action(
                    id=f"{self.name}.{name}",
                    kind=self.name,
                    key=key,
                    label=label,
                    help=(plan.__doc__ or "").strip().splitlines()[0],
                    plan=plan,
                    **declaration,
                )
            )
            return plan

        return declare

    def count(self, number: int) -> str:
        """Write a number of them."""
        return f"{number} {self.name if number == 1 else self.plural}"
