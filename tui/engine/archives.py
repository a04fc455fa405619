"""Images and containers to tar archives on this machine and from them, without half-written files."""

from __future__ import annotations

import atexit
import errno
import json
import os
import re
import stat
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from tui.engine.errors import EngineError, Unreachable
from tui.engine.exchange import Exchange
from tui.engine.filebody import FileBody
from tui.engine.jobs import Job
from tui.engine.messages import Layers, failure, messages
from tui.engine.reading import text
from tui.engine.references import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tui.engine.connection import Connection
    from tui.engine.report import Report
    from tui.engine.sockets import Stream

_TAR = {"Content-Type": "application/x-tar"}
_END = b"\0" * 1024
"""How every tar ends: two empty blocks."""
_TAIL = 64 * 1024
_LOADED = re.compile(r"Loaded image(?: ID)?: (\S+)")
_NO_IMAGE = re.compile(
    r"unexpected EOF|invalid tar header|repositories: no such file|invalid archive|manifest"
)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class WriteWork:
    """Writes an archive that an engine sends into a file, which is there whole or not at all.

    Args:
        target: what to GET; the answer is a tar.
        path: where it goes to.
        expected: about how many bytes it has; 0 where nobody knows.
        overwrite: whether a file that is there is replaced.

    """

    def __init__(
        self, engine: Connection, target: str, path: Path, expected: int, *, overwrite: bool
    ) -> None:
        self._exchange = Exchange(engine)
        self._target, self._path, self._expected, self._overwrite = target, path, expected, overwrite

    def cancel(self) -> None:
        """End it; nothing of it is kept."""
        self._exchange.close()

    def run(self, report: Report) -> int:
        """Write the file, and give 0; its result is the file's path.

        Raises:
            EngineError: in one sentence, where the engine or the file system refuses.

        """
        import tempfile  # which takes long to import, and most sessions save nothing

        # Of a link, what it leads to is written, as any other program would.
        path = Path(os.path.realpath(self._path))
        if wrong := check_target(self._path, overwrite=self._overwrite):
            raise EngineError(f"{self._path}: {wrong}")
        report.step("archive", path.name, "running", word="asking for it")
        written = 0
        try:
            handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
        except OSError as error:
            raise EngineError(f"nothing can be written in {path.parent}: {error.strerror}") from error
        part = Path(name)
        # Where wherry itself is told to end meanwhile, its threads end without their `finally`.
        atexit.register(part.unlink, missing_ok=True)
        try:
            with os.fdopen(handle, "wb") as file, self._exchange:
                written = self._fill(file, self._exchange.open("GET", self._target), report)
                file.flush()
                os.fsync(file.fileno())
            self._put(part, path)
        except OSError as error:
            raise EngineError(_why_not_written(self._path, error)) from error
        finally:
            part.unlink(missing_ok=True)
            atexit.unregister(part.unlink)
        report.count("archive", written, written)
        report.step("archive", state="done")
        report.came_out(str(self._path))
        return 0

    def _fill(self, file: IO[bytes], stream: Stream, report: Report) -> int:
        written, tail = 0, b""
        while piece := stream.read():
            file.write(piece)
            written += len(piece)
            tail = (tail + piece)[-_TAIL:]
            report.step("archive", state="running", word="writing")
            report.count("archive", written, max(self._expected, written) if self._expected else 0)
        if not tail.endswith(_END):
            raise EngineError(_broken(tail))
        return written

    def _put(self, part: Path, path: Path) -> None:
        if self._exchange.closed:
            raise EngineError("cancelled")
        if not self._overwrite and os.path.exists(path):
            raise EngineError(f"{path}: it was made by somebody else meanwhile, and is left alone")
        if self._overwrite and os.path.exists(path):
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        part.replace(path)


def _broken(tail: bytes) -> str:
    """Say why an archive is not whole: what fails late, the engine writes behind what it has sent."""
    said = tail.rpartition(b'{"errorDetail"')
    try:
        why = failure(json.loads(said[1] + said[2])) if said[1] else ""
    except (ValueError, AttributeError):
        why = ""
    return why or "what the engine sent is no whole archive"


