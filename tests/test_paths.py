from __future__ import annotations

from pathlib import Path

from tui.paths import absolute, completions


def test_what_is_typed_is_completed_as_it_was_typed(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("one.tar", "other.tar", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "on").mkdir()
    assert completions("", tmp_path) == ["on/", "one.tar", "other.tar"]
    assert completions("on", tmp_path) == ["on/", "one.tar"]
    assert completions(".h", tmp_path) == [".hidden"]
    assert completions("~", tmp_path) == ["~/"]
    assert completions("~/ot", Path("/")) == ["~/other.tar"]
    assert completions(f"{tmp_path}/ot", Path("/")) == [f"{tmp_path}/other.tar"]
    assert completions("on", tmp_path, folders=True) == ["on/"]
    assert completions("gone/x", tmp_path) == []
    assert completions("on\0/x", tmp_path) == []


def test_a_typed_path_starts_from_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert absolute(" a/b ", tmp_path) == tmp_path / "a" / "b"
    assert absolute("/a", tmp_path) == Path("/a")
    assert absolute("~/a", tmp_path) == Path("/home/ada/a")
    assert absolute("~nobody-has-this-name/a", tmp_path) == tmp_path / "~nobody-has-this-name" / "a"
