from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine import process
from tui.engine.jobs import Job, JobState
from tui.engine.process import LINE_MOST, LineSplitter, ProcessWork

if TYPE_CHECKING:
    from collections.abc import Callable

ENVIRON = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


def job(script: str, cwd: str = "/") -> Job:
    return Job("", (), "", ProcessWork(("sh", "-c", script), cwd=cwd, environ=ENVIRON)).start()


def ended(one: Job, seconds: float = 15) -> Job:
    assert one.wait(seconds), "the job did not end"
    return one


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    """Whether a process is no more, or only waits to be buried by whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def split(*pieces: str) -> list[str]:
    splitter = LineSplitter()
    return [line for piece in pieces for line in splitter.feed(piece)] + list(splitter.end())


class TestLines:
    @pytest.mark.parametrize(
        ("pieces", "lines"),
        [
            (("a\nb\n",), ["a", "b"]),
            (("a", "b\nc"), ["ab", "c"]),
            (("a\r\nb\r", "\n"), ["a", "b"]),
            (("10%\r50%\r", "100%\n"), ["100%"]),
            (("10%\r50%\r\n",), ["50%"]),
            (("\n\n",), ["", ""]),
            ((), []),
        ],
    )
    def test_come_whole(self, pieces: tuple[str, ...], lines: list[str]) -> None:
        assert split(*pieces) == lines

    def test_without_an_end_are_cut(self) -> None:
        lines = split(*["x" * 1000] * 100)
        assert max(map(len, lines)) <= LINE_MOST
        assert "".join(lines) == "x" * 100_000

    def test_that_are_redrawn_for_ever_take_no_room(self) -> None:
        assert split(*[f"\r{number}%" * 10 for number in range(5000)]) == ["4999%"]

    @given(st.lists(st.text(alphabet="ab\n")))
    def test_do_not_depend_on_the_pieces(self, pieces: list[str]) -> None:
        text = "".join(pieces)
        assert split(*pieces) == split(text)
        assert "\n".join(split(text)) == text.removesuffix("\n")


class TestRunning:
    def test_keeps_both_streams_and_the_exit_code(self) -> None:
        done = ended(job("echo out; echo err >&2; exit 3"))
        assert done.output == ["out", "err"]
        assert (done.state, done.exit_code, done.failure) == (JobState.FAILED, 3, "err")

    def test_replaces_what_is_not_utf_8(self) -> None:
        assert ended(job(r"printf 'a\377b\303\244\n'")).output == ["a\ufffdbä"]

    def test_has_no_terminal_and_no_input(self) -> None:
        done = ended(job("cat; tty; (: </dev/tty) 2>&1; ps -o sid= -p $$; echo $$"))
        assert done.output[0] == "not a tty"
        assert "/dev/tty" in done.output[1]
        assert done.output[-1].strip() == done.output[-2].strip()

    def test_runs_in_its_folder_with_its_environment(self, tmp_path: Path) -> None:
        work = ProcessWork(("sh", "-c", "pwd; env"), cwd=str(tmp_path), environ={**ENVIRON, "ONLY": "this"})
        done = ended(Job("", (), "", work).start())
        assert done.output[0] == str(tmp_path)
        assert "ONLY=this" in done.output
        assert not any(line.startswith("HOME=") for line in done.output)

    def test_says_that_a_program_is_missing(self) -> None:
        work = ProcessWork(("no-such-program", "x"), cwd="/", environ=ENVIRON)
        done = ended(Job("", (), "", work).start())
        assert done.state is JobState.FAILED
        assert done.failure == "there is no no-such-program on this machine's PATH"

    def test_says_that_a_folder_is_missing(self, tmp_path: Path) -> None:
        assert (
            ended(job("true", cwd=str(tmp_path / "no"))).failure == f"the folder {tmp_path}/no is not there"
        )

    def test_says_that_a_program_may_not_be_started(self, tmp_path: Path) -> None:
        (tmp_path / "tool").write_text("")
        work = ProcessWork((str(tmp_path / "tool"),), cwd="/", environ=ENVIRON)
        assert "could not be started" in ended(Job("", (), "", work).start()).failure

    def test_does_not_wait_for_what_keeps_the_output_open(self) -> None:
        started = time.monotonic()
        done = ended(job("sleep 60 & echo $!"))
        assert time.monotonic() - started < 5
        assert done.state is JobState.DONE
        until(lambda: gone(int(done.output[0])))

    def test_a_signal_is_an_exit_code(self) -> None:
        assert ended(job("kill -TERM $$")).exit_code == 128 + 15


class TestCancelling:
    def started(self, script: str) -> Job:
        one = job(script)
        until(lambda: bool(one.output))
        return one

    def test_interrupts_the_whole_group(self) -> None:
        one = self.started("sh -c 'echo $$; sleep 60; true'; true")
        started = time.monotonic()
        one.cancel()
        ended(one)
        assert time.monotonic() - started < 2
        assert one.state is JobState.CANCELLED
        until(lambda: gone(int(one.output[0])))

    def test_lets_the_program_tidy_up(self) -> None:
        one = self.started("trap 'echo tidied; exit 130' INT; echo go; while :; do sleep 0.1; done")
        one.cancel()
        assert ended(one).output == ["go", "tidied"]

    @pytest.mark.parametrize(("ignored", "code"), [("INT", 128 + 15), ("INT TERM", 128 + 9)])
    def test_grows_harder(self, ignored: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(process, "_HARDER", ((0.3, 15), (0.6, 9)))
        one = self.started(f"trap '' {ignored}; echo go; while :; do sleep 0.1; done")
        one.cancel()
        assert ended(one).exit_code == code
        assert one.state is JobState.CANCELLED

    def test_before_it_began_starts_nothing(self, tmp_path: Path) -> None:
        work = ProcessWork(("touch", str(tmp_path / "file")), cwd="/", environ=ENVIRON)
        work.cancel()
        one = ended(Job("", (), "", work).start())
        assert one.exit_code == process.INTERRUPTED
        assert not (tmp_path / "file").exists()

    def test_from_many_threads_at_once_is_one_cancel(self) -> None:
        one = self.started("echo go; sleep 60")
        threads = [threading.Thread(target=one.cancel) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        assert ended(one).state is JobState.CANCELLED


def test_no_child_outlives_the_interpreter(tmp_path: Path) -> None:
    script = "trap '' INT TERM; echo $$ > pid.part; mv pid.part pid; sleep 60; :"
    program = textwrap.dedent(f"""
        import os, time
        from tui.engine.jobs import Job
        from tui.engine.process import ProcessWork
        work = ProcessWork(("sh", "-c", {script!r}), cwd={str(tmp_path)!r}, environ={ENVIRON!r})
        Job("", (), "", work).start()
        deadline = time.monotonic() + 10
        while not os.path.exists({str(tmp_path / "pid")!r}) and time.monotonic() < deadline:
            time.sleep(0.01)
    """)
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30, cwd=Path(__file__).parents[2])
    assert time.monotonic() - started < 10
    pid = int((tmp_path / "pid").read_text())
    until(lambda: gone(pid))
