"""Docker's and HTTP's ways to write a moment."""

from __future__ import annotations

import pytest

from tui.engine.times import http_seconds, seconds


def test_the_date_of_an_answer() -> None:
    assert http_seconds("Tue, 24 Nov 2026 12:00:01 GMT") == seconds("2026-11-24T12:00:01Z")


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Tue, 99 Nov 2026 12:00:01 GMT", "Tue, 24 Xyz 2026 12:00:01 GMT"]
)
def test_no_date_is_long_ago(date: str) -> None:
    assert http_seconds(date) == 0
