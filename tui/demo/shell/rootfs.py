"""What an image's files are, as far as anybody looks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.shell.commands import COMMANDS
from tui.demo.shell.files import DEVICE, FILE, FOLDER, LINK, Node, folder, joined, parts_of
from tui.demo.shell.place import KERNEL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FAMILIES = ("busybox", "alpine", "debian", "scratch")
_SMALL = 1_000_000
_ELF = b"\x7fELF\x02\x01\x01\n"
_DEVICES = "console full null ptmx random stderr stdin stdout tty urandom zero"
_FOLDERS = (
    "boot dev etc home lib media mnt opt proc root run sbin srv sys tmp "
    "usr/bin usr/lib usr/local/bin usr/sbin var/lib var/log"
)
_ABSENT = {
    "busybox": "busybox ping top vi wget",
    "alpine": "apk busybox ping top vi wget",
    "debian": "apt apt-get dpkg perl",
    "scratch": "",
}
_KITS: dict[str, tuple[str, dict[str, int]]] = {
    "postgres": ("psql pg_dump pg_isready createdb postgres", {"postgres": 999}),
    "pgadmin": ("python3", {"pgadmin": 5050}),
    "python": ("python python3 pip pip3 uvicorn gunicorn flask pytest", {}),
    "nginx": ("nginx curl", {"nginx": 101}),
    "redis": ("redis-cli redis-server", {"redis": 999}),
    "node": ("node npm npx yarn", {"node": 1000}),
    "mysql": ("mysql mysqld mysqldump", {"mysql": 999}),
}
_COPY = re.compile(r"(?:COPY|ADD) (?!.*--from)(.+?)(?: # buildkit)?$")
_RELEASES = {
    "alpine": 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.2\nPRETTY_NAME="Alpine Linux v3.22"\n',
    "debian": 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nID=debian\n',
}


def family_of(history: Sequence[str], size: int) -> str:
    """Tell from an image's steps and bytes whose files it has."""
    text = " ".join(history).lower()
    for word in FAMILIES[:-1]:
        if word in text:
            return word
    return "scratch" if size < _SMALL else "debian"


