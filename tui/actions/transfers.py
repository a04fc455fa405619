"""Images on their way: from registries and to them, into archives and out of them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from tui.actions.model import Call, Choice, Choose, Fill, Launch, Say, Values, Want
from tui.engine import archives, images, pulls, references
from tui.paths import absolute, completions
from tui.widgets.fields import CheckField, ChoiceField, LinesField, TextField

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.actions.session import Session
    from tui.engine.containers import Container
    from tui.engine.images import Image
    from tui.engine.jobs import Job
    from tui.engine.pulls import Verdict

_PLATFORM = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+(/[a-z0-9_.]+)?)?")
_HERE = "on this machine"
_PLATFORMS = ("linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/ppc64le", "linux/s390x")


def known_references(at: Session) -> tuple[str, ...]:
    """Give the names of images that are here, or that containers were made from, for completion."""
    tags = {tag for image in at.store.rows("image") for tag in image.tags}
    used = {container.image for container in at.store.containers}
    return tuple(sorted(tags | {name for name in used if name and not references.check(name)}))


# Registries


def pull(at: Session, image: Image | None) -> Want:
    """Have a name filled in, the image's own to begin with, and pull it."""
    own = image.tags[0] if image is not None and image.tags else ""

    def check(values: Values) -> dict[str, str]:
        wrong = {"reference": references.check(_text(values, "reference"))}
        platform = _text(values, "platform")
        if platform and not _PLATFORM.fullmatch(platform):
            wrong["platform"] = "as in linux/arm64, or linux/arm/v7"
        return _only(wrong)

    return Fill(
        id=f"pull {own}",
        title="Pull an image",
        fields=(
            TextField(
                "reference",
                "image",
                value=own,
                required=True,
                hint="[registry/]name[:tag]; without a tag, latest is meant",
                suggestions=known_references(at),
            ),
            TextField(
                "platform", "--platform", hint="empty: the engine's own, if there is", suggestions=_PLATFORMS
            ),
        ),
        preview=lambda values: (
            at.docker(*_pull_words(_text(values, "reference"), _text(values, "platform"))).shown
        ),
        check=check,
        submit=lambda values: _pull(at, _text(values, "reference"), _text(values, "platform")),
        once=True,
        at_once=_pull(at, own) if own else Say("an image without a tag has no name to be pulled by"),
    )


def _pull_words(name: str, platform: str) -> tuple[str, ...]:
    return ("pull", *(("--platform", platform) if platform else ()), name)


def _pull(at: Session, name: str, platform: str = "") -> Launch:
    command = at.docker(*_pull_words(name, platform))
    make = partial(pulls.pull_job, at.connection, at.environ, command.words_shown, name, platform)
    return Launch(command.shown, make, selects="image")


def push(at: Session, image: Image) -> Want:
    """Have one of its tags chosen, and push that; Docker Hub only where it is meant."""

    def check(values: Values) -> dict[str, str]:
        name = _text(values, "reference")
        if not references.parse(name).on_hub or values["hub"]:
            return {}
        return {"hub": f"{where_to(name)} Say yes here if that is meant."}

    def preview(values: Values) -> str:
        name = _text(values, "reference")
        where = where_to(name)
        return at.docker("push", name).shown + (f"   # {where}" if where else "")

    tags = image.tags
    hub = any(references.parse(tag).on_hub for tag in tags)
    return Fill(
        id=f"push {image.reference}",
        title=f"Push {image.name}",
        fields=(
            ChoiceField("reference", "tag", choices=tags, value=tags[0]),
            CheckField("hub", "to Docker Hub", hint="only for a tag that names no registry")
            if hub
            else CheckField("hub", "to Docker Hub", hint="its tags name registries of their own"),
        ),
        preview=preview,
        check=check,
        submit=lambda values: _push(at, _text(values, "reference")),
        once=True,
        at_once=_push(at, tags[0]),
    )


def _push(at: Session, name: str) -> Launch:
    command = at.docker("push", name)
    make = partial(pulls.push_job, at.connection, at.environ, command.words_shown, name)
    return Launch(command.shown, make)


def where_to(name: str) -> str:
    """Say where a name without a registry would be pushed to, or nothing for one that has a registry."""
    one = references.parse(name)
    if not one.on_hub:
        return ""
    return f"{name} names no registry: it is published on Docker Hub as {one.full}."


def must_have_tags(at: Session, image: Image) -> str:
    """Say why an act by name can't be done, or nothing."""
    return "" if image.tags else f"{image.name} has no tag: T gives it one"


def about_pushing(at: Session, image: Image) -> str:
    """Say where it would go to, and which tag."""
    more = f"{image.name}: only this tag of {len(image.tags)} is pushed" if len(image.tags) > 1 else ""
    return " ".join(text for text in (where_to(image.tags[0]), more) if text)


