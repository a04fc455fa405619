from __future__ import annotations

from pathlib import Path

from tui.engine.project_folders import find_projects, looked_at_again
from tui.engine.projects import Project


def stack(folder: Path, text: str = "services: {web: {image: a}}\n") -> Path:
    folder.mkdir(parents=True)
    (folder / "compose.yaml").write_text(text)
    return folder


def test_the_nearest_parent_with_a_file_is_this_folders_project(tmp_path: Path) -> None:
    stack(tmp_path / "a")
    inner = stack(tmp_path / "a" / "b")
    (inner / "c" / "d").mkdir(parents=True)
    (found,) = find_projects(inner / "c" / "d", (), {})
    assert (found.name, found.folder, found.here) == ("b", str(inner), True)


def test_folders_and_the_folders_in_them_count_once(tmp_path: Path) -> None:
    one = stack(tmp_path / "srv" / "one")
    stack(tmp_path / "srv" / ".hidden")
    stack(tmp_path / "srv" / "two" / "deeper")
    (tmp_path / "srv" / "file").write_text("")
    found = find_projects(one, (str(tmp_path / "srv"), str(tmp_path / "srv" / "*"), "/no/such"), {})
    assert [(project.name, project.here) for project in found] == [("one", True), ("deeper", False)]


def test_variables_name_the_project_of_this_folder_only(tmp_path: Path) -> None:
    one, two = stack(tmp_path / "one"), stack(tmp_path / "two")
    found = find_projects(one, (str(two),), {"COMPOSE_PROJECT_NAME": "mine"})
    assert [project.name for project in found] == ["mine", "two"]


def test_what_is_remembered_has_the_services_that_its_file_has_now(tmp_path: Path) -> None:
    folder = stack(tmp_path / "one", "services: {web: {image: a}, db: {image: b}}\n")
    known = Project("one", str(folder), (str(folder / "compose.yaml"),), (), wanted=("web",), seen=True)
    gone = Project("gone", "/gone", ("/gone/compose.yaml",), (), wanted=("web",), seen=True)
    assert [project.wanted for project in looked_at_again([known, gone])] == [("db", "web"), ("web",)]
