"""The wheel holds what it must, and wherry starts from it in another place."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.terminal import Terminal

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (made,) = out.glob("*.whl")
    return made


def test_the_wheel_holds_code_styles_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    styles = {f"tui/styles/{path.name}" for path in (ROOT / "styles").glob("*.tcss")}
    assert styles
    assert styles <= set(names)
    assert "tui/py.typed" in names
    assert {name.split("/")[0] for name in names} == {"tui", "wherry-0.1.0.dist-info"}


def test_it_starts_elsewhere(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)],
        check=True,
    )
    argv = [sys.executable, "-P", "-m", "tui", "--host", f"unix://{tmp_path}/none.sock"]
    with Terminal(argv, 80, 24, {"PYTHONPATH": str(target)}, tmp_path) as terminal:
        assert "no socket" in terminal.wait_for("No Docker engine")
        terminal.send("q")
        assert terminal.exit_code() == 0
    done = subprocess.run(
        [target / "bin" / "wherry", "--version"],
        env={"PYTHONPATH": str(target)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "wherry 0.1.0\n"
