"""CPU and memory of processes that are known."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.benchmarks import cost

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
BURNS = "import time\nwhile time.process_time() < {}: pass\n"


def test_the_cpu_of_a_process_is_what_it_says_itself():
    script = f"{BURNS.format(0.3)}print(flush=True); input()"
    argv = [sys.executable, "-c", script]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert cost.cpu_of([process.pid]) == pytest.approx(0.3, abs=0.05)
        assert cost.cpu_of_tree(process.pid) == pytest.approx(0.3, abs=0.05)
        assert cost.memory([process.pid]).rss > 3
        process.communicate(b"\n")


@contextmanager
def shell(script: str) -> Iterator[int]:
    """Run a script in a session of its own until it has written a line and goes on to sleep."""
    # The colon keeps the shell from becoming its last command.
    argv = ["sh", "-c", f"{script}\nsleep 60; :"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            os.killpg(process.pid, 9)


def tree_of(pid: int, count: int) -> list[int]:
    """Give a tree once it has so many processes."""
    end = time.monotonic() + 10
    while len(found := cost.tree(pid)) != count and time.monotonic() < end:
        time.sleep(0.02)
    return found


def test_children_count_while_they_live_and_after():
    child = f"{sys.executable} -c '{BURNS.format(0.3)}print(flush=True); time.sleep(60)'"
    ended = f"{sys.executable} -c '{BURNS.format(0.3)}'"
    with shell(f"{ended}; {child} &") as pid:
        # The shell, the child that lives, and the sleep.
        assert len(tree_of(pid, 3)) == 3
        assert cost.cpu_of_tree(pid) == pytest.approx(0.6, abs=0.15)


def test_a_child_that_left_its_parent_is_still_of_the_tree():
    # A process whose parent ended is init's, but its session stays.
    with shell("(sleep 60 & echo)") as pid:
        assert len(tree_of(pid, 3)) == 3


def test_a_process_that_is_gone_costs_nothing():
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert cost.cpu_of([process.pid]) == 0
    assert cost.memory([process.pid]).rss == 0


def test_memory_shared_with_others_is_less_by_proportion():
    memory = cost.memory([os.getpid()])
    assert memory.pss is not None
    assert 0 < memory.pss <= memory.rss
