"""The screen when there is no engine: what was tried, what went wrong, and what to do."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tui import format as fmt
from tui.engine.errors import Trouble, Unreachable
from tui.widgets.cells import safe

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.engine.address import Address
    from tui.engine.updates import Link


def advice(trouble: Trouble | None, address: Address | None) -> list[str]:
    """Say what to do about an obstacle, one line a step; commands begin with `$ `."""
    local = address is not None and address.url.startswith("unix://")
    match trouble:
        case Trouble.NO_SOCKET:
            return [
                "Is Docker installed and running on this machine? On most Linux systems:",
                "$ sudo systemctl start docker",
                "Docker Desktop, colima and rootless Docker have their socket elsewhere: see",
                "$ docker context ls",
                "and start wherry with --context NAME or --host unix:///path/to/docker.sock.",
            ]
        case Trouble.PERMISSION:
            return [
                "Your user may not use the socket. Join the docker group, then log in again:",
                f"$ sudo usermod -aG docker {getpass.getuser()}",
                "Members of that group can do on this machine what root can.",
            ]
        case Trouble.REFUSED if local:
            return [
                "The socket is there but nothing answers on it: the engine has stopped.",
                "$ sudo systemctl restart docker",
            ]
        case Trouble.REFUSED:
            return [
                "Nothing listens at that address and port: is the engine running there, and the port right?"
            ]
        case Trouble.TIMED_OUT:
            return [
                "Nothing came back in time: a firewall, a machine that is down, or an engine that hangs.",
                "$ docker version",
            ]
        case Trouble.NO_HOST:
            return ["Check the name in the address, and this machine's network."]
        case Trouble.UNKNOWN_CONTEXT:
            return ["The contexts that there are:", "$ docker context ls"]
        case Trouble.BAD_ADDRESS:
            return [
                "An address looks like unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host.",
            ]
        case Trouble.TLS:
            return ["Check the certificates of the context, or DOCKER_CERT_PATH and DOCKER_TLS_VERIFY."]
        case Trouble.SSH:
            return ["Does this work without asking for anything? wherry can't answer ssh's questions."]
        case Trouble.TOO_OLD:
            return ["Update Docker on that machine."]
        case _:
            return ["$ docker version"]


class UnreachableScreen(Screen[None]):
    """Explain; wherry keeps trying behind it, and the screen goes when the engine answers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape", "app.leave", "leave", id="unreachable.quit"),
        Binding("r,ctrl+r,enter", "retry", "try now", id="unreachable.retry"),
        Binding("d", "app.open_demo", "open the demo", id="unreachable.demo"),
    ]

    def __init__(self, link: Link, address: Address | None) -> None:
        super().__init__()
        self._link = link
        self._address = address

    def compose(self) -> ComposeResult:
        """Lay out the explanation."""
        with VerticalScroll(id="unreachable"):
            yield Static(id="unreachable-text")

    def on_mount(self) -> None:
        """Show it."""
        self.explain(self._link, self._address)

    def explain(self, link: Link, address: Address | None) -> None:
        """Show what stands in the way now."""
        self._link, self._address = link, address
        text = Text()
        text.append("No Docker engine\n\n", "bold")
        if address is not None:
            text.append(f"Tried      {safe(address.url)}\n")
            text.append(f"because    {safe(address.source)}\n")
        text.append(f"but        {safe(str(link.error))}\n\n")
        trouble = link.error.trouble if isinstance(link.error, Unreachable) else None
        for line in advice(trouble, address):
            text.append(f"  {line}\n" if line.startswith("$ ") else f"{line}\n")
        if trouble is Trouble.SSH and address is not None:
            text.append(f"  $ ssh {safe(address.url.removeprefix('ssh://'))} docker version\n")
        text.append(
            f"\nSince {fmt.clock(link.since)} wherry keeps trying by itself; no key is needed.\n", "dim"
        )
        text.append("\nOnly looking? ")
        text.append("d", "bold")
        text.append(
            " opens the demo: all of wherry on a made-up engine, which touches nothing on this machine.\n\n"
        )
        text.append("r try now · d demo · q leave", "dim")
        self.query_one("#unreachable-text", Static).update(text)

    def action_retry(self) -> None:
        """Try now."""
        self.app.list_again()  # type: ignore[attr-defined]  # wherry's own app
