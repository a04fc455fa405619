"""One benchmark at a time: two would remove each other's containers, and spoil each other's figures."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = Path(tempfile.gettempdir()) / "wherry-benchmark.lock"


class OtherRunError(Exception):
    """Another benchmark is under way on this machine."""


@contextmanager
def alone(lock: Path = LOCK) -> Iterator[None]:
    """Keep others from starting; the kernel lets them again however this process ends.

    Raises:
        OtherRunError: another one was first.

    """
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OtherRunError(f"another benchmark runs on this machine, and holds {lock}") from error
        yield
