from __future__ import annotations

import pytest

from tui.engine.progress import BuildxParser, ClassicParser, ComposeParser, Parser, PlainParser
from tui.engine.report import Report

BUILDX_FAILING = """\
#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 151B done
#1 DONE 0.0s

#4 [base 1/2] FROM docker.io/library/bb:2
#4 CACHED

#6 [base 2/2] RUN echo hello && sleep 1
#6 0.115 hello
#6 DONE 1.1s

#8 [two 2/2] RUN echo no >&2; exit 3
#8 0.130 no
#8 ERROR: process "/bin/sh -c echo no >&2; exit 3" did not complete successfully: exit code: 3
------
 > [two 2/2] RUN echo no >&2; exit 3:
0.130 no
------
Dockerfile:5
--------------------
   3 |     FROM base AS two
   4 |     COPY . /x
   5 | >>> RUN echo no >&2; exit 3
   6 |
--------------------
ERROR: failed to solve: process "/bin/sh -c echo no >&2; exit 3" did not complete successfully: exit code: 3
"""

BUILDX_BROKEN = """\
#0 building with "default" instance using docker driver

#1 [internal] load build definition from Broken
#1 transferring dockerfile: 50B done
#1 DONE 0.0s
Broken:2
--------------------
   1 |     FROM bb:2
   2 | >>> RUNN x
   3 |
--------------------
ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)
"""

BUILDX_SIDE_BY_SIDE = """\
#5 [a 2/2] RUN echo a; sleep 1; echo b
#5 0.101 a
#5 ...

#6 [b 2/2] RUN sleep 9
#6 0.100 DONE 9.9s
#6 ...

#5 [a 2/2] RUN echo a; sleep 1; echo b
#5 1.101 b
#5 ERROR: process "/bin/sh -c false" did not complete successfully: exit code: 1

#6 [b 2/2] RUN sleep 9
#6 CANCELED
"""

CLASSIC_FAILING = """\
Step 1/3 : FROM bb:2
 ---> 5da09e9159e2
Step 2/3 : RUN echo hello
 ---> Using cache
 ---> 2ff99fae0a72
Step 3/3 : RUN echo Step 1/9 : FROM x; exit 3
 ---> Running in da5d10341295
Step 1/9 : FROM x
 ---> Removed intermediate container da5d10341295
The command '/bin/sh -c echo Step 1/9 : FROM x; exit 3' returned a non-zero code: 3
"""

COMPOSE_UP = """\
time="2026-11-24T10:28:29Z" level=warning msg="Found orphan containers ([c-a-1]) for this project."
 Network c_default  Creating
 Network c_default  Created
 Volume "c_data"  Creating
 Volume "c_data"  Created
 Container c-db-1  Creating
 Container c-db-1  Created
 Container c-db-1  Starting
 Container c-db-1  Started
 Container c-db-1  Waiting
 Container c-db-1  Healthy
 Container c-web-1  Running
"""

COMPOSE_START_FAILS = """\
 Container c-b-1  Created
 Container c-a-1  Created
 Container c-b-1  Starting
 Container c-a-1  Starting
 Container c-b-1  Started
Error response from daemon: exec: "nonono": executable file not found in $PATH: unknown
"""

COMPOSE_UNHEALTHY = """\
 Container e-b-1  Started
 Container e-b-1  Waiting
 Container e-b-1  Error
dependency failed to start: container e-b-1 is unhealthy
"""

COMPOSE_PULL_FAILS = """\
 a Pulling\x20
 4f4fb700ef54 Pulling fs layer\x20
 4f4fb700ef54 Downloading [==>      ]  1.2MB/30MB
 a Error Get "https://registry-1.docker.io/v2/": dial tcp: no such host
Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: no such host
"""

COMPOSE_BUILD_FAILS = """\
#8 [a two 2/2] RUN echo no >&2; exit 3
#8 0.092 no
#8 ERROR: process "/bin/sh -c echo no >&2; exit 3" did not complete successfully: exit code: 3
------
failed to solve: process "/bin/sh -c echo no >&2; exit 3" did not complete successfully: exit code: 3
"""


def read(parser: Parser, text: str, code: int = 1) -> Report:
    report = Report()
    for line in text.splitlines():
        parser.read(line, report)
    parser.end(code, report)
    return report


def states(report: Report) -> dict[str, str]:
    return {step.name: step.state for step in report.steps()}


