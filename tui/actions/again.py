"""Building an image again the way it was built, and running it again the way it was run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions import building, running
from tui.actions.model import Call, Steps, Want
from tui.engine import replacing
from tui.engine.buildchecks import check_build
from tui.engine.runform import DETACHED, RunAnswers, answers_of
from tui.store.outdated import full_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.actions.session import Session
    from tui.engine.containers import Container
    from tui.engine.images import Image


def again(at: Session, image: Image) -> Want:
    """Want the build, then the run; where it is not known how, or no longer possible, the form."""
    values = building.remembered(at, image)
    if values is None or check_build(building.answers_of(values)):
        return building.form(at, image)
    build = building.launch(at, values)
    answers = _last_run(at, image)
    if answers is None:
        return build
    old = in_the_way(at, image)
    way = _make_way(at, old, answers) if old is not None else ()
    run = running.run(at, answers)
    last = run.wants if isinstance(run, Steps) else (run,)
    return Steps((build, *way, *last), f"{image.name} is built: X runs it as before, x with run -it --rm")


def _make_way(at: Session, old: Container, answers: RunAnswers) -> Iterator[Call]:
    """Give what takes the old container away; one that was run with `--rm` goes once it has stopped."""

    def stop_and_remove() -> None:
        replacing.stop(at.connection, old.id)
        replacing.remove(at.connection, old.id)

    stop = at.docker("stop", old.name)
    if answers.remove:
        yield Call(stop, stop_and_remove)
    else:
        yield Call(stop, lambda: replacing.stop(at.connection, old.id))
        yield Call(at.docker("rm", old.name), lambda: replacing.remove(at.connection, old.id))


def must_know(at: Session, image: Image) -> str:
    """Say that it is not known how it was built, or that there is something to ask about first."""
    values = building.remembered(at, image)
    if values is None:
        return f"wherry has not built {image.name}"
    return "it replaces a container" if in_the_way(at, image) is not None else ""


def must_replace(at: Session, image: Image) -> str:
    """Say why no container would be replaced."""
    known = building.remembered(at, image) is not None
    return "" if known and in_the_way(at, image) is not None else f"nothing runs of {image.name}"


def must_not_know(at: Session, image: Image) -> str:
    """Say that it is known how it was built."""
    return "" if building.remembered(at, image) is None else f"it is known how {image.name} was built"


def about_replacing(at: Session, image: Image, **chosen: object) -> str:
    """Say which container goes."""
    old = in_the_way(at, image)
    if old is None:
        return ""
    lost = "what it wrote outside of volumes goes with it"
    return f"once it is built, {old.name} ({old.condition}) is stopped and removed: {lost}"


def in_the_way(at: Session, image: Image) -> Container | None:
    """Find the detached container that wherry ran of an image, and that a new run would collide with."""
    answers = _last_run(at, image)
    if answers is None or answers.mode != DETACHED:
        return None
    ran = {entry.job.result for entry in at.activity.entries if entry.job is not None}
    return next(
        (
            one
            for one in at.store.containers
            if (one.name == answers.name or one.id in ran) and _is_of(one, image)
        ),
        None,
    )


def _is_of(container: Container, image: Image) -> bool:
    """Say whether a container was made from an image, or from an earlier one of the same name."""
    name = full_name(container.older or container.image)
    return container.image_id == image.id or name in {full_name(tag) for tag in image.tags}


def _last_run(at: Session, image: Image) -> RunAnswers | None:
    """Give how an image was last run, under any of its names."""
    for name in (*image.tags, image.reference):
        values = at.answers.get(f"run {name}")
        if values:
            return answers_of(values, RunAnswers(name))
    return None