class Blueprint:
    """Makes the files of an image, the same each time.

    Args:
        history: its steps, oldest first.
        size: its bytes.
        names: its tags.
        config: its configuration, as Docker's JSON has it.
        built: when, in nanoseconds since 1970.

    """

    def __init__(
        self,
        history: Sequence[str],
        size: int,
        names: Sequence[str],
        config: Mapping[str, object],
        built: int,
    ) -> None:
        self.family = family_of(history, size)
        self._history = history
        self._config = config
        self._built = built
        text = " ".join([*history, *names, *_texts(config.get("Env"))]).lower()
        self._kits = [kit for word, kit in _KITS.items() if word in text]

    def build(self, files: Mapping[str, bytes | Callable[[], bytes]], started: int) -> Node:
        """Make the root folder; `files` are those that Docker itself makes for a container."""
        root = folder(self._built)
        if self.family != "scratch":
            self._fill(root)
        self._add_programs(root)
        self._add_copied(root)
        work = str(self._config.get("WorkingDir") or "/")
        self._folder(root, work)
        self._add_system(root, started)
        for path, content in files.items():
            self._put(root, path, Node(FILE, 0o644, started, content=content))
        return root

    def _fill(self, root: Node) -> None:
        names = [*COMMANDS, "sh", "ash"] + (["bash"] if self.family == "debian" else [])
        if self.family == "busybox":
            for name in names:
                self._put(root, f"/bin/{name}", Node(LINK, 0o777, self._built, target="/bin/busybox"))
            return
        for path in _FOLDERS.split():
            self._folder(root, path)
        root.children["tmp"].mode = 0o1777
        if self.family == "debian":
            root.children["bin"] = Node(LINK, 0o777, self._built, target="usr/bin")
        for name in names:
            if self.family == "alpine":
                self._put(root, f"/bin/{name}", Node(LINK, 0o777, self._built, target="/bin/busybox"))
            else:
                self._program(root, f"/usr/bin/{name}")
        self._add_users(root)
        release = _RELEASES[self.family].encode()
        self._put(root, "/etc/os-release", Node(FILE, 0o644, self._built, content=release))

    def _add_users(self, root: Node) -> None:
        users = {"root": 0, "nobody": 65534}
        for _, more in self._kits:
            users |= more
        homes = {"root": "/root", "nobody": "/nonexistent"}
        lines = [
            f"{name}:x:{number}:{number}:{name}:{homes.get(name, f'/home/{name}')}:/bin/sh"
            for name, number in users.items()
        ]
        groups = [f"{name}:x:{number}:" for name, number in users.items()]
        for path, rows in (("/etc/passwd", lines), ("/etc/group", groups)):
            content = "".join(f"{row}\n" for row in rows).encode()
            self._put(root, path, Node(FILE, 0o644, self._built, content=content))
        for name, number in users.items():
            if name not in homes:
                self._put(root, f"/home/{name}", folder(self._built, owner=str(number)))

    def _add_programs(self, root: Node) -> None:
        home = "/bin" if self.family == "busybox" else "/usr/bin"
        for name in _ABSENT[self.family].split():
            self._program(root, f"{'/bin' if self.family == 'alpine' else home}/{name}")
        for names, _ in self._kits:
            for name in names.split():
                self._program(root, f"/usr/local/bin/{name}")
        for word in ("Entrypoint", "Cmd"):
            for name in _texts(self._config.get(word))[:1]:
                path = joined("/", name) if "/" in name else f"/usr/local/bin/{name}"
                # Only where the image has no such program yet.
                if re.fullmatch(r"[\w./+-]+", name) and not self._has(root, name):
                    self._program(root, path)

    def _has(self, root: Node, name: str) -> bool:
        if "/" in name:
            return _at(root, name) is not None
        return any(
            _at(root, f"{place}/{name}") for place in ("/bin", "/usr/bin", "/usr/local/bin", "/usr/sbin")
        )

    def _add_copied(self, root: Node) -> None:
        work = str(self._config.get("WorkingDir") or "/")
        for step in self._history:
            found = _COPY.match(step)
            words = found[1].split() if found is not None else []
            for source in words[:-1]:
                name = source.rpartition("/")[2]
                if "." in name.strip(".") and not name.endswith((".gz", ".xz", ".sh")):
                    target = joined(
                        work, f"{words[-1]}/{name}" if words[-1].endswith(("/", ".")) else words[-1]
                    )
                    if _at(root, target) is None:
                        note = b"# what is in here is not part of the demo\n"
                        self._put(root, target, Node(FILE, 0o644, self._built, content=note))
                elif name.isidentifier() and not words[-1].startswith("/"):
                    self._folder(root, joined(work, words[-1]))

    def _add_system(self, root: Node, started: int) -> None:
        for name, mode in (("dev", 0o755), ("proc", 0o555), ("sys", 0o555)):
            root.children[name] = Node(FOLDER, mode, started, virtual=True)
        for name in _DEVICES.split():
            root.children["dev"].children[name] = Node(DEVICE, 0o666, started)
        version = f"Linux version {KERNEL} (wherry demo)\n".encode()
        root.children["proc"].children["version"] = Node(FILE, 0o444, started, content=version)
        root.children[".dockerenv"] = Node(FILE, 0o755, started)

    def _program(self, root: Node, path: str) -> None:
        self._put(root, path, Node(FILE, 0o755, self._built, content=_ELF))

    def _folder(self, root: Node, path: str) -> Node:
        node = root
        for name in parts_of(path):
            node = node.children.setdefault(name, folder(self._built))
        return node

    def _put(self, root: Node, path: str, node: Node) -> None:
        *above, name = parts_of(path) or [""]
        if name:
            self._folder(root, "/".join(above)).children[name] = node


def _at(root: Node, path: str) -> Node | None:
    node: Node | None = root
    for name in parts_of(path):
        node = node.children.get(name) if node is not None else None
        if node is not None and node.kind == LINK and node.target == "usr/bin":
            node = _at(root, node.target)
    return node


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
