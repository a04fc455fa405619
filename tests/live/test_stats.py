"""Numbers beside `docker stats`, on a real engine."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest

from tests.live.conftest import SOCKET, DockerCli
from tests.screens.wherry import driven_on
from tui.engine.address import Address
from tui.engine.sampler import Sampler
from tui.engine.stats import Numbers
from tui.engine.updates import Sampled

_UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_BURN = "while :; do :; done"
_HOLD = "dd if=/dev/zero of=/dev/shm/held bs=1M count=40 2>/dev/null; sleep 600"


class Reading:
    """A sampler on the real engine, and the numbers that it told last."""

    def __init__(self) -> None:
        self.told: dict[str, list[Numbers]] = {}
        self.sampler = Sampler(self._take)
        self.sampler.attach(Address(f"unix://{SOCKET}", "a test", "", None, is_default=False))

    def _take(self, updates: object) -> None:
        for update in updates:  # type: ignore[attr-defined]
            assert isinstance(update, Sampled)
            for one, numbers in update.numbers.items():
                self.told.setdefault(one, []).append(numbers)


@pytest.fixture
def reading() -> Iterator[Reading]:
    made = Reading()
    yield made
    made.sampler.close()


def until(holds: Callable[[], object], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def stats(docker: DockerCli, one: str) -> tuple[float, float, float]:
    """Give percent of one core, bytes of memory, and percent of the limit, as `docker stats` prints them."""
    cpu, memory, share = docker(
        "stats", "--no-stream", "--format", "{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}", one
    ).split("\t")
    found = re.match(r"([\d.]+)(\w+)", memory)
    assert found is not None
    return float(cpu.rstrip("%")), float(found[1]) * _UNITS[found[2]], float(share.rstrip("%"))


def test_cpu_agrees_with_docker_stats(docker_cli: DockerCli, prefix: str, reading: Reading) -> None:
    one = docker_cli("run", "-d", "--name", f"{prefix}burn", "--cpus", "0.5", "bb:2", "sh", "-c", _BURN)
    reading.sampler.watch([one])
    until(lambda: len(reading.told.get(one, ())) > 2)
    reading.told.clear()
    theirs = [stats(docker_cli, one)[0] for _ in range(5)]
    ours = [numbers.cpu for numbers in reading.told[one] if numbers.cpu is not None]
    # The same span of time, seen in windows of one second and of two: their means are comparable.
    assert sum(ours) / len(ours) == pytest.approx(sum(theirs) / len(theirs), rel=0.1)


def test_memory_agrees_with_docker_stats_in_bytes_and_as_a_share(
    docker_cli: DockerCli, prefix: str, reading: Reading
) -> None:
    one = docker_cli(
        *("run", "-d", "--name", f"{prefix}hold", "--memory", "100m", "--shm-size", "64m"),
        *("bb:2", "sh", "-c", _HOLD),
    )
    reading.sampler.watch([one])
    until(lambda: any(numbers.counters.memory > 40 * 2**20 for numbers in reading.told.get(one, ())))
    _, memory, share = stats(docker_cli, one)
    last = reading.told[one][-1]
    assert last.counters.memory == pytest.approx(memory, rel=0.1)
    assert last.counters.limit == 100 * 2**20
    assert last.share == pytest.approx(share, rel=0.1)


def test_network_and_disk_are_counted_and_no_limit_is_none(
    docker_cli: DockerCli, prefix: str, reading: Reading
) -> None:
    docker_cli("network", "create", f"{prefix}net")
    docker_cli(
        *("run", "-d", "--name", f"{prefix}web", "--network", f"{prefix}net", "bb:2"),
        *("sh", "-c", "while :; do dd if=/dev/zero bs=1M count=1 2>/dev/null | nc -l -p 80; done"),
    )
    one = docker_cli(
        *("run", "-d", "--name", f"{prefix}get", "--network", f"{prefix}net", "bb:2"),
        *("sh", "-c", f"while :; do sleep 1 | nc {prefix}web 80 >/dev/null; done"),
    )
    reading.sampler.watch([one])
    until(lambda: any((numbers.received or 0) > 100_000 for numbers in reading.told.get(one, ())))
    last = reading.told[one][-1]
    assert last.counters.received > 100_000
    assert last.counters.limit == 0
    assert last.share is None
    assert last.counters.pids >= 1


async def test_the_list_shows_what_a_container_burns(docker_cli: DockerCli, prefix: str) -> None:
    docker_cli(
        *("run", "-d", "--name", f"{prefix}burn", "--cpus", "0.5", "bb:2", "sh", "-c", _BURN),
    )
    async with driven_on(f"unix://{SOCKET}") as w:
        await w.press("slash")
        await w.type(f"{prefix}burn")
        await w.press("enter")

        def about_half() -> bool:
            found = re.search(r"running +(\d+)% +[\d.]+[KM]", w.text)
            return found is not None and 45 <= int(found[1]) <= 55

        await w.until(about_half, timeout=30)
        docker_cli("pause", f"{prefix}burn")
        await w.until(lambda: "paused" in w.text and not re.search(r"paused +\d+%", w.text))
        docker_cli("unpause", f"{prefix}burn")
        await w.until(about_half, timeout=30)
        docker_cli("stop", "-t", "0", f"{prefix}burn")
        await w.until(lambda: not re.search(r"\d+% +[\d.]+[KM]", w.text))
