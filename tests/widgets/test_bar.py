from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.bar import bar


@pytest.mark.parametrize(
    ("share", "drawn"), [(0, "    "), (0.5, "██  "), (0.97, "███▉"), (1, "████"), (7, "████"), (-1, "    ")]
)
def test_it_is_full_only_once_all_is_done(share: float, drawn: str) -> None:
    assert bar(share, 4) == drawn


def test_in_ascii() -> None:
    assert bar(0.5, 4, ascii_only=True) == "##.."


@given(st.floats(0, 1), st.integers(0, 30), st.booleans())
def test_its_width_is_its_width(share: float, width: int, ascii_only: bool) -> None:
    assert cell_len(bar(share, width, ascii_only)) == width
