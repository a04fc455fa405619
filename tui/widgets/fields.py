"""The fields of a form, as they are declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Values: TypeAlias = dict[str, str | bool]
"""What is filled in, by the fields' keys."""


@dataclass(frozen=True, slots=True)
class TextField:
    """Declare a field for one line.

    Args:
        key: Its name among the values.
        label: What stands beside it.
        value: What is in it at the start.
        hint: What is said while it has the focus.
        required: Whether it can't be left blank.
        suggestions: What may be completed with `→`.
        complete: Returns what may follow from what is typed, for what is not known beforehand, such as
            paths; it is called on a thread.
        secret: Whether it is drawn as bullets.
        check: Returns a sentence that says what is wrong with a value, empty when nothing is.

    """

    key: str
    label: str
    value: str = field(default="", repr=False)
    hint: str = ""
    required: bool = False
    suggestions: tuple[str, ...] = ()
    secret: bool = False
    check: Callable[[str], str] | None = None
    complete: Callable[[str], Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class CheckField:
    """Declare a field for yes or no; see `TextField`."""

    key: str
    label: str
    value: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """Declare a field for one of several words; the first one is chosen if `value` is none of them."""

    key: str
    label: str
    choices: tuple[str, ...]
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class LinesField:
    """Declare a field for several lines, as in `NAME=value` on each; see `TextField`.

    Args:
        complete: Returns what the line with the cursor may become; it is called on a thread.
        grows: Whether it begins as one line, and grows with what is typed.

    """

    key: str
    label: str
    value: str = field(default="", repr=False)
    hint: str = ""
    complete: Callable[[str], Sequence[str]] | None = None
    grows: bool = False


Field: TypeAlias = TextField | CheckField | ChoiceField | LinesField
