"""What can be done to containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions import archiving, composing_file, recreating, running
from tui.actions.command import split_words
from tui.actions.interactive import why_not
from tui.actions.model import (
    Asks,
    Call,
    Choice,
    Choose,
    Fill,
    HandOver,
    Kind,
    Option,
    Probe,
    Say,
    Values,
    Want,
)
from tui.engine import containers, networks
from tui.widgets.fields import TextField

if TYPE_CHECKING:
    from tui.actions.session import Session
    from tui.engine.containers import Container
    from tui.engine.networks import Network

CONTAINERS = Kind("container", "containers")

SIGNALS = ("KILL", "TERM", "INT", "HUP", "QUIT", "USR1", "USR2")
NO_DETACH = ("--detach-keys", "ctrl-^,ctrl-^")
"""Given to exec: with its usual keys the first ctrl+p of a shell would be swallowed."""


def _must_be_up(at: Session, container: Container) -> str:
    return "" if container.up else f"{container.name} is not running"


def _must_be_running(at: Session, container: Container) -> str:
    return "" if container.state == "running" else f"{container.name} is {container.state}, not running"


def _must_be_down(at: Session, container: Container) -> str:
    return f"{container.name} is {container.state} already" if container.up else ""


def _must_be_paused(at: Session, container: Container) -> str:
    return "" if container.state == "paused" else f"{container.name} is not paused"


@CONTAINERS.act("n", "new", bare=True, alone=True)
def new(at: Session, container: Container | None) -> Want:
    """Run a new container, of any image, in a form."""
    return running.run_any(at)


@CONTAINERS.act("s", "stop", asks=Asks.LINE, applies=_must_be_up)
def stop(at: Session, container: Container) -> Want:
    """Stop it: its stop signal first, SIGKILL after its grace time."""
    return Call(at.docker("stop", container.name), lambda: containers.stop(at.connection, container.id))


@CONTAINERS.act("S", "start", applies=_must_be_down)
def start(at: Session, container: Container) -> Want:
    """Start it again, as it was made."""
    return Call(at.docker("start", container.name), lambda: containers.start(at.connection, container.id))


@CONTAINERS.act("r", "restart", asks=Asks.LINE)
def restart(at: Session, container: Container) -> Want:
    """Stop it, if it runs, and start it."""
    return Call(at.docker("restart", container.name), lambda: containers.restart(at.connection, container.id))


@CONTAINERS.act("R", "recreate", alone=True)
def recreate(at: Session, container: Container) -> Want:
    """Recreate it with changes; the old one is put back if the new one does not start."""
    return recreating.recreate(at, container)


@CONTAINERS.act("p", "pause", asks=Asks.LINE, applies=_must_be_running)
def pause(at: Session, container: Container) -> Want:
    """Freeze its processes where they are."""
    return Call(at.docker("pause", container.name), lambda: containers.pause(at.connection, container.id))


@CONTAINERS.act("p", "unpause", applies=_must_be_paused)
def unpause(at: Session, container: Container) -> Want:
    """Let its frozen processes go on."""
    return Call(at.docker("unpause", container.name), lambda: containers.unpause(at.connection, container.id))


@CONTAINERS.act("x", "shell", applies=_must_be_running, alone=True)
def shell(at: Session, container: Container) -> Want:
    """Open a shell inside: the first of bash, ash and sh that is there."""

    def look() -> Want:
        found = containers.shell_of(at.connection, container.id)
        if not found:
            names = ", ".join(containers.SHELLS)
            return Say(f"{container.name} has none of {names}; X runs another command")
        return HandOver(
            at.docker("exec", "-it", *NO_DETACH, container.name, found), "leave with exit or ctrl+d"
        )

    return Probe(f"looking for a shell in {container.name}", look)


@CONTAINERS.act("X", "exec", applies=_must_be_running, alone=True)
def exec_(at: Session, container: Container) -> Want:
    """Run a command inside, with options of docker exec as one likes."""
    usual = f"-it {container.name} sh"

    def words(values: Values) -> tuple[str, ...]:
        return ("exec", *split_words(str(values["command"])))

    def check(values: Values) -> dict[str, str]:
        try:
            given = words(values)
        except ValueError as error:
            return {"command": str(error)}
        if container.name not in given and container.id[:12] not in given:
            return {"command": f"name the container: {container.name} is missing"}
        return {"command": why} if (why := why_not(at, given)) else {}

    def preview(values: Values) -> str:
        return at.docker("exec").shown + " " + str(values["command"])

    return Fill(
        id=f"exec {container.id}",
        title=f"Run a command in {container.name}",
        fields=(
            TextField(
                "command",
                "docker exec",
                value=usual,
                required=True,
                hint=f"as in: -it -u root {container.name} sh",
            ),
        ),
        preview=preview,
        check=check,
        submit=lambda values: HandOver(at.docker(*words(values))),
    )


@CONTAINERS.act("a", "attach", applies=_must_be_running, alone=True)
def attach(at: Session, container: Container) -> Want:
    """Connect the terminal to its first process."""

    def look() -> Want:
        config = containers.inspect(at.connection, container.id).get("Config") or {}
        if config.get("Tty"):
            return HandOver(
                at.docker("attach", container.name), "ctrl+p ctrl+q detaches and leaves it running"
            )
        # Without a TTY the detach keys are not seen, and ctrl+c would reach the process.
        return HandOver(
            at.docker("attach", "--sig-proxy=false", container.name),
            "ctrl+c detaches and leaves it running",
            own_interrupt=True,
        )

    return Probe(f"looking at {container.name}", look)


@CONTAINERS.act("c", "networks", alone=True)
def networks_(at: Session, container: Container) -> Want:
    """Connect it to a network, or disconnect it."""
    joined = container.addresses.keys()
    choices = [
        (disconnect_choice if network.name in joined else connect_choice)(
            at, network, container, network.name
        )
        for network in sorted(at.store.rows("network"), key=lambda n: (n.name not in joined, n.name))
        if network.name not in {"host", "none"} or network.name in joined
    ]
    return Choose(f"Networks of {container.name}", choices, "there is no network to choose")


def connect_choice(at: Session, network: Network, container: Container, other: str) -> Choice:
    """Offer to connect the two; `other` is the one of them that is being chosen."""
    return Choice(
        f"connect {other}",
        network.driver if other == network.name else container.state,
        Call(
            at.docker("network", "connect", network.name, container.name),
            lambda: networks.connect(at.connection, network.id, container.id),
        ),
    )


def disconnect_choice(at: Session, network: Network, container: Container, other: str) -> Choice:
    """Offer to part the two; `other` is the one of them that is being chosen."""
    return Choice(
        f"disconnect {other}",
        container.addresses.get(network.name, ""),
        Call(
            at.docker("network", "disconnect", network.name, container.name),
            lambda: networks.disconnect(at.connection, network.id, container.id),
        ),
    )


def _lost_with(at: Session, container: Container, *, force: bool, volumes: bool) -> str:
    if not volumes:
        return ""
    known = {volume.name for volume in at.store.rows("volume") if volume.anonymous}
    gone = sorted(container.volumes & known)
    return f"{len(gone)} anonymous volumes and the data in them" if gone else "its anonymous volumes"


def _about_removing(at: Session, container: Container, *, force: bool, volumes: bool) -> str:
    if container.up and not force:
        return f"it is {container.state}: f kills it first, else Docker refuses"
    return "it runs, and is killed" if container.up else ""


@CONTAINERS.act(
    "d",
    "remove",
    asks=Asks.DIALOG,
    options=(
        Option("force", "f", "force: kill it if it runs"),
        Option("volumes", "v", "its anonymous volumes too"),
    ),
    loses=_lost_with,
    warns=_about_removing,
)
def remove(at: Session, container: Container, *, force: bool = False, volumes: bool = False) -> Want:
    """Remove it; what it wrote outside of volumes goes with it."""
    flags = (*(("-f",) if force else ()), *(("-v",) if volumes else ()))
    return Call(
        at.docker("rm", *flags, container.name),
        lambda: containers.remove(at.connection, container.id, force=force, volumes=volumes),
    )


@CONTAINERS.act(
    "ctrl+k",
    "kill",
    asks=Asks.DIALOG,
    applies=_must_be_up,
    options=(Option("signal", "s", "signal", SIGNALS),),
)
def kill(at: Session, container: Container, *, signal: str = "KILL") -> Want:
    """Send its first process a signal."""
    return Call(
        at.docker("kill", "-s", signal, container.name),
        lambda: containers.kill(at.connection, container.id, signal),
    )


@CONTAINERS.act("", "rename", alone=True)
def rename(at: Session, container: Container) -> Want:
    """Give it another name."""

    def check(values: Values) -> dict[str, str]:
        name = str(values["name"]).strip()
        taken = {c.name for c in at.store.containers} - {container.name}
        if name in taken:
            return {"name": f"a container named {name} is there already"}
        return {} if name != container.name else {"name": "that is its name already"}

    def submit(values: Values) -> Want:
        name = str(values["name"]).strip()
        return Call(
            at.docker("rename", container.name, name),
            lambda: containers.rename(at.connection, container.id, name),
        )

    return Fill(
        id=f"rename {container.id}",
        title=f"Rename {container.name}",
        fields=(TextField("name", "new name", value=container.name, required=True),),
        preview=lambda values: at.docker("rename", container.name, str(values["name"]).strip()).shown,
        check=check,
        submit=submit,
    )


@CONTAINERS.act("", "commit", alone=True)
def commit(at: Session, container: Container) -> Want:
    """Make an image of its files as they are now; volumes are not in it."""
    return archiving.commit(at, container)


@CONTAINERS.act("", "compose file", changes=False, together=composing_file.form)
def compose_file(at: Session, container: Container) -> Want:
    """Write it, or all marked ones, out as a compose file."""
    return composing_file.form(at, [container])


@CONTAINERS.act("", "export", alone=True)
def export(at: Session, container: Container) -> Want:
    """Write its files, without those of its volumes, to a tar archive."""
    return archiving.export(at, container)
