from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.runchecks import Surroundings, Taken, check_run, remarks_on
from tui.engine.runcompletion import complete_env, complete_port, complete_volume
from tui.engine.runform import RunAnswers, answers_of, run_words, usual_answers, values_of, whole
from tui.engine.runwords import read_run
from tui.engine.secrets import is_secret, secret_words

HERE = Path("/here")
AROUND = Surroundings(
    folder=HERE,
    environ={"HOME": "/root"},
    names={"web": "running"},
    running=frozenset({"web"}),
    networks=frozenset({"mine"}),
    volumes=frozenset({"data", "db"}),
    ports=(Taken("0.0.0.0", 8080, "tcp", "web"), Taken("127.0.0.1", 9000, "tcp", "db")),
)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
ANSWERS = st.builds(
    RunAnswers,
    image=TEXT,
    command=TEXT,
    name=TEXT,
    ports=TEXT,
    env=TEXT,
    volumes=TEXT,
    network=TEXT,
    alias=TEXT,
    entrypoint=TEXT,
    workdir=TEXT,
    user=TEXT,
    memory=TEXT,
    cpus=TEXT,
    labels=TEXT,
    platform=TEXT,
    more=TEXT,
)


@given(ANSWERS)
def test_whatever_is_typed_is_judged_and_never_raises(answers: RunAnswers) -> None:
    wrong = check_run(answers, AROUND)
    assert all(wrong.values())
    remarks_on(answers, AROUND)
    if not wrong:
        assert run_words(answers, HERE)[0] == "run"


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), min_size=1), min_size=1))
def test_arguments_reach_the_container_as_a_shell_would_give_them(words: list[str]) -> None:
    answers = RunAnswers("bb:2", command=shlex.join(words), entrypoint="prog 'one two'")
    run = read_run(run_words(answers, HERE)[1:], {}, HERE)
    assert run.body["Entrypoint"] == ["prog"]
    assert run.body["Cmd"] == ["one two", *words]


@given(
    st.integers(0, 65535),
    st.integers(1, 65535),
    st.sampled_from(["", "/udp", "/sctp"]),
    st.sampled_from(["", "127.0.0.1:"]),
)
def test_ports_are_taken_by_their_place_alone(host: int, inside: int, protocol: str, address: str) -> None:
    said = check_run(RunAnswers("a", ports=f"{address}{host}:{inside}{protocol}"), AROUND).get("ports", "")
    taken = not protocol and (host == 8080 or host == 9000)
    assert ("is taken by" in said) == taken


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("ports", "[::1]:8080:80", "taken by web"),
        ("ports", "80:0", "no port 0"),
        ("ports", "1-70000:1-70000", "65535"),
        ("volumes", "data:/a\ndb:/a/", "given twice"),
        ("volumes", "data:", "lacks the target"),
        ("memory", "1m", "6m at least"),
        ("network", "container:gone", "no container named gone"),
        ("image", "No/Such", ""),
        ("restart", "sometimes", "--restart takes"),
    ],
)
def test_what_is_wrong(field: str, text: str, sentence: str) -> None:
    assert sentence in check_run(answers_of({field: text}, RunAnswers("a")), AROUND)[field]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("ports", "127.0.0.1:8081:80/udp\n5000-5002:5000-5002\n80"),
        ("volumes", "data:/a:ro\n/tmp:/b\n/anonymous"),
        ("env", "A=\nHOME\nB=x=y"),
        ("network", "mine"),
        ("network", "container:web"),
        ("image", "0123456789ab"),
        ("cpus", "1.5"),
        ("memory", "64m"),
    ],
)
def test_what_is_right(field: str, text: str) -> None:
    assert check_run(answers_of({field: text}, RunAnswers("a")), AROUND) == {}


def test_a_path_is_made_whole() -> None:
    assert whole("./a/../b:/x:ro", HERE) == "/here/b:/x:ro"
    assert whole("data:/x", HERE) == "data:/x"
    assert whole("/anonymous", HERE) == "/anonymous"


def test_secrets_are_known_by_name_and_by_what_they_are() -> None:
    assert is_secret("DB_PASSWORD=x")
    assert is_secret("URL=postgres://me:hunter2@db/")
    assert not is_secret("DB_PASSWORD=")
    assert not is_secret("AUTHORS=")
    assert not is_secret("PATH=/bin")
    words = ("run", "-e", "API_TOKEN=1", "--env=SECRET=2", "a", "PASSWORD=3")
    assert secret_words(words) == {"API_TOKEN=1", "--env=SECRET=2"}
    glued = ("run", "-eAPI_TOKEN=1", "-itePASSWORD=2", "-e=SECRET=3", "-eA=token", "--secret=4", "-it", "a")
    assert secret_words(glued) == {"-eAPI_TOKEN=1", "-itePASSWORD=2", "-e=SECRET=3"}


def test_secrets_are_not_asked_to_be_kept() -> None:
    kept = usual_answers(RunAnswers("a", env="TOKEN=1\nA=2", labels="secret=3", more="-e PASSWORD=4 --init"))
    assert (kept.env, kept.labels, kept.more) == ("TOKEN\nA=2", "secret", "")
    assert answers_of(values_of(kept), RunAnswers("")) == kept
    assert usual_answers(RunAnswers("a", more="-ePASSWORD=4")).more == ""
    for typed in ("psql --password=4", "mysql --password 4", "sh -c 'TOKEN", "env API_TOKEN=4 run"):
        assert usual_answers(RunAnswers("a", command=typed)).command == ""
    assert usual_answers(RunAnswers("a", command="ls -l --color=never")).command == "ls -l --color=never"
    assert usual_answers(RunAnswers("a", more="-e PASSWORD='4")).more == ""


def test_completion() -> None:
    assert complete_port("", AROUND, ["80/tcp", "53/udp"])[0] == "8081:80"
    assert complete_port("127.0.0.1:", AROUND, ["80/tcp"])[0] == "127.0.0.1:80"
    assert complete_volume("d", AROUND) == ["data", "db"]
    assert complete_volume("data:/v", AROUND, ["/var/lib"]) == ["data:/var/lib"]
    assert complete_env("H", AROUND, []) == ["HOME"]
    assert complete_env("P", AROUND, ["PATH=/bin"]) == ["PATH="]