class TestBuildx:
    def test_tells_the_steps_and_how_each_ended(self) -> None:
        assert states(read(BuildxParser(), BUILDX_FAILING)) == {
            "[internal] load build definition from Dockerfile": "done",
            "[base 1/2] FROM docker.io/library/bb:2": "cached",
            "[base 2/2] RUN echo hello && sleep 1": "done",
            "[two 2/2] RUN echo no >&2; exit 3": "failed",
        }

    def test_takes_the_time_that_buildkit_measured(self) -> None:
        steps = {step.key: step for step in read(BuildxParser(), BUILDX_FAILING).steps()}
        assert steps["#6"].seconds == 1.1

    def test_gives_a_step_its_output_without_number_and_time(self) -> None:
        report = read(BuildxParser(), BUILDX_FAILING)
        assert report.output_of("#6") == ("hello",)
        assert report.output_of("#8")[0] == "no"
        assert report.output_of("#8")[1].startswith("ERROR: process")

    def test_keeps_every_line_as_it_came(self) -> None:
        assert read(BuildxParser(), BUILDX_FAILING).lines() == (tuple(BUILDX_FAILING.splitlines()), 0)

    def test_says_which_step_failed_and_how(self) -> None:
        failure = read(BuildxParser(), BUILDX_FAILING).failure
        assert failure == "step [two 2/2] RUN echo no >&2; exit 3 failed with exit code 3"

    def test_shortens_a_long_step_so_that_the_exit_code_is_seen(self) -> None:
        text = f"#8 [1/1] RUN {'x' * 500}\n#8 ERROR: process did not complete successfully: exit code: 3"
        failure = read(BuildxParser(), text).failure
        assert failure.endswith("x… failed with exit code 3")
        assert len(failure) < 110

    def test_says_the_line_of_a_broken_dockerfile(self) -> None:
        failure = read(BuildxParser(), BUILDX_BROKEN).failure
        assert failure == "dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)"

    def test_says_what_the_engine_said_where_no_program_failed(self) -> None:
        text = "#2 [internal] load metadata for docker.io/library/no:1\n#2 ERROR: no such host"
        failure = read(BuildxParser(), text).failure
        assert failure == "step [internal] load metadata for docker.io/library/no:1 failed: no such host"

    def test_follows_steps_that_run_side_by_side(self) -> None:
        report = read(BuildxParser(), BUILDX_SIDE_BY_SIDE)
        assert states(report) == {
            "[a 2/2] RUN echo a; sleep 1; echo b": "failed",
            "[b 2/2] RUN sleep 9": "waiting",
        }
        assert report.output_of("#5")[:2] == ("a", "b")

    def test_takes_no_output_for_the_end_of_a_step(self) -> None:
        report = read(BuildxParser(), BUILDX_SIDE_BY_SIDE)
        assert report.output_of("#6") == ("DONE 9.9s",)

    def test_says_that_the_disk_was_full_in_the_programs_words(self) -> None:
        failure = read(BuildxParser(), BUILDX_FULL).failure
        assert failure == (
            "step [2/2] RUN dd of=/t/x failed with exit code 1: "
            "dd: error writing '/t/x': No space left on device"
        )
        long = BUILDX_FULL.replace("/t/x'", f"/{'x' * 200}'")
        assert read(BuildxParser(), long).failure.endswith("exit code 1: No space left on device")
        other = BUILDX_FULL.replace("#5 0.117", "#4 0.117")
        assert read(BuildxParser(), other).failure.endswith("exit code 1")

    def test_says_no_failure_after_success(self) -> None:
        assert read(BuildxParser(), BUILDX_BROKEN, code=0).failure == ""


BUILDX_FULL = """#4 [1/2] FROM docker.io/library/bb:2
#4 CACHED
#5 [2/2] RUN dd of=/t/x
#5 0.117 dd: error writing '/t/x': No space left on device
#5 0.117 17+0 records in
#5 ERROR: process "/bin/sh -c dd of=/t/x" did not complete successfully: exit code: 1
ERROR: failed to solve: process "/bin/sh -c dd of=/t/x" did not complete successfully: exit code: 1"""
CLASSIC_FULL = """Step 1/2 : FROM bb:2
 ---> 5da09e9159e2
Step 2/2 : RUN dd of=/dev/shm/x
 ---> Running in 74364acf7a65
\x1b[91mdd: error writing '/dev/shm/x': No space left on device
65+0 records in
\x1b[0mThe command '/bin/sh -c dd of=/dev/shm/x' returned a non-zero code: 1"""


