from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.screens.wherry import driven
from tui import paths, state
from tui.demo.server import DemoEngine
from tui.state import ListState, State


def test_what_was_written_is_read_again() -> None:
    lists = {"container": ListState("name", reverse=True, hide_stopped=True), "image": ListState()}
    kept = State(lists, {"nginx:1": {"command": "sh", "remove": True}})
    assert state.parse(state.write(kept)) == kept


@given(
    st.text()
    | st.sampled_from(["[]", "{}", '{"lists": 3}', '{"lists": {"container": {"sort": 4}}}'])
    | st.sampled_from(['{"runs": 3}', '{"runs": {"a": 3, "b": {"command": 4}}}'])
)
def test_a_broken_file_is_an_empty_one(text: str) -> None:
    read = state.parse(text)
    assert all(one.sort == "" for one in read.lists.values())
    assert not any(read.runs.values())


async def test_the_order_of_a_list_is_remembered_in_a_private_file(tmp_path: Path) -> None:
    with DemoEngine(str(tmp_path / "demo.sock")) as engine:
        async with driven(engine) as w:
            await w.press("O", "h")
            await w.sees("8/10")
            names = [row.name for row in w.app.main.pane.view.shown]
        assert paths.state_file().stat().st_mode & 0o777 == 0o600
        async with driven(engine) as w:
            await w.sees("running only", "reversed", "8/10")
            assert [row.name for row in w.app.main.pane.view.shown] == names
