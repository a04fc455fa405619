from __future__ import annotations

import gzip
import json
from urllib.parse import quote

import pytest

from tests.demo.messages import archive, ask, build, context, error, masked, text
from tests.demo.talk import raw, until


@pytest.fixture(autouse=True)
def quick(engine):
    engine.world.pace = 0


def told(world):
    return [event.action for event in world.events.kept if event.type == "container"]


def test_steps_in_dockers_words(talk, world):
    dockerfile = (
        "# syntax=x\nFROM bb:2 AS base\nENV A=b \\\n  # in between\n  C=d\nRUN echo hi $A >&2; echo there\n"
    )
    messages = build(talk, dockerfile)
    assert masked(messages) == [
        {"stream": "Step 1/3 : FROM bb:2 AS base"},
        {"stream": "\n"},
        {"stream": " ---> SHORT\n"},
        {"stream": "Step 2/3 : ENV A=b   C=d"},
        {"stream": "\n"},
        {"stream": " ---> Running in SHORT\n"},
        {"stream": " ---> Removed intermediate container SHORT\n"},
        {"stream": " ---> SHORT\n"},
        {"stream": "Step 3/3 : RUN echo hi $A >&2; echo there"},
        {"stream": "\n"},
        {"stream": " ---> Running in SHORT\n"},
        {"stream": "\x1b[91mhi b\n\x1b[0m"},
        {"stream": "there\n"},
        {"stream": " ---> Removed intermediate container SHORT\n"},
        {"stream": " ---> SHORT\n"},
        {"aux": {"ID": "sha256:ID"}},
        {"stream": "Successfully built SHORT\n"},
        {"stream": "Successfully tagged made:1\n"},
    ]
    assert told(world) == ["create", "destroy", "create", "attach", "start", "die", "destroy"]
    assert world.events.kept[-1].action == "tag"
    assert world.containers == {}


def test_the_same_again_comes_from_the_cache_until_something_differs(talk):
    dockerfile = "FROM bb:2\nCOPY a.txt /a\nRUN echo one\nRUN echo two\n"
    first = build(talk, dockerfile, a=b"1")
    again = text(build(talk, dockerfile, a=b"1"))
    assert again.count(" ---> Using cache\n") == 3
    assert again.splitlines()[-2] == text(first).splitlines()[-2]
    assert text(build(talk, dockerfile, "t=made:1&nocache=1", a=b"1")).count("Using cache") == 0
    assert text(build(talk, dockerfile, a=b"2")).count("Using cache") == 0
    assert text(build(talk, dockerfile.replace("two", "three"), a=b"2")).count("Using cache") == 2


def test_the_image_has_history_config_and_size(talk, world):
    build(
        talk,
        "FROM bb:2\nARG WHO=me\nWORKDIR /app\nCOPY a.txt b.txt /app/\nRUN echo $WHO\nEXPOSE 80\n"
        'VOLUME /data\nUSER 1000\nLABEL x="y z"\nHEALTHCHECK --interval=5s CMD true\nSTOPSIGNAL SIGINT\n'
        'ONBUILD RUN echo later\nSHELL ["/bin/sh", "-ec"]\nENTRYPOINT ["run"]\nCMD ["x", "y"]\n',
        a=b"x" * 1000,
        b=b"y" * 500,
    )
    image = talk.ask("GET", "/images/made:1/json")[1]
    base = talk.ask("GET", "/images/bb:2/json")[1]
    assert image["Size"] == base["Size"] + 1500
    assert len(image["RootFS"]["Layers"]) == len(base["RootFS"]["Layers"]) + 3
    assert image["Parent"] in world.images
    assert image["RepoDigests"] == []
    config = image["Config"]
    assert config["Cmd"] == ["x", "y"]
    assert config["Entrypoint"] == ["run"]
    assert config["WorkingDir"] == "/app"
    assert config["ExposedPorts"] == {"80/tcp": {}}
    assert config["Healthcheck"] == {"Test": ["CMD-SHELL", "true"], "Interval": 5_000_000_000}
    assert config["OnBuild"] == ["RUN echo later"]
    assert config["Labels"] == {"x": "y z"}
    assert config["StopSignal"] == "SIGINT"
    history = talk.ask("GET", "/images/made:1/history")[1]
    created = [step["CreatedBy"] for step in masked(history)]
    assert created[:3] == [
        '/bin/sh -ec #(nop)  CMD ["x" "y"]',
        '/bin/sh -ec #(nop)  ENTRYPOINT ["run"]',
        "/bin/sh -ec #(nop)  SHELL [/bin/sh -ec]",
    ]
    assert "|1 WHO=me /bin/sh -c echo $WHO" in created
    assert "/bin/sh -c #(nop) COPY multi:ID in /app/ " in created
    assert [step["Id"] == "<missing>" for step in history] == [False] * 15 + [True, True]
    rows = talk.ask("GET", "/images/json")[1]
    assert [row["RepoTags"] for row in rows] == [["made:1"], ["bb:2"]]
    assert len(talk.ask("GET", "/images/json?all=1")[1]) == 15
    gone = talk.ask("DELETE", "/images/made:1")[1]
    assert len([one for one in gone if "Deleted" in one]) == 14 + 3
    assert next(iter(world.images.values())).tags == ["bb:2"]