def look(at: Session, chosen: Sequence[Image]) -> Want:
    """Ask the registries of some images whether they have something newer."""

    def tell(image: Image, verdict: Verdict) -> None:
        at.newer.note(image, verdict.newer)

    words = ("buildx", "imagetools", "inspect")
    command = at.docker(*words, chosen[0].reference)
    shown = "; ".join(at.docker(*words, image.reference).shown for image in chosen)
    make = partial(pulls.look_job, at.connection, at.environ, command.words_shown, tuple(chosen), tell)
    return Launch(shown, make)


# Names


def tag(at: Session, image: Image) -> Want:
    """Have a further name filled in."""

    def check(values: Values) -> dict[str, str]:
        name = _text(values, "name")
        if wrong := references.check_tag(name):
            return {"name": wrong}
        whole = references.parse(name).name
        if whole in image.tags:
            return {"name": f"it is called {whole} already"}
        return {}

    def submit(values: Values) -> Want:
        name = _text(values, "name")
        return Call(
            at.docker("tag", image.reference, name),
            lambda: images.tag(at.connection, image.id, references.parse(name)),
        )

    def preview(values: Values) -> str:
        name = _text(values, "name")
        shown = at.docker("tag", image.reference, name).shown
        if not name or references.check_tag(name):
            return shown
        taken = next((i for i in at.store.rows("image") if references.parse(name).name in i.tags), None)
        away = taken is not None and taken.id != image.id
        return shown + (f"   # takes the name away from {taken.short_id}" if taken and away else "")

    return Fill(
        id=f"tag {image.id}",
        title=f"Tag {image.name}",
        fields=(
            TextField(
                "name",
                "new name:tag",
                required=True,
                hint="[registry/]name[:tag], as in registry.example.org/team/app:2",
                suggestions=known_references(at),
            ),
        ),
        preview=preview,
        check=check,
        submit=submit,
        once=True,
    )


def must_have_several(at: Session, image: Image) -> str:
    """Say why no tag can be taken away alone, or nothing."""
    if len(image.tags) > 1:
        return ""
    return f"{image.name} has no other tag: d removes it" if image.tags else f"{image.name} has no tag"


def untag(at: Session, image: Image) -> Want:
    """Have one of its tags chosen, and take that away."""
    choices = [
        Choice(
            f"untag {name}",
            f"the image stays as {', '.join(other for other in image.tags if other != name)}",
            Call(at.docker("rmi", name), partial(images.remove, at.connection, name, force=False)),
        )
        for name in image.tags
    ]
    return Choose(f"Take a tag away from {image.short_id}", choices)


# Archives


def save(at: Session, chosen: Sequence[Image]) -> Want:
    """Have a path filled in, and save images into one archive."""
    names = tuple(image.reference for image in chosen)

    def words(values: Values) -> tuple[str, ...]:
        return ("save", "-o", _text(values, "path"), *names)

    def submit(values: Values) -> Want:
        command = at.docker(*words(values))
        make = partial(
            archives.save_job,
            at.connection,
            command.words_shown,
            names,
            _path(at, values),
            sum(image.size for image in chosen),
            overwrite=bool(values["overwrite"]),
        )
        return Launch(command.shown, make)

    first = re.sub(r"[^\w.-]+", "-", names[0]) if len(names) == 1 else "images"
    return Fill(
        id=f"save {' '.join(names)}",
        title=f"Save {', '.join(names)}",
        fields=_target_fields(at, f"{first}.tar"),
        preview=lambda values: at.docker(*words(values)).shown,
        check=partial(_check_target, at),
        submit=submit,
        once=True,
    )


def load(at: Session, image: Image | None) -> Want:
    """Have a path filled in, and load the images of that archive."""

    def submit(values: Values) -> Want:
        command = at.docker("load", "-i", _text(values, "path"))
        make = partial(archives.load_job, at.connection, command.words_shown, _path(at, values))
        return Launch(command.shown, make, selects="image")

    return Fill(
        id="load",
        title="Load images",
        fields=(_source_field(at, "an archive that docker save wrote"),),
        preview=lambda values: at.docker("load", "-i", _text(values, "path")).shown,
        check=lambda values: _only({"path": archives.check_source(_path(at, values))}),
        submit=submit,
    )


