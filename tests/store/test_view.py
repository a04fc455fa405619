from __future__ import annotations

from tests.rows import container, service
from tui.store.view import View, by_project, natural


def view() -> View:
    return View(
        order=by_project, orders={"name": lambda c: c.name}, stopped=lambda c: not c.up and not c.broken
    )


def names(one: View) -> list[str]:
    return [row.name for row in one.shown]


def test_the_usual_order_is_project_then_name_and_numbers_count() -> None:
    one = view()
    one.update(
        [container("aaa"), service("shop", "web", 10), service("shop", "web", 2), service("blog", "db")]
    )
    assert names(one) == ["blog-db-1", "shop-web-2", "shop-web-10", "aaa"]


def test_an_act_touches_the_marked_ones_that_are_shown_and_no_others() -> None:
    one = view()
    rows = [container("web"), container("db"), container("cache")]
    one.update(rows)
    one.marks = {"id-web", "id-db"}
    one.filter_text = "!web"
    one.update(rows)
    assert [row.name for row in one.targets("id-cache")] == ["db"]
    assert one.hidden_marks == 1


def test_where_all_marked_are_hidden_nothing_is_touched_not_even_the_cursors_object() -> None:
    one = view()
    one.update([container("web"), container("db")])
    one.marks = {"id-web"}
    one.filter_text = "db"
    one.update([container("web"), container("db")])
    assert one.targets("id-db") == ()


def test_marking_all_marks_what_is_shown() -> None:
    one = view()
    one.filter_text = "b"
    one.update([container("web"), container("db"), container("cache")])
    one.mark_shown()
    assert one.marks == {"id-web", "id-db"}


def test_marks_of_what_is_gone_are_forgotten() -> None:
    one = view()
    one.update([container("web"), container("db")])
    one.marks = {"id-web", "id-db"}
    one.update([container("db")])
    assert one.marks == {"id-db"}


def test_a_mark_goes_to_the_successor_though_the_marked_one_went_before() -> None:
    one = view()
    one.update([container("web"), container("db")])
    one.marks = {"id-web"}
    one.update([container("db")])
    one.succeed("id-web", "id-new")
    one.update([container("db"), container("new")])
    assert one.marks == {"id-new"}


def test_hiding_what_is_stopped_never_hides_what_is_broken() -> None:
    one = view()
    one.hide_stopped = True
    one.update(
        [
            container("done", "exited", "Exited (0) 1 hour ago"),
            container("bad", "exited", "Exited (1) 1 hour ago"),
            container("up"),
        ]
    )
    assert names(one) == ["bad", "up"]


def test_numbers_in_names_count_by_value() -> None:
    assert sorted(["w-10", "w-9", "W-1", "a"], key=natural) == ["a", "W-1", "w-9", "w-10"]