def test_a_failed_step_leaves_its_container_unless_told_otherwise(talk, world):
    dockerfile = "FROM bb:2\nRUN echo before && exit 3\nRUN echo never\n"
    messages = build(talk, dockerfile)
    assert messages[-1] == {
        "errorDetail": {
            "code": 3,
            "message": "The command '/bin/sh -c echo before && exit 3' returned a non-zero code: 3",
        },
        "error": "The command '/bin/sh -c echo before && exit 3' returned a non-zero code: 3",
    }
    assert [(one.state, one.exit_code) for one in world.containers.values()] == [("exited", 3)]
    assert "Removed intermediate" in text(build(talk, dockerfile, "forcerm=1"))
    assert len(world.containers) == 1


@pytest.mark.parametrize(
    ("dockerfile", "words"),
    [
        (
            "FROM bb:2\nRUNN x\n",
            "dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)",
        ),
        ("RUN x\nFROM bb:2\n", "no build stage in current context"),
        ("# only\n", "failed to parse Dockerfile: file with no instructions"),
        ("FROM bb:2\n\nENV x\n", "failed to parse Dockerfile: ENV must have two arguments"),
        (
            "FROM bb:2\nENV a=b c\n",
            (
                'failed to parse Dockerfile: Syntax error - can\'t find = in "c". '
                "Must be of the form: name=value"
            ),
        ),
        (
            "FROM bb:2\nCOPY a\n",
            (
                "dockerfile parse error on line 2: COPY requires at least two arguments, but only one was "
                "provided. Destination could not be determined"
            ),
        ),
        (
            "FROM bb:2\nCOPY --foo=1 a /\n",
            "dockerfile parse error on line 2: unknown flag: foo (did you mean from?)",
        ),
        (
            "FROM bb:2\nSHELL x\n",
            "dockerfile parse error on line 2: SHELL requires the arguments to be in JSON form",
        ),
        ("FROM bb:2 AS\n", "dockerfile parse error on line 1: FROM requires either one or three arguments"),
    ],
)
def test_syntax_errors_are_refused_before_the_stream(talk, dockerfile, words):
    assert ask(talk, "POST", "/build", context(dockerfile)) == (400, [{"message": words}])


@pytest.mark.parametrize(
    ("dockerfile", "words"),
    [
        (
            "FROM bb:2\nCOPY nope /\n",
            (
                "COPY failed: file not found in build context or excluded by .dockerignore: stat nope: "
                "file does not exist"
            ),
        ),
        ("FROM bb:2\nCOPY ../x /\n", "COPY failed: forbidden path outside the build context: ../x ()"),
        ("FROM bb:2\nADD *.zip /\n", "ADD failed: no source files were specified"),
        (
            "FROM bb:2\nCOPY Dockerfile Dockerfile /x\n",
            (
                "When using COPY with more than one source file, the destination must be "
                "a directory and end with a /"
            ),
        ),
        ("FROM $X\n", "base name ($X) should not be blank"),
        ("FROM scratch\n", "No image was generated. Is your Dockerfile empty?"),
        ("FROM bb:2\nSTOPSIGNAL FOO\n", "invalid signal: FOO"),
        ("FROM bb:2\nEXPOSE abc\n", "Invalid containerPort: abc"),
        (
            "FROM bb:2\nRUN --mount=type=cache,target=/x true\n",
            (
                "the --mount option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to "
                "learn how to build images with BuildKit enabled"
            ),
        ),
        (
            "FROM wherry-nope:1\n",
            (
                "pull access denied for wherry-nope, repository does not exist or may require "
                "'docker login': denied: requested access to the resource is denied"
            ),
        ),
        ("FROM bb:2\nCOPY --from=1 a /\n", "invalid from flag value 1: index out of bounds"),
    ],
)
def test_what_goes_wrong_later_ends_the_stream(talk, dockerfile, words):
    assert error(build(talk, dockerfile)) == words


