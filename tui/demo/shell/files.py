"""The files of a container, held in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_LINKS = 16
"""Links that are followed before a path counts as a loop."""

FILE, FOLDER, LINK, DEVICE = "-", "d", "l", "c"
MISSING = "No such file or directory"
NOT_A_FOLDER = "Not a directory"
A_FOLDER = "Is a directory"
READ_ONLY = "Read-only file system"
DENIED = "Permission denied"


class FileError(Exception):
    """What can't be done with a file; its text is the reason in the words of libc."""


@dataclass(slots=True)
class Node:
    """A file, folder, link or device; `changed` in nanoseconds since 1970."""

    kind: str = FILE
    mode: int = 0o644
    changed: int = 0
    owner: str = "0"
    content: bytes | Callable[[], bytes] = b""
    target: str = ""
    children: dict[str, Node] = field(default_factory=dict)
    virtual: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it holds other nodes."""
        return self.kind == FOLDER

    def read(self) -> bytes:
        """Give a file's bytes."""
        return self.content() if callable(self.content) else self.content

    @property
    def size(self) -> int:
        """Bytes, as `ls -l` shows them."""
        if self.is_folder:
            return 0 if self.virtual else 4096
        return len(self.target) if self.kind == LINK else len(self.read())


def folder(changed: int = 0, mode: int = 0o755, *, owner: str = "0") -> Node:
    """Make an empty folder."""
    return Node(FOLDER, mode, changed, owner)


def copied(node: Node) -> Node:
    """Copy a node with all below it."""
    children = {name: copied(child) for name, child in node.children.items()}
    return Node(
        node.kind, node.mode, node.changed, node.owner, node.content, node.target, children, node.virtual
    )


def parts_of(path: str) -> list[str]:
    """Split an absolute path; `.` and `..` are resolved as text."""
    parts: list[str] = []
    for name in path.split("/"):
        if name == "..":
            del parts[-1:]
        elif name not in {"", "."}:
            parts.append(name)
    return parts


def joined(folder_path: str, path: str) -> str:
    """Make a path absolute and plain."""
    return "/" + "/".join(parts_of(path if path.startswith("/") else f"{folder_path}/{path}"))


