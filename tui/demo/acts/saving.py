"""Images and containers as archives, and back."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

from tui.demo.acts.lifecycle import Lifecycle
from tui.demo.acts.things import Image, Layer
from tui.demo.refusal import RefusalError
from tui.demo.wire.messages import failure, layer, stream
from tui.demo.words import SECOND, moment_of, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.demo.acts.things import Container
    from tui.demo.wire.messages import Messages

_SIZES = "wherry.demo.sizes"
"""Where an archive of ours notes how large its layers are, which it does not carry."""
_ROOTS = ("bin", "dev", "etc", "home", "lib", "proc", "root", "run", "sys", "tmp", "usr", "var")


class Saving(Lifecycle):
    """The acts that write archives and read them."""

    def save(self, names: Sequence[str]) -> bytes:
        """Write images into an archive as `docker save` does, but with empty layers.

        Raises:
            RefusalError: 404 where one is not there.

        """
        with self.lock:
            found: list[tuple[Image, list[str]]] = []
            for name in names:
                try:
                    image = self.find_image(name)
                except RefusalError as refusal:
                    raise RefusalError(refusal.status, f"No such image: {name}") from None
                found.append((image, [tag for tag in image.tags if tag in {name, f"{name}:latest"}]))
            for image, _ in found:
                self.emit_image(image, "save")
            return _write(found)

    def load(self, content: bytes, *, quiet: bool) -> Messages:
        """Take in the images of an archive; tells as `docker load` does."""
        try:
            archive = tarfile.open(fileobj=io.BytesIO(content))  # noqa: SIM115  # nothing is open but memory
            names = archive.getnames()
        except (tarfile.TarError, EOFError):
            yield failure("unexpected EOF")
            return
        if "manifest.json" not in names:
            folder = f"/var/lib/docker/tmp/docker-import-{int(self.ids.digest('load')[:8], 16)}"
            yield failure(f"open {folder}/repositories: no such file or directory")
            return
        unnamed, tagged = "", False
        try:
            images = [
                (_read(archive, entry), entry) for entry in json.loads(_content(archive, "manifest.json"))
            ]
        except (KeyError, TypeError, ValueError) as error:
            yield failure(f"invalid archive: {error}")
            return
        for image, entry in images:
            if not quiet:
                yield from self._missing(image)
            tags = entry.get("RepoTags") or []
            with self.lock:
                kept = self.images.setdefault(image.id, image)
                for tag in tags:
                    self.give(kept, tag)
            for tag in tags:
                yield stream(f"Loaded image: {tag}\n")
            unnamed, tagged = f"{unnamed}Loaded image ID: {kept.id}\n", bool(tags)
            self.emit_image(kept, "load")
        if not tagged and unnamed:
            yield stream(unnamed)

    def _missing(self, image: Image) -> Messages:
        """Tell how the layers are unpacked that are not here."""
        there = {stack for one in self.images.values() for stack, _ in one.chain}
        layers = [one for one in image.layers if one.id]
        for (stack, held), one in zip(image.chain, layers, strict=True):
            size = max(held, 1536)
            if stack in there:
                continue
            for share in (0.3, 0.7, 1.0):
                yield layer(one.id, "Loading layer", max(1, int(size * share)), size)
                yield 0.1

    def export(self, one: Container) -> bytes:
        """Write a container's files into an archive: as many as a demo has."""
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as archive:
            now = one.started // SECOND
            _add(archive, ".dockerenv", b"", now)
            for folder in _ROOTS:
                _folder(archive, folder, now)
            _add(archive, "etc/hostname", f"{one.config['Hostname']}\n".encode(), now)
            _add(archive, "etc/hosts", b"127.0.0.1\tlocalhost\n", now)
        with self.lock:
            self.emit_container(one, "export")
        return content.getvalue()