def test_stages_arguments_labels_and_a_target(talk, world):
    dockerfile = (
        "ARG V=2\nFROM bb:$V AS one\nARG A\nARG B=q\nRUN echo $A $B\nCOPY a.txt /a\n"
        "FROM bb:2 AS two\nCOPY --from=one /a /b\nFROM one\nRUN echo never\n"
    )
    arguments = quote(json.dumps({"A": "b", "C": "unused"}))
    labels = quote(json.dumps({"k": "v w"}))
    query = f"t=made:1&t=made:2&target=two&buildargs={arguments}&labels={labels}"
    said = text(build(talk, dockerfile, query, a=b"12345"))
    assert "Step 9/9 : LABEL k=v w" in said
    assert "b q\n" in said
    assert "never" not in said
    assert "[Warning] One or more build-args [C] were not consumed\n" in said
    assert said.endswith("Successfully tagged made:1\nSuccessfully tagged made:2\n")
    image = world.find_image("made:2")
    assert image.labels == {"k": "v w"}
    assert image.size == world.find_image("bb:2").size + 5
    status, value = ask(talk, "POST", "/build?target=zz", context(dockerfile))
    assert (status, value[0]["message"]) == (400, 'target stage "zz" could not be found')


def test_triggers_of_the_base(talk):
    build(talk, "FROM bb:2\nONBUILD RUN echo first\nONBUILD RUN echo second\n", "t=base:1")
    said = text(build(talk, "FROM base:1\n"))
    assert "# Executing 2 build triggers\n" in said
    assert "first\n" in said
    assert "second\n" in said


def test_a_base_that_is_not_here_is_pulled(talk, world):
    messages = build(talk, "FROM alpine:3.22\nRUN apk add --no-cache curl\n")
    assert {"status": "Pulling from library/alpine", "id": "3.22"} in messages
    assert any(one.get("status") == "Pull complete" for one in messages)
    assert "(1/1) Installing curl" in text(messages)
    assert world.find_image("made:1").size > world.find_image("alpine:3.22").size > 0


def test_pip_install_prints_and_takes_space(talk, world):
    said = text(build(talk, "FROM python:3.13-slim\nRUN pip install --no-cache-dir pandas==2.3.3\n"))
    assert "Collecting pandas\n" in said
    assert "Successfully installed numpy-2.3.5 pandas-2.3.3" in said
    assert world.find_image("made:1").size > world.find_image("python:3.13-slim").size + 20_000_000


def test_quiet_gzip_and_other_names_for_the_dockerfile(talk):
    content = gzip.compress(archive({"docker/File": b"FROM bb:2\nRUN echo x\n"}))
    status, messages = ask(talk, "POST", "/build?q=1&dockerfile=docker/File", content)
    assert status == 200
    assert masked(messages) == [{"stream": "sha256:ID\n"}]
    for query, body, words in (
        ("dockerfile=Nope", content, "Cannot locate specified Dockerfile: Nope"),
        ("dockerfile=../x", content, "forbidden path outside the build context: ../x ()"),
        ("", b"not a tar at all", "unexpected EOF"),
    ):
        assert ask(talk, "POST", f"/build?{query}", body) == (500, [{"message": words}])


def test_only_the_classic_builder(talk):
    status, messages = ask(talk, "POST", "/build?version=2", context("FROM bb:2\n"))
    assert (status, messages[0]["message"]) == (400, "buildkit not supported by daemon")
    assert ask(talk, "POST", "/build?version=3", context("FROM bb:2\n"))[1] == [
        {"message": 'invalid version "3"'}
    ]
    talk.request("GET", "/_ping")
    answer = talk.getresponse()
    answer.read()
    assert answer.headers["Builder-Version"] == "1"


def test_a_client_that_leaves_ends_the_step(engine, world):
    world.pace = 1
    body = context("FROM bb:2\nRUN echo begun; sleep 600\n")
    head = f"POST /build?rm=0 HTTP/1.1\r\nHost: d\r\nContent-Length: {len(body)}\r\n\r\n"
    sock = raw(engine.path, head)
    sock.sendall(body)
    content = b""
    while b'"begun' not in content:
        content += sock.recv(65536)
    [running] = world.containers.values()
    assert running.state == "running"
    sock.close()
    until(lambda: engine.connections == 0)
    assert world.containers == {}
    assert told(world)[-3:] == ["kill", "die", "destroy"]
    assert [image.tags for image in world.images.values()] == [["bb:2"]]


def test_a_step_that_somebody_kills(engine, world, talk):
    world.pace = 1
    body = context("FROM bb:2\nRUN sleep 600\n")
    sock = raw(engine.path, f"POST /build HTTP/1.1\r\nHost: d\r\nContent-Length: {len(body)}\r\n\r\n")
    sock.sendall(body)
    until(lambda: any(one.state == "running" for one in list(world.containers.values())))
    world.kill(next(iter(world.containers)))
    content = b""
    while b"non-zero code: 137" not in content:
        part = sock.recv(65536)
        assert part, content
        content += part
    sock.close()