class Tree:
    """A container's whole file system, with what is mounted in it.

    Args:
        root: its own layer over its image.
        now: tells nanoseconds since 1970.
        mounts: path of each mount, and whether it can be written to; the root has one too.

    """

    def __init__(self, root: Node, now: Callable[[], int], mounts: dict[str, bool]) -> None:
        self.root = root
        self.mounts = mounts
        self._now = now

    def find(self, path: str, *, follow: bool = True) -> Node | None:
        """Find what is at an absolute path; None where nothing is."""
        found = self._walk(path, follow=follow)
        return found[1] if found is not None else None

    def real(self, path: str) -> str:
        """Give the path without links."""
        found = self._walk(path, follow=True)
        return found[0] if found is not None else path

    def get(self, path: str, *, follow: bool = True) -> Node:
        """Find what is at an absolute path, or raise a `FileError`."""
        node = self.find(path, follow=follow)
        if node is None:
            raise FileError(self._why_not(path))
        return node

    def _walk(self, path: str, *, follow: bool, depth: int = 0) -> tuple[str, Node] | None:
        node, at = self.root, ""
        parts = parts_of(path)
        for place, name in enumerate(parts):
            child = node.children.get(name)
            if child is None:
                return None
            last = place == len(parts) - 1
            if child.kind == LINK and (follow or not last):
                if depth >= _LINKS:
                    return None
                found = self._walk(joined(at or "/", child.target), follow=True, depth=depth + 1)
                if found is None:
                    return None
                at, node = found
                at = "" if at == "/" else at
            else:
                at, node = f"{at}/{name}", child
        return at or "/", node

    def _why_not(self, path: str) -> str:
        parts = parts_of(path)
        for place in range(1, len(parts)):
            node = self.find("/" + "/".join(parts[:place]))
            if node is None:
                return MISSING
            if not node.is_folder:
                return NOT_A_FOLDER
        return MISSING

    def names(self, path: str) -> list[str]:
        """List a folder, sorted."""
        node = self.get(path)
        if not node.is_folder:
            raise FileError(NOT_A_FOLDER)
        return sorted(node.children)

    def read(self, path: str) -> bytes:
        """Read a file."""
        node = self.get(path)
        if node.is_folder:
            raise FileError(A_FOLDER)
        return node.read()

    def write(self, path: str, content: bytes, user: str, *, append: bool = False) -> None:
        """Write a file, which is made where it is not there."""
        node = self.find(path)
        if node is not None and node.kind == DEVICE:
            return
        if node is None:
            place = self._place(path, user)
            place.children[parts_of(path)[-1]] = Node(FILE, 0o644, self._now(), user, content)
            place.changed = self._now()
            return
        if node.is_folder:
            raise FileError(A_FOLDER)
        self.check(self.real(path), node, user)
        node.content = node.read() + content if append else content
        node.changed = self._now()

    def touch(self, path: str, user: str) -> None:
        """Make an empty file, or give one that is there the time of now."""
        node = self.find(path)
        if node is None:
            self.write(path, b"", user)
        else:
            self.check(self.real(path), node, user)
            node.changed = self._now()

    def put(self, path: str, node: Node, user: str) -> None:
        """Put a node where nothing is, or over a file."""
        place = self._place(path, user)
        place.children[parts_of(path)[-1]] = node
        place.changed = self._now()

    def make_folder(self, path: str, user: str, *, parents: bool = False) -> None:
        """Make a folder, and with `parents` those that are missing above it."""
        parts = parts_of(path)
        if parents:
            for end in range(1, len(parts)):
                above = "/" + "/".join(parts[:end])
                if self.find(above) is None:
                    self.make_folder(above, user)
        node = self.find(path)
        if node is not None:
            if parents and node.is_folder:
                return
            raise FileError("File exists")
        self.put(path, Node(FOLDER, 0o755, self._now(), user), user)

    def remove(self, path: str, user: str) -> None:
        """Remove what is at a path, with all below it; a mount stays."""
        self.get(path, follow=False)
        plain = joined("/", path)
        if any(mount == plain or mount.startswith(f"{plain}/") for mount in self.mounts):
            raise FileError("Resource busy")
        place = self._place(path, user)
        del place.children[parts_of(path)[-1]]
        place.changed = self._now()

    def _place(self, path: str, user: str) -> Node:
        """Give the folder that holds a path, if it may be written to."""
        parts = parts_of(path)
        if not parts:
            raise FileError("File exists")
        above = "/" + "/".join(parts[:-1])
        node = self.get(above)
        if not node.is_folder:
            raise FileError(NOT_A_FOLDER)
        self.check(self.real(above), node, user)
        return node

    def check(self, path: str, node: Node, user: str) -> None:
        """Refuse to change a node that the user may not, or that is mounted for reading alone."""
        over = [
            mount for mount in self.mounts if mount == "/" or path == mount or path.startswith(f"{mount}/")
        ]
        if over and not self.mounts[max(over, key=len)]:
            raise FileError(READ_ONLY)
        if user not in {"0", node.owner} and not node.mode & 0o002:
            raise FileError(DENIED)


def changes(base: Node, own: Node, hidden: Sequence[str], path: str = "") -> Iterator[tuple[str, int]]:
    """Tell what differs from the image, as (path, kind): 0 changed, 1 added, 2 deleted; in order.

    Args:
        base: the image's files.
        own: the container's.
        hidden: paths of mounts, below which nothing is the container's.
        path: where the two are; empty is the root.

    """
    for name in sorted({*base.children, *own.children}):
        before, now, at = base.children.get(name), own.children.get(name), f"{path}/{name}"
        mounted = at in hidden
        if now is None:
            yield at, 2
        elif before is None:
            yield at, 1
            if not mounted:
                yield from changes(Node(FOLDER), now, hidden, at)
        elif not mounted:
            below = list(changes(before, now, hidden, at))
            if below or (before.changed, before.mode, before.kind) != (now.changed, now.mode, now.kind):
                yield at, 0
            yield from below