def _write(found: Sequence[tuple[Image, list[str]]]) -> bytes:
    empty = b"\0" * 10_240
    content = io.BytesIO()
    manifest: list[dict[str, Any]] = []
    repositories: dict[str, dict[str, str]] = {}
    with tarfile.open(fileobj=content, mode="w") as archive:
        for folder in ("blobs", "blobs/sha256"):
            _folder(archive, folder, 0)
        for image, tags in found:
            layers = [one for one in image.layers if one.id]
            for one in layers:
                _add(archive, _blob(one.id), empty, image.created // SECOND)
            _add(archive, _blob(image.id), json.dumps(_config(image)).encode(), image.created // SECOND)
            paths = [_blob(one.id) for one in layers]
            manifest.append({"Config": _blob(image.id), "RepoTags": tags or None, "Layers": paths})
            for tag in tags:
                repository, _, version = tag.rpartition(":")
                top = layers[-1].id.removeprefix("sha256:") if layers else ""
                repositories.setdefault(repository, {})[version] = top
        index = [
            {
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": f"sha256:{hashlib.sha256(image.id.encode()).hexdigest()}",
                "size": 401 + 152 * len(image.layers),
            }
            for image, _ in found
        ]
        kind = "application/vnd.oci.image.index.v1+json"
        for name, value in (
            ("index.json", {"schemaVersion": 2, "mediaType": kind, "manifests": index or None}),
            ("manifest.json", manifest or None),
            ("oci-layout", {"imageLayoutVersion": "1.0.0"}),
            ("repositories", repositories),
        ):
            if value or name == "manifest.json":
                _add(archive, name, json.dumps(value, separators=(",", ":")).encode(), 0)
    return content.getvalue()


def _config(image: Image) -> dict[str, Any]:
    """Write an image's configuration as OCI has it."""
    history = [
        {
            "created": stamp(one.created),
            "created_by": one.created_by,
            "comment": one.comment,
            "empty_layer": not one.id,
        }
        for one in image.layers
    ]
    return {
        "architecture": image.architecture,
        "author": image.author,
        "comment": image.comment,
        "config": image.config,
        "created": stamp(image.created),
        "docker_version": image.docker_version,
        "history": history,
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [one.id for one in image.layers if one.id]},
        _SIZES: [one.size for one in image.layers if one.id],
    }


def _read(archive: tarfile.TarFile, entry: Mapping[str, Any]) -> Image:
    """Read an image, of an archive of ours or a real engine's."""
    name = str(entry["Config"])
    config = json.loads(_content(archive, name))
    ids = list(config["rootfs"]["diff_ids"] or [])
    sizes = config.get(_SIZES) or [_bytes_in(archive, path) for path in entry["Layers"]]
    held = iter(zip(ids, sizes, strict=True))
    layers: list[Layer] = []
    for step in config.get("history") or []:
        made = moment_of(step["created"])
        layer_id, size = ("", 0) if step.get("empty_layer") else next(held, ("", 0))
        layers.append(Layer(step.get("created_by", ""), size, layer_id, made, step.get("comment", "")))
    layers += [Layer("", size, layer_id, moment_of(config["created"])) for layer_id, size in held]
    image = Image(
        f"sha256:{name.rpartition('/')[2].removesuffix('.json')}",
        moment_of(config["created"]),
        [],
        [],
        layers,
        {"Labels": None, "Volumes": None, "Cmd": None, "Entrypoint": None, "Env": None, **config["config"]},
        config.get("comment", ""),
    )
    image.author, image.docker_version = config.get("author", ""), config.get("docker_version", "")
    image.architecture = config["architecture"]
    return image


def _bytes_in(archive: tarfile.TarFile, path: str) -> int:
    with tarfile.open(fileobj=io.BytesIO(_content(archive, path))) as layer_files:
        return sum(file.size for file in layer_files if file.isreg())


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    return file.read() if file else b""


def _blob(digest: str) -> str:
    return f"blobs/sha256/{digest.removeprefix('sha256:')}"


def _add(archive: tarfile.TarFile, name: str, content: bytes, when: int) -> None:
    if name in archive.getnames():
        return
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = len(content), when, 0o644
    archive.addfile(info, io.BytesIO(content))


def _folder(archive: tarfile.TarFile, name: str, when: int) -> None:
    info = tarfile.TarInfo(name)
    info.type, info.mtime, info.mode = tarfile.DIRTYPE, when, 0o755
    archive.addfile(info)
