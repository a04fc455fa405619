"""The form for `docker run` on the demo engine: what is typed is what is run, and nothing typed is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events

from tests.screens.wherry import Driven, driven, driven_on
from tui import paths
from tui.demo.server import DemoEngine
from tui.screens.form import FormScreen
from tui.widgets.field_row import FieldRow
from tui.widgets.form import Form

IMAGE = "nginx:1.29-alpine"
SIZES = [(160, 45), (80, 24)]


def rows(w: Driven) -> dict[str, FieldRow]:
    """Give the rows of the form by the keys of their fields."""
    return {row.spec.key: row for row in w.app.screen.query(FieldRow)}


async def open_form(w: Driven, image: str = IMAGE) -> None:
    """Open the form on an image."""
    await w.press("3")
    row = next(row for row in w.app.session.store.rows("image") if image in row.tags)
    w.app.main.pane.move_to(row.id)
    await w.press("X")
    await w.sees(f"Run {image}", "$ docker run")


async def go_to(w: Driven, key: str) -> None:
    """Give a field the focus."""
    w.app.screen.set_focus(rows(w)[key].editor)
    await w.settles()


async def fill(w: Driven, **texts: str | bool) -> None:
    """Paste into fields, and turn switches."""
    for key, text in texts.items():
        await go_to(w, key)
        if isinstance(text, bool):
            await w.press("space")
        else:
            w.app.post_message(events.Paste(text))
            await w.settles()


def filled(w: Driven) -> dict[str, Any]:
    """Give what is filled in."""
    return dict(w.app.screen.query_one(Form).values)


def selected(w: Driven) -> str:
    """Give the name of the container under the cursor of its pane."""
    row = w.app.main.panes[1].row
    return row.name if row is not None else ""


def command(w: Driven) -> str:
    """Give the command that is shown, on one line."""
    return str(w.app.screen.query_one("#form-command").render()).replace("\n", " ")


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_typed_is_the_command_that_is_shown_and_run(
    engine: DemoEngine, size: tuple[int, int], tmp_path: Path
) -> None:
    async with driven(engine, size, folder=tmp_path) as w:
        await open_form(w)
        assert rows(w)["command"].editor.has_focus
        await w.type("serve 'a b' 2021-01-15")
        await fill(w, mode=True, name="web9", remove=True, ports="8088:80", env="A=1", volumes="fresh:/data")
        await w.sees("fresh is a new volume: it will be created")
        await fill(w, network="shop_default", alias="www", entrypoint="sh -c", memory="64m", cpus="0.5")
        await fill(w, labels="team=a", init=True, more="--cap-add NET_ADMIN")
        expected = (
            "$ docker -H unix://SOCKET run -d --name web9 -m 64m --cpus 0.5 -e A=1 -p 8088:80 -v fresh:/data "
            "-l team=a --network shop_default --network-alias www --init --cap-add NET_ADMIN "
            f"--entrypoint sh {IMAGE} -c serve 'a b' 2021-01-15"
        )
        assert command(w).split("run -d", 1)[1] == expected.split("run -d", 1)[1]
        text = w.text
        assert "Enter go" in text
        assert "2021-01-15" in text
        await w.press("escape")
        await w.until(lambda: w.app.screen is w.app.main)


async def test_every_field_can_be_seen_with_its_hint(engine: DemoEngine) -> None:
    async with driven(engine, (80, 24)) as w:
        await open_form(w)
        for key, row in rows(w).items():
            assert row.editor.has_focus, key
            text = await w.sees(f"▸ {row.label.text}", "Enter go", "$ docker")
            assert row.spec.hint[:20] in text
            await w.press("tab")


BAD = {
    "command": ("echo 'a", "a quote is not closed"),
    "entrypoint": ('sh "', "a quote is not closed"),
    "more": ("postgres", "is no flag"),
    "name": ("shop-db-1", "a container named shop-db-1 is there already"),
    "ports": ("8080:80", "port 8080 is taken by shop-web-1"),
    "env": ("=x", "a line is KEY=value"),
    "env_file": ("no/such", "No such file"),
    "volumes": ("/no/such:/data", "there is no /no/such on this machine"),
    "network": ("nowhere", "there is no network nowhere"),
    "workdir": ("app", "must begin with /"),
    "user": ("a b", "without blanks"),
    "memory": ("lots", "-m takes a number"),
    "cpus": ("two", "--cpus takes a number"),
    "labels": ("=x", "has no name"),
    "platform": ("Linux", "as in linux/arm64"),
}


async def judged(w: Driven, key: str, typed: str) -> str:
    """Type into one field, hand the form in, and give what is said at the field."""
    editor = rows(w)[key].editor
    w.app.screen.set_focus(editor)
    await w.press("end", *["backspace"] * len(str(editor.value)))
    await fill(w, **{key: typed})
    await w.press("ctrl+s")
    await w.settles()
    return rows(w)[key].fault


async def test_what_is_wrong_is_said_at_each_field_with_everything_still_there(engine: DemoEngine) -> None:
    async with driven(engine, (80, 24)) as w:
        await open_form(w)
        for key, (typed, _) in BAD.items():
            await fill(w, **{key: typed})
        before = filled(w)
        await w.press("ctrl+s")
        await w.sees("✗", "a quote is not closed")
        for key, (_, sentence) in BAD.items():
            assert sentence in rows(w)[key].fault, key
        assert rows(w)["command"].editor.has_focus
        assert filled(w) == before
        assert not w.lender.loans


async def test_further_bad_input(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await open_form(w)
        for key, typed, sentence in (
            ("name", "-x", "a name has letters"),
            ("ports", "70000:80", "ports go from 0 to 65535"),
            ("ports", "9000:80\n9000:81", "port 9000 is given twice"),
            ("alias", "web", "an alias needs a network of your own"),
            ("env", "A_B", "wherry's environment has no A_B"),
            ("env", "A B=x", "a line is KEY=value"),
            ("volumes", "data", "must begin with /"),
            ("volumes", "data:/x:rx", "rx is none of the options"),
            ("volumes", "a/b:/x", "a/b is no name of a volume"),
        ):
            assert sentence in await judged(w, key, typed)
            assert filled(w)[key] == typed


@pytest.mark.parametrize("part", ["Form", "#form-foot"])
async def test_what_was_looked_up_while_a_form_closes_ends_nothing(engine: DemoEngine, part: str) -> None:
    async with driven(engine) as w:
        await open_form(w)
        form = w.app.screen
        assert isinstance(form, FormScreen)
        await form.query_one(part).remove()
        form._preview()
        await w.settles()
        assert w.app.is_running


async def test_rm_and_restart_do_not_go_together(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await open_form(w)
        await go_to(w, "restart")
        await w.press("right", "enter")
        await w.sees("--rm and --restart can't go together")


async def test_a_taken_port_is_said_while_it_is_typed(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await open_form(w)
        await fill(w, ports="8080:80")
        await w.sees("port 8080 is taken by shop-web-1")


async def test_what_the_image_exposes_is_offered_at_a_free_port(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await open_form(w)
        await go_to(w, "ports")
        await w.sees("the image has 80/tcp")
        await w.type("8")
        await w.sees(":80")
        await w.press("right")
        host, _, inside = str(filled(w)["ports"]).partition(":")
        assert inside == "80"
        taken = {port.public for c in w.app.session.store.containers for port in c.ports}
        assert int(host) not in taken


async def test_secrets_are_masked_and_not_remembered(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        await open_form(w)
        await fill(w, env="DB_PASSWORD=hunter2\nA=1")
        await w.sees("DB_PASSWORD=••••", "A=1")
        assert "hunter2" not in command(w)
        await w.press("ctrl+s")
        await w.until(lambda: w.lender.loans)
        loan = w.lender.loans.pop()
        assert "DB_PASSWORD=hunter2" in loan.argv
        assert "hunter2" not in loan.shown
        assert "hunter2" not in w.app.session.activity.entries[-1].command
    assert "hunter2" not in paths.state_file().read_text()
    async with driven(engine) as w:
        await open_form(w)
        await w.sees("-e DB_PASSWORD -e A=1")
        assert filled(w)["env"] == "DB_PASSWORD\nA=1"
        await w.press("ctrl+s")
        await w.sees("DB_PASSWORD has no =")


async def test_a_detached_run_selects_the_new_container(engine: DemoEngine) -> None:
    async with driven_on(engine.url, environ={"PATH": "/nowhere"}) as w:
        await open_form(w)
        await fill(w, mode=True, name="zz-new")
        await w.press("enter")
        await w.until(lambda: selected(w) == "zz-new")
        assert engine.world.find("zz-new").state == "running"


async def test_a_folder_and_a_network_are_made_on_purpose(engine: DemoEngine, tmp_path: Path) -> None:
    async with driven_on(engine.url, environ={"PATH": "/nowhere"}, folder=tmp_path) as w:
        await open_form(w)
        await fill(w, mode=True, name="zz-new", volumes="./new/one:/data", network="mine-net")
        await w.press("ctrl+s")
        await w.sees("there is no network mine-net")
        assert "on this machine" in rows(w)["volumes"].fault
        await fill(w, make_folders=True, make_network=True)
        await w.sees("mkdir -p", "network create mine-net")
        await w.press("ctrl+s")
        await w.until(lambda: selected(w) == "zz-new")
        assert (tmp_path / "new" / "one").is_dir()
        assert "mine-net" in engine.world.find("zz-new").endpoints
        commands = [entry.command for entry in w.app.session.activity.entries]
        assert any("mkdir -p" in one for one in commands)
        assert any("network create mine-net" in one for one in commands)


async def test_n_asks_for_the_image_and_pulls_what_is_not_here(engine: DemoEngine) -> None:
    async with driven_on(engine.url, environ={"PATH": "/nowhere"}) as w:
        await w.press("2", "n")
        await w.sees("Run a new container", "$ docker")
        await w.press("ctrl+s")
        await w.sees("name an image")
        await fill(w, image="alpine", mode=True, name="zz-new", remove=True)
        await w.sees("pull alpine")
        await w.press("ctrl+s")
        await w.until(lambda: any(c.name == "zz-new" for c in w.app.session.store.containers))


async def test_over_tcp_a_path_is_the_other_hosts_and_not_checked(engine: DemoEngine) -> None:
    async with driven(engine) as w:
        from dataclasses import replace

        address = w.app.session.connection.address
        assert address is not None
        w.app.session.connection.address = replace(address, url="tcp://far:2375", is_default=True)
        await open_form(w)
        await fill(w, volumes="/no/such:/data")
        await w.sees("/no/such is a path on far: it is not checked here")
        await w.press("ctrl+s")
        await w.until(lambda: w.lender.loans)
