"""CPU and memory of processes that are known."""

from __future__ import annotations

import os
import subprocess
import sys
import time

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


def test_children_count_while_they_live_and_after():
    child = f"{sys.executable} -c '{BURNS.format(0.3)}'"
    script = f"{child}; {child} & wait; echo; sleep 60"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            assert cost.cpu_of_tree(process.pid) == pytest.approx(0.6, abs=0.15)
            assert len(cost.tree(process.pid)) == 2
        finally:
            os.killpg(process.pid, 9)


def test_a_child_that_left_its_parent_is_still_of_the_tree():
    # A process whose parent ended is init's, but its session stays.
    script = "(sleep 60 & echo); sleep 60"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            end = time.monotonic() + 10
            while len(cost.tree(process.pid)) != 3 and time.monotonic() < end:
                time.sleep(0.02)
            assert len(cost.tree(process.pid)) == 3
        finally:
            os.killpg(process.pid, 9)


def test_a_process_that_is_gone_costs_nothing():
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert cost.cpu_of([process.pid]) == 0
    assert cost.memory([process.pid]).rss == 0


def test_memory_shared_with_others_is_less_by_proportion():
    memory = cost.memory([os.getpid()])
    assert memory.pss is not None
    assert 0 < memory.pss <= memory.rss