class TestClassic:
    def test_tells_the_steps_and_how_each_ended(self) -> None:
        assert states(read(ClassicParser(), CLASSIC_FAILING)) == {
            "[1/3] FROM bb:2": "done",
            "[2/3] RUN echo hello": "cached",
            "[3/3] RUN echo Step 1/9 : FROM x; exit 3": "failed",
        }

    def test_says_which_step_failed_and_how(self) -> None:
        failure = read(ClassicParser(), CLASSIC_FAILING).failure
        assert failure == "step [3/3] RUN echo Step 1/9 : FROM x; exit 3 failed with exit code 3"

    def test_says_that_the_disk_was_full_in_the_programs_words(self) -> None:
        failure = read(ClassicParser(), CLASSIC_FULL).failure
        assert failure == (
            "step [2/2] RUN dd of=/dev/shm/x failed with exit code 1: "
            "dd: error writing '/dev/shm/x': No space left on device"
        )
        # What an earlier step said, and went on from, is not why this one failed.
        earlier = CLASSIC_FULL.replace("65+0 records in", "Step 3/2 : RUN false")
        assert read(ClassicParser(), earlier).failure.endswith("RUN false failed with exit code 1")

    def test_keeps_the_output_of_a_step(self) -> None:
        assert "Step 1/9 : FROM x" in read(ClassicParser(), CLASSIC_FAILING).output_of("3")

    def test_says_what_the_engine_said_before_the_first_step(self) -> None:
        text = "Sending build context\ndockerfile parse error line 2: unknown instruction: RUNN"
        assert (
            read(ClassicParser(), text).failure == "dockerfile parse error line 2: unknown instruction: RUNN"
        )

    def test_leaves_the_last_step_running_until_the_job_ends(self) -> None:
        assert states(read(ClassicParser(), "Step 1/1 : FROM x", code=0)) == {"[1/1] FROM x": "running"}


class TestCompose:
    def test_tells_what_became_of_each_object(self) -> None:
        assert states(read(ComposeParser(), COMPOSE_UP, code=0)) == {
            "Network c_default": "done",
            "Volume c_data": "done",
            "Container c-db-1": "done",
            "Container c-web-1": "cached",
        }

    def test_keeps_warnings_as_output_but_not_as_a_failure(self) -> None:
        report = read(ComposeParser(), COMPOSE_UP)
        assert "level=warning" in report.lines()[0][0]
        assert report.failure == ""

    def test_marks_the_one_container_that_did_not_start(self) -> None:
        report = read(ComposeParser(), COMPOSE_START_FAILS)
        assert states(report) == {"Container c-b-1": "done", "Container c-a-1": "failed"}
        assert report.failure.startswith('Error response from daemon: exec: "nonono"')

    def test_says_why_a_dependency_failed(self) -> None:
        report = read(ComposeParser(), COMPOSE_UNHEALTHY)
        assert states(report) == {"Container e-b-1": "failed"}
        assert report.failure == "dependency failed to start: container e-b-1 is unhealthy"

    def test_shows_a_pull_by_service_not_by_layer(self) -> None:
        report = read(ComposeParser(), COMPOSE_PULL_FAILS)
        assert states(report) == {"a": "failed"}
        assert report.failure.startswith("Error response from daemon: Get")

    def test_reads_the_builds_in_between(self) -> None:
        report = read(ComposeParser(), COMPOSE_BUILD_FAILS)
        assert states(report) == {"[a two 2/2] RUN echo no >&2; exit 3": "failed"}
        assert report.failure == "step [a two 2/2] RUN echo no >&2; exit 3 failed with exit code 3"

    @pytest.mark.parametrize(
        ("text", "failure"),
        [
            ("yaml: line 4: did not find expected key", "yaml: line 4: did not find expected key"),
            ("yaml: unmarshal errors:\n  line 3: bad", "yaml: unmarshal errors: line 3: bad"),
            (
                "validating c.yaml: services.a Additional property x",
                "validating c.yaml: services.a Additional property x",
            ),
            (" Container a-1  Error", "Container a-1 Error"),
        ],
    )
    def test_says_what_compose_said(self, text: str, failure: str) -> None:
        assert read(ComposeParser(), text).failure == failure


def test_of_a_program_with_no_steps_the_last_line_is_the_failure() -> None:
    report = read(PlainParser(), "one\ntwo\n\n")
    assert (report.failure, report.steps()) == ("two", ())
