"""Two benchmarks never run at the same time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.benchmarks.alone import OtherRunError, alone

HOLDS = """
import sys
from pathlib import Path
from tests.benchmarks.alone import alone
with alone(Path(sys.argv[1])):
    print(flush=True)
    input()
"""


def test_a_second_run_is_refused_until_the_first_has_ended_even_killed(tmp_path):
    lock = tmp_path / "lock"
    argv = [sys.executable, "-c", HOLDS, str(lock)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"\n"
        with pytest.raises(OtherRunError, match="another benchmark"), alone(lock):
            pass
        first.kill()
        first.wait()
        with alone(lock):
            pass
