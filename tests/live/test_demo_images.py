"""Builds, pulls, pushes and prunes of the demo engine and of a real one: they must go alike.

Whatever is made on the real engine carries a label of the test's own, and is pruned by it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.demo.messages import ask, context, error, manifest, masked, text
from tests.demo.talk import raw, until
from tests.live.test_demo_fidelity import REAL, SLEEP, Both, same_keys
from tui.demo.scenes import bare
from tui.demo.server import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MARK = "wherry.test"


class Pair(Both):
    """Both engines, and what carries this test's label."""

    @property
    def label(self) -> str:
        return f"{_MARK}={self.prefix}"

    def build(self, steps: str, query: str = "", **files: bytes) -> list[list[dict[str, Any]]]:
        """Build on both, on bb:2 with the label, and give their messages, masked."""
        dockerfile = f"FROM bb:2\nLABEL {self.label}\n{steps}"
        return self.messages("POST", f"/build?rm=1&{query}", context(dockerfile, **files))

    def messages(
        self, method: str, target: str, body: bytes | None = None, auth: bool = False
    ) -> list[list[dict[str, Any]]]:
        """Ask both for a stream of messages; their statuses must be the same."""
        answers = [ask(talk, method, target, body, auth) for talk in self.talks]
        assert answers[0][0] == answers[1][0], answers
        return [masked(messages) for _, messages in answers]

    def prune(self, kind: str, **filters: list[str]) -> list[Any]:
        """Prune what carries the label."""
        return self.ask(
            "POST", f"/{kind}/prune?filters={quote(json.dumps({'label': [self.label], **filters}))}"
        )

    def told(self) -> list[list[str]]:
        """Give what both told of things with the label, and of the networks of such containers."""
        time.sleep(0.3)
        found = []
        for lines in self.lines():
            items = [json.loads(line) for line in lines]
            mine = {item["Actor"]["ID"] for item in items if self._marked(item)}
            found.append(
                [
                    f"{item['Type']} {item['Action']} {sorted(item['Actor']['Attributes'])} {sorted(item)}"
                    for item in items
                    if self._marked(item) or item["Actor"]["Attributes"].get("container") in mine
                ]
            )
        return found

    def _marked(self, item: dict[str, Any]) -> bool:
        return bool(item["Actor"]["Attributes"].get(_MARK) == self.prefix)


@pytest.fixture
def pair(tmp_path: Path, prefix: str) -> Iterator[Pair]:
    with DemoEngine(str(tmp_path / "d.sock"), bare) as demo:
        made = Pair((REAL, demo.path), prefix)
        yield made
        made.prune("containers")
        made.prune("images", dangling=["false"])
        made.prune("volumes", all=["1"])
        for talk in made.talks:
            talk.close()


def output(messages: list[dict[str, Any]]) -> list[Any]:
    """Join what is printed, which comes in pieces of any size, and keep the rest as it is."""
    return [text(messages).splitlines(), [one for one in messages if "stream" not in one]]


STEPS = """\
ARG WHO=me
ENV A=b \\
  # in between
  C="d e"
WORKDIR /app
COPY a.txt \\
  b.txt /app/
RUN echo hi $WHO; echo $C
ADD a.txt /other
EXPOSE 80 90/udp
USER 1000
HEALTHCHECK --interval=5s CMD true
STOPSIGNAL SIGINT
ONBUILD RUN echo later
ENTRYPOINT ["echo"]
SHELL ["/bin/sh", "-ec"]
CMD ["x", "y"]
"""


def test_a_build(pair):
    name = pair.name("image")
    for _ in range(2):
        real, demo = pair.build(STEPS, f"t={name}:1&t={name}", a=b"x" * 1000, b=b"yy")
        assert len(real) > 50
        assert output(demo) == output(real)
    assert text(real).count("Using cache") == 15
    images = pair.ask("GET", f"/images/{name}:1/json")
    same_keys(images)
    for part in ("Size", "RepoDigests", "Comment", "Author", "Os", "Architecture"):
        assert images[0][part] == images[1][part], part
    assert masked(images[0]["Config"]) == masked(images[1]["Config"])
    histories = [masked(value) for value in pair.ask("GET", f"/images/{name}:1/history")]
    for one, other in zip(*histories, strict=True):
        fields = ("Comment", "CreatedBy", "Size")
        assert [one[field] for field in fields] == [other[field] for field in fields]
        assert one["Id"] == other["Id"]
    assert [value[0]["Tags"] for value in histories] == [[f"{name}:1", f"{name}:latest"]] * 2
    real, demo = pair.told()
    assert len(real) > 20
    assert demo == real


