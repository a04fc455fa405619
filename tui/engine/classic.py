"""The classic builder, through the engine's API: where there is no buildx here, or no BuildKit there."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
import threading
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from docker.errors import DockerException
from docker.types import CancellableStream

from tui.engine import references
from tui.engine.client import translated
from tui.engine.context import amount, load_ignored, walk
from tui.engine.errors import EngineError
from tui.engine.process import INTERRUPTED, LineSplitter
from tui.engine.progress import ClassicParser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from docker.api.client import APIClient
    from requests import Response

    from tui.engine.context import Entry
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
        parameters: what else docker-py's `build` takes, such as `buildargs` and `target`.
        why: why this builder is used, said first; nothing where empty.
        tags: what the image is called.

    """

    def __init__(
        self,
        client_factory: Callable[[], APIClient],
        context: Path,
        dockerfile: str,
        parameters: Mapping[str, Any],
        why: str = "",
        tags: Sequence[str] = (),
    ) -> None:
        self._client_factory = client_factory
        self._context, self._dockerfile, self._parameters = context, dockerfile, dict(parameters)
        self._why, self._tags = why, tuple(tags)
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

    def _pack(self, file: IO[bytes], report: Report) -> str:
        """Write the context as an archive; gives the name of the Dockerfile in it."""

        def fail(error: OSError) -> None:
            raise error

        try:
            outer = _outer_dockerfile(self._context, self._dockerfile)
            ignored = load_ignored(self._context / ".dockerignore")
            entries = list(walk(self._context, ignored, fail))
            with tarfile.open(mode="w", fileobj=cast("IO[bytes]", _Spool(file, self._check))) as archive:
                for path in _paths(self._context, entries, outer.name if outer.text is None else ""):
                    _add(archive, self._context / path, path)
                if outer.text is not None:
                    _add_text(archive, outer.name, outer.text)
                    # For the engine: it takes both out of what can be copied.
                    _add_text(archive, ".dockerignore", f"{outer.ignored}\n{outer.name}\n")
            file.seek(0)
        except (OSError, tarfile.TarError) as error:
            raise EngineError(f"the context can't be packed: {error}") from error
        files, size = sum(one.is_file for one in entries), sum(one.size for one in entries)
        report.line(f"Sending build context to the engine: {amount(files, size)}")
        return outer.name

    def _build(self, file: IO[bytes], dockerfile: str, report: Report) -> int:
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
                    tag=self._tags[0] if self._tags else None,
                    **self._parameters,
                )
                code = self._read(answers, report)
                if not code:
                    self._give_tags(client, report)
                return code
            finally:
                client.close()

    def _give_tags(self, client: APIClient, report: Report) -> None:
        """Give the image its further tags (POST /images/ID/tag); the first one it has already."""
        for name in self._tags[1:]:
            repository, tag = references.split_tag(name)
            client.tag(report.result, repository, tag or "latest")
            report.line(f"Successfully tagged {name}")

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


class _Outer(NamedTuple):
    """The Dockerfile as the engine finds it; `text` where it lies outside of the context."""

    name: str
    text: bytes | None = None
    ignored: str = ".dockerignore"


def _outer_dockerfile(context: Path, dockerfile: str) -> _Outer:
    if not dockerfile:
        return _Outer("Dockerfile")
    inside = os.path.relpath(dockerfile, context)
    if not inside.startswith(".."):
        return _Outer(inside)
    text = Path(dockerfile).read_bytes()
    ignore = context / ".dockerignore"
    patterns = ignore.read_text("utf-8", "surrogateescape") if ignore.is_file() else ".dockerignore"
    # Always the same for the same file: else no copy of the whole context would ever be cached.
    return _Outer(f".dockerfile.{sha256(text).hexdigest()[:20]}", text, patterns)


def _paths(context: Path, entries: Iterable[Entry], dockerfile: str) -> list[str]:
    """Give what is packed: what the builder itself reads goes along though it may be ignored."""
    own = (".dockerignore", dockerfile) if dockerfile else ()
    paths = [one.path for one in entries if dockerfile or one.path != ".dockerignore"]
    known = set(paths)
    return paths + [path for path in own if path not in known and (context / path).is_file()]


def _add(archive: tarfile.TarFile, file: Path, path: str) -> None:
    info = archive.gettarinfo(file, arcname=path)
    if info.isreg():
        with file.open("rb") as content:
            archive.addfile(info, content)
    else:
        archive.addfile(info)


def _add_text(archive: tarfile.TarFile, name: str, text: str | bytes) -> None:
    content = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))
