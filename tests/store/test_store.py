from __future__ import annotations

from dataclasses import replace

from tests.rows import container, event, image, network, service, volume
from tui.engine.updates import Happened, Listed, Refused
from tui.store.store import EVENTS_KEPT, Store, Succession


def store(*rows: object) -> Store:
    made = Store()
    made.apply([Listed("container", rows)])
    return made


def test_a_partial_listing_changes_only_what_it_names() -> None:
    one = store(container("web"), container("db"), container("gone"))
    changed = one.apply(
        [Listed("container", (container("web", "exited"),), frozenset({"id-web", "id-gone"}))]
    )
    assert {(c.name, c.state) for c in one.containers} == {("web", "exited"), ("db", "running")}
    assert "container" in changed


def test_a_listing_without_news_changes_nothing() -> None:
    one = store(container("web"))
    assert one.apply([Listed("container", (container("web"),))]) == frozenset()


def test_a_new_container_with_the_same_place_in_compose_is_the_successor() -> None:
    old, new = service("shop", "web"), replace(service("shop", "web"), id="new")
    one = store(old)
    one.apply([Listed("container", (), frozenset({old.id}))])
    one.apply([Listed("container", (new,), frozenset({"new"}))])
    assert one.successions == [Succession(old.id, "new")]


def test_a_successor_that_comes_before_the_old_one_goes_is_one_too() -> None:
    old, new = service("shop", "web"), replace(service("shop", "web"), id="new")
    one = store(old)
    one.apply([Listed("container", (new,), frozenset({"new"}))])
    assert one.successions == [Succession(old.id, "new")]


def test_who_uses_what_follows_from_containers_alone() -> None:
    web = container(
        "web",
        ImageID="sha256:" + "a" * 12,
        Mounts=[{"Type": "volume", "Name": "data", "Destination": "/d"}],
        NetworkSettings={"Networks": {"front": {"IPAddress": "10.0.0.2"}}},
    )
    one = store(web, container("other"))
    one.apply([Listed("network", (network("front"),))])
    assert one.users(image("old-tag:1")) == (web,)
    assert one.users(volume("data")) == (web,)
    assert one.users(network("front")) == (web,)
    assert one.use_counts("network") == {"net-front": 1}


def test_events_are_bounded_and_newest_first() -> None:
    one = Store()
    one.apply([Happened(tuple(event("start", "x", n) for n in range(EVENTS_KEPT + 10)))])
    rows = one.rows("event")
    assert len(rows) == EVENTS_KEPT
    assert rows[0].moment > rows[-1].moment


def test_a_refusal_is_known_until_the_kind_is_listed_again() -> None:
    one = Store()
    assert one.apply([Refused("image", "no")]) == {"image"}
    assert one.refused == {"image": "no"}
    one.apply([Listed("image", ())])
    assert one.refused == {}
