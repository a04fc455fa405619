"""Images and files: into archives and out of them, and an image of what a container wrote."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from tui.actions.filled import check_optional, lines, only, optional, text
from tui.actions.model import Call, Fill, Launch, Values, Want
from tui.actions.tagging import known_references
from tui.engine import archives, images, references
from tui.paths import absolute, completions
from tui.widgets.fields import CheckField, LinesField, TextField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tui.actions.command import Command
    from tui.actions.session import Session
    from tui.engine.containers import Container
    from tui.engine.images import Image
    from tui.engine.jobs import Job

_HERE = "on this machine"


def save(at: Session, chosen: Sequence[Image]) -> Want:
    """Have a path filled in, and save images into one archive."""
    names = tuple(image.reference for image in chosen)
    size = sum(image.size for image in chosen)

    def job(shown: tuple[str, ...], path: Path, overwrite: bool) -> Job:
        return archives.save_job(at.connection, shown, names, path, size, overwrite=overwrite)

    first = re.sub(r"[^\w.-]+", "-", names[0]) if len(names) == 1 else "images"
    return _writing(
        at, ("save", *names), f"save {' '.join(names)}", f"Save {', '.join(names)}", f"{first}.tar", job
    )


def load(at: Session, image: Image | None) -> Want:
    """Have a path filled in, and load the images of that archive."""

    def submit(values: Values) -> Want:
        command = at.docker("load", "-i", text(values, "path"))
        make = partial(archives.load_job, at.connection, command.words_shown, _path(at, values))
        return Launch(command.shown, make, selects="image")

    return Fill(
        id="load",
        title="Load images",
        fields=(_path_field(at, f"an archive that docker save wrote, {_HERE}"),),
        preview=lambda values: at.docker("load", "-i", text(values, "path")).shown,
        check=lambda values: only({"path": archives.check_source(_path(at, values))}),
        submit=submit,
    )


def import_(at: Session, image: Image | None) -> Want:
    """Have a path and a name filled in, and make an image of a tar of files."""

    def words(values: Values) -> tuple[str, ...]:
        message = text(values, "message")
        return (
            "import",
            *(word for change in lines(values, "changes") for word in ("-c", change)),
            *(("-m", message) if message else ()),
            text(values, "path"),
            *optional(values, "reference"),
        )

    def submit(values: Values) -> Want:
        command = at.docker(*words(values))

        def make() -> Job:
            return archives.import_job(
                at.connection,
                command.words_shown,
                _path(at, values),
                text(values, "reference"),
                text(values, "message"),
                lines(values, "changes"),
            )

        return Launch(command.shown, make, selects="image")

    def check(values: Values) -> dict[str, str]:
        return only(
            {
                "path": archives.check_source(_path(at, values)),
                "reference": check_optional(values, "reference"),
            }
        )

    return Fill(
        id="import",
        title="Import an image",
        fields=(
            _path_field(at, f"a tar of files, as docker export writes it, {_HERE}"),
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

    def job(shown: tuple[str, ...], path: Path, overwrite: bool) -> Job:
        return archives.export_job(
            at.connection, shown, container.id, container.name, path, overwrite=overwrite
        )

    return _writing(
        at,
        ("export", container.name),
        f"export {container.id}",
        f"Export the files of {container.name}, those of its volumes not",
        f"{container.name}.tar",
        job,
    )


def commit(at: Session, container: Container) -> Want:
    """Have a name filled in, and make an image of what a container is now."""

    def words(values: Values) -> tuple[str, ...]:
        message, pause = text(values, "message"), bool(values["pause"])
        return (
            "commit",
            *(word for change in lines(values, "changes") for word in ("-c", change)),
            *(("-m", message) if message else ()),
            *(() if pause else ("--pause=false",)),
            container.name,
            *optional(values, "reference"),
        )

    def submit(values: Values) -> Want:
        name = text(values, "reference")
        return Call(
            at.docker(*words(values)),
            lambda: images.commit(
                at.connection,
                container.id,
                references.parse(name) if name else None,
                text(values, "message"),
                lines(values, "changes"),
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
        check=lambda values: only({"reference": check_optional(values, "reference")}),
        submit=submit,
        once=True,
    )


# Parts of forms


def _writing(
    at: Session,
    what: tuple[str, ...],
    key: str,
    title: str,
    name: str,
    job: Callable[[tuple[str, ...], Path, bool], Job],
) -> Fill:
    """Make the form for what writes an archive: `docker WHAT[0] -o FILE WHAT[1:]`.

    Its answers are kept under `key`; `name` is the file's, if nothing else is filled in; `job` makes the job
    of the command as it is shown, the path, and whether a file there is replaced.

    """

    def command(values: Values) -> Command:
        return at.docker(what[0], "-o", text(values, "path"), *what[1:])

    def check(values: Values) -> dict[str, str]:
        return only({"path": archives.check_target(_path(at, values), overwrite=bool(values["overwrite"]))})

    def submit(values: Values) -> Want:
        written = command(values)
        make = partial(job, written.words_shown, _path(at, values), bool(values["overwrite"]))
        return Launch(written.shown, make)

    return Fill(
        id=key,
        title=title,
        fields=(
            _path_field(at, _HERE, str(at.folder / name)),
            CheckField("overwrite", "replace it", hint="if there is such a file already"),
        ),
        preview=lambda values: command(values).shown,
        check=check,
        submit=submit,
        once=True,
    )


def _path_field(at: Session, hint: str, value: str = "") -> TextField:
    return TextField(
        "path",
        "file",
        value=value,
        required=True,
        hint=hint,
        complete=lambda typed: completions(typed, at.folder),
    )


def _changes_field() -> LinesField:
    return LinesField("changes", "--change", hint='as in a Dockerfile, one a line: CMD ["app"]')


def _path(at: Session, values: Values) -> Path:
    return absolute(text(values, "path"), at.folder)
