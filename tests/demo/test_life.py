"""What goes on by itself in the demo: time passes, and things happen that nobody asked for."""

from __future__ import annotations

from collections.abc import Callable

from tui.demo.acts.life import Life
from tui.demo.scenes import filled, stack
from tui.demo.world import World

NOW = 1_800_000_000.0


class Time:
    """A clock that is set forward, with a life that comes to every tenth of a second."""

    def __init__(self, seed: int = 1) -> None:
        self.now = NOW
        self.world = filled(stack, lambda: self.now, seed)
        self.life = Life(self.world)

    def passes(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        for _ in range(int(seconds * 10)):
            self.now += 0.1
            self.life.beat()
            if until():
                return

    def actions(self, name: str) -> list[str]:
        return [e.action for e in self.world.events.kept if e.attributes.get("name") == name]


def lines(world: World, name: str) -> int:
    return len(world.find(name).log)


def test_logs_write_themselves():
    time = Time()
    before = lines(time.world, "shop-api-1"), lines(time.world, "shop-worker-1")
    time.passes(30)
    assert lines(time.world, "shop-api-1") > before[0] + 4
    assert lines(time.world, "shop-worker-1") == before[1]  # it does not run


def test_a_health_check_flips_now_and_then():
    time = Time()
    time.passes(180)
    told = [action for action in time.actions("shop-api-1") if action.startswith("health_status")]
    assert told[-2:] in (
        ["health_status: healthy", "health_status: unhealthy"],
        ["health_status: unhealthy", "health_status: healthy"],
    )
    assert len(told) > 4
    # Others stay as they are.
    assert not [action for action in time.actions("shop-db-1") if "unhealthy" in action]


def test_one_failure_makes_nothing_unhealthy():
    world = Time().world
    world.probe("shop-db-1", "slow", passed=False)
    health = world.find("shop-db-1").health
    assert health is not None
    assert (health.status, health.streak) == ("healthy", 1)
    for _ in range(2):
        world.probe("shop-db-1", "slow", passed=False)
    assert health.status == "unhealthy"


def test_a_crash_loop_goes_on_and_its_pauses_grow():
    time = Time()
    job = time.world.find("shop-job-1")
    restarts = job.restarts
    time.passes(60, until=lambda: job.restarts > restarts)
    assert job.restarts == restarts + 1
    time.passes(5)
    assert (job.state, job.exit_code) == ("restarting", 1)
    assert time.actions("shop-job-1")[-1] == "die"


def test_the_same_seed_has_the_same_life():
    first, second, other = Time(), Time(), Time(seed=2)
    for time in (first, second, other):
        time.passes(40)
    told = [
        [(e.moment, e.action, e.actor) for e in time.world.events.kept] for time in (first, second, other)
    ]
    assert told[0] == told[1] != told[2]
    assert first.world.find("shop-api-1").log == second.world.find("shop-api-1").log
