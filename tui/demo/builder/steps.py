"""The steps of a build: each makes a container and an image of it, or finds one that was made before."""

from __future__ import annotations

import json
import posixpath
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tui.demo.acts.image_config import ENGINE, layer_id
from tui.demo.acts.references import normal, parse
from tui.demo.acts.things import Image, Layer, Temper
from tui.demo.builder.changes import change, command, shell_of
from tui.demo.builder.context import Picked
from tui.demo.builder.dockerfile import split_words
from tui.demo.builder.running import run
from tui.demo.builder.syntax import flag
from tui.demo.builder.words import expand
from tui.demo.refusal import RefusalError
from tui.demo.wire.messages import stream
from tui.demo.wire.query import Body

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from tui.demo.acts.things import Container
    from tui.demo.builder.build import Options
    from tui.demo.builder.context import Context
    from tui.demo.builder.dockerfile import Instruction
    from tui.demo.builder.running import Outcome
    from tui.demo.builder.stage import Arguments, Stage
    from tui.demo.wire.messages import Message, Messages
    from tui.demo.world import World

_KNOWN_FOLDERS = frozenset({"/", "/bin", "/dev", "/etc", "/home", "/root", "/usr", "/var"})
_NOT_CREATED = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: "
    "runc create failed"
)
_BUILDKIT = "Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled"


