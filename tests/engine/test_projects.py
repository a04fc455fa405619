from __future__ import annotations

from tests.rows import container, service
from tui.engine import projects
from tui.engine.projects import Project


def local(name: str, folder: str, *wanted: str) -> Project:
    return Project(name, folder, (f"{folder}/compose.yaml",), (), wanted=wanted, here=True)


def test_projects_come_from_labels_with_their_own_folder_and_files() -> None:
    found = projects.rows([service("shop", "web"), service("shop", "db", state="exited"), container("lone")])
    assert [(p.name, p.folder, p.files, p.up, p.total, p.state) for p in found] == [
        ("shop", "/srv/shop", ("/srv/shop/compose.yaml",), 1, 2, "partial")
    ]


def test_replicas_are_in_the_order_of_their_numbers() -> None:
    (shop,) = projects.rows([service("shop", "web", n) for n in (10, 2, 1)])
    assert [c.number for c in shop.services[0].containers] == ["1", "2", "10"]


def test_the_folders_file_is_a_project_though_nothing_of_it_runs() -> None:
    (found,) = projects.rows([], [local("blog", "/srv/blog", "web", "db")])
    assert (found.name, found.state, found.total, found.here) == ("blog", "down", 2, True)


def test_services_of_the_file_that_have_no_container_are_counted() -> None:
    (shop,) = projects.rows([service("shop", "web")], [local("shop", "/srv/shop", "web", "db")])
    assert [(s.name, len(s.containers)) for s in shop.services] == [("db", 0), ("web", 1)]
    assert (shop.up, shop.total) == (1, 2)


def test_a_project_of_the_same_name_from_another_folder_keeps_its_own_files() -> None:
    (shop,) = projects.rows([service("shop", "web")], [local("shop", "/elsewhere/shop", "web", "other")])
    assert shop.folder == "/srv/shop"
    assert not shop.here


def test_a_one_off_run_is_no_part_of_the_project() -> None:
    once = service("shop", "web", Labels={"com.docker.compose.oneoff": "True"})
    assert projects.rows([once]) == []


def test_one_that_was_there_is_listed_when_it_is_down_and_no_more_than_that() -> None:
    (was,) = projects.rows([service("shop", "web"), service("shop", "db")])
    (down,) = projects.rows([], [was.remembered()])
    assert (down.name, down.files, down.state, down.total) == ("shop", was.files, "down", 2)
    assert down.seen
    (up,) = projects.rows([service("shop", "web")], [was.remembered()])
    assert (up.total, up.seen) == (1, False), "what the file has now is not known from before"
