"""wherry on a machine whose PATH has no docker: the terminal goes over the API instead."""

from __future__ import annotations

import pytest

from tests.screens.test_run_form import IMAGE, fill, open_form
from tests.screens.wherry import driven_on
from tui.demo.server import DemoEngine
from tui.engine.builders import NO_BUILDKIT
from tui.engine.interactive import Attach, Exec, Run
from tui.store.activity import Outcome

BARE = {"PATH": "/nowhere"}


@pytest.mark.parametrize("environ", [BARE, None], ids=["without", "with"])
async def test_an_image_is_run_over_the_api_only_where_there_is_no_cli(tmp_path, monkeypatch, environ):
    if environ is None:
        program = tmp_path / "docker"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        environ = {"PATH": str(tmp_path)}
    with DemoEngine(str(tmp_path / "e.sock")) as engine:
        async with driven_on(engine.url, environ=environ) as w:
            await w.press("3", "x")
            await w.until(lambda: w.lender.loans)
            loan = w.lender.loans.pop()
            assert loan.argv[:4] == ("docker", "run", "-it", "--rm")
            assert loan.shown.endswith(" ".join(loan.argv[1:]))
            assert loan.hint == "leave with exit or ctrl+d"
            assert isinstance(loan.program, Run) == (environ is BARE)
            await w.sees("exit code 0")
            assert w.app.session.activity.entries[0].outcome is Outcome.DONE


async def test_containers_are_entered_and_attached_to(tmp_path):
    with DemoEngine(str(tmp_path / "e.sock")) as engine:
        async with driven_on(engine.url, environ=BARE) as w:
            w.app.main.panes[1].set_filter("shop-web-1")
            await w.press("2", "a")
            await w.until(lambda: w.lender.loans)
            assert isinstance(w.lender.loans.pop().program, Attach)
            await w.press("X")
            await w.sees("Run a command in")
            await w.press("enter")
            await w.until(lambda: w.lender.loans)
            assert isinstance(w.lender.loans.pop().program, Exec)


async def test_a_flag_that_needs_the_cli_is_refused_in_the_form(tmp_path):
    with DemoEngine(str(tmp_path / "e.sock")) as engine:
        async with driven_on(engine.url, environ=BARE) as w:
            w.app.main.panes[1].set_filter("shop-web-1")
            await w.press("2", "X")
            await w.sees("Run a command in")
            await w.press("home")
            await w.type("--gpus all ")
            await w.press("enter")
            await w.sees("--gpus of docker exec needs the docker CLI")
            assert not w.lender.loans


async def test_an_image_is_run_in_the_background(tmp_path):
    with DemoEngine(str(tmp_path / "e.sock")) as engine:
        async with driven_on(engine.url, environ=BARE) as w:
            await open_form(w)
            await w.press("tab", "right", "tab")
            await w.type("inback")
            await w.sees("run -d --rm --name inback")
            await fill(w, network="shop_default", alias="www web", platform="linux/arm64")
            await w.press("ctrl+s")
            await w.until(lambda: any(c.name == "inback" and c.up for c in w.app.session.store.containers))
            assert not w.lender.loans
            # The one that was here is of another platform: what docker run does then is done before.
            entries = [one.command for one in w.app.session.activity.entries]
            assert f"docker pull --platform linux/arm64 {IMAGE}" in " ".join(entries)
            made = w.app.session.connection.ask("/containers/{}/json", "inback")
            assert made["NetworkSettings"]["Networks"]["shop_default"]["Aliases"] == ["www", "web"]
            image = w.app.session.connection.ask("/images/{}/json", made["Image"])
            assert image["Architecture"] == "arm64"


async def test_a_build_says_that_the_engine_has_no_buildkit(tmp_path):
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\necho github.com/docker/buildx 0.13.1\n")
    program.chmod(0o755)
    (tmp_path / "Dockerfile").write_text("FROM hello-world\n")
    with DemoEngine(str(tmp_path / "e.sock")) as engine:
        async with driven_on(engine.url, folder=tmp_path, environ={"PATH": str(tmp_path)}) as w:
            assert w.app.session.tools is not None
            assert w.app.session.tools.buildx
            await w.press("3", "b")
            await w.sees("Build an image")
            await w.press("enter")
            await w.until(lambda: w.app.session.activity.entries)
            job = w.app.session.activity.entries[0].job
            assert job is not None
            await w.until(lambda: job.output)
            assert job.output[0] == NO_BUILDKIT
