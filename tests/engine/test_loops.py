from __future__ import annotations

from tests.rows import event
from tui.engine.loops import ENOUGH, WINDOW, Loops


def crashed(times: int, start: float = 1000.0) -> Loops:
    loops = Loops()
    for number in range(times):
        loops.note(event("die", "job", start + number, exitCode="1"))
    return loops


def test_several_deaths_are_a_loop_and_fewer_are_not() -> None:
    assert crashed(ENOUGH).deaths("job", 1010) == ENOUGH
    assert crashed(ENOUGH - 1).deaths("job", 1010) == 0


def test_a_loop_is_over_when_it_has_lived_for_a_while() -> None:
    loops = crashed(5)
    assert loops.looping(1010) == {"job"}
    assert loops.looping(1010 + WINDOW) == frozenset()


def test_being_stopped_again_and_again_is_no_loop() -> None:
    loops = Loops()
    for number in range(9):
        loops.note(event("kill", "web", 1000 + number, signal="15"))
        loops.note(event("die", "web", 1000 + number + 0.5, exitCode="143"))
    assert loops.deaths("web", 1010) == 0


def test_a_signal_that_did_not_kill_does_not_excuse_a_death_long_after() -> None:
    loops = crashed(2)
    loops.note(event("kill", "job", 1003, signal="1"))
    loops.note(event("die", "job", 1100, exitCode="1"))
    assert loops.deaths("job", 1101) == 3


def test_a_removed_container_is_forgotten() -> None:
    loops = crashed(5)
    loops.note(event("destroy", "job", 1006))
    assert loops.looping(1007) == frozenset()
