"""Images from a registry and to one, and what a registry has under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.engine.credentials import Logins
from tui.engine.errors import EngineError, Unreachable
from tui.engine.exchange import Exchange
from tui.engine.jobs import Job
from tui.engine.messages import Layers, messages
from tui.engine.reading import mapping, text
from tui.engine.references import Reference, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.engine.connection import Connection
    from tui.engine.images import Image
    from tui.engine.report import Report
    from tui.engine.sockets import Stream

_AUTH = "X-Registry-Auth"
_STATUS = "Status: "


class _RegistryWork:
    """What needs a login for a registry, and an exchange that can be given up."""

    def __init__(self, engine: Connection, environ: Mapping[str, str]) -> None:
        self._engine = engine
        self._logins = Logins(environ)
        self._exchange = Exchange(engine)

    def cancel(self) -> None:
        """End the exchange, or the helper that is asked for the login."""
        self._logins.cancel()
        self._exchange.close()

    def _open(self, method: str, target: str, reference: Reference) -> Stream:
        login = self._logins.find(reference.key)
        return self._exchange.open(method, target, {_AUTH: login.header()})


class PullWork(_RegistryWork):
    """Pulls an image (POST /images/create)."""

    def __init__(
        self, engine: Connection, environ: Mapping[str, str], reference: Reference, platform: str
    ) -> None:
        super().__init__(engine, environ)
        self._reference, self._platform = reference, platform

    def run(self, report: Report) -> int:
        """Pull, and give 0; its result is Docker's last word, such as `Image is up to date for …`.

        Raises:
            EngineError: in Docker's words; also where the answer ended before the pull did.

        """
        one, layers, last = self._reference, Layers(), ""
        target = self._engine.path(
            "/images/create",
            fromImage=one.repository,
            tag=one.version,
            platform=self._platform or None,
        )
        with self._exchange:
            for message in messages(self._open("POST", target, one)):
                status = text(message.get("status"))
                if status.startswith(_STATUS):
                    last = status.removeprefix(_STATUS)
                layers.take(message, report)
        if not last:
            # Podman ends without a word; what counts is that the image is here now.
            self._must_be_here()
        report.came_out(last or f"{one.name} is here")
        return 0

    def _must_be_here(self) -> None:
        try:
            self._engine.ask("/images/{}/json", self._reference.name)
        except Unreachable:
            raise
        except EngineError as error:
            raise EngineError("the engine ended the pull before the image was there") from error


class PushWork(_RegistryWork):
    """Pushes one tag of an image (POST /images/NAME/push)."""

    def __init__(self, engine: Connection, environ: Mapping[str, str], reference: Reference) -> None:
        super().__init__(engine, environ)
        self._reference = reference

    def run(self, report: Report) -> int:
        """Push, and give 0; its result is `TAG: digest: sha256:… size: …`.

        Raises:
            EngineError: in Docker's words; also where the answer ended before the push did.

        """
        one, layers, digest = self._reference, Layers(), ""
        target = self._engine.path("/images/{}/push", one.repository, tag=one.version)
        with self._exchange:
            for message in messages(self._open("POST", target, one)):
                layers.take(message, report)
                digest = text(mapping(message.get("aux")).get("Digest")) or digest
                status = text(message.get("status"))
                if ": digest: sha" in status:
                    report.came_out(status)
                    digest = digest or status
        if not digest:
            raise EngineError("the engine ended the push before the registry had the image")
        if not report.result:
            report.came_out(digest)
        return 0


class Verdict(NamedTuple):
    """What a registry has under a name: `newer` is None where that is not known; `text` says all."""

    newer: bool | None
    text: str


class LookWork(_RegistryWork):
    """Asks registries whether they have something newer (GET /distribution/NAME/json).

    Args:
        images: each with all its tags.
        tell: is told of each image what became of it, on the job's thread.

    """

    def __init__(
        self,
        engine: Connection,
        environ: Mapping[str, str],
        images: Sequence[Image],
        tell: Callable[[Image, Verdict], object],
    ) -> None:
        super().__init__(engine, environ)
        self._images, self._tell = images, tell

    def run(self, report: Report) -> int:
        """Ask for one name after the other, and give 0, or 1 where a registry refused or did not answer.

        Raises:
            Unreachable: where the engine is gone, or this was cancelled.

        """
        newer, current, refused = list[str](), 0, 0
        names = [(image, name) for image in self._images for name in image.tags or (image.name,)]
        width = max(len(name) for _, name in names)
        for _, name in names:
            report.step(name, name, "waiting")
        told: dict[str, Verdict] = {}
        with self._exchange:
            for image, name in names:
                report.step(name, state="running", word="asking")
                try:
                    verdict = self._look(image, name)
                except Unreachable:
                    raise
                except EngineError as error:
                    refused += 1
                    report.step(name, state="failed", word="refused")
                    report.line(f"{name:{width}}  registry refused: {error}", name)
                    continue
                report.line(f"{name:{width}}  {verdict.text}", name)
                report.step(name, state="done", word=verdict.text.partition(":")[0])
                newer += [name] if verdict.newer else []
                current += verdict.newer is False
                # Of an image with several names, the one that has something newer counts.
                known = told.get(image.id)
                if known is None or known.newer is None or verdict.newer:
                    told[image.id] = verdict
                self._tell(image, told[image.id])
        report.came_out(_outcome(newer, current, len(names)))
        if refused:
            report.fail(f"{refused} of {len(names)} could not be asked")
        return 1 if refused else 0

    def _look(self, image: Image, name: str) -> Verdict:
        if image.dangling:
            return Verdict(None, "not from a registry")
        one = parse(name)
        here = [
            digest
            for repository, _, digest in (each.partition("@") for each in image.digests)
            if repository == one.repository
        ]
        if not here:
            return Verdict(None, "not from a registry")
        target = self._engine.path("/distribution/{}/json", one.name)
        found = ""
        for message in messages(self._open("GET", target, one)):
            found = text(mapping(message.get("Descriptor")).get("digest"))
        if not found:
            raise EngineError("its answer names no digest")
        return Verdict(False, "up to date") if found in here else Verdict(True, f"newer: {found}")


def _outcome(newer: Sequence[str], current: int, count: int) -> str:
    if count == 1:
        return "there is a newer one" if newer else "up to date" if current else "not from a registry"
    if newer:
        return f"newer: {', '.join(newer)}"
    return f"{current} of {count} up to date, none newer"


def pull_job(
    engine: Connection, environ: Mapping[str, str], words: tuple[str, ...], name: str, platform: str = ""
) -> Job:
    """Start to pull an image.

    Args:
        engine: whose image it becomes.
        environ: says where the docker CLI's logins are.
        words: the command that it stands for.
        name: what to pull; without a tag `latest` is meant.
        platform: as in linux/arm64; empty for the engine's own.

    Raises:
        ValueError: where the name is none.

    """
    one = parse(name)
    return Job(f"pull {one.name}", words, one.name, PullWork(engine, environ, one, platform)).start()


def push_job(engine: Connection, environ: Mapping[str, str], words: tuple[str, ...], name: str) -> Job:
    """Start to push one tag of an image; see `pull_job`."""
    one = parse(name)
    return Job(f"push {one.name}", words, one.name, PushWork(engine, environ, one)).start()


def look_job(
    engine: Connection,
    environ: Mapping[str, str],
    words: tuple[str, ...],
    images: Sequence[Image],
    tell: Callable[[Image, Verdict], object],
) -> Job:
    """Start to ask whether there is something newer; see `LookWork`."""
    target = images[0].name if len(images) == 1 else f"{len(images)} images"
    return Job(f"newer? {target}", words, target, LookWork(engine, environ, images, tell)).start()