class FailedError(Exception):
    """A command that ended badly; `code` is its exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Steps:
    """Takes the instructions of a build, one after the other."""

    def __init__(
        self,
        world: World,
        context: Context,
        options: Options,
        arguments: Arguments,
        stages: Sequence[Stage],
    ) -> None:
        self._world = world
        self._context = context
        self._options = options
        self._arguments = arguments
        self._stages = stages

    def declare(self, one: Instruction, *, staged: bool, env: Mapping[str, str] | None = None) -> str:
        """Take the names and values of an ARG, and give what history says."""
        told = []
        for word in split_words(one.rest):
            name, equals, value = word.partition("=")
            given = expand(value, env or self._arguments.before()) if equals else None
            self._arguments.declare(name, given, staged=staged)
            told.append(name if given is None else f"{name}={given}")
        return f"ARG {' '.join(told)}"

    def take(self, stage: Stage, one: Instruction) -> Messages:
        """Take an instruction."""
        for name in ("mount", "network", "security", "chmod", "link", "checksum", "keep-git-dir"):
            if any(given.removeprefix("--").partition("=")[0] == name for given in one.flags):
                raise RefusalError(400, f"the --{name} option requires BuildKit. {_BUILDKIT}")
        if one.name == "RUN":
            yield from self._run(stage, one)
        elif one.name in {"ADD", "COPY"}:
            yield from self._copy(stage, one)
        else:
            yield from self._setting(stage, one)

    def _env(self, stage: Stage) -> dict[str, str]:
        return {**self._arguments.of_stage(), **stage.env}

    def _setting(self, stage: Stage, one: Instruction) -> Messages:
        """Take an instruction that changes nothing but the Config."""
        config, before = deepcopy(stage.config), stage.config["WorkingDir"]
        if one.name == "ARG":
            told = self.declare(one, staged=True, env=self._env(stage))
        else:
            told = change(config, one, self._env(stage))
        if one.name == "CMD":
            stage.command_set = True
        if one.name == "ENTRYPOINT" and not stage.command_set:
            config["Cmd"] = None
        if one.name == "MAINTAINER":
            stage.author = one.rest
        # WORKDIR has one blank where all the others have two.
        comment = f"#(nop){'' if one.name == 'WORKDIR' else ' '} {told}"
        words = [*shell_of(config), comment]
        created = " ".join(words)
        stage.config = config
        if (yield from self._cached(stage, created)):
            return
        folder = config["WorkingDir"]
        makes = one.name == "WORKDIR" and folder not in _KNOWN_FOLDERS and folder != before
        if not stage.image_id:
            # On scratch there is no image that a container could be of.
            self._commit(stage, created, 0, layered=makes)
            return
        container = self._container(stage, [*shell_of(config), "#(nop) ", told])
        yield stream(f" ---> Running in {container.id[:12]}\n")
        if self._options.remove:
            self._world.remove(container.id, volumes=True)
            yield stream(f" ---> Removed intermediate container {container.id[:12]}\n")
        self._commit(stage, created, 0, layered=makes)

    def _cached(self, stage: Stage, created: str) -> Generator[Message | float, None, bool]:
        """Go on with what was built before of the very same, if there is any."""
        if not self._options.cached:
            return False
        key = self._key(stage, created)
        with self._world.lock:
            found = [
                image
                for image in self._world.images.values()
                if image.made_by == key and image.parent == stage.image_id
            ]
        if not found:
            return False
        stage.image = max(found, key=lambda image: image.created)
        yield stream(" ---> Using cache\n")
        return True

    def _key(self, stage: Stage, created: str) -> str:
        plain = {name: value for name, value in stage.config.items() if name != "Image"}
        return f"{created} {json.dumps(plain, sort_keys=True)}"

    def _commit(self, stage: Stage, created: str, size: int, *, layered: bool = True) -> None:
        """Make the image of a step."""
        with self._world.lock:
            made = f"sha256:{self._world.ids.digest('image')}"
            now = self._world.now()
            layer = Layer(created, size, layer_id(made, size) if layered else "", now, "", stage.author)
            below = stage.image.layers if stage.image else ()
            key = self._key(stage, created)
            config = {**stage.config, "Image": stage.image_id}
            image = Image(made, now, [], [], [*below, layer], config, "")
            image.parent, image.made_by, image.author = stage.image_id, key, stage.author
            image.docker_version = ENGINE
            self._world.images[made] = image
            stage.image = image

    def _container(self, stage: Stage, words: Sequence[str], temper: Temper | None = None) -> Container:
        """Make a step's container."""
        config = stage.config
        asked: dict[str, Any] = {
            "Image": stage.image_id,
            "Cmd": list(words),
            "Entrypoint": [""],
            "Env": config["Env"] or [],
            "Labels": config["Labels"] or {},
            "Volumes": config["Volumes"] or {},
            "HostConfig": {"NetworkMode": self._options.network or "default"},
        }
        with self._world.lock:
            made = self._world.create_from("", Body(asked), temper or Temper())
            one = self._world.containers[made]
            one.path, one.args = words[0], list(words[1:])
            one.config["Entrypoint"] = None
            # A health check is for the image, not for the steps that make it.
            one.config.pop("Healthcheck", None)
            return one

    def _run(self, stage: Stage, one: Instruction) -> Messages:
        # An empty list runs what the image would.
        words = command(stage.config, one) or list(stage.config["Cmd"] or shell_of(stage.config)[:1])
        arguments = [
            f"{name}={value}" for name, value in self._arguments.of_stage().items() if name not in stage.env
        ]
        prefix = [f"|{len(arguments)}", *arguments] if arguments else []
        created = " ".join([*prefix, *words])
        if (yield from self._cached(stage, created)):
            return
        if not stage.image_id:
            why = f'exec: "{words[0]}": stat {words[0]}: no such file or directory'
            raise RefusalError(400, f"{_NOT_CREATED}: unable to start container process: {why}: unknown")
        outcome = run(words, self._env(stage), f"{stage.image_id} {created}")
        processes = [" ".join(words)]
        container = self._container(
            stage, words, Temper(on_term=None, processes=processes, written=outcome.written, cpu=0.6)
        )
        yield stream(f" ---> Running in {container.id[:12]}\n")
        try:
            yield from self._watch(container, outcome)
        except GeneratorExit:
            # The client left: Docker kills the step, and leaves nothing of it.
            if container.id in self._world.containers:
                self._world.remove(container.id, force=True, volumes=True)
            raise
        code = container.exit_code
        if self._options.always_remove or (self._options.remove and not code):
            if container.id in self._world.containers:
                self._world.remove(container.id, volumes=True)
            yield stream(f" ---> Removed intermediate container {container.id[:12]}\n")
        if code:
            raise FailedError(f"The command '{' '.join(words)}' returned a non-zero code: {code}", code)
        self._commit(stage, created, outcome.written)

    def _watch(self, container: Container, outcome: Outcome) -> Messages:
        """Let a command run, and pass on what it prints; somebody may kill it meanwhile."""
        with self._world.lock:
            self._world.emit_container(container, "attach")
            self._world.start(container.id)
        yield 0.1
        for wait, name, text in outcome.said:
            if wait:
                yield wait
            if not container.alive:
                return
            yield stream(f"\x1b[91m{text}\x1b[0m" if name == "stderr" else text)
        left = outcome.after
        while left > 0 and container.alive:
            yield min(left, 0.2)
            left -= 0.2
        with self._world.lock:
            if container.alive:
                self._world.die(container.id, outcome.code)

    def _copy(self, stage: Stage, one: Instruction) -> Messages:
        env = self._env(stage)
        *sources, target = [expand(word, env) for word in one.words]
        origin = flag(one, "from")
        folder = posixpath.join("/", stage.config["WorkingDir"] or "/", target)
        into = f"{folder}/" if target.endswith(("/", "/.")) or target == "." else folder
        if origin:
            picked = yield from self._from_stage(origin, sources, into)
        else:
            _check_near(sources, one.name)
            picked = self._context.pick(sources, into, one.name)
        if picked.count > 1 and not into.endswith("/"):
            raise RefusalError(
                400,
                f"When using {one.name} with more than one source file, the destination must be a directory "
                "and end with a /",
            )
        created = " ".join([*shell_of(stage.config), f"#(nop) {one.name} {picked.called} in {target} "])
        stage.files.update(picked.files)
        if not (yield from self._cached(stage, created)):
            self._commit(stage, created, picked.size)

    def _from_stage(
        self, origin: str, sources: Sequence[str], target: str
    ) -> Generator[Message | float, None, Picked]:
        """Take files of another stage or image, which are known as far as they were copied there."""
        files = yield from self._files_of(origin)
        found: list[tuple[str, int]] = []
        for source in sources:
            path = posixpath.normpath(posixpath.join("/", source))
            inside = [size for name, size in files.items() if name == path or name.startswith(f"{path}/")]
            guess = 200_000 + int(layer_id(path, len(path))[-5:], 16) * 4
            name = posixpath.join(target, posixpath.basename(path)) if target.endswith("/") else target
            found.append((name, sum(inside) if inside else guess))
        digest = layer_id(f"{origin} {found}", 0).removeprefix("sha256:")
        kind = "multi" if len(found) > 1 else "file"
        return Picked(sum(size for _, size in found), f"{kind}:{digest}", len(found), tuple(found))

    def _files_of(self, origin: str) -> Generator[Message | float, None, Mapping[str, int]]:
        for number, stage in enumerate(self._stages[:-1]):
            if origin.lower() == stage.name or origin == str(number):
                return stage.files
        if origin.isdigit():
            raise RefusalError(400, f"invalid from flag value {origin}: index out of bounds")
        with self._world.lock:
            here = self._world.by_name(normal(origin)) is not None
        try:
            if not here:
                yield from self._world.pull(parse(origin).tagged(), self._options.platform)
        except RefusalError as refusal:
            raise RefusalError(400, f"invalid from flag value {origin}: {refusal.message}") from None
        return {}


def _check_near(sources: Sequence[str], verb: str) -> None:
    """Refuse addresses: the demo reaches nothing."""
    for source in sources:
        if verb == "ADD" and source.startswith(("http://", "https://")):
            host = source.partition("://")[2].partition("/")[0].partition(":")[0]
            raise RefusalError(400, f'ADD failed: Get "{source}": dial tcp: lookup {host}: no such host')
