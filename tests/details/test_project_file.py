"""The page about a project's files, as it is written."""

from __future__ import annotations

from tests.rows import service
from tui.details.project_file import draw, tree
from tui.engine import projects
from tui.engine.compose_config import Rendered


def test_what_waits_for_what_is_drawn_once() -> None:
    needs = {
        "web": {"api": "service_started", "cache": "service_healthy"},
        "api": {"db": "service_healthy"},
        "job": {"api": "service_completed_successfully"},
        "db": {},
        "cache": {},
    }
    assert tree(needs) == [
        "job",
        "└ api  completed successfully",
        "  └ db  healthy",
        "web",
        "├ api  started (above)",
        "└ cache  healthy",
    ]
    assert tree(needs, ascii_only=True)[1] == "`- api  completed successfully"


def test_forty_services_that_all_wait_for_each_other_are_few_lines() -> None:
    names = [f"s{number:02}" for number in range(40)]
    needs = {name: dict.fromkeys(names[:number], "") for number, name in enumerate(names)}
    assert len(tree(needs)) < 900


def test_secrets_are_masked_until_they_are_revealed() -> None:
    (shop,) = projects.rows([service("shop", "web")])
    lines = (
        "    environment:",
        "      DB_PASSWORD: hunter2",
        "      - API_TOKEN=abc",
        '      URL: "postgres://u:pw@db/x"',
        "      TLS_PRIVATE_KEY: |-",
        "        BEGIN",
        "",
        "        hunter2",
        "      MODE: fast",
    )
    shown = "\n".join(line.text for line in draw(shop, Rendered(lines)))
    assert not {"hunter2", "abc", "pw@"} & {word for word in ("hunter2", "abc", "pw@") if word in shown}
    assert "MODE" in shown
    assert "fast" in shown
    open_ = "\n".join(line.text for line in draw(shop, Rendered(lines), revealed=True))
    assert all(word in open_ for word in ("hunter2", "abc", "pw@"))


def test_a_broken_file_is_explained_under_its_path() -> None:
    (shop,) = projects.rows([service("shop", "web")])
    lines = [line.text for line in draw(shop, Rendered(error="yaml: line 2: x"))]
    assert lines == ["/srv/shop/compose.yaml", "", "yaml: line 2: x"]
