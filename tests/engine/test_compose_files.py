from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.compose_files import find_files, normal_name, project_name, services

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "My App.v2_x-"
    made.mkdir()
    return made


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def named(folder: Path, text: str, **environ: str) -> str:
    (folder / "compose.yaml").write_text(text)
    return project_name(folder, find_files(folder), environ)


class TestFiles:
    def test_are_none_where_there_are_none(self, folder: Path) -> None:
        write(folder, compose__override__yml="services: {}")
        assert find_files(folder) == ()
        assert find_files(folder / "no") == ()

    def test_come_in_the_order_of_compose(self, folder: Path) -> None:
        names = ("docker-compose.yaml", "docker-compose.yml", "compose.yml", "compose.yaml")
        for name in names:
            (folder / name).write_text("")
            assert find_files(folder) == (folder / name,)

    def test_have_an_override(self, folder: Path) -> None:
        names = (
            "docker-compose.override.yaml",
            "docker-compose.override.yml",
            "compose.override.yaml",
            "compose.override.yml",
        )
        write(folder, compose__yaml="")
        for name in names:
            (folder / name).write_text("")
            assert find_files(folder) == (folder / "compose.yaml", folder / name)

    def test_may_be_named_by_the_environment(self, folder: Path) -> None:
        write(folder, compose__yaml="", a__yaml="", b__yaml="")
        assert find_files(folder, {"COMPOSE_FILE": "a.yaml:b.yaml"}) == (folder / "a.yaml", folder / "b.yaml")
        write(folder, __env="COMPOSE_FILE=b.yaml,a.yaml\nCOMPOSE_PATH_SEPARATOR=,\n")
        assert find_files(folder, {}) == (folder / "b.yaml", folder / "a.yaml")
        assert find_files(folder) == (folder / "compose.yaml",)


class TestNames:
    """Each was compared with what `docker compose config` says."""

    def test_come_from_the_folder_at_last(self, folder: Path) -> None:
        assert named(folder, "services: {}") == "myappv2_x-"

    def test_come_from_the_file(self, folder: Path) -> None:
        assert named(folder, "name: In.File") == "infile"

    def test_of_the_override_go_first(self, folder: Path) -> None:
        write(folder, compose__override__yaml="name: second")
        assert named(folder, "name: first") == "second"

    def test_of_the_env_file_go_before_the_file(self, folder: Path) -> None:
        write(folder, __env="COMPOSE_PROJECT_NAME=dot")
        assert named(folder, "name: file") == "dot"

    def test_of_the_environment_go_before_all(self, folder: Path) -> None:
        write(folder, __env="COMPOSE_PROJECT_NAME=dot")
        assert named(folder, "name: file", COMPOSE_PROJECT_NAME="env") == "env"

    def test_an_empty_variable_hides_the_env_file(self, folder: Path) -> None:
        write(folder, __env="COMPOSE_PROJECT_NAME=dot")
        assert named(folder, "name: file", COMPOSE_PROJECT_NAME="") == "file"

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ('export COMPOSE_PROJECT_NAME="quoted" # c', "quoted"),
            ("COMPOSE_PROJECT_NAME = spaced", "spaced"),
            ("A=x\nCOMPOSE_PROJECT_NAME=${A}y", "xy"),
            ("COMPOSE_PROJECT_NAME: colon", "colon"),
            ("COMPOSE_PROJECT_NAME='a$b'", "a$b"),
            ("COMPOSE_PROJECT_NAME=plain # c", "plain"),
            ("# COMPOSE_PROJECT_NAME=comment", "file"),
        ],
    )
    def test_are_read_as_compose_reads_an_env_file(self, folder: Path, text: str, name: str) -> None:
        write(folder, __env=text)
        assert named(folder, "name: file") == name

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("${X:-other}-a", "other-a"),
            ("${X-other}", "other"),
            ("${SET}-a", "set-a"),
            ("$SET", "set"),
            ("${SET:+yes}", "yes"),
            ("a$$b", "ab"),
        ],
    )
    def test_may_hold_variables(self, folder: Path, text: str, name: str) -> None:
        assert named(folder, f"name: {text}", SET="set") == name

    @given(st.text())
    def test_that_are_made_of_a_folder_are_fit(self, text: str) -> None:
        assert set(normal_name(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")
        assert normal_name(text)[:1] not in {"_", "-"}


class TestServices:
    def test_of_all_files_in_order_of_the_alphabet(self, folder: Path) -> None:
        write(folder, a__yaml="services: {web: {image: x}, db: }", b__yaml="services: {cache: {}, web: {}}")
        assert services((folder / "a.yaml", folder / "b.yaml")) == ("cache", "db", "web")

    def test_of_a_profile_are_left_out(self, folder: Path) -> None:
        text = "x-debug: &debug {profiles: [debug]}\nservices: {a: {}, b: {profiles: [x]}, c: {<<: *debug}}"
        write(folder, a__yaml=text)
        assert services((folder / "a.yaml",)) == ("a",)

    def test_know_the_tags_of_compose(self, folder: Path) -> None:
        write(folder, a__yaml="services: {a: {ports: !reset [], env: !override {A: 1}}}")
        assert services((folder / "a.yaml",)) == ("a",)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[",
            "services",
            "- a",
            "services: [a]",
            "services: 3",
            "a: &a [*a]",
            "? {a: b}\n: c",
            "a: \x01",
            "[" * 5000,
        ],
    )
    def test_of_a_broken_file_are_none(self, folder: Path, text: str) -> None:
        write(folder, a__yaml=text)
        assert services((folder / "a.yaml",)) == ()
        assert project_name(folder, (folder / "a.yaml",), {}) == "myappv2_x-"

    def test_of_what_cannot_be_read_are_none(self, folder: Path) -> None:
        (folder / "a.yaml").write_bytes(b"\xff\xfe\xff")
        assert services((folder / "a.yaml", folder / "missing.yaml", folder)) == ()

    @given(text=st.text())
    def test_never_raise(self, text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
        file = tmp_path_factory.getbasetemp() / "strange.yaml"
        file.write_text(text, errors="surrogatepass")
        services((file,))
