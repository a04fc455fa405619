"""What can be done to volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.labels import check_pairs, flags, pairs
from tui.actions.model import Asks, Call, Fill, Kind, Option, Values, Want
from tui.engine import volumes
from tui.widgets.fields import LinesField, TextField

if TYPE_CHECKING:
    from tui.actions.session import Session
    from tui.engine.volumes import Volume

VOLUMES = Kind("volume", "volumes")


@VOLUMES.act("n", "new", bare=True, alone=True)
def create(at: Session, volume: Volume | None) -> Want:
    """Create a volume."""

    def words(values: Values) -> tuple[str, ...]:
        driver, name = str(values["driver"]).strip(), str(values["name"]).strip()
        return (
            "volume",
            "create",
            *(("--driver", driver) if driver not in {"", "local"} else ()),
            *flags("--opt", str(values["options"])),
            *flags("--label", str(values["labels"])),
            *((name,) if name else ()),
        )

    def check(values: Values) -> dict[str, str]:
        name = str(values["name"]).strip()
        if name and at.store.get("volume", name) is not None:
            return {"name": f"a volume named {name} is there already"}
        return check_pairs(values, "labels", "options")

    def submit(values: Values) -> Want:
        return Call(
            at.docker(*words(values)),
            lambda: volumes.create(
                at.connection,
                str(values["name"]).strip(),
                str(values["driver"]).strip(),
                pairs(str(values["labels"])),
                pairs(str(values["options"])),
            ),
        )

    return Fill(
        id="volume create",
        title="New volume",
        fields=(
            TextField("name", "name", hint="empty: Docker makes one up"),
            TextField("driver", "--driver", value="local", suggestions=_drivers(at)),
            LinesField("labels", "--label", hint="name=value, one a line"),
            LinesField("options", "--opt", hint="name=value for the driver, one a line"),
        ),
        preview=lambda values: at.docker(*words(values)).shown,
        check=check,
        submit=submit,
        first="name",
    )


def _drivers(at: Session) -> tuple[str, ...]:
    return tuple(sorted({"local"} | {volume.driver for volume in at.store.rows("volume")}))


def _lost_with(at: Session, volume: Volume, *, force: bool) -> str:
    return f"volume {volume.name} and all data in it"


def _about_removing(at: Session, volume: Volume, *, force: bool) -> str:
    users = at.store.users_of_volume(volume)
    if not users:
        return ""
    return f"{volume.name} is used by {', '.join(c.name for c in users)}: Docker refuses while they exist"


@VOLUMES.act(
    "d",
    "remove",
    asks=Asks.LOSS,
    options=(Option("force", "f", "force: also where the driver objects"),),
    loses=_lost_with,
    warns=_about_removing,
)
def remove(at: Session, volume: Volume, *, force: bool = False) -> Want:
    """Remove it with all data in it."""
    flag = ("-f",) if force else ()
    return Call(
        at.docker("volume", "rm", *flag, volume.name),
        lambda: volumes.remove(at.connection, volume.name, force=force),
    )
