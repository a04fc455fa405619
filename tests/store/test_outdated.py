"""Containers that still use the older form of an image, as the store finds out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.rows import container, image, service
from tui.engine.containers import Container, Facts
from tui.engine.images import Image
from tui.engine.updates import Listed
from tui.store import filter as filters
from tui.store.store import Store

OLD, NEW = image("app:1", "a"), image("app:1", "b")


def older(store: Store) -> dict[str, str]:
    return {one.name: one.older for one in store.containers if one.older}


def made(*rows: Container, images: tuple[Image, ...] = (OLD,)) -> Store:
    store = Store()
    store.apply([Listed("image", images), Listed("container", rows)])
    return store


def of(name: str, tag: str, made_from: Image, **more: Any) -> Container:
    return container(name, Image=tag, ImageID=made_from.id, **more)


def test_a_tag_that_moved_on_marks_who_was_made_from_it_until_it_is_made_anew() -> None:
    store = made(of("web", "app:1", OLD))
    assert not older(store)
    changed = store.apply([Listed("image", (NEW, image(None, "a")))])
    assert older(store) == {"web": "app:1"}
    assert changed >= {"container", "project"}
    # The list names the bare id from now on.
    store.apply([Listed("container", (of("web", OLD.id, OLD),))])
    assert older(store) == {"web": "app:1"}
    store.apply([Listed("container", (replace(of("web", "app:1", NEW), id="new"),))])
    assert not older(store)


def test_what_inspect_tells_is_enough_where_the_name_was_never_seen() -> None:
    row = of("web", OLD.id, OLD)
    assert not older(made(row, images=(NEW,)))
    assert older(made(replace(row, facts=Facts(image="app:1")), images=(NEW,))) == {"web": "app:1"}


@pytest.mark.parametrize("name", ["app", "app:latest", "docker.io/library/app", "library/app:latest"])
def test_all_spellings_of_a_name_are_one(name: str) -> None:
    store = made(of("web", name, OLD), images=(image("app:latest", "b"),))
    assert older(store) == {"web": name}


@pytest.mark.parametrize("name", [OLD.id, OLD.id[7:19], "aaaa", f"app@{OLD.id}", "gone:1", "", "APP"])
def test_who_was_made_from_an_id_a_digest_or_a_name_that_is_gone_is_not_marked(name: str) -> None:
    assert not older(made(of("web", name, OLD), images=(NEW,)))


def test_one_that_comes_back_to_its_tag_loses_its_mark() -> None:
    store = made(of("web", "app:1", OLD), images=(NEW,))
    assert older(store)
    assert "container" in store.apply([Listed("image", (OLD,))])
    assert not older(store)


def test_a_listing_without_news_changes_nothing_though_rows_are_marked() -> None:
    store = made(of("web", "app:1", OLD), images=(NEW,))
    assert store.apply([Listed("container", (of("web", "app:1", OLD),))]) == frozenset()
    assert store.apply([Listed("image", (NEW,))]) == frozenset()


def test_the_filter_finds_them_and_their_project_knows_them() -> None:
    row = service("shop", "web", Image="app:1", ImageID=OLD.id)
    store = made(row, of("fine", "app:1", NEW), images=(NEW,))
    wanted = filters.parse("state:outdated")
    assert [one.name for one in store.containers if wanted.matches(one)] == ["shop-web-1"]
    assert store.rows("project")[0].containers[0].older == "app:1"
