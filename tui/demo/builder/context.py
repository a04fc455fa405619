"""A build's context: the files that a client sends along."""

from __future__ import annotations

import fnmatch
import hashlib
import io
import posixpath
import tarfile
from dataclasses import dataclass

from tui.demo.refusal import RefusalError


@dataclass(frozen=True, slots=True)
class File:
    """A file; `content` is empty for a folder."""

    path: str
    folder: bool
    content: bytes = b""
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Picked:
    """What COPY and ADD took: its bytes, what history calls it, and the files in the image with theirs."""

    size: int
    called: str
    count: int
    files: tuple[tuple[str, int], ...] = ()


class Context:
    """The files of a tar archive, packed or not."""

    def __init__(self, archive: bytes) -> None:
        self._files: dict[str, File] = {}
        if not archive:
            return
        try:
            with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                for member in tar:
                    self._take(tar, member)
        except (tarfile.TarError, EOFError, OSError):
            raise RefusalError(500, "unexpected EOF") from None

    def _take(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        path = _clean(member.name)
        if member.isdir():
            self._files[path] = File(path, folder=True)
            return
        opened = tar.extractfile(member) if member.isreg() else None
        self._files[path] = File(
            path, folder=False, content=opened.read() if opened else b"", mode=member.mode
        )
        above = posixpath.dirname(path)
        while above and above not in self._files:
            self._files[above] = File(above, folder=True)
            above = posixpath.dirname(above)

    def dockerfile(self, path: str) -> str:
        """Give the text of a Dockerfile; 500 where it is not there."""
        clean = _clean(path)
        if clean.startswith("../") or clean == "..":
            raise RefusalError(500, f"forbidden path outside the build context: {path} ()")
        found = self._files.get(clean)
        if found is None and clean == "Dockerfile":
            found = self._files.get("dockerfile")
        if found is None:
            raise RefusalError(500, f"Cannot locate specified Dockerfile: {path}")
        return found.content.decode("utf-8", "replace")

    def pick(self, sources: list[str], target: str, verb: str) -> Picked:
        """Take files as COPY does; ADD also unpacks.

        Raises:
            RefusalError: where there are none.

        """
        taken = [file for source in sources for file in self._matching(source, verb)]
        if not taken:
            raise RefusalError(400, f"{verb} failed: no source files were specified")
        into = target.endswith("/") or len(taken) > 1
        sums, size, placed = [], 0, []
        for file in taken:
            inside = self._inside(file)
            sums.append(_sum(file, inside))
            for one in inside:
                size += _unpacked(one) if verb == "ADD" else len(one.content)
                name = posixpath.relpath(one.path, file.path or ".") if file.folder else ""
                base = (
                    posixpath.join(target, posixpath.basename(file.path))
                    if into and not file.folder
                    else target
                )
                placed.append((posixpath.normpath(posixpath.join(base, name)), len(one.content)))
        called = sums[0] if len(sums) == 1 else f"multi:{hashlib.sha256(''.join(sums).encode()).hexdigest()}"
        return Picked(size, called, len(taken), tuple(placed))

    def _matching(self, source: str, verb: str) -> list[File]:
        path = _clean(source)
        if path == ".." or path.startswith("../"):
            raise RefusalError(400, f"{verb} failed: forbidden path outside the build context: {source} ()")
        if any(sign in path for sign in "*?["):
            pattern = path.split("/")
            return [file for name, file in sorted(self._files.items()) if _match(name.split("/"), pattern)]
        if not path:
            return [File("", folder=True)]
        if path not in self._files:
            raise RefusalError(
                400,
                f"{verb} failed: file not found in build context or excluded by .dockerignore: "
                f"stat {path}: file does not exist",
            )
        return [self._files[path]]

    def _inside(self, file: File) -> list[File]:
        if not file.folder:
            return [file]
        start = f"{file.path}/" if file.path else ""
        return [one for name, one in sorted(self._files.items()) if name.startswith(start) and not one.folder]


def _match(names: list[str], pattern: list[str]) -> bool:
    return len(names) == len(pattern) and all(map(fnmatch.fnmatchcase, names, pattern))


def _sum(file: File, inside: list[File]) -> str:
    digest = hashlib.sha256()
    for one in inside:
        digest.update(f"{posixpath.relpath(one.path, file.path or '.')} {one.mode}".encode() + one.content)
    return f"{'dir' if file.folder else 'file'}:{digest.hexdigest()}"


def _unpacked(file: File) -> int:
    """Give the bytes of what ADD unpacks, or of the file itself."""
    try:
        with tarfile.open(fileobj=io.BytesIO(file.content)) as tar:
            return sum(member.size for member in tar if member.isreg())
    except (tarfile.TarError, EOFError, OSError):
        return len(file.content)


def _clean(path: str) -> str:
    clean = posixpath.normpath(path.lstrip("/") or ".")
    return "" if clean == "." else clean
