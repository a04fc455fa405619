"""The keys as footer and help show them, from the declarations that the keys themselves come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding

from tui.widgets.footer import KeyHint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from tui.actions.model import Action
    from tui.actions.session import Session
    from tui.details.objects import ObjectList

_NAMES = {
    "asterisk": "*",
    "backslash": "\\",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "ampersand": "&",
    "plus": "+",
    "minus": "-",
    "underscore": "_",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "S-Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
}


def shown(key: str) -> str:
    """Write Textual's names of keys the way that they are printed on a keyboard."""
    return " ".join(_NAMES.get(one.strip(), one.strip().replace("ctrl+", "^")) for one in key.split(","))


def hints_of_list(listing: ObjectList, session: Session) -> list[KeyHint]:
    """Give the keys that work on the list's present object, its acts first."""
    row = listing.row
    hints: list[KeyHint] = []
    taken: set[str] = set()
    for action in listing.kind.actions:
        key = listing.key_of(action.id, action.key)
        if not key or key in taken or (row is None and not action.bare):
            continue
        if row is None or action.bare or not action.applies(session, row):
            taken.add(key)
            hints.append(KeyHint(shown(key), action.label))
    if row is not None:
        hints.append(KeyHint("Space", "mark"))
    hints.append(KeyHint("/", "filter"))
    if row is not None:
        hints.append(KeyHint("m", "more"))
    return [*hints, KeyHint(":", "find"), KeyHint("?", "help", keep=True)]


def hints_of_widget(widget: Widget) -> list[KeyHint]:
    """Give the keys that a widget declares, the first key of each."""
    described = [binding for binding in _bindings(widget) if binding.description]
    hints = [KeyHint(shown(binding.key.split(",")[0]), binding.description.lower()) for binding in described]
    return [KeyHint("Esc", "back"), *hints, KeyHint(":", "find"), KeyHint("?", "help", keep=True)]


def _bindings(widget: Widget) -> Iterable[Binding]:
    for one in type(widget).BINDINGS:
        yield one if isinstance(one, Binding) else Binding(*one)


def help_of_actions(
    title: str, actions: Sequence[Action], listing: ObjectList
) -> tuple[str, list[tuple[str, str]]]:
    """Write a section of help from what can be done to a kind."""
    return title, [
        (shown(listing.key_of(action.id, action.key)) or "m", f"{action.label}: {action.help}")
        for action in actions
    ]


def help_of_bindings(title: str, bindings: Iterable[object]) -> tuple[str, list[tuple[str, str]]]:
    """Write a section of help from bindings."""
    rows = [
        (shown(one.key), one.description)
        for one in bindings
        if isinstance(one, Binding) and one.description and not one.action.startswith("act(")
    ]
    return title, rows
