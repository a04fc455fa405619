"""An older engine: what it can do works, and what it can't do is said."""

from __future__ import annotations

import asyncio

import pytest

from tests.drills.drill import answers, driven, is_true, started
from tui.demo.faults import Version
from tui.demo.server import DemoEngine
from tui.engine import containers, images, networks, volumes
from tui.screens.unreachable import UnreachableScreen


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(("api", "engine_version"), [("1.40", "19.03.15"), ("1.41", "20.10.24")])
async def test_lists_logs_details_events_and_acts(small: DemoEngine, api: str, engine_version: str) -> None:
    small.faults.add(Version(api))
    async with driven(small) as w:
        connection = w.app.session.connection
        await w.sees(f"Engine {engine_version}", "it is ready", "shop_default", "shop_data", "bb:2")
        assert connection.path("/x") == f"/v{api}/x"
        await w.until(lambda: is_true(w, small))
        await answers(w)
        small.world.pause("shop-web-1")
        await w.sees("paused")
        for act in (
            lambda: containers.unpause(connection, "shop-web-1"),
            lambda: containers.stop(connection, "shop-web-1"),
            lambda: containers.start(connection, "shop-web-1"),
            lambda: containers.rename(connection, "ended", "over"),
            lambda: containers.remove(connection, "over", force=False, volumes=True),
            lambda: volumes.create(connection, "made", "", {}, {}),
            lambda: networks.connect(connection, "bridge", "shop-web-1"),
            lambda: images.layers(connection, "bb:2"),
        ):
            await asyncio.to_thread(act)
        await w.until(lambda: is_true(w, small))


async def test_numbers_take_longer_where_there_is_no_one_shot(small: DemoEngine) -> None:
    small.faults.add(Version("1.40"))
    one = small.world.find("shop-web-1").id
    async with driven(small) as w:
        numbers = w.app.session.store.numbers
        await w.until(lambda: one in numbers.latest and numbers.latest[one].cpu is not None, 20)
        await w.sees("slow numbers: Engine before 20.10")
        await answers(w)


async def test_one_that_is_too_old_is_refused_in_words(small: DemoEngine) -> None:
    small.faults.add(Version("1.39"))
    async with started(small.url) as w:
        await w.until(lambda: isinstance(w.app.screen, UnreachableScreen))
        await w.sees("the engine speaks API 1.39; 1.40 (Docker 19.03) is the least", "Update Docker")
        small.faults.clear()
        await w.sees("● live", "shop-web-1")
