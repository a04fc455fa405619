"""The figures of a run, and the table that shows them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.marks import BY_ID, MEASURES, NEVER, SCENES, Measure

NONE = "–"
OF_ALL = ""
"""The program of a figure that is one of the circumstances."""


@dataclass
class Figures:
    """What was measured: by scene, measure and program."""

    programs: Sequence[str]
    values: dict[tuple[str, str, str], float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def put(self, scene: str, measure: str, program: str, value: float | None) -> None:
        """Note a figure; None where it could not be taken."""
        assert measure in BY_ID, measure
        if value is not None:
            self.values[scene, measure, program] = value

    def of(self, scene: str, measure: str, program: str) -> float | None:
        """Give a figure; None where there is none."""
        return self.values.get((scene, measure, program))

    def json(self, about: dict[str, Any]) -> str:
        """Write all figures; one that never came about is null."""
        figures = [
            {
                "scene": scene,
                "measure": measure,
                "program": program or None,
                "value": value if math.isfinite(value) else None,
                "unit": BY_ID[measure].unit,
                "mark": BY_ID[measure].most.get(scene),
            }
            for (scene, measure, program), value in self.values.items()
        ]
        return json.dumps({**about, "notes": self.notes, "figures": figures}, indent=1, ensure_ascii=False)


def number(value: float, digits: int) -> str:
    """Write a number with so many digits after the point."""
    return "never" if value == NEVER else f"{value:,.{digits}f}".replace(",", " ")


def cell(value: float | None, measure: Measure, scene: str) -> str:
    """Write a figure with its unit, and whether it is within its mark."""
    if value is None:
        return NONE
    text = number(value, measure.digits)
    if value != NEVER:
        text = f"{text} {measure.unit}"
    most = measure.most.get(scene)
    return text if most is None else f"{text} {'✓' if value <= most else '✗'}"


def ratio(value: float | None, base: float | None) -> str:
    """Write how many times as much as the base a figure is."""
    if value is None or base is None or not math.isfinite(value) or not math.isfinite(base) or base <= 0:
        return NONE
    times = value / base
    return f"{times:.2f}" if times < 10 else f"{times:.0f}"


def markdown(figures: Figures, scenes: Sequence[str], head: str) -> str:
    """Write the table: a row for each measure, the first program's figures, the others' and their ratios."""
    first, *others = figures.programs
    titles = ["", "mark", first]
    for other in others:
        titles += [other, f"÷ {first}"]
    rows = [titles, ["---", *["---:"] * (len(titles) - 1)]]
    for scene in scenes:
        taken = [measure for measure in MEASURES if _was_taken(figures, scene, measure)]
        if taken:
            rows.append([f"**{SCENES[scene]}**", *[""] * (len(titles) - 1)])
        rows += [_row(figures, scene, measure, first, others) for measure in taken]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, "", *lines, *([""] if figures.notes else []), *figures.notes])


def _was_taken(figures: Figures, scene: str, measure: Measure) -> bool:
    return any(key[:2] == (scene, measure.id) for key in figures.values)


def _row(figures: Figures, scene: str, measure: Measure, first: str, others: Sequence[str]) -> list[str]:
    most = measure.most.get(scene)
    mark = "" if most is None else f"≤ {most:g} {measure.unit}"
    of_all = figures.of(scene, measure.id, OF_ALL)
    if of_all is not None:
        return [measure.title, mark, cell(of_all, measure, scene), *[""] * (2 * len(others))]
    base = figures.of(scene, measure.id, first)
    row = [measure.title, mark, cell(base, measure, scene)]
    for other in others:
        value = figures.of(scene, measure.id, other)
        row += [cell(value, measure, scene), ratio(value, base) if measure.compared else ""]
    return row
