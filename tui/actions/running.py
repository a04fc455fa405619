"""The form for `docker run`: on an image, and for a new container."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.actions import interactive
from tui.actions.command import Command
from tui.actions.model import Call, Fill, HandOver, Launch, Probe, Steps, Values, Want
from tui.actions.run_fields import Offers, run_fields
from tui.actions.tagging import known_references
from tui.engine import networks, platforms, pulls
from tui.engine.detached import run_job
from tui.engine.errors import EngineError
from tui.engine.image_facts import look_at
from tui.engine.runchecks import BUILT_IN, Surroundings, Taken, check_run, remarks_on
from tui.engine.runform import (
    DETACHED,
    PULLS,
    RunAnswers,
    answers_of,
    missing_folders,
    run_words,
    usual_answers,
    values_of,
)
from tui.engine.secrets import secret_words
from tui.widgets.fields import TextField

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from tui.actions.session import Session
    from tui.engine.image_facts import ImageFacts
    from tui.engine.images import Image
    from tui.engine.jobs import Job

_ID = "run "
"""What the ids of the forms begin with whose answers are kept, by image."""
_KEPT = 100
"""Images whose answers are kept from one session to the next."""


def run_image(at: Session, image: Image) -> Want:
    """Have a run of an image filled in, once it is known what the image says."""

    def look() -> Want:
        return _form(at, RunAnswers(image.reference, remove=True), look_at(at.connection, image.id))

    return Probe(f"looking at {image.name}", look)


def run_any(at: Session) -> Want:
    """Have a run of any image filled in."""
    return _form(at, RunAnswers("", remove=True), None)


def _form(at: Session, usual: RunAnswers, facts: ImageFacts | None) -> Fill:
    around = partial(surroundings, at)
    offers = Offers(at.connection, usual.image, facts, around)

    def answers(values: Values) -> RunAnswers:
        return answers_of(values, usual)

    def preview(values: Values) -> str:
        offers.image = answers(values).image
        return shown(at, answers(values))

    def submit(values: Values) -> Want:
        given = answers(values)
        if not usual.image:
            at.answers[_ID + given.image] = dict(values)
        return run(at, given)

    fields = run_fields(offers, usual)
    if not usual.image:
        known = known_references(at)
        hint = "the name of an image; one that is not here is pulled first"
        fields = (TextField("image", "image", suggestions=known, hint=hint), *fields)
    key = f"{_ID}{usual.image}" if usual.image else "new container"
    _forget_taken_name(at, key)
    return Fill(
        id=key,
        title=f"Run {usual.image}" if usual.image else "Run a new container",
        fields=fields,
        preview=preview,
        check=lambda values: check(at, answers(values)),
        remarks=lambda values: remarks_on(answers(values), around()),
        submit=submit,
        first="command" if usual.image else "image",
    )


def _forget_taken_name(at: Session, key: str) -> None:
    """Leave out a name that was given the last time and belongs to a container now."""
    before = at.answers.get(key, {})
    if any(container.name == before.get("name") for container in at.store.containers):
        at.answers[key] = before | {"name": ""}


def surroundings(at: Session) -> Surroundings:
    """Give what the answers are checked against, as it is now."""
    containers, address = at.store.containers, at.connection.address
    nets = at.store.rows("network")
    return Surroundings(
        folder=at.folder,
        remote=at.host if address is not None and not address.url.startswith("unix:") else "",
        environ=at.environ,
        names={container.name: container.condition for container in containers},
        running=frozenset(name for one in containers if one.up for name in (one.name, one.id, one.id[:12])),
        networks=frozenset(name for net in nets for name in (net.name, net.id, net.id[:12])),
        volumes=frozenset(volume.name for volume in at.store.rows("volume")),
        ports=tuple(
            Taken(port.host, port.public, port.protocol, container.name)
            for container in containers
            if container.up
            for port in container.ports
            if port.public
        ),
    )


def check(at: Session, answers: RunAnswers) -> dict[str, str]:
    """Say by field what is wrong with the answers."""
    wrong = check_run(answers, surroundings(at))
    if wrong:
        return wrong
    why = interactive.why_not(at, _command(at, answers).words)
    return {"more" if answers.more else "": why} if why else {}


def _pulled_before(at: Session, answers: RunAnswers) -> bool:
    """Say whether the image is to be pulled first, because there is no docker CLI that would."""
    if at.has_cli or answers.pull == "never":
        return False
    return answers.pull == "always" or not is_here(at, answers.image)


def is_here(at: Session, name: str) -> bool:
    """Say whether the engine has an image of this name."""
    return _is_named(at, name) or any(
        image.id.removeprefix("sha256:").startswith(name) for image in at.store.rows("image")
    )


def _is_named(at: Session, name: str) -> bool:
    full = _full(name)
    return any(full in image.tags or full in image.digests for image in at.store.rows("image"))


def _full(name: str) -> str:
    """Give the name of an image with its tag."""
    return name if ":" in name.rpartition("/")[2] or "@" in name else f"{name}:latest"


def _command(at: Session, answers: RunAnswers) -> Command:
    """Give the `docker run`; what is done before it by itself is not in it.

    Raises:
        ValueError: where a quote is not closed.

    """
    if not at.has_cli:
        answers = answers_of({"pull": PULLS[0]}, answers)
    words = run_words(answers, at.folder)
    return at.docker(*words, secrets=secret_words(words))


def shown(at: Session, answers: RunAnswers) -> str:
    """Write everything that will be done, ready to paste, secrets masked."""
    try:
        last = _command(at, answers).shown
    except ValueError as error:
        return f"docker run … ({error})"
    before = [call.command.shown for call in prelude(at, answers)]
    if _pulled_before(at, answers) and answers.image:
        before.append(at.docker(*_pull_words(answers)).shown)
    return " && ".join((*before, last))


def _pull_words(answers: RunAnswers) -> tuple[str, ...]:
    return ("pull", *(("--platform", answers.platform) if answers.platform else ()), answers.image)


def prelude(at: Session, answers: RunAnswers) -> Iterator[Call]:
    """Give what is done before the run: folders and a network that are to be made."""
    around = surroundings(at)
    if answers.make_folders and not around.remote:
        for path in missing_folders(answers, at.folder):
            yield Call(Command(("-p", path), program=("mkdir",)), partial(_make_folder, path))
    name = answers.network
    if answers.make_network and name and name not in around.networks | BUILT_IN:
        yield Call(at.docker("network", "create", name), partial(_make_network, at, name))


def _make_folder(path: str) -> None:
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"{path} can't be made: {error.strerror}") from error


def _make_network(at: Session, name: str) -> None:
    networks.create(at.connection, name, driver="bridge", subnet="", gateway="", internal=False, labels={})


def run(at: Session, answers: RunAnswers) -> Want:
    """Want what was filled in, and before it what it needs."""
    if answers.platform and answers.pull == PULLS[0] and not at.has_cli and _is_named(at, answers.image):
        # As docker run does, one of another platform is pulled; the lists don't say of which it is.
        def look() -> Want:
            fitting = platforms.is_of(at.connection, answers.image, answers.platform)
            return _run(at, answers, pulled=not fitting)

        return Probe(f"looking at {answers.image}", look)
    return _run(at, answers, pulled=_pulled_before(at, answers))


def _run(at: Session, answers: RunAnswers, *, pulled: bool) -> Want:
    command = _command(at, answers)
    wants: list[Want] = list(prelude(at, answers))
    if pulled:
        pull = at.docker(*_pull_words(answers))
        make = partial(
            pulls.pull_job, at.connection, at.environ, pull.words_shown, answers.image, answers.platform
        )
        wants.append(Launch(pull.shown, make))
    if answers.mode == DETACHED:
        # What is pulled first takes its time, and is looked at.
        watch = at.has_cli and (answers.pull == "always" or not is_here(at, answers.image))
        make = partial(_detached, at, _full(answers.image), command)
        wants.append(Launch(command.shown, make, watch=watch, selects="container"))
    else:
        wants.append(HandOver(command, "leave with exit or ctrl+d"))
    if len(wants) == 1:
        return wants[0]
    return Steps(tuple(wants), f"{answers.image} is here: X among the images runs it")


def _detached(at: Session, image: str, command: Command) -> Job:
    if not at.has_cli:
        return interactive.detached(at, command, image)
    environ = at.connection.child_environ()
    return run_job(command.words_shown, command.argv, image, at.folder, environ)


# From one session to the next


def to_remember(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str | bool]]:
    """Give the last answers by image, without what is secret."""
    kept = {
        key.removeprefix(_ID): values_of(usual_answers(answers_of(values, RunAnswers(""))))
        for key, values in answers.items()
        if key.startswith(_ID)
    }
    return dict(list(kept.items())[-_KEPT:])


def remembered(runs: Mapping[str, Mapping[str, str | bool]]) -> dict[str, dict[str, Any]]:
    """Give the answers of forms, by their ids, from those by image of the last session."""
    return {_ID + image: {k: v for k, v in values.items() if k != "image"} for image, values in runs.items()}