def test_stages_arguments_and_labels(pair):
    dockerfile = (
        f"ARG V=2\nFROM bb:$V AS one\nLABEL {pair.label}\nARG A\nARG B=q\nRUN echo $A $B\n"
        f"FROM bb:2 AS two\nLABEL {pair.label}\nCOPY --from=one /bin/busybox /b\nFROM one\nRUN echo never\n"
    )
    arguments = quote(json.dumps({"A": "b", "C": "unused"}))
    labels = quote(json.dumps({"k": "v w"}))
    query = f"t={pair.name('two')}&target=two&buildargs={arguments}&labels={labels}"
    real, demo = pair.messages("POST", f"/build?rm=1&{query}", context(dockerfile))
    assert output(demo) == output(real)
    base = pair.name("base")
    pair.build("ONBUILD RUN echo first\nONBUILD RUN echo second\n", f"t={base}")
    real, demo = pair.messages("POST", "/build?rm=1", context(f"FROM {base}\nRUN echo third\n"))
    assert output(demo) == output(real)
    real, demo = pair.build("RUN echo quiet\n", "q=1")
    assert demo == real == [{"stream": "sha256:ID\n"}]


@pytest.mark.parametrize(
    "dockerfile",
    [
        "FROM bb:2\nRUNN x\n",
        "RUN x\nFROM bb:2\n",
        "",
        "# only a comment\n",
        "FROM\n",
        "FROM bb:2 AS 1x\n",
        "FROM bb:2\nCOPY a\n",
        "FROM bb:2\nENV x\n",
        "FROM bb:2\nENV a=b c\n",
        "FROM bb:2\nEXPOSE\n",
        'FROM bb:2\nVOLUME [""]\n',
        "FROM bb:2\nHEALTHCHECK FOO x\n",
        "FROM bb:2\nHEALTHCHECK --interval=x CMD y\n",
        "FROM bb:2\nSHELL x\n",
        "FROM bb:2\nONBUILD FROM x\n",
        "FROM bb:2\nCOPY --foo=1 a /\n",
        "FROM bb:2\nCOPY nope /\n",
        "FROM bb:2\nADD nope /\n",
        "FROM bb:2\nCOPY ../x /\n",
        "FROM bb:2\nCOPY *.zip /\n",
        "FROM bb:2\nCOPY Dockerfile Dockerfile /x\n",
        "FROM bb:2\nCOPY --from=1 a /\n",
        "FROM bb:2\nEXPOSE abc\n",
        "FROM bb:2\nSTOPSIGNAL FOO\n",
        "FROM bb:2\nENV a=${b\n",
        "FROM bb:2\nRUN --mount=type=cache,target=/x true\n",
        "FROM bb:2\nENV =x\n",
        "FROM bb:2\nLABEL =\n",
        "FROM bb:2\nSHELL []\n",
        "FROM bb:2\nVOLUME []\n",
        "FROM bb:2\nCOPY [] /\n",
        "FROM bb:2\n\\\n",
        "FROM bb:2\nEXPOSE 1-99999999\n",
        "FROM bb:2\nEXPOSE 9-3\n",
        'FROM bb:2\nENV a="b c\n',
        'FROM bb:2\nWORKDIR ""\n',
        "FROM $X\n",
        "FROM Bb:2\n",
        "FROM scratch\n",
    ],
)
def test_refusals_of_a_build(pair, dockerfile):
    real, demo = pair.messages("POST", "/build?rm=1", context(dockerfile))
    assert "error" in real[-1] or "message" in real[-1]
    assert demo == real


def test_refusals_of_its_options(pair):
    good = context("FROM bb:2\n")
    for query, body in (
        ("dockerfile=Nope", good),
        ("dockerfile=../x", good),
        ("target=zz", good),
        ("labels=bad", good),
        ("buildargs=bad", good),
        ("version=3", good),
        ("t=BAD", good),
        ("platform=x/y/z/w", good),
        ("", b"not a tar at all"),
        ("", b""),
    ):
        real, demo = pair.messages("POST", f"/build?{query}", body)
        assert demo == real, query


