from __future__ import annotations

from dataclasses import replace

from tests.rows import service
from tui.engine import projects
from tui.engine.containers import Container
from tui.engine.redeploy import Former, former_images, redeploy_commands, roll_back_commands

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def one(name: str, image: str, image_id: str, created: int = 1, older: str = "") -> Container:
    return replace(
        service("shop", name, (older and 2) or 1),
        image=image,
        image_id=image_id,
        created=created,
        older=older,
    )


def test_what_ran_is_noted_by_name_once_and_ids_need_no_way_back() -> None:
    containers = [
        one("web", "app:1", A),
        one("api", "app:1", A),
        one("db", A, A),
        one("cache", "a" * 12, A),
        one("job", "x@sha256:" + "c" * 64, A),
    ]
    (shop,) = projects.rows(containers)
    assert former_images(shop) == (Former("app:1", A),)


def test_of_two_images_that_one_name_led_to_the_newer_one_counts() -> None:
    (shop,) = projects.rows([one("web", "app:1", B, 2), one("api", A, A, 1, older="app:1")])
    assert former_images(shop) == (Former("app:1", B),)


def test_the_commands_of_both_ways() -> None:
    assert redeploy_commands("pull", 9)[0] == ("pull", "--ignore-buildable")
    assert redeploy_commands("build", 9) == (("up", "-d", "--build", "--wait", "--wait-timeout", "9"),)
    tag, up = roll_back_commands([Former("app:1", A)], 9)
    assert tag == ("tag", "a" * 12, "app:1")
    assert up == ("up", "-d", "--pull", "never", "--wait", "--wait-timeout", "9")
