"""One build, from its options to its image."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.demo.acts.references import normal, parse
from tui.demo.builder import dockerfile, syntax
from tui.demo.builder.stage import Arguments, Stage
from tui.demo.builder.steps import Steps
from tui.demo.builder.words import expand
from tui.demo.refusal import RefusalError
from tui.demo.wire.messages import stream

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from tui.demo.acts.things import Image
    from tui.demo.builder.context import Context
    from tui.demo.builder.dockerfile import Instruction
    from tui.demo.wire.messages import Message, Messages
    from tui.demo.world import World


@dataclass(frozen=True, slots=True)
class Options:
    """What a client asks of a build."""

    file: str = "Dockerfile"
    tags: Sequence[str] = ()
    arguments: Mapping[str, str | None] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    platform: str = ""
    network: str = ""
    cached: bool = True
    pull: bool = False
    remove: bool = True
    always_remove: bool = False
    quiet: bool = False


class Build:
    """A build that is about to begin.

    Args:
        context: the files that came along.

    Raises:
        RefusalError: where the Dockerfile is not there or is none.

    """

    def __init__(self, world: World, context: Context, options: Options) -> None:
        self._world = world
        self._options = options
        self._found = dockerfile.parse(context.dockerfile(options.file), options.file)
        syntax.check(self._found)
        self._found = self._wanted()
        self._arguments = Arguments(options.arguments)
        self._stages: list[Stage] = []
        self._steps = Steps(world, context, options, self._arguments, self._stages)

    def _wanted(self) -> list[Instruction]:
        """Leave out the stages after the wanted one, and put in the labels that the client wants."""
        found, target = list(self._found), self._options.target.lower()
        if target:
            places = [place for place, one in enumerate(found) if one.name == "FROM"]
            names = [_stage_name(found[place]) or str(number) for number, place in enumerate(places)]
            number = next(
                (number for number, name in enumerate(names) if target in {name, str(number)}),
                None,
            )
            if number is None:
                raise RefusalError(400, f'target stage "{self._options.target}" could not be found')
            found = found[: places[number + 1]] if number + 1 < len(places) else found
        return found + [
            dockerfile.Instruction(
                "LABEL", f"LABEL {name}={value}", f"{json.dumps(name)}={json.dumps(value)}", 0
            )
            for name, value in sorted(self._options.labels.items())
        ]

    def messages(self) -> Messages:
        """Build, and tell how it goes."""
        quiet = self._options.quiet
        for message in self._go():
            if isinstance(message, float) or not quiet:
                yield message
        image = self._stages[-1].image if self._stages else None
        if image is None:
            raise RefusalError(400, "No image was generated. Is your Dockerfile empty?")
        yield from self._finish(image)

    def _go(self) -> Messages:
        total = len(self._found)
        for number, one in enumerate(self._found, 1):
            yield stream(f"Step {number}/{total} : {one.text}")
            yield stream("\n")
            if one.name == "FROM":
                yield from self._from(one)
            elif not self._stages:
                self._steps.declare(one, staged=False)
                continue
            else:
                yield from self._steps.take(self._stages[-1], one)
            yield stream(f" ---> {_short(self._stages[-1].image_id)}\n")
            last = number == total or self._found[number].name == "FROM"
            if last and self._stages[-1].image_id:
                yield {"aux": {"ID": self._stages[-1].image_id}}

    def _from(self, one: Instruction) -> Messages:
        self._arguments.leave_stage()
        name = expand(one.words[0], self._arguments.before())
        if not name:
            raise RefusalError(400, f"base name ({one.words[0]}) should not be blank")
        stage = Stage(_stage_name(one))
        before = next((other for other in self._stages if other.name and other.name == name.lower()), None)
        self._stages.append(stage)
        if before is not None:
            stage.begin(before.image)
            stage.files = dict(before.files)
        elif name == "scratch":
            stage.begin(None)
        else:
            stage.begin((yield from self._base(name, syntax.flag(one, "platform") or self._options.platform)))
        triggers = list((stage.image.config["OnBuild"] if stage.image else None) or ())
        if triggers:
            yield stream(f"# Executing {len(triggers)} build trigger")
            if len(triggers) > 1:
                yield stream("s")
            yield stream("\n")
        for text in triggers:
            trigger = dockerfile.instruction(text)
            syntax.check_one(trigger, 1)
            yield from self._steps.take(stage, trigger)

    def _base(self, name: str, platform: str) -> Generator[Message | float, None, Image]:
        """Find the image of a FROM, or pull it."""
        machine = platform.partition("/")[2].partition("/")[0]
        if not self._options.pull:
            with self._world.lock:
                try:
                    image = self._world.find_image(name)
                except RefusalError:
                    image = None
            if image is not None and machine in {"", image.architecture}:
                return image
        reference = parse(name).tagged()
        yield from self._world.pull(reference, platform)
        with self._world.lock:
            return self._world.find_image(reference.name)

    def _finish(self, image: Image) -> Messages:
        if self._options.quiet:
            yield stream(f"{image.id}\n")
        else:
            unused = self._arguments.unused()
            if unused:
                yield stream(f"[Warning] One or more build-args [{' '.join(unused)}] were not consumed\n")
            yield stream(f"Successfully built {_short(image.id)}\n")
        for tag in self._options.tags:
            name = normal(tag)
            with self._world.lock:
                self._world.give(image, name)
                self._world.emit_image(image, "tag", name)
            if not self._options.quiet:
                yield stream(f"Successfully tagged {name}\n")


def _stage_name(one: Instruction) -> str:
    return one.words[2].lower() if len(one.words) == 3 else ""


def _short(image_id: str) -> str:
    return image_id.removeprefix("sha256:")[:12]
