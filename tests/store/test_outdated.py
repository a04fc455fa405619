"""Containers that still use the older form of an image, as the store finds out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.rows import container, event, image, service
from tui.engine.containers import Container, Facts
from tui.engine.images import Image
from tui.engine.updates import Happened, Listed
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


BARE = image(None, "a")


def bare(name: str) -> Container:
    """Give a container as it is listed once the name that it was made from leads elsewhere."""
    return of(name, OLD.id, OLD)


def test_an_event_tells_what_a_container_was_made_from() -> None:
    told = [event("create", "id-web", 1, image="app:1"), event("create", "id-other", 1, image=OLD.id)]
    store = Store()
    store.apply([Happened(tuple(told)), Listed("image", (NEW, BARE))])
    store.apply([Listed("container", (bare("web"), bare("other")))])
    assert older(store) == {"web": "app:1"}
    late = made(bare("web"), images=(NEW, BARE))
    assert not older(late)
    assert late.apply([Happened((event("die", "id-web", 1, image="app:1"),))]) >= {"container", "project"}
    assert older(late) == {"web": "app:1"}


def test_what_was_made_from_the_same_image_tells_it_of_all() -> None:
    store = made(bare("one"), bare("two"), of("by-id", OLD.id[7:19], OLD), images=(NEW, BARE))
    assert not older(store)
    store.apply(
        [Listed("container", (replace(bare("two"), facts=Facts(image="app:1")),), ids=frozenset({"id-two"}))]
    )
    assert older(store) == {"one": "app:1", "two": "app:1"}


def test_an_image_that_was_seen_with_its_name_is_known_by_it_later() -> None:
    store = made(images=(image("app:1", "a", RepoTags=["app:1", "app:latest"]),))
    store.apply([Listed("image", (BARE, image("app:1", "b", RepoTags=["app:1", "app:latest"])))])
    store.apply([Listed("container", (bare("web"),))])
    assert older(store) == {"web": "app:1"}
    # Where its names have parted, nobody can say which of them it was.
    store.apply([Listed("image", (BARE, NEW, image("app:latest", "c")))])
    assert not older(store)
    store.apply([Listed("image", (image("kept:1", "a"), NEW))])
    assert not older(store)


@pytest.mark.parametrize(
    ("tags", "name"), [(("app:1",), "app:1"), (("app:1", "app:2"), ""), (("other:1",), ""), ((), "")]
)
def test_the_repository_that_it_was_pulled_from_tells_it_where_one_tag_of_it_is_here(
    tags: tuple[str, ...], name: str
) -> None:
    pulled = image(None, "a", RepoDigests=[f"app@{OLD.id}"])
    store = made(bare("web"), images=(pulled, *(image(tag, f"b{n}") for n, tag in enumerate(tags))))
    assert older(store) == ({"web": name} if name else {})
    store.apply([Listed("container", (replace(bare("web"), facts=Facts(image=OLD.id)),))])
    assert not older(store)


def test_what_compose_builds_is_known_by_its_name() -> None:
    row = service("shop", "web", Image=OLD.id, ImageID=OLD.id)
    assert older(made(row, images=(BARE, image("shop-web:latest", "b")))) == {"shop-web-1": "shop-web"}
    assert not older(made(row, images=(BARE, image("shop-db:latest", "b"))))
    assert not older(made(row, images=(image("mine:1", "a"), image("shop-web:latest", "b"))))


def test_the_filter_finds_them_and_their_project_knows_them() -> None:
    row = service("shop", "web", Image="app:1", ImageID=OLD.id)
    store = made(row, of("fine", "app:1", NEW), images=(NEW,))
    wanted = filters.parse("state:outdated")
    assert [one.name for one in store.containers if wanted.matches(one)] == ["shop-web-1"]
    assert store.rows("project")[0].containers[0].older == "app:1"
