from __future__ import annotations

import io
import os
import tarfile
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tui.engine.build import build_job
from tui.engine.buildanswers import BuildAnswers, build_words
from tui.engine.buildchecks import check_build, check_classic, check_read
from tui.engine.dockerfile import parse
from tui.engine.errors import EngineError, Trouble, Unreachable
from tui.engine.jobs import Job, JobState
from tui.engine.references import check_tag
from tui.engine.secrets import MASK

if TYPE_CHECKING:
    from pathlib import Path

    from docker.api.client import APIClient


def no_client() -> APIClient:
    raise Unreachable(Trouble.REFUSED, "connection refused: nothing is listening there")


def ended(job: Job) -> Job:
    assert job.wait(15), "the job did not end"
    return job


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM bb:2\n")
    return folder


class TestWords:
    def test_are_what_one_would_type(self) -> None:
        assert build_words(BuildAnswers("/srv/app", tags=("app:1",))) == (
            "docker",
            "build",
            "-t",
            "app:1",
            "/srv/app",
        )

    def test_name_the_engine(self) -> None:
        words = build_words(BuildAnswers("/srv/app"), ("--context", "prod"))
        assert words == ("docker", "--context", "prod", "build", "/srv/app")

    def test_hold_every_answer(self) -> None:
        answers = BuildAnswers(
            "/srv/app", "docker/web", ("a",), (("V", "1 2"), ("W", "")), "run", no_cache=True
        )
        assert build_words(answers) == (
            *("docker", "build", "-t", "a", "-f", "/srv/app/docker/web", "--build-arg", "V=1 2"),
            *("--build-arg", "W=", "--target", "run", "--no-cache", "/srv/app"),
        )

    def test_mean_the_same_in_every_folder(self, context: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(context.parent)
        words = build_words(BuildAnswers("./app", "../other/Dockerfile"))
        assert words[-3:] == ("-f", str(context.parent / "other/Dockerfile"), str(context))

    def test_know_the_home_folder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", "/home/me")
        words = build_words(BuildAnswers("~/app", "~/Dockerfile"))
        assert words[-3:] == ("-f", "/home/me/Dockerfile", "/home/me/app")

    def test_take_a_user_who_does_not_exist_for_a_folder(
        self, context: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(context)
        words = build_words(BuildAnswers("~nobody-of-this-name", "~nor-this"))
        folder = str(context / "~nobody-of-this-name")
        assert words[-3:] == ("-f", f"{folder}/~nor-this", folder)

    @pytest.mark.parametrize("name", ["TOKEN", "npm_token", "DB_PASSWORD", "APIKEY", "MY_SECRET"])
    def test_mask_secrets(self, name: str) -> None:
        words = build_words(BuildAnswers("/srv/app", args=((name, "hunter2"),)))
        assert f"{name}={MASK}" in words
        assert "hunter2" not in " ".join(words)


class TestTags:
    @pytest.mark.parametrize(
        "tag",
        [
            "a",
            "app:1",
            "app:V1.2-rc_3",
            "team/app",
            "a__b/c--d.e:_x",
            "localhost/app",
            "localhost:5000/team/app:1",
            "registry.example.com/a/b",
            "Registry.Example.com:443/a",
            "[::1]:5000/app:2",
            "Host/app",
        ],
    )
    def test_that_docker_takes(self, tag: str) -> None:
        assert check_tag(tag) == ""

    @pytest.mark.parametrize(
        ("tag", "words"),
        [
            ("App", "lower case: app"),
            ("team/App:V1", "lower case: team/app:V1"),
            ("app:", "after :"),
            ("app:-x", "after :"),
            ("app:" + "x" * 129, "128"),
            ("app:a b", "after :"),
            (":1", "a name is missing"),
            ("a b", "not ' '"),
            ("a//b", "empty part"),
            ("/a", "empty part"),
            ("a/", "empty part"),
            ("-a", "between letters"),
            ("a..b", "between letters"),
            ("a___b", "between letters"),
            ("ä", "not 'ä'"),
            ("app@sha256:" + "0" * 64, "digest"),
            ("0" * 64, "hexadecimal"),
            ("a" * 256, "255"),
            ("reg_istry.com/a", "no registry"),
            ("host:port/a", "no registry"),
        ],
    )
    def test_that_docker_refuses(self, tag: str, words: str) -> None:
        assert words in check_tag(tag)


class TestCheck:
    def test_of_a_good_build_finds_nothing(self, context: Path) -> None:
        answers = BuildAnswers(str(context), "", ("app:1",), (("A", "1"),), "stage-1")
        assert check_build(answers) == {}

    def test_wants_a_folder(self, context: Path) -> None:
        assert check_build(BuildAnswers(" ")) == {"context": "which folder?"}
        assert check_build(BuildAnswers(str(context / "no"))) == {"context": "there is no such folder"}
        assert check_build(BuildAnswers(str(context / "Dockerfile"))) == {"context": "this is not a folder"}

    def test_wants_a_dockerfile(self, context: Path) -> None:
        (context / "Dockerfile").unlink()
        assert check_build(BuildAnswers(str(context))) == {
            "dockerfile": f"there is no Dockerfile in {context}"
        }
        assert check_build(BuildAnswers(str(context), "web")) == {"dockerfile": "there is no such file"}
        assert check_build(BuildAnswers(str(context), ".")) == {"dockerfile": "this is a folder"}

    def test_takes_a_dockerfile_from_elsewhere(self, context: Path) -> None:
        (context.parent / "web").write_text("FROM bb:2\n")
        assert check_build(BuildAnswers(str(context), "../web")) == {}
        assert check_build(BuildAnswers(str(context), str(context.parent / "web"))) == {}

    def test_names_the_field_of_each_fault(self, context: Path) -> None:
        answers = BuildAnswers(str(context), tags=("A",), args=(("B C", "1"),), target="x y")
        assert check_build(answers).keys() == {"tags", "args", "target"}

    def test_wants_a_name_for_each_argument(self, context: Path) -> None:
        assert "an argument" in check_build(BuildAnswers(str(context), args=(("", "1"),)))["args"]


class TestBuildKit:
    @pytest.fixture
    def job(self, context: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
        """A build by a docker CLI that only writes down how it was called."""
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        monkeypatch.setattr("tempfile.tempdir", None)
        program = tmp_path / "docker"
        program.write_text(
            '#!/bin/sh\nprintf "%s\\n" "$@"\n/usr/bin/env | /bin/grep -E "^(DOCKER|BUILDX)"\n'
            'for word; do case "$word" in --iidfile=*) printf sha256:1 > "${word#*=}" ;; esac; done\n'
        )
        program.chmod(0o755)
        answers = BuildAnswers(str(context), "", ("app:1",), (("TOKEN", "hunter2"),))
        environ = {"PATH": str(tmp_path), "DOCKER_HOST": "unix:///x.sock", "BUILDX_BUILDER": "far"}
        return ended(build_job(answers, ("-H", "ssh://far"), environ, True, no_client))

    def test_runs_what_is_shown(self, job: Job, context: Path) -> None:
        assert job.state is JobState.DONE, job.output
        assert job.words == (
            *(
                "docker",
                "-H",
                "ssh://far",
                "build",
                "-t",
                "app:1",
                "--build-arg",
                f"TOKEN={MASK}",
                str(context),
            ),
        )
        ran = [word for word in job.output if not word.startswith(("DOCKER_", "--iidfile", "--progress"))]
        assert ran == ["build", "-t", "app:1", "--build-arg", "TOKEN=hunter2", str(context)]

    def test_builds_in_the_engine_of_the_session(self, job: Job) -> None:
        assert "DOCKER_HOST=unix:///x.sock" in job.output
        assert "DOCKER_BUILDKIT=1" in job.output
        assert not any(line.startswith("BUILDX_BUILDER") for line in job.output)

    def test_gives_the_id_and_leaves_no_file(self, job: Job, tmp_path: Path) -> None:
        assert job.result == "sha256:1"
        assert (job.title, job.target) == ("build app:1", "app:1")
        assert not list(tmp_path.glob("*.iid"))

    def test_says_that_there_is_no_docker(self, context: Path, tmp_path: Path) -> None:
        job = ended(build_job(BuildAnswers(str(context)), (), {"PATH": str(tmp_path)}, True, no_client))
        assert job.failure == "there is no docker on this machine's PATH"


class FakeClient:
    """The part of docker-py's client that the classic builder uses."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.hooks: dict[str, list[Any]] = {"response": []}
        self.answers = answers
        self.asked: dict[str, Any] = {}
        self.sent = b""
        self.tagged: list[tuple[str, ...]] = []
        self.closed = False
        self.sending, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def build(self, *, fileobj: Any, **asked: Any) -> Any:
        self.asked = asked
        for piece in fileobj:
            self.sent += piece
            self.sending.set()
            self.go_on.wait(10)
        return iter(self.answers)

    def tag(self, *words: str) -> None:
        self.tagged.append(words)

    def close(self) -> None:
        self.closed = True


def classic(client: FakeClient, answers: BuildAnswers) -> Job:
    return build_job(answers, (), {}, False, lambda: client)  # type: ignore[arg-type,return-value]  # a stand-in


class TestClassic:
    def test_asks_for_what_was_filled_in(self, context: Path) -> None:
        client = FakeClient({"stream": "Step 1/1 : FROM x\n"}, {"aux": {"ID": "sha256:2"}})
        job = ended(
            classic(client, BuildAnswers(str(context), "", ("a",), (("B", "1"),), "t", no_cache=True))
        )
        assert (job.state, job.result, client.closed) == (JobState.DONE, "sha256:2", True)
        assert (
            client.asked.items()
            >= {
                "tag": "a",
                "target": "t",
                "nocache": True,
                "rm": True,
                "forcerm": True,
            }.items()
        )
        assert client.asked["buildargs"] == {"B": "1"}

    def test_sends_what_dockerignore_leaves(self, context: Path) -> None:
        (context / ".dockerignore").write_text("# no\n*.log\n\n")
        (context / "secret.log").write_text("not to be sent")
        (context / "main.py").write_text("to be sent")
        client = FakeClient()
        ended(classic(client, BuildAnswers(str(context))))
        assert b"to be sent" in client.sent
        assert b"not to be sent" not in client.sent

    def test_sends_a_dockerfile_from_elsewhere_along(self, context: Path) -> None:
        (context.parent / "web").write_text("FROM elsewhere\n")
        client = FakeClient()
        ended(classic(client, BuildAnswers(str(context), "../web")))
        assert b"FROM elsewhere" in client.sent
        assert client.asked["dockerfile"].startswith(".dockerfile.")

    def test_names_a_dockerfile_of_the_context(self, context: Path) -> None:
        (context / "web").write_text("FROM bb:2\n")
        client = FakeClient()
        ended(classic(client, BuildAnswers(str(context), "web")))
        assert client.asked["dockerfile"] == "web"

    def test_shows_a_pull_without_its_progress(self, context: Path) -> None:
        progress = [{"status": "Downloading", "id": "4f4f", "progress": f"{n}%"} for n in range(50)]
        client = FakeClient(
            {"stream": "Step 1/1 : FROM x\n"},
            {"status": "Pulling from x"},
            *progress,
            {"aux": {"ID": "sha256:2"}},
        )
        job = ended(classic(client, BuildAnswers(str(context))))
        assert job.output_of("1") == ("Pulling from x", "4f4f: Downloading")

    def test_says_which_step_failed(self, context: Path) -> None:
        message = "The command '/bin/sh -c false' returned a non-zero code: 3"
        client = FakeClient(
            {"stream": "Step 1/1 : RUN false"},
            {"stream": "\n"},
            {"stream": "out"},
            {"errorDetail": {"code": 3, "message": message}, "error": message},
        )
        job = ended(classic(client, BuildAnswers(str(context))))
        assert (job.state, job.exit_code) == (JobState.FAILED, 3)
        assert job.failure == "step [1/1] RUN false failed with exit code 3"
        assert job.output_of("1") == ("out", message)

    def test_an_end_without_an_image_is_a_failure(self, context: Path) -> None:
        job = ended(classic(FakeClient({"stream": "Step 1/1 : FROM x\n"}), BuildAnswers(str(context))))
        assert job.state is JobState.FAILED
        assert "before there was an image" in job.failure

    def test_says_that_the_engine_cannot_be_reached(self, context: Path) -> None:
        job = ended(build_job(BuildAnswers(str(context)), (), {}, False, no_client))
        assert job.failure == "connection refused: nothing is listening there"

    def test_takes_what_is_no_plain_file_as_it_is(self, context: Path) -> None:
        os.mkfifo(context / "fifo")
        (context / "gone").symlink_to("nowhere")
        client = FakeClient({"aux": {"ID": "sha256:2"}})
        assert ended(classic(client, BuildAnswers(str(context)))).state is JobState.DONE

    def test_says_that_the_context_cannot_be_packed(self, context: Path) -> None:
        client = FakeClient({"aux": {"ID": "sha256:2"}})
        job = ended(classic(client, BuildAnswers(str(context), "../nothing")))
        assert job.state is JobState.FAILED
        assert "the context can't be packed" in job.failure
        assert not client.asked

    def test_is_cancelled_while_the_context_is_sent(self, context: Path) -> None:
        (context / "big").write_bytes(bytes(1 << 20))
        client = FakeClient({"aux": {"ID": "sha256:2"}})
        client.go_on.clear()
        job = classic(client, BuildAnswers(str(context)))
        assert client.sending.wait(10)
        job.cancel()
        client.go_on.set()
        assert ended(job).state is JobState.CANCELLED
        assert len(client.sent) < 1 << 20
        assert client.closed

    def test_gives_every_tag(self, context: Path) -> None:
        client = FakeClient({"aux": {"ID": "sha256:2"}})
        job = ended(classic(client, BuildAnswers(str(context), tags=("a:1", "reg:5000/b", "c:x"))))
        assert client.asked["tag"] == "a:1"
        assert client.tagged == [("sha256:2", "reg:5000/b", "latest"), ("sha256:2", "c", "x")]
        assert job.output[-1] == "Successfully tagged c:x"

    def test_says_how_much_is_sent(self, context: Path) -> None:
        (context / ".dockerignore").write_text("*.log\nDockerfile\n.dockerignore\n")
        (context / "a.log").write_bytes(bytes(5000))
        (context / "b").write_bytes(bytes(1200))
        client = FakeClient({"aux": {"ID": "sha256:2"}})
        job = ended(classic(client, BuildAnswers(str(context))))
        assert job.output[0] == "Sending build context to the engine: 1 file, 1K"
        with tarfile.open(fileobj=io.BytesIO(client.sent)) as sent:
            # The engine needs the other two, and takes them away itself.
            assert sorted(sent.getnames()) == [".dockerignore", "Dockerfile", "b"]

    def test_refuses_what_it_would_pass_over(self, context: Path) -> None:
        (context / "Dockerfile").write_text("FROM bb:2\nRUN <<EOF\nmake\nEOF\nRUN --mount=type=cache make\n")
        with pytest.raises(EngineError, match="line 2: a heredoc in RUN needs BuildKit, and 1 more"):
            classic(FakeClient(), BuildAnswers(str(context)))


class TestMore:
    def test_words_hold_the_further_answers(self) -> None:
        answers = BuildAnswers(
            "/srv/app",
            tags=("a:1", "a:2"),
            pull=True,
            platform="linux/arm64",
            secrets=("id=key,src=/k",),
            cache_from=("type=registry,ref=a",),
            cache_to=("type=s3,bucket=b,secret_access_key=hunter2",),
        )
        assert build_words(answers)[2:] == (
            *("-t", "a:1", "-t", "a:2", "--platform", "linux/arm64", "--pull"),
            *("--secret", "id=key,src=/k", "--cache-from", "type=registry,ref=a"),
            *("--cache-to", f"type=s3,bucket=b,secret_access_key={MASK}", "/srv/app"),
        )

    def test_the_file_of_a_secret_means_the_same_in_every_folder(
        self, context: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(context)
        assert f"id=a,src={context}/k" in build_words(BuildAnswers(".", secrets=("id=a, src=./k",)))

    def test_secrets_are_looked_at_but_not_into(self, context: Path) -> None:
        def wrong(spec: str) -> str:
            return check_build(BuildAnswers(str(context), secrets=(spec,))).get("secrets", "")

        (context / "key").write_text("hunter2")
        assert wrong(f"id=key,src={context}/key") == ""
        assert wrong("id=key,env=KEY") == ""
        assert "there is no file" in wrong("id=key,src=/nowhere/key")
        assert "needs an id" in wrong("src=/nowhere/key")
        assert "id=NAME" in wrong("id=a,value=hunter2")

    def test_platforms_are_one(self, context: Path) -> None:
        assert not check_build(BuildAnswers(str(context), platform="linux/arm/v7"))
        wrong = check_build(BuildAnswers(str(context), platform="linux/amd64,linux/arm64"))
        assert "several platforms" in wrong["platform"]

    def test_a_stage_that_is_not_in_the_file_is_told_with_those_that_are(self) -> None:
        read = parse("FROM a AS base\nFROM base AS run\n")
        assert check_read(BuildAnswers(".", target="run"), read) == {}
        assert check_read(BuildAnswers(".", target="1"), read) == {}
        assert check_read(BuildAnswers(".", target="x"), read) == {
            "target": "there is no stage x; the stages: run, base"
        }

    def test_the_classic_builder_says_at_each_field_what_it_cannot_do(self) -> None:
        answers = BuildAnswers(".", secrets=("id=a",), cache_from=("type=gha",), cache_to=("inline",))
        wrong = check_classic(answers, parse("FROM a\nRUN --mount=type=cache x\n"))
        assert wrong.keys() == {"secrets", "cache_from", "cache_to", "dockerfile"}
        assert wrong["dockerfile"] == "line 2: RUN --mount needs BuildKit"
        assert check_classic(BuildAnswers(".", cache_from=("a:1",)), parse("FROM a\n")) == {}
