from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rows import container
from tui.engine.containers import Facts, parse_facts


def test_ports_on_both_address_families_are_one_and_none_is_lost() -> None:
    ports = [
        {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
        {"IP": "::", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
        {"PrivatePort": 53, "Type": "udp"},
    ]
    assert [str(port) for port in container("web", Ports=ports).ports] == ["53/udp", "8080→80"]


def test_the_name_is_its_own_where_it_is_linked_to() -> None:
    assert container("x", Names=["/app/db", "/db"]).name == "db"


@pytest.mark.parametrize(
    ("state", "status", "condition", "broken"),
    [
        ("running", "Up 2 minutes", "running", False),
        ("running", "Up 2 minutes (healthy)", "running", False),
        ("running", "Up 2 minutes (unhealthy)", "unhealthy", True),
        ("running", "Up 2 seconds (health: starting)", "starting", False),
        ("paused", "Up 2 minutes (Paused)", "paused", False),
        ("restarting", "Restarting (1) 3 seconds ago", "restarting", True),
        ("exited", "Exited (0) 2 hours ago", "exited", False),
        ("exited", "Exited (143) 2 hours ago", "exit 143", False),
        ("exited", "Exited (1) 2 hours ago", "exit 1", True),
        ("created", "Created", "created", False),
        ("dead", "Dead", "exited", True),
    ],
)
def test_the_condition_says_what_a_person_would(
    state: str, status: str, condition: str, broken: bool
) -> None:
    one = container("web", state, status)
    assert (one.condition, one.broken) == (condition, broken)


def test_facts_tell_what_the_list_does_not() -> None:
    facts = parse_facts(
        {
            "RestartCount": 3,
            "Config": {"Tty": True},
            "State": {
                "StartedAt": "2026-01-02T03:04:05.123456789Z",
                "FinishedAt": "0001-01-01T00:00:00Z",
                "ExitCode": 137,
                "OOMKilled": True,
                "Health": {"Log": [{"Output": "old"}, {"Output": "refused\n"}]},
            },
        }
    )
    assert facts == Facts(1767323045.1234567, 0.0, 137, True, 3, True, "", "refused")
    assert replace(container("w", "exited"), facts=facts).condition == "out of memory"


def test_a_loop_is_a_condition_of_its_own_though_docker_says_running() -> None:
    assert replace(container("job"), deaths=7).condition == "loop"
    assert replace(container("job"), deaths=7).broken


def test_nulls_of_other_engines_are_no_error() -> None:
    one = container("p", Ports=None, Labels=None, Mounts=None, NetworkSettings={"Networks": {"n": None}})
    assert one.addresses == {"n": ""}
    assert one.volumes == frozenset()
