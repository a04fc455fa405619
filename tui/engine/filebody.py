"""A file of this machine's as the body of a request to an engine."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from tui.engine.report import Report


class FileBody:
    """A file as the body of a request, which says how far it has come."""

    def __init__(self, file: IO[bytes], path: Path, report: Report) -> None:
        self._file, self._path, self._report = file, path, report
        self.size = os.fstat(file.fileno()).st_size
        self._sent = 0

    def read(self, most: int) -> bytes:
        """Give the next bytes.

        Raises:
            EngineError: where the file can't be read, or is shorter than it was.

        """
        try:
            piece = self._file.read(min(most, self.size - self._sent))
        except OSError as error:
            raise EngineError(f"{self._path} can't be read: {error.strerror}") from error
        if not piece and self._sent < self.size:
            raise EngineError(f"{self._path} became shorter while it was read")
        self._sent += len(piece)
        self._report.count("archive", self._sent, self.size)
        return piece
