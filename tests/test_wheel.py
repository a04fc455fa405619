"""The wheel holds what it must, and wherry starts from it in another place."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.terminal import Terminal

ROOT = Path(__file__).parent.parent
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def run(*argv: str, cwd: Path | None = None, path: Path | None = None) -> str:
    """Run it, and give what it prints; what it complains about is in the failure."""
    env = {**os.environ, "PYTHONPATH": str(path) if path else ""}
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=cwd, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT))
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel installed in it, and nothing else."""
    target = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--target", str(target)]
    run(sys.executable, "-m", "pip", "install", *options, str(wheel))
    return target


def test_the_wheel_holds_code_styles_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    styles = {f"tui/styles/{path.name}" for path in (ROOT / "styles").glob("*.tcss")}
    code = {str(path.relative_to(ROOT)) for path in (ROOT / "tui").rglob("*.py")}
    assert styles
    assert styles | code | {"tui/py.typed"} <= names
    assert {name.split("/")[0] for name in names} == {"tui", f"wherry-{VERSION}.dist-info"}


def test_the_installed_one_is_what_runs_with_its_own_styles(installed: Path, tmp_path: Path) -> None:
    script = "from tui import paths; print(paths.STYLES)"
    assert run(sys.executable, "-c", script, cwd=tmp_path, path=installed) == f"{installed}/tui/styles\n"


def test_module_and_command_tell_the_version(installed: Path, tmp_path: Path) -> None:
    told = f"wherry {VERSION}\n"
    assert run(sys.executable, "-m", "tui", "--version", cwd=tmp_path, path=installed) == told
    assert run(str(installed / "bin" / "wherry"), "--version", cwd=tmp_path, path=installed) == told


def test_it_starts_from_another_folder_without_an_engine(installed: Path, tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "tui", "--host", "unix:///nonexistent.sock"]
    with Terminal(argv, env={"PYTHONPATH": str(installed)}, cwd=tmp_path) as terminal:
        assert "/nonexistent.sock" in terminal.wait_for("No Docker engine", timeout=30)
        terminal.send("q")
        assert terminal.exit_code() == 0
