from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import container, service
from tui.store import filter as filters

WEB = service(
    "Shop",
    "web",
    Image="nginx:1.27",
    Ports=[{"PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}],
    Labels={"tier": "front"},
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "WEB",
        "shop web",
        "8080",
        "port:8080",
        "image:nginx",
        "label:tier=front",
        "project:shop",
        "state:running",
        "!redis",
        "!state:exited",
        "id-shop",
        "state:",
        "!",
        "http://nothing !no"[18:],
    ],
)
def test_what_matches(text: str) -> None:
    assert filters.parse(text).matches(WEB)


@pytest.mark.parametrize(
    "text",
    ["redis", "web redis", "!web", "state:exited", "!image:nginx", "port:nginx", "image:8080", "http://web"],
)
def test_what_does_not(text: str) -> None:
    assert not filters.parse(text).matches(WEB)


def test_ids_match_at_their_beginning_only() -> None:
    one = container(
        "x", Id="abc123", ImageID="sha256:def456", Labels={"com.docker.compose.config-hash": "9" * 64}
    )
    assert filters.parse("ABC").matches(one)
    assert filters.parse("def").matches(one)
    assert filters.parse("sha256:def").matches(one)
    assert not filters.parse("c1").matches(one)
    assert not filters.parse("label:99").matches(one)


def test_health_and_condition_are_states_too() -> None:
    sick = container("api", "running", "Up 1 hour (unhealthy)")
    assert filters.parse("state:unhealthy").matches(sick)


@given(st.text())
def test_anything_can_be_typed_and_its_opposite_matches_the_rest(text: str) -> None:
    wanted = filters.parse(text)
    assert wanted.matches(WEB) in {True, False}
    words = text.split()
    if len(words) == 1 and not words[0].startswith("!") and wanted:
        assert filters.parse(f"!{words[0]}").matches(WEB) != wanted.matches(WEB)
