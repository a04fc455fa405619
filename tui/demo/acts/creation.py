"""How a container comes to be: from an image, and from what was asked for."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tui.demo.acts.guess import guess, known
from tui.demo.acts.images import Images
from tui.demo.acts.networks import BUILT_IN, Networks
from tui.demo.acts.references import normal
from tui.demo.acts.settings import host_config
from tui.demo.acts.things import Container, Endpoint, Mount
from tui.demo.acts.volumes import Volumes, mountpoint
from tui.demo.refusal import RefusalError
from tui.demo.wire.query import Body

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.demo.acts.things import Image, Temper

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")


class Creation(Images, Networks, Volumes):
    """Making containers."""

    def create_container(
        self,
        name: str,
        image: str,
        command: Sequence[str] = (),
        *,
        env: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
        ports: Mapping[str, int | None] | None = None,
        binds: Sequence[str] = (),
        network: str = "bridge",
        aliases: Sequence[str] = (),
        restart: str = "no",
        tty: bool = False,
        memory: int = 0,
        health: str = "",
        temper: Temper | None = None,
    ) -> str:
        """Create a container, in short form.

        `ports` gives the host port of each `80/tcp`, None where it is only exposed; `binds` are
        `volume:/target` or `/folder:/target`, either with `:ro`; `memory` is a limit in bytes, 0 for
        none; `health` is the shell command of a health check; `temper` is guessed where it is not given.

        Returns:
            Its id.

        """
        published = {
            port: [{"HostPort": str(host)}] for port, host in (ports or {}).items() if host is not None
        }
        asked: dict[str, Any] = {
            "Image": image,
            "Cmd": list(command) or None,
            "Env": list(env),
            "Labels": dict(labels or {}),
            "ExposedPorts": {port: {} for port in ports or {}},
            "Tty": tty,
            "HostConfig": {
                "Binds": list(binds) or None,
                "NetworkMode": network,
                "PortBindings": published,
                "RestartPolicy": {"Name": restart},
                "Memory": memory,
            },
        }
        if health:
            asked["Healthcheck"] = {"Test": ["CMD-SHELL", health], "Interval": 10_000_000_000, "Retries": 3}
        if aliases:
            asked["NetworkingConfig"] = {"EndpointsConfig": {network: {"Aliases": list(aliases)}}}
        return self.create_from(name, Body(asked), temper)

    def create_from(self, name: str, asked: Body, temper: Temper | None = None, *, platform: str = "") -> str:
        """Create a container from the JSON that a client sends; `platform` as in linux/arm64.

        Returns:
            Its id.

        Raises:
            RefusalError: 400 for what can't be, 404 without the image or where it is of another platform,
                409 where the name is taken.

        """
        with self.lock:
            if not asked.text("Image") and not asked.texts("Cmd"):
                raise RefusalError(400, "no command specified")
            image = self._image_for(asked.text("Image"))
            host = host_config(asked.inner("HostConfig"))
            _check_aliases(asked)
            _check_platform(asked.text("Image"), image, platform)
            if name and not _NAME.fullmatch(name):
                raise RefusalError(
                    400, f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
                )
            name = name or self._free_name()
            self.check_name(name)
            entry, command = _command(asked, image)
            if not entry and not command:
                raise RefusalError(400, "no command specified")
            container = self._build(name, asked, image, [*entry, *command], host)
            container.temper = temper or self._temper_of(container)
            self.containers[container.id] = container
            self.emit_container(container, "create")
            return container.id

    def _temper_of(self, container: Container) -> Temper:
        guessed = guess(container)
        # A shell is a shell in any image.
        usual = None if known(container) else self.tempers.get(normal(container.image))
        return usual or guessed

    def _image_for(self, reference: str) -> Image:
        try:
            return self.find_image(reference)
        except RefusalError:
            raise RefusalError(404, f"No such image: {reference}") from None

    def _free_name(self) -> str:
        taken = {container.name for container in self.containers.values()}
        while (name := self.ids.name()) in taken:
            pass
        return name

    def check_name(self, name: str) -> None:
        """Refuse a name that a container has already."""
        for other in self.containers.values():
            if other.name == name:
                raise RefusalError(
                    409,
                    f'Conflict. The container name "/{name}" is already in use by container "{other.id}". '
                    "You have to remove (or rename) that container to be able to reuse that name.",
                )

    def _build(
        self, name: str, asked: Body, image: Image, words: list[str], host: dict[str, Any]
    ) -> Container:
        made = self.ids.digest("container")
        return Container(
            id=made,
            name=name,
            image=asked.text("Image"),
            image_id=image.id,
            created=self.tick(),
            path=words[0],
            args=words[1:],
            config=_config(made, asked, image),
            host=host,
            mounts=self._mounts(asked, image),
            endpoints=_endpoints(asked, str(host["NetworkMode"])),
        )

    def _mounts(self, asked: Body, image: Image) -> list[Mount]:
        host = asked.inner("HostConfig")
        mounts = [self._bind(text) for text in host.texts("Binds")]
        mounts += [self._mount(one) for one in host.inners("Mounts")]
        targets = {mount.target for mount in mounts}
        anonymous = {**(image.config["Volumes"] or {}), **asked.mapping("Volumes")}
        mounts += [self._volume("", target) for target in anonymous if target not in targets]
        return mounts

    def _bind(self, text: str) -> Mount:
        source, colon, rest = text.partition(":")
        target, _, mode = rest.partition(":")
        if not colon or not target.startswith("/"):
            raise RefusalError(400, f"invalid volume specification: '{text}'")
        writable = "ro" not in mode.split(",")
        if source.startswith("/"):
            return Mount("bind", "", source, target, mode, writable)
        return self._volume(source, target, mode or "z", writable=writable)

    def _mount(self, one: Body) -> Mount:
        kind, source, target = one.text("Type"), one.text("Source"), one.text("Target")
        writable = not one.flag("ReadOnly")
        if kind == "volume":
            return self._volume(source, target, writable=writable)
        return Mount(kind, "", source, target, "", writable)

    def _volume(self, name: str, target: str, mode: str = "z", *, writable: bool = True) -> Mount:
        name = self.create_volume(name)
        return Mount("volume", name, mountpoint(name), target, mode, writable)


def _check_aliases(asked: Body) -> None:
    """Refuse further names on networks where names are not looked up."""
    wanted = asked.inner("NetworkingConfig").inner("EndpointsConfig")
    for given in wanted.values:
        name = "bridge" if given == "default" else given
        if wanted.inner(given).texts("Aliases") and (name in BUILT_IN or name.startswith("container:")):
            raise RefusalError(
                400,
                f"invalid config for network {name}: invalid endpoint settings:\n"
                "network-scoped alias is supported only for containers in user defined networks",
            )


def _check_platform(reference: str, image: Image, wanted: str) -> None:
    actual = f"linux/{image.architecture}"
    # Images here have no variant, and one without is taken for any.
    if wanted and wanted.split("/")[:2] != actual.split("/"):
        raise RefusalError(
            404,
            f"image with reference {reference} was found but does not match the specified platform: "
            f"wanted {wanted}, actual: {actual}",
        )


def _command(asked: Body, image: Image) -> tuple[list[str], list[str]]:
    entry, command = asked.texts("Entrypoint"), asked.texts("Cmd")
    if not entry:
        entry = image.config["Entrypoint"] or []
        command = command or image.config["Cmd"] or []
    return entry, command


def _endpoints(asked: Body, mode: str) -> dict[str, Endpoint]:
    if mode.startswith("container:"):
        return {}
    wanted = asked.inner("NetworkingConfig").inner("EndpointsConfig")
    places = {
        # The docker CLI calls the bridge so.
        mode if name == "default" else name: wanted.inner(name).texts("Aliases") or None
        for name in wanted.values
    }
    places.setdefault(mode, None)
    return {name: Endpoint(name, aliases) for name, aliases in sorted(places.items())}


def _config(made: str, asked: Body, image: Image) -> dict[str, Any]:
    config = deepcopy(image.config)
    config.pop("ArgsEscaped", None)
    env = asked.texts("Env")
    own = {text.partition("=")[0] for text in env}
    env += [text for text in config["Env"] or () if text.partition("=")[0] not in own]
    ports = {**config.pop("ExposedPorts", {}), **asked.mapping("ExposedPorts")}
    ports |= {port: {} for port in asked.inner("HostConfig").mapping("PortBindings")}
    config |= {
        "Hostname": asked.text("Hostname") or made[:12],
        "Domainname": asked.text("Domainname"),
        "User": asked.text("User") or config["User"],
        **{name: asked.flag(name) for name in ("AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce")},
        **{f"Attach{name}": asked.flag(f"Attach{name}") for name in ("Stdin", "Stdout", "Stderr")},
        "Tty": asked.flag("Tty"),
        "OpenStdin": asked.flag("OpenStdin"),
        "StdinOnce": asked.flag("StdinOnce"),
        "Env": env,
        "Cmd": asked.texts("Cmd") or config["Cmd"],
        "Image": asked.text("Image"),
        "Volumes": asked.mapping("Volumes") or config["Volumes"],
        "WorkingDir": asked.text("WorkingDir") or config["WorkingDir"],
        "Entrypoint": asked.texts("Entrypoint") or config["Entrypoint"],
        "Labels": {**(config["Labels"] or {}), **asked.mapping("Labels")},
    }
    if ports:
        config["ExposedPorts"] = ports
    for extra in ("StopSignal", "StopTimeout", "Healthcheck"):
        if asked.values.get(extra) is not None:
            config[extra] = asked.values[extra]
    return config
