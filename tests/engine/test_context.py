from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.context import Ignored, Measure, ignore_file, load_ignored, measure, walk
from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path


def make(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)


def sent(folder: Path, text: str) -> list[str]:
    def fail(error: OSError) -> None:
        raise error

    return sorted(entry.path for entry in walk(folder, Ignored(text), fail) if entry.is_file)


@given(st.lists(st.text("ab/*?[]!\\^-.#") | st.text(max_size=4)).map("\n".join), st.text("ab/.", min_size=1))
def test_any_pattern_is_understood_or_refused_in_a_sentence(text: str, path: str) -> None:
    with suppress(EngineError):
        assert Ignored(text).excludes(path) in {True, False}


# What of a/b/c.txt, a/d.go, e.txt, .env and x[y] BuildKit sends; tests/live/test_builds.py asks it.
PATTERNS = {
    "": ["a/b/c.txt", "a/d.go", "e.txt"],
    "*.txt": ["a/b/c.txt", "a/d.go"],
    "**/*.txt": ["a/d.go"],
    "a": ["e.txt"],
    "/a/": ["e.txt"],
    "./a/../e.txt": ["a/b/c.txt", "a/d.go"],
    "a\n!a/b": ["a/b/c.txt", "e.txt"],
    "*\n!**/*.go": ["a/d.go"],
    "!a\na/b": ["a/d.go", "e.txt"],
    "# a\n#e.txt\n  e.txt  ": ["a/b/c.txt", "a/d.go"],
    "a/?": ["e.txt", "a/d.go"],
    "a/[b-c]": ["e.txt", "a/d.go"],
    "a/[^b]*": ["e.txt", "a/b/c.txt"],
    "**": [],
    "a/**": ["e.txt"],
    "**/b": ["a/d.go", "e.txt"],
    "e\\.txt": ["a/b/c.txt", "a/d.go"],
    "a/**/c.txt": ["a/d.go", "e.txt"],
    "a**": ["e.txt"],
    "E.txt": ["a/b/c.txt", "a/d.go", "e.txt"],
    "a/b/..": ["e.txt"],
}


@pytest.mark.parametrize("text", PATTERNS)
def test_what_stays_behind_is_what_docker_leaves_behind(tmp_path: Path, text: str) -> None:
    make(tmp_path, "a/b/c.txt", "a/d.go", "e.txt")
    assert sent(tmp_path, text) == sorted(PATTERNS[text])


@pytest.mark.parametrize("text", ["[", "a[b", "[]", "!", "! ", "a\\", "\\e.txt"])
def test_a_pattern_that_docker_refuses_is_refused(text: str) -> None:
    with pytest.raises(EngineError, match="dockerignore"):
        Ignored(text)


def test_the_measure_counts_what_is_sent(tmp_path: Path) -> None:
    make(tmp_path, "a/big", "a/small", "no/x", "e.txt")
    (tmp_path / "a/big").write_bytes(b"x" * 1000)
    (tmp_path / "link").symlink_to("a/big")
    (tmp_path / "no/loop").symlink_to(tmp_path)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(tmp_path / "sock"))
    found = measure(tmp_path, Ignored("no"))
    assert (found.files, found.size, found.done) == (4, 1000 + len("a/small") + len("e.txt"), True)
    assert found.largest == ("a", 1000 + len("a/small"))


def test_history_and_secrets_are_noticed(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", ".env", "web/.env.local", ".env.example", "environment")
    found = measure(tmp_path, Ignored())
    assert found.git
    assert set(found.env) == {".env", "web/.env.local"}
    found = measure(tmp_path, Ignored(".git\n**/.env*"))
    assert not found.git
    assert found.env == ()


def test_counting_tells_how_far_it_is_and_ends_when_nobody_wants_it(tmp_path: Path) -> None:
    make(tmp_path, *(f"f{number}" for number in range(1200)))
    told: list[Measure] = []

    def tell(so_far: Measure) -> bool:
        told.append(so_far)
        return len(told) < 2

    found = measure(tmp_path, Ignored(), tell)
    assert [one.files for one in told] == [500, 1000]
    assert (found.files, found.done) == (1000, False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    make(tmp_path, "in/x", "y")
    (tmp_path / "in").chmod(0)
    try:
        assert measure(tmp_path, Ignored()).unreadable == "in can't be read: Permission denied"
    finally:
        (tmp_path / "in").chmod(0o700)


def test_an_unreadable_folder_is_told_and_passed_over(tmp_path: Path) -> None:
    found = measure(tmp_path / "gone", Ignored())
    assert "can't be read: No such file" in found.unreadable
    assert found.files == 0


def test_buildkit_prefers_the_file_that_is_named_after_the_dockerfile(tmp_path: Path) -> None:
    make(tmp_path, ".dockerignore", "docker/Web.dockerignore")
    file = tmp_path / "docker/Web"
    assert ignore_file(tmp_path, file, buildkit=True) == tmp_path / "docker/Web.dockerignore"
    assert ignore_file(tmp_path, file, buildkit=False) == tmp_path / ".dockerignore"
    assert not load_ignored(tmp_path / "none").excludes("x")
