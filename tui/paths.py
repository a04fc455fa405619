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
