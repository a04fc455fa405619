from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo.talk import until
from tui.demo.acts.things import Temper
from tui.demo.scenes import bare
from tui.demo.server import DemoEngine
from tui.engine.address import Address
from tui.engine.sampler import Sampler
from tui.engine.stats import Numbers
from tui.engine.updates import Sampled


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DemoEngine]:
    with DemoEngine(str(tmp_path / "demo.sock"), bare) as made:
        yield made


class Heard:
    """A sampler on an engine, and what it told."""

    def __init__(self, engine: DemoEngine) -> None:
        self.engine = engine
        self.numbers: list[dict[str, Numbers]] = []
        self.sampler = Sampler(
            lambda updates: self.numbers.extend(
                dict(one.numbers) for one in updates if isinstance(one, Sampled)
            )
        )
        self.sampler.interval = 0.3
        self.attach()

    def attach(self) -> None:
        self.sampler.attach(Address(f"unix://{self.engine.path}", "a test", "", None, is_default=False))

    @property
    def asked(self) -> list[str]:
        """Whose numbers the engine was asked for."""
        paths = [target.split("?")[0] for _, target in self.engine.requests]
        return [path.split("/")[2] for path in paths if path.endswith("/stats")]

    def told(self, one: str) -> list[Numbers]:
        return [numbers[one] for numbers in self.numbers if one in numbers]


@pytest.fixture
def heard(engine: DemoEngine) -> Iterator[Heard]:
    made = Heard(engine)
    yield made
    made.sampler.close()


def box(engine: DemoEngine, name: str, **more: Any) -> str:
    one: str = engine.world.create_container(name, "bb:2", ["server"], **more)
    engine.world.start(name)
    return one


def test_only_what_is_looked_at_is_asked_for(heard: Heard) -> None:
    one, other = box(heard.engine, "one"), box(heard.engine, "other")
    heard.sampler.watch([one])
    until(lambda: len(heard.told(one)) >= 3)
    heard.sampler.watch([other])
    until(lambda: len(heard.told(other)) >= 3)
    changed_over = heard.asked.index(other)
    assert set(heard.asked[:changed_over]) == {one}
    assert set(heard.asked[changed_over:]) == {other}


def test_the_second_reading_tells_cpu_and_rates(heard: Heard) -> None:
    one = box(heard.engine, "one", temper=Temper(cpu=0.5, memory=40_000_000), memory=64_000_000)
    heard.sampler.watch([one])
    until(lambda: len(heard.told(one)) >= 2)
    first, second = heard.told(one)[:2]
    assert first.cpu is None
    assert second.cpu is not None
    assert 50 * 0.3 < second.cpu < 50 * 1.7
    assert second.received is not None
    assert second.share is not None
    assert 40 < second.share < 90


def test_a_limit_of_all_the_hosts_memory_is_none(heard: Heard) -> None:
    one = box(heard.engine, "one")
    heard.sampler.watch([one])
    until(lambda: bool(heard.told(one)))
    assert heard.told(one)[0].counters.limit == 0


def test_off_and_nothing_looked_at_ask_nothing(heard: Heard) -> None:
    one = box(heard.engine, "one")
    heard.sampler.interval = None
    heard.sampler.watch([one])
    heard.sampler.interval = 0.3
    until(lambda: bool(heard.told(one)))
    heard.sampler.interval = None
    until(lambda: _still(heard))
    heard.sampler.interval = 0.3
    until(lambda: not _still(heard))
    heard.sampler.watch([])
    until(lambda: _still(heard))


def _still(heard: Heard) -> bool:
    """Say whether nothing is asked for three intervals."""
    before = len(heard.engine.requests)
    time.sleep(1)
    return len(heard.engine.requests) == before


def test_what_is_gone_does_not_keep_others_from_being_read(heard: Heard) -> None:
    one, other = box(heard.engine, "one"), box(heard.engine, "other")
    heard.sampler.watch([one, "f" * 64, other])
    until(lambda: len(heard.told(other)) >= 2)
    heard.engine.world.remove("one", force=True)
    before = len(heard.told(other))
    until(lambda: len(heard.told(other)) >= before + 2)
    assert heard.engine.connections <= 4


def test_an_engine_that_came_back_is_read_again(heard: Heard) -> None:
    one = box(heard.engine, "one")
    heard.sampler.watch([one])
    until(lambda: bool(heard.told(one)))
    heard.engine.stop()
    heard.sampler.detach()
    heard.engine.start()
    heard.numbers.clear()
    heard.attach()
    until(lambda: len(heard.told(one)) >= 2)
    assert heard.told(one)[0].cpu is None


def test_a_cut_connection_is_opened_again_without_being_told(heard: Heard) -> None:
    one = box(heard.engine, "one")
    heard.sampler.watch([one])
    until(lambda: bool(heard.told(one)))
    heard.engine.stop()
    heard.engine.start()
    heard.numbers.clear()
    until(lambda: bool(heard.told(one)))


def test_many_are_read_over_four_connections(heard: Heard) -> None:
    many = [box(heard.engine, f"box{number}") for number in range(30)]
    heard.sampler.watch(many)
    until(lambda: all(heard.told(one) for one in many))
    assert heard.engine.connections == 4


def test_it_ends_at_once_though_the_engine_hangs(heard: Heard) -> None:
    one = box(heard.engine, "one")
    heard.sampler.watch([one])
    until(lambda: bool(heard.told(one)))
    heard.engine.freeze()
    heard.sampler.close()
    until(lambda: not any(thread.name == "sampler" for thread in threading.enumerate()))
    heard.engine.thaw()


def test_nothing_is_started_while_there_is_nothing_to_read(engine: DemoEngine) -> None:
    made = Heard(engine)
    made.sampler.watch([])
    assert not any(thread.name == "sampler" for thread in threading.enumerate())
    made.sampler.close()
