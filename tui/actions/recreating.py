"""Making a container anew with changes: the form for `docker run`, filled in as it was made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.actions.command import split_words
from tui.actions.model import Choice, Choose, Fill, Launch, Probe, Say, Steps, Values, Want
from tui.actions.run_fields import Offers, run_fields
from tui.actions.running import prelude, shown, surroundings
from tui.actions.tagging import known_references
from tui.engine import containers, images, pulls
from tui.engine.errors import EngineError
from tui.engine.image_facts import facts_of
from tui.engine.recreate import Recreation, recreate_job
from tui.engine.recreate_body import answers_from, changes
from tui.engine.recreate_links import linked_from
from tui.engine.runchecks import check_run, remarks_on
from tui.engine.runform import PULLS, RunAnswers, answers_of
from tui.engine.secrets import is_secret, masked
from tui.widgets.fields import ChoiceField, TextField

if TYPE_CHECKING:
    from tui.actions.session import Session
    from tui.engine.containers import Container
    from tui.engine.runchecks import Surroundings
    from tui.widgets.fields import Field

_NOT_SHOWN = frozenset({"mode", "remove", "env_file", "platform", "pull", "more"})
"""What inspect does not tell, or what would not be the same container."""


def recreate(at: Session, container: Container) -> Want:
    """Have changes filled in, once it is known how it was made; one of Compose's is asked about first."""
    probe = Probe(f"looking at {container.name}", partial(_look, at, container))
    if not container.project:
        return probe
    title = f"{container.name} is of the Compose project {container.project}"
    return Choose(
        title,
        (
            Choice("leave it alone", "edit its file, then press u", Say("nothing was done")),
            Choice(
                "recreate it all the same",
                "Compose does not notice",
                probe,
            ),
        ),
    )


def _look(at: Session, container: Container) -> Want:
    inspected = containers.inspect(at.connection, container.id)
    if (inspected.get("HostConfig") or {}).get("AutoRemove"):
        return Say(f"{container.name} was run with --rm: it would be gone as soon as it stops")
    try:
        image = images.inspect(at.connection, str(inspected.get("Image")))
    except EngineError as error:
        raise EngineError(f"its image is gone, so what came from it can't be told: {error}") from error
    before = answers_from(inspected, image)
    form = _form(
        at, container, before, Offers(at.connection, before.image, facts_of(image), _around(at, container))
    )
    if not (linking := linked_from(at.connection, container.id)):
        return form
    return Choose(
        f"{', '.join(linking)} {'links' if len(linking) == 1 else 'link'} to {container.name}",
        (
            Choice("leave it alone", "networks need no --link", Say("nothing was done")),
            Choice("recreate it: links to it break for good", "they will not start again", form),
        ),
    )


def _around(at: Session, container: Container) -> partial[Surroundings]:
    return partial(_surroundings, at, container.name)


def _surroundings(at: Session, name: str) -> Surroundings:
    """Leave out the container itself: its name and ports are free for the one in its place."""
    from dataclasses import replace

    around = surroundings(at)
    return replace(
        around,
        names={one: how for one, how in around.names.items() if one != name},
        ports=tuple(one for one in around.ports if one.container != name),
    )


def _form(at: Session, container: Container, before: RunAnswers, offers: Offers) -> Fill:
    around = _around(at, container)

    def answers(values: Values) -> RunAnswers:
        given = answers_of(values, before)
        return given if given.name else answers_of({"name": before.name}, given)

    def check(values: Values) -> dict[str, str]:
        after = answers(values)
        # What it has already is none of the form's business, however it came to it.
        wrong = {
            key: text for key, text in check_run(after, around()).items() if key in changes(before, after)
        }
        if not wrong and not changes(before, after) and after.pull == PULLS[0] and not _moved(at, container):
            wrong[""] = "nothing is changed, and its image is the newest of that name here"
        return wrong

    def submit(values: Values) -> Want:
        return _want(at, container, before, answers(values))

    def preview(values: Values) -> str:
        offers.image = answers(values).image
        return _commands(at, container, answers(values))

    fields: list[Field] = [
        TextField("image", "image", before.image, suggestions=known_references(at), required=True),
        *(one for one in run_fields(offers, before) if one.key not in _NOT_SHOWN),
        ChoiceField("pull", "pull first", (PULLS[0], "always"), hint="always: look for a newer image first"),
    ]
    return Fill(
        id=f"recreate {container.id}",
        title=f"Recreate {container.name} with changes",
        fields=fields,
        preview=preview,
        check=check,
        remarks=lambda values: remarks_on(answers(values), around()),
        notes=lambda values: _notes(at, container, before, answers(values)),
        submit=submit,
        first="image",
        once=True,
    )


def _moved(at: Session, container: Container) -> bool:
    """Say whether the name of its image leads to another image by now."""
    tags = {tag: image.id for image in at.store.rows("image") for tag in image.tags}
    now = tags.get(container.image) or tags.get(f"{container.image}:latest")
    return now is not None and now != container.image_id


def _notes(at: Session, container: Container, before: RunAnswers, after: RunAnswers) -> list[str]:
    """Say what changes, a line for each field, secrets masked."""
    notes = [
        f"{name}: {_told(old)} → {_told(new)}" for name, (old, new) in sorted(changes(before, after).items())
    ]
    if _moved(at, container) and after.image == before.image:
        notes.append("image: a newer one of this name is here, and is taken")
    return [*notes, "all else stays as it is" if notes else "nothing is changed yet"]


def _told(value: str) -> str:
    parts = [masked(line) if is_secret(line) else line for line in value.splitlines() if line.strip()]
    return ", ".join(parts) or "–"


def _aside(at: Session, name: str) -> str:
    """Give a free name for the old one."""
    taken = {container.name for container in at.store.containers}
    free = (f"{name}-before{number or ''}" for number in range(len(taken) + 1))
    return next(one for one in free if one not in taken)


def _commands(at: Session, container: Container, after: RunAnswers) -> str:
    aside = _aside(at, container.name)
    parts = [at.docker("stop", container.name).shown] if container.up else []
    parts.append(at.docker("rename", container.name, aside).shown)
    parts.append(shown(at, after))
    parts.append(at.docker("rm", aside).shown)
    return " && ".join(parts)


def _want(at: Session, container: Container, before: RunAnswers, after: RunAnswers) -> Want:
    split_words(after.command)
    aside = _aside(at, container.name)
    wants: list[Want] = list(prelude(at, after))
    if after.pull == "always":
        pull = at.docker("pull", after.image)
        make = partial(pulls.pull_job, at.connection, at.environ, pull.words_shown, after.image, "")
        wants.append(Launch(pull.shown, make))
    commands = _commands(at, container, answers_of({"pull": PULLS[0]}, after))
    work = Recreation(at.connection, container.id, before, after, aside, at.environ, at.folder)
    words = (f"{commands}",)
    wants.append(Launch(commands, partial(recreate_job, work, words, container.name), selects="container"))
    return wants[0] if len(wants) == 1 else Steps(tuple(wants))