def test_failed_and_cancelled_steps(pair):
    for steps, query in (("RUN false\n", ""), ("RUN exit 3\n", "forcerm=1"), ('RUN ["false"]\n', "")):
        real, demo = pair.build(steps, query)
        assert error(real)
        assert output(demo) == output(real)
    pair.build("RUN echo never cached\n", "nocache=1")
    body = context(f"FROM bb:2\nLABEL {pair.label}\nRUN sleep 60\n")
    for path, talk in zip(pair.paths, pair.talks, strict=True):
        sock = raw(path, f"POST /build HTTP/1.1\r\nHost: d\r\nContent-Length: {len(body)}\r\n\r\n")
        sock.sendall(body)
        listing = f"/containers/json?filters={quote(json.dumps({'label': [pair.label]}))}"
        until(lambda: bool(talk.ask("GET", listing)[1]), 10)  # noqa: B023  # called before the next round
        sock.close()
        until(lambda: not talk.ask("GET", listing)[1], 10)  # noqa: B023  # called before the next round
        until(lambda: len(talk.ask("GET", listing.replace("json?", "json?all=1&"))[1]) == 2, 10)  # noqa: B023
    real, demo = pair.told()
    assert demo == real


def test_prunes(pair):
    marked = {"Labels": {_MARK: pair.prefix}}
    name = pair.name("image")
    for word in ("one", "two"):
        pair.build(f"RUN echo {word} > /x\n", f"t={name}")
    for word in ("a", "b"):
        pair.ask("POST", f"/containers/create?name={pair.name(word)}", {**SLEEP, **marked})
    pair.ask("POST", f"/containers/{pair.name('b')}/start")
    pair.ask("POST", "/volumes/create", {"Name": pair.name("named"), **marked})
    pair.ask("POST", "/volumes/create", marked)
    for word in ("free", "used"):
        pair.ask("POST", "/networks/create", {"Name": pair.name(word), **marked})
    pair.ask("POST", f"/networks/{pair.name('used')}/connect", {"Container": pair.name("b")})
    for kind, filters in (
        ("containers", {"until": ["10m"]}),
        ("containers", {}),
        ("networks", {}),
        ("volumes", {}),
        ("volumes", {"all": ["1"]}),
        ("images", {}),
        ("images", {"dangling": ["false"]}),
        ("images", {}),
    ):
        real, demo = masked(pair.prune(kind, **filters))
        assert demo == real, (kind, filters)
    for kind, filters in (
        ("containers", {"nope": ["1"]}),
        ("volumes", {"until": ["1h"]}),
        ("volumes", {"all": ["zz"]}),
        ("networks", {"until": ["xx"]}),
        ("images", {"until": ["1h", "2h"]}),
        ("images", {"dangling": ["zz"]}),
    ):
        pair.prune(kind, **filters)
    for refused in ({"nope": ["1"]}, {"until": ["xx"]}, {"until": ["1h", "2h"]}):
        status = pair.status("POST", f"/build/prune?filters={quote(json.dumps(refused))}")
        assert status == 400
    prunes = []
    for lines in pair.lines():
        items = [json.loads(line) for line in lines if b'"Action":"prune"' in line]
        prunes.append([(item["Type"], item["Actor"], sorted(item)) for item in items])
    assert len(prunes[0]) >= 8
    assert prunes[1] == prunes[0]
    pair.ask("DELETE", f"/containers/{pair.name('b')}?force=1")
    assert pair.prune("networks") == [{"NetworksDeleted": [pair.name("used")]}] * 2