def _why_not_written(path: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return f"the disk is full: {path} was not written, and nothing of it is left"
    if error.errno == errno.EFBIG:
        return f"{path} would be larger than files may be here: nothing of it is left"
    return f"{path} can't be written: {error.strerror or error}"


class _SendWork:
    """Sends an archive of this machine's to an engine, and reads what it makes of it."""

    def __init__(self, engine: Connection, path: Path) -> None:
        self._engine, self._path = engine, path
        self._exchange = Exchange(engine)

    def cancel(self) -> None:
        """End it; what was loaded already, such as a layer, may stay."""
        self._exchange.close()

    def _said(self, target: str, report: Report) -> Iterator[Mapping[str, Any]]:
        """Send the archive with a POST, and give the messages of the answer.

        Raises:
            EngineError: where the file can't be read, and as `_explained` has what the engine refuses.

        """
        with _opened(self._path) as file, self._exchange:
            body = FileBody(file, self._path, report)
            report.step("archive", self._path.name, "running", word="sending")
            report.count("archive", 0, body.size)
            try:
                stream = self._exchange.open("POST", target, _TAR, body)
                report.step("archive", state="done")
                yield from messages(stream)
            except Unreachable:
                raise
            except EngineError as error:
                raise EngineError(self._explained(str(error))) from error

    def _explained(self, words: str) -> str:
        """Say what an engine's words about this file mean."""
        raise NotImplementedError


class LoadWork(_SendWork):
    """Loads the images of an archive (POST /images/load)."""

    def run(self, report: Report) -> int:
        """Load, and give 0; its result is the names of what was loaded, the ids of what has no name.

        Raises:
            EngineError: in one sentence, also where the file holds no image.

        """
        layers, loaded = Layers(), list[str]()
        for message in self._said(self._engine.path("/images/load"), report):
            layers.take(message, report)
            for line in text(message.get("stream")).splitlines():
                report.line(line)
                loaded += _LOADED.findall(line)
        if not loaded:
            raise EngineError(f"{self._path} holds no image")
        report.came_out(", ".join(loaded))
        return 0

    def _explained(self, words: str) -> str:
        if not _NO_IMAGE.search(words):
            return words
        hint = "; import makes an image of a tar of files" if "repositories" in words else ""
        return f"{self._path} holds no image that docker save wrote: {words}{hint}"


class ImportWork(_SendWork):
    """Makes an image of a tar of files (POST /images/create?fromSrc=-)."""

    def __init__(
        self, engine: Connection, path: Path, reference: str, message: str, changes: Sequence[str]
    ) -> None:
        super().__init__(engine, path)
        self._reference, self._message, self._changes = reference, message, tuple(changes)

    def run(self, report: Report) -> int:
        """Import, and give 0; its result is the image's name, or its id where none was given.

        Raises:
            EngineError: in one sentence, also where the file is no tar.

        """
        name = parse(self._reference) if self._reference else None
        target = self._engine.path(
            "/images/create",
            fromSrc="-",
            repo=name.repository if name else None,
            tag=name.version if name else None,
            message=self._message or None,
        )
        target += "".join(f"&changes={quote(change, safe='')}" for change in self._changes)
        made = ""
        for message in self._said(target, report):
            status = text(message.get("status"))
            report.line(status)
            made = status if status.startswith("sha256:") else made
        if not made:
            raise EngineError("the engine ended the import before there was an image")
        report.came_out(name.name if name else made)
        return 0

    def _explained(self, words: str) -> str:
        return f"{self._path} is no tar archive: {words}" if _NO_IMAGE.search(words) else words


def _opened(path: Path) -> IO[bytes]:
    if wrong := check_source(path):
        raise EngineError(f"{path}: {wrong}")
    try:
        return path.open("rb")
    except OSError as error:
        raise EngineError(f"{path} can't be read: {error.strerror}") from error


def check_source(path: Path) -> str:
    """Say why an archive can't be read from there, or nothing."""
    if not os.path.exists(path):
        return "there is no such file on this machine"
    if not os.path.isfile(path):
        return "this is a folder" if os.path.isdir(path) else "this is no file"
    if not os.access(path, os.R_OK):
        return "this file can't be read"
    return "" if path.stat().st_size else "this file is empty"


def check_target(path: Path, *, overwrite: bool) -> str:
    """Say why an archive can't be written there, or nothing."""
    if os.path.isdir(path):
        return "this is a folder; the file's name is missing"
    if os.path.exists(path):
        if not os.path.isfile(path):
            return "this is no file"
        if not overwrite:
            return "there is such a file already; it is replaced only if you say so"
    folder = Path(os.path.realpath(path)).parent
    if not os.path.isdir(folder):
        return f"there is no folder {folder} on this machine"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"nothing can be written in {folder}"


def save_job(
    engine: Connection,
    words: tuple[str, ...],
    names: Sequence[str],
    path: Path,
    expected: int,
    *,
    overwrite: bool,
) -> Job:
    """Start to save images into one archive (GET /images/get); see `WriteWork`."""
    target = engine.path("/images/get") + "?" + "&".join(f"names={quote(name, safe='')}" for name in names)
    what = names[0] if len(names) == 1 else f"{len(names)} images"
    work = WriteWork(engine, target, path, expected, overwrite=overwrite)
    return Job(f"save {what}", words, what, work).start()


def export_job(
    engine: Connection, words: tuple[str, ...], container_id: str, name: str, path: Path, *, overwrite: bool
) -> Job:
    """Start to write a container's files into an archive (GET /containers/ID/export); see `WriteWork`."""
    target = engine.path("/containers/{}/export", container_id)
    work = WriteWork(engine, target, path, 0, overwrite=overwrite)
    return Job(f"export {name}", words, name, work).start()


def load_job(engine: Connection, words: tuple[str, ...], path: Path) -> Job:
    """Start to load the images of an archive; see `LoadWork`."""
    return Job(f"load {path.name}", words, path.name, LoadWork(engine, path)).start()


def import_job(
    engine: Connection,
    words: tuple[str, ...],
    path: Path,
    reference: str,
    message: str,
    changes: Sequence[str],
) -> Job:
    """Start to make an image of a tar of files; see `ImportWork`."""
    work = ImportWork(engine, path, reference, message, changes)
    return Job(f"import {path.name}", words, path.name, work).start()