def import_(at: Session, image: Image | None) -> Want:
    """Have a path and a name filled in, and make an image of a tar of files."""

    def words(values: Values) -> tuple[str, ...]:
        message = _text(values, "message")
        return (
            "import",
            *(word for change in _lines(values, "changes") for word in ("-c", change)),
            *(("-m", message) if message else ()),
            _text(values, "path"),
            *_optional(values, "reference"),
        )

    def submit(values: Values) -> Want:
        command = at.docker(*words(values))

        def make() -> Job:
            return archives.import_job(
                at.connection,
                command.words_shown,
                _path(at, values),
                _text(values, "reference"),
                _text(values, "message"),
                _lines(values, "changes"),
            )

        return Launch(command.shown, make, selects="image")

    def check(values: Values) -> dict[str, str]:
        return _only(
            {
                "path": archives.check_source(_path(at, values)),
                "reference": _check_optional(values, "reference"),
            }
        )

    return Fill(
        id="import",
        title="Import an image",
        fields=(
            _source_field(at, "a tar of files, as docker export writes it"),
            TextField("reference", "name:tag", hint="empty: it has none", suggestions=known_references(at)),
            TextField("message", "--message"),
            _changes_field(),
        ),
        preview=lambda values: at.docker(*words(values)).shown,
        check=check,
        submit=submit,
    )


def export(at: Session, container: Container) -> Want:
    """Have a path filled in, and write a container's files into an archive."""

    def words(values: Values) -> tuple[str, ...]:
        return ("export", "-o", _text(values, "path"), container.name)

    def submit(values: Values) -> Want:
        command = at.docker(*words(values))
        make = partial(
            archives.export_job,
            at.connection,
            command.words_shown,
            container.id,
            container.name,
            _path(at, values),
            overwrite=bool(values["overwrite"]),
        )
        return Launch(command.shown, make)

    return Fill(
        id=f"export {container.id}",
        title=f"Export the files of {container.name}, those of its volumes not",
        fields=_target_fields(at, f"{container.name}.tar"),
        preview=lambda values: at.docker(*words(values)).shown,
        check=partial(_check_target, at),
        submit=submit,
        once=True,
    )


def commit(at: Session, container: Container) -> Want:
    """Have a name filled in, and make an image of what a container is now."""

    def words(values: Values) -> tuple[str, ...]:
        message, pause = _text(values, "message"), bool(values["pause"])
        return (
            "commit",
            *(word for change in _lines(values, "changes") for word in ("-c", change)),
            *(("-m", message) if message else ()),
            *(() if pause else ("--pause=false",)),
            container.name,
            *_optional(values, "reference"),
        )

    def submit(values: Values) -> Want:
        name = _text(values, "reference")
        return Call(
            at.docker(*words(values)),
            lambda: images.commit(
                at.connection,
                container.id,
                references.parse(name) if name else None,
                _text(values, "message"),
                _lines(values, "changes"),
                pause=bool(values["pause"]),
            ),
        )

    return Fill(
        id=f"commit {container.id}",
        title=f"Commit {container.name}: an image of its files, without its volumes",
        fields=(
            TextField("reference", "name:tag", hint="empty: it has none", suggestions=known_references(at)),
            TextField("message", "--message", hint="what was changed"),
            CheckField("pause", "--pause", value=True, hint="freeze it meanwhile, so that its files agree"),
            _changes_field(),
        ),
        preview=lambda values: at.docker(*words(values)).shown,
        check=lambda values: _only({"reference": _check_optional(values, "reference")}),
        submit=submit,
        once=True,
    )


# Parts of forms


def _target_fields(at: Session, name: str) -> tuple[TextField, CheckField]:
    return (
        TextField(
            "path",
            "file",
            value=str(at.folder / name),
            required=True,
            hint=_HERE,
            complete=lambda typed: completions(typed, at.folder),
        ),
        CheckField("overwrite", "replace it", hint="if there is such a file already"),
    )


def _check_target(at: Session, values: Values) -> dict[str, str]:
    return _only({"path": archives.check_target(_path(at, values), overwrite=bool(values["overwrite"]))})


def _source_field(at: Session, what: str) -> TextField:
    return TextField(
        "path",
        "file",
        required=True,
        hint=f"{what}, {_HERE}",
        complete=lambda typed: completions(typed, at.folder),
    )


def _changes_field() -> LinesField:
    return LinesField("changes", "--change", hint='as in a Dockerfile, one a line: CMD ["app"]')


def _path(at: Session, values: Values) -> Path:
    return absolute(_text(values, "path"), at.folder)


def _text(values: Values, key: str) -> str:
    return str(values[key]).strip()


def _lines(values: Values, key: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in str(values[key]).splitlines() if line.strip())


def _optional(values: Values, key: str) -> tuple[str, ...]:
    return (_text(values, key),) if _text(values, key) else ()


def _check_optional(values: Values, key: str) -> str:
    return references.check_tag(_text(values, key)) if _text(values, key) else ""


def _only(wrong: dict[str, str]) -> dict[str, str]:
    return {field: text for field, text in wrong.items() if text}
