"""Where files are: those that come with wherry, and the user's own."""

from __future__ import annotations

import os
from pathlib import Path

_HERE = Path(__file__).resolve().parent

STYLES = next(folder for folder in (_HERE / "styles", _HERE.parent / "styles") if folder.is_dir())
"""The stylesheets: inside the package when installed, beside it in a checkout."""


def _base(variable: str, fallback: str) -> Path:
    """Give an XDG base folder; a relative one is ignored, as the specification wants."""
    given = os.environ.get(variable, "")
    return Path(given) if given.startswith("/") else Path.home() / fallback


def config_file() -> Path:
    """Give the place of the config file."""
    return _base("XDG_CONFIG_HOME", ".config") / "wherry" / "config.yaml"


def state_file() -> Path:
    """Give the place of the state file."""
    return _base("XDG_STATE_HOME", ".local/state") / "wherry" / "state.json"


def crash_log(moment: str, pid: int) -> Path:
    """Give the place of the file that a crash is written to; by name the newest is last."""
    return _base("XDG_STATE_HOME", ".local/state") / "wherry" / f"crash-{moment}-{pid}.log"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, all at once or not at all.

    Raises:
        OSError: where it can't be written; what was there before is still there.

    """
    import tempfile

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp makes the file 0600.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def absolute(typed: str, folder: Path) -> Path:
    """Make a whole path of one that was typed; `folder` is what a relative one starts from."""
    path = Path(typed.strip())
    try:
        path = path.expanduser()
    except RuntimeError:
        pass  # there is no such user: it is the name of a folder
    return path if path.is_absolute() else folder / path


def completions(typed: str, folder: Path, most: int = 50, *, folders: bool = False) -> list[str]:
    """Find what a typed path may become, folders with a `/` behind; blocks as long as the disk does.

    Args:
        typed: the beginning of a path.
        folder: what a relative one starts from.
        most: how many are given at the most.
        folders: whether only folders are given.

    """
    before, slash, start = typed.rpartition("/")
    if not slash and typed == "~":
        return ["~/"]
    place = absolute(before + slash, folder) if slash else folder
    found: list[str] = []
    try:
        with os.scandir(place) as entries:
            found += (
                f"{before}{slash}{entry.name}{'/' if entry.is_dir() else ''}"
                for entry in entries
                if entry.name.startswith(start)
                and (start or not entry.name.startswith("."))
                and (not folders or entry.is_dir())
            )
    except (OSError, RuntimeError, ValueError):
        return []  # there is no such folder, or it can't be read
    return sorted(found)[:most]
