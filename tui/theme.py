"""wherry's own colours, for a dark terminal."""

from __future__ import annotations

from textual.theme import Theme

THEME = Theme(
    name="wherry",
    primary="#5fafd7",
    secondary="#87afaf",
    accent="#d7af5f",
    foreground="#d0d0d0",
    background="#121212",
    surface="#121212",
    panel="#262626",
    success="#87af5f",
    warning="#d7af5f",
    error="#d75f5f",
    dark=True,
)
