"""Short questions: how they are written, and what comes of connections that end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.demo.server import DemoEngine
from tui.engine.address import resolve
from tui.engine.errors import EngineError, Unreachable
from tui.engine.questions import Questions, target
from tui.engine.versions import agree


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DemoEngine]:
    with DemoEngine(str(tmp_path / "demo.sock")) as made:
        yield made


@pytest.fixture
def questions(engine: DemoEngine) -> Iterator[Questions]:
    asked = Questions(resolve(engine.url, None, {}), "/v1.45", 5)
    yield asked
    asked.close()


def test_a_target_holds_names_and_parameters_safely() -> None:
    found = target("/images/{}/json", ("localhost:5000/a b?c",), {})
    assert found == "/images/localhost:5000/a%20b%3Fc/json"
    assert target("/x", (), {"all": True, "size": None, "n": 3}) == "/x?all=1&n=3"
    assert target("/x", (), {"filters": {"id": ["a"]}}) == "/x?filters=%7B%22id%22%3A+%5B%22a%22%5D%7D"


def test_one_connection_answers_one_question_after_the_other(
    engine: DemoEngine, questions: Questions
) -> None:
    names = {
        name for _ in range(5) for one in questions.ask("/containers/json", all=True) for name in one["Names"]
    }
    assert "/shop-web-1" in names
    assert engine.connections == 1


def test_threads_that_ask_at_once_get_their_own_answers(questions: Questions) -> None:
    wrong: list[object] = []

    def ask(name: str) -> None:
        for _ in range(20):
            found = questions.ask("/containers/{}/json", name)["Name"]
            if found != f"/{name}":
                wrong.append(found)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("shop-web-1", "shop-db-1", "ingest")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_refusal_is_in_the_engines_words_and_the_next_question_is_answered(questions: Questions) -> None:
    with pytest.raises(EngineError, match="No such container: nobody"):
        questions.ask("/containers/{}/json", "nobody")
    assert questions.ask("/volumes")


def test_an_engine_that_came_back_is_asked_over_a_new_connection(
    engine: DemoEngine, questions: Questions
) -> None:
    questions.ping()
    engine.stop()
    with pytest.raises(Unreachable):
        questions.ask("/volumes")
    engine.start()
    assert questions.ask("/volumes")


def test_closing_ends_a_question_that_hangs(engine: DemoEngine, questions: Questions) -> None:
    questions.ping()
    engine.freeze()
    ended = threading.Event()

    def ask() -> None:
        with pytest.raises(Unreachable):
            questions.ask("/volumes")
        ended.set()

    thread = threading.Thread(target=ask)
    thread.start()
    while not questions._busy:
        pass
    questions.close()
    assert ended.wait(3)
    thread.join()
    with pytest.raises(Unreachable, match="not connected"):
        questions.ask("/volumes")
    engine.thaw()


@pytest.mark.parametrize(
    ("answer", "spoken"),
    [
        ({"ApiVersion": "1.45", "MinAPIVersion": "1.24", "Version": "26.1.5"}, "1.45"),
        ({"ApiVersion": "1.99", "MinAPIVersion": "1.24"}, "1.47"),
        ({"ApiVersion": "1.99", "MinAPIVersion": "1.50"}, "1.50"),
        ({}, "1.40"),
    ],
)
def test_the_newest_version_that_both_know_is_spoken(answer: dict[str, str], spoken: str) -> None:
    assert agree(answer)[0] == spoken


@pytest.mark.parametrize("answer", [{"ApiVersion": "1.24"}, {"ApiVersion": "new"}, []])
def test_what_is_too_old_or_no_engine_is_said(answer: dict[str, str]) -> None:
    with pytest.raises(Unreachable):
        agree(answer)
