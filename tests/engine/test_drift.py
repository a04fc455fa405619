from __future__ import annotations

import pytest

from tests.rows import service
from tui.engine import projects
from tui.engine.containers import Container
from tui.engine.drift import differs, drift

SUM, OTHER = "a" * 64, "b" * 64


def one(name: str, number: int = 1, *, made_from: str = SUM, state: str = "running") -> Container:
    return service("shop", name, number, state=state, Labels={"com.docker.compose.config-hash": made_from})


@pytest.mark.parametrize(
    ("containers", "wanted", "same", "words"),
    [
        ([one("web")], 1, True, "as the file says, 1 container"),
        ([one("web", made_from=OTHER)], 1, False, "up makes it anew"),
        ([one("web", state="exited")], 1, False, "1 container not running: up starts it"),
        ([one("web"), one("web", 2)], 3, False, "2 of 3: up creates 1 container"),
        ([one("web"), one("web", 2)], 1, False, "2, and the file wants 1: up removes 1"),
        ([one("db")], 2, False, "not here: up creates 2 containers"),
        ([one("db")], 0, True, "none wanted, none here"),
    ],
)
def test_what_up_would_do_is_said(containers: list[Container], wanted: int, same: bool, words: str) -> None:
    (shop,) = projects.rows(containers)
    (web,) = (each for each in drift(shop, {"web": SUM}, {"web": wanted}) if each.service == "web")
    assert web.same == same
    assert words in web.words


def test_a_sum_that_differs_counts_only_where_compose_would_make_it_anew() -> None:
    (shop,) = projects.rows([one("web", made_from=OTHER)])
    assert differs(shop, {"web": SUM})
    for anew, same in ((frozenset({"shop-web-1"}), False), (frozenset[str](), True), (None, False)):
        (web,) = drift(shop, {"web": SUM}, {"web": 1}, anew)
        assert (web.same, web.changed) == (same, not same)


def test_what_the_file_no_longer_has_is_left_alone() -> None:
    (shop,) = projects.rows([one("web"), one("old")])
    found = drift(shop, {"web": SUM}, {"web": 1})
    assert [(each.service, each.same) for each in found] == [("web", True), ("old", True)]
    assert "not in the file" in found[1].words