def test_commits_and_updates(pair):
    box = pair.run("box", Labels={_MARK: pair.prefix})
    repository = pair.name("made")
    for query in (
        f"container={box}&repo={repository}&tag=v1&comment=hello&author=Me",
        f"container={box}&repo={repository}&changes=CMD%20foo&changes=ENV%20A%3Db&pause=0",
        f"container={box}",
        f"container={box}&repo=BAD",
        "container=wherry-nope",
        "",
    ):
        pair.ask("POST", f"/commit?{query}")
    for tag in ("v1", "latest"):
        images = pair.ask("GET", f"/images/{repository}:{tag}/json")
        same_keys(images)
        assert masked(images[0]["Config"]) == masked(images[1]["Config"])
        assert (images[0]["Author"], images[0]["Comment"]) == (images[1]["Author"], images[1]["Comment"])
    memory = 64 << 20
    for body in (
        {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}},
        {"Memory": memory},
        {"Memory": memory, "MemorySwap": 2 * memory},
        {"Memory": 4 * memory},
        {"Memory": 1000},
        {"Memory": "x"},
        {"NanoCpus": 500_000_000},
        {"NanoCpus": 500_000_000, "CpuQuota": 50_000},
        {"RestartPolicy": {"Name": "zz"}},
        {"RestartPolicy": {"Name": "no", "MaximumRetryCount": 3}},
        {"CpusetCpus": "x"},
    ):
        pair.ask("POST", f"/containers/{box}/update", body)
    hosts = [value["HostConfig"] for value in pair.ask("GET", f"/containers/{box}/json")]
    for field in ("RestartPolicy", "Memory", "MemorySwap", "NanoCpus"):
        assert hosts[0][field] == hosts[1][field], field
    real, demo = pair.told()
    assert demo == real
    # The real engine pauses for these sometimes once and sometimes twice.
    for change in ("RUN%20x", "LABEL%20a"):
        pair.ask("POST", f"/commit?container={box}&repo=x&changes={change}")


def test_archives(pair):
    name = pair.name("image")
    pair.build("COPY a.txt /a\n", f"t={name}:1", a=b"12345")
    saved = []
    for talk in pair.talks:
        talk.request("GET", f"/images/{name}:1/get")
        answer = talk.getresponse()
        saved.append(answer.read())
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/x-tar")
    named = [[one["RepoTags"] for one in manifest(content)[0]] for content in saved]
    assert named[0] == named[1] == [[f"{name}:1"]]
    pair.ask("DELETE", f"/images/{name}:1")
    loaded = []
    for talk, content in zip(pair.talks, saved, strict=True):
        loaded.append(ask(talk, "POST", "/images/load?quiet=1", content))
    assert loaded[0] == loaded[1] == (200, [{"stream": f"Loaded image: {name}:1\n"}])
    # The demo takes what the real engine saved, too.
    pair.talks[1].ask("DELETE", f"/images/{name}:1")
    assert ask(pair.talks[1], "POST", "/images/load", saved[0])[1][-1] == loaded[0][1][0]
    images = pair.ask("GET", f"/images/{name}:1/json")
    assert images[0]["Id"] == images[1]["Id"]
    assert images[0]["Size"] == images[1]["Size"]
    real, demo = pair.told()
    assert demo[: len(real)] == real
    for target in ("/images/wherry-nope/get", "/images/get?names=wherry-nope"):
        pair.ask("GET", target)
    real, demo = pair.messages("POST", "/images/load", b"junk")
    assert demo == real


def test_what_takes_space(pair):
    pair.build("RUN echo one > /x\n", f"t={pair.name('image')}")
    pair.build("RUN echo two > /x\n", f"t={pair.name('image')}")
    for query in ("", "?type=image", "?type=image&type=volume", "?type=container", "?type=build-cache"):
        spaces = pair.ask("GET", f"/system/df{query}")
        same_keys(spaces)
        for part in ("Images", "Containers", "Volumes", "BuildCache"):
            assert (spaces[0][part] is None) == (spaces[1][part] is None), (query, part)
    whole = pair.ask("GET", "/system/df")
    mine = [
        sorted(
            (
                {field: str(type(value)) for field, value in one.items()} | {"RepoTags": one["RepoTags"]}
                for one in space["Images"]
                if (one["Labels"] or {}).get(_MARK) == pair.prefix
            ),
            key=lambda one: str(one["RepoTags"]),
        )
        for space in whole
    ]
    assert mine[0] == mine[1]
    assert len(mine[0]) == 2
    kinds = [{name for one in space["BuildCache"] for name in one} for space in whole]
    # The demo's bb:2 has but one layer, so that no record stands on another.
    assert kinds[1] == kinds[0] - {" Parents"}
    pair.ask("GET", "/system/df?type=zz")


