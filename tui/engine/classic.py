"""The classic builder, through the engine's API: where there is no buildx here, or no BuildKit there."""

from __future__ import annotations

import tempfile
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, cast

from docker.api.build import process_dockerfile
from docker.errors import DockerException
from docker.types import CancellableStream
from docker.utils import tar

from tui.engine.client import translated
from tui.engine.errors import EngineError
from tui.engine.process import INTERRUPTED, LineSplitter
from tui.engine.progress import ClassicParser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from docker.api.client import APIClient
    from requests import Response

    from tui.engine.report import Report

_PIECE = 65_536


class _CancelledError(EngineError):
    """The build was cancelled while its context was packed or sent."""


class _Spool:
    """A temporary file for the context, which refuses to grow once the build is cancelled."""

    def __init__(self, file: IO[bytes], check: Callable[[], None]) -> None:
        self._file, self._check = file, check
        self.tell, self.seek, self.read, self.close = file.tell, file.seek, file.read, file.close

    def write(self, data: bytes) -> int:
        """Write some of the archive."""
        self._check()
        return self._file.write(data)


class ClassicWork:
    """Builds an image with the classic builder (POST /build).

    Args:
        client_factory: makes a client of its own for this build; it is closed at the end.
        context: the folder that is sent, without what its .dockerignore names.
        dockerfile: an absolute path, inside the context or not; empty for its `Dockerfile`.
        parameters: what else docker-py's `build` takes, such as `tag`, `buildargs` and `target`.
        why: why this builder is used, said first; nothing where empty.

    """

    def __init__(
        self,
        client_factory: Callable[[], APIClient],
        context: Path,
        dockerfile: str,
        parameters: Mapping[str, Any],
        why: str = "",
    ) -> None:
        self._client_factory = client_factory
        self._context, self._dockerfile, self._parameters = context, dockerfile, dict(parameters)
        self._why = why
        self._lock = threading.Lock()
        self._cancelled = False
        self._response: Response | None = None
        self._parser = ClassicParser()

    def run(self, report: Report) -> int:
        """Build, and give 0, or the exit code of the step that failed, or 1.

        Raises:
            EngineError: when the engine cannot be reached or refuses.

        """
        if self._why:
            report.line(self._why)
        try:
            with tempfile.TemporaryFile() as file:
                name = self._pack(file, report)
                code = self._build(file, name, report)
        except (EngineError, ValueError, AttributeError) as error:
            # A response closed under its reader ends in any of these.
            if self._cancelled:
                return INTERRUPTED
            if isinstance(error, EngineError):
                self._take(str(error).splitlines(), report)
                self._parser.end(1, report)
            raise
        if self._cancelled and code:
            return INTERRUPTED
        self._parser.end(code, report)
        return code

    def cancel(self) -> None:
        """End the build by closing its connection."""
        with self._lock:
            self._cancelled = True
            response = self._response
        if response is not None:
            # It may have come to its end by itself just now.
            with suppress(AttributeError, OSError, DockerException):
                CancellableStream(iter(()), response).close()

    def _pack(self, file: IO[bytes], report: Report) -> str | None:
        """Write the context as an archive, as docker-py's `build(path=…)` would, but able to stop.

        Returns:
            The name of the Dockerfile in it, where it is not the usual one.

        """
        try:
            dockerfile = process_dockerfile(self._dockerfile or None, str(self._context))
            spool = cast("IO[bytes]", _Spool(file, self._check))
            tar(self._context, exclude=_ignored(self._context), dockerfile=dockerfile, fileobj=spool)
            size = file.seek(0, 2)
            file.seek(0)
        except (OSError, UnicodeDecodeError) as error:
            raise EngineError(f"the context can't be packed: {error}") from error
        report.line(f"Sending build context to the engine: {_size(size)}")
        return dockerfile[0]

    def _build(self, file: IO[bytes], dockerfile: str | None, report: Report) -> int:
        with translated():
            client = self._client_factory()
            try:
                client.hooks["response"].append(self._remember)
                answers = client.build(
                    # requests sends whatever gives bytes, piece by piece.
                    fileobj=cast("IO[bytes]", self._pieces(file)),
                    custom_context=True,
                    dockerfile=dockerfile,
                    rm=True,
                    forcerm=True,
                    decode=True,
                    **self._parameters,
                )
                return self._read(answers, report)
            finally:
                client.close()

    def _check(self) -> None:
        if self._cancelled:
            raise _CancelledError("cancelled")

    def _pieces(self, file: IO[bytes]) -> Iterator[bytes]:
        while piece := file.read(_PIECE):
            self._check()
            yield piece

    def _remember(self, response: Response, *_args: Any, **_more: Any) -> None:
        with self._lock:
            self._response = response
            cancelled = self._cancelled
        if cancelled:
            raise _CancelledError("cancelled")

    def _read(self, answers: Iterable[dict[str, Any]], report: Report) -> int:
        splitter, layers = LineSplitter(), dict[str, str]()
        for answer in answers:
            if "stream" in answer:
                self._take(splitter.feed(answer["stream"]), report)
            elif "error" in answer:
                self._take(splitter.end(), report)
                self._take(str(answer["error"]).splitlines(), report)
                return int(answer.get("errorDetail", {}).get("code") or 1)
            elif "status" in answer:
                self._take(_news(answer, layers), report)
            elif isinstance(answer.get("aux"), dict) and answer["aux"].get("ID"):
                report.came_out(answer["aux"]["ID"])
        self._take(splitter.end(), report)
        if report.result:
            return 0
        self._parser.read("the engine ended the build before there was an image", report)
        return 1

    def _take(self, lines: Iterable[str], report: Report) -> None:
        for line in lines:
            self._parser.read(line, report)


def _news(answer: Mapping[str, Any], layers: dict[str, str]) -> Iterator[str]:
    """Give a line where the state of a pulled layer changed, none for its progress."""
    layer, status = str(answer.get("id") or ""), str(answer["status"])
    if not layer or layers.get(layer) != status:
        layers[layer] = status
        yield f"{layer}: {status}" if layer else status


def _ignored(context: Path) -> list[str] | None:
    """Read the patterns of the context's .dockerignore."""
    file = context / ".dockerignore"
    if not file.exists():
        return None
    lines = (line.strip() for line in file.read_text(encoding="utf-8-sig", errors="replace").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"
