"""The figures, and how they are written."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.marks import BY_ID, NEVER
from tests.benchmarks.samples import median, milliseconds, percentile
from tests.benchmarks.table import OF_ALL, Figures, cell, markdown, number, ratio


def figures() -> Figures:
    made = Figures(["wherry", "other"])
    made.put("small", "import", OF_ALL, 0.154)
    made.put("small", "key", "wherry", 4.0)
    made.put("small", "key", "other", 12.0)
    made.put("small", "idle_bytes", "other", 13600.0)
    made.put("small", "slow_lag", "wherry", NEVER)
    return made


def test_a_row_has_the_mark_every_program_and_its_ratio_to_the_first():
    lines = markdown(figures(), ["small", "large"], "today:").splitlines()
    assert lines == [
        "today:",
        "",
        "|  | mark | wherry | other | ÷ wherry |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| **50 running** |  |  |  |  |",
        "| `python -c 'import textual.app'` |  | 0.15 s |  |  |",
        "| idle: bytes/s | ≤ 100 B/s | – | 13 600 B/s ✗ | – |",
        "| key to screen, median | ≤ 10 ms | 4.0 ms ✓ | 12.0 ms ✗ | 3.00 |",
        "| the same at 30 KB/s, 150 ms: last byte after the release | ≤ 0.5 s | never ✗ | – | – |",
    ]


def test_notes_stand_below_the_table():
    made = figures()
    made.notes.append("other ended.")
    assert markdown(made, ["small"], "").endswith("|\n\nother ended.")


def test_a_value_on_its_mark_is_well():
    assert cell(10.0, BY_ID["key"], "small") == "10.0 ms ✓"
    assert cell(10.04, BY_ID["key"], "small") == "10.0 ms ✗"
    assert cell(10.0, BY_ID["key"], "logs") == "10.0 ms"
    assert cell(None, BY_ID["key"], "small") == "–"


def test_numbers_and_ratios():
    assert number(1234567.4, 0) == "1 234 567"
    assert ratio(3.0, 2.0) == "1.50"
    assert ratio(300.0, 2.0) == "150"
    assert ratio(1.0, 0.0) == ratio(None, 1.0) == ratio(NEVER, 1.0) == ratio(1.0, NEVER) == "–"


def test_json_has_every_figure_with_its_unit_and_mark():
    written = json.loads(figures().json({"date": "2026-01-02"}))
    assert written["date"] == "2026-01-02"
    assert {
        "scene": "small",
        "measure": "key",
        "program": "other",
        "value": 12.0,
        "unit": "ms",
        "mark": 10,
    } in written["figures"]
    assert {
        figure["measure"]: figure["value"] for figure in written["figures"] if figure["program"] != "other"
    } == {"import": 0.154, "key": 4.0, "slow_lag": None}


def test_a_measure_that_is_not_declared_is_refused():
    with pytest.raises(AssertionError):
        figures().put("small", "speed", "wherry", 1.0)


def test_percentiles_are_values_that_were_taken():
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 99) == 5
    assert percentile([float(n) for n in range(1, 201)], 99) == 198
    assert median([4.0, 1.0, 3.0, 2.0]) == 2
    assert median([]) is None
    assert milliseconds(None) is None
    assert milliseconds(0.25) == 250