def courses(messages: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Give what is told of a layer, each status once, for all layers together."""
    found: dict[str, list[str]] = {}
    for one in messages:
        if "progressDetail" in one and "id" in one:
            fields = f"{sorted(set(one) - {'progress'})} {sorted(one['progressDetail'])}"
            found.setdefault(one["status"], []).append(fields if not one["progressDetail"] else "bar")
    return {status: sorted(set(kinds)) for status, kinds in found.items()}


def plain(messages: list[dict[str, Any]]) -> list[str]:
    """Give the messages of no layer, without sizes."""
    others = [one for one in messages if not ("progressDetail" in one and "id" in one)]
    return [re.sub(r'("?[sS]ize"?: ?)\d+', r"\1N", json.dumps(one)) for one in others]


def test_push_and_pull(pair, registry, docker_cli):
    name = f"{registry}/{pair.prefix}box"
    try:
        pair.build("COPY a.txt /a\nCOPY b.txt /b\n", f"t={name}:1", a=os.urandom(900_000), b=b"x" * 2000)
        pushed = pair.messages("POST", f"/images/{name}/push?tag=1", auth=True)
        assert plain(pushed[1]) == plain(pushed[0])
        told = [courses(messages) for messages in pushed]
        assert {"Preparing", "Pushing", "Pushed"} <= set(told[0])
        assert told[1] == told[0]
        again = pair.messages("POST", f"/images/{name}/push?tag=1", auth=True)
        assert [courses(messages) for messages in again] == [courses(again[0])] * 2
        assert "Layer already exists" in courses(again[0])
        for target in (f"{name}:1", f"{name}:nope"):
            same_keys([*pair.ask("GET", f"/distribution/{target}/json")])
        known = pair.messages("POST", f"/images/create?fromImage={name}&tag=1")
        assert known[1] == known[0]
        pair.ask("DELETE", f"/images/{name}:1")
        pulled = pair.messages("POST", f"/images/create?fromImage={name}&tag=1")
        assert plain(pulled[1]) == plain(pulled[0])
        told = [courses(messages) for messages in pulled]
        assert {"Already exists", "Pulling fs layer", "Extracting", "Pull complete"} <= set(told[0])
        assert told[1] == told[0]
        images = pair.ask("GET", f"/images/{name}:1/json")
        for field in ("Parent", "RepoTags", "Metadata"):
            assert images[0][field] == images[1][field], field
        for query in ("tag=nope", "tag=sha256:" + "0" * 64, "tag=a%20b", "tag=1&platform=linux/arm64"):
            refused = pair.messages("POST", f"/images/create?fromImage={name}&{query}")
            assert refused[1] == refused[0], query
        alike = pair.messages("POST", f"/images/create?fromImage={name}")
        assert alike[1] == alike[0]
        real, demo = pair.told()
        # The second push of the real engine knows of no image, and so of no labels.
        assert demo == real
    finally:
        docker_cli("image", "rm", "--force", f"{name}:1", check=False)


def test_refusals_of_pulls_and_pushes(pair):
    for target in (
        "/images/create",
        "/images/create?fromImage=BOX",
        "/images/create?fromImage=scratch",
        f"/images/create?fromImage={'0' * 64}",
        "/images/create?fromImage=bb&platform=foo",
        "/images/create?fromSrc=-&repo=BAD",
        "/images/bb:2/push",
        "/images/BAD/push",
    ):
        real, demo = pair.messages("POST", target)
        assert demo == real, target
    real, demo = pair.messages("POST", "/images/wherry-nope/push?tag=1", auth=True)
    assert demo == real


def test_the_docker_cli(pair, tmp_path):
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM bb:2\nRUN echo hello from a step\n")
    environ = {**os.environ, "DOCKER_BUILDKIT": "0"}

    def docker(*words: str) -> str:
        argv = ["docker", "-H", f"unix://{pair.paths[1]}", *words]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60, env=environ)
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = docker("build", "-t", "made:1", str(folder))
    assert "hello from a step" in said
    assert said.endswith("Successfully tagged made:1\n")
    assert "Status: Downloaded newer image for alpine:latest" in docker("pull", "alpine")
    assert "Status: Image is up to date for alpine:latest" in docker("pull", "alpine")
    docker("tag", "made:1", "localhost:5000/made:1")
    assert "1: digest: sha256:" in docker("push", "localhost:5000/made:1")
    docker("build", "--no-cache", "-t", "made:1", str(folder))
    docker("rmi", "localhost:5000/made:1")
    assert "Total reclaimed space" in docker("image", "prune", "-f")
    rows = [line.split() for line in docker("system", "df").splitlines()]
    assert [row[0] for row in rows] == ["TYPE", "Images", "Containers", "Local", "Build"]
    assert "RUN" not in docker("history", "made:1").splitlines()[0]
    file = str(tmp_path / "saved.tar")
    docker("save", "-o", file, "made:1")
    assert docker("load", "-i", file) == "Loaded image: made:1\n"
