from __future__ import annotations

from pathlib import Path

import pytest

from tui import config, paths
from tui.config import Config, ConfigError


def test_no_file_is_an_empty_config(tmp_path: Path) -> None:
    assert config.load(tmp_path / "none.yaml") == Config()


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        config.load(tmp_path / "none.yaml", required=True)


def test_what_it_can_say() -> None:
    text = "read_only: true\nproduction: [prod]\nkeymap:\n  container.stop: ctrl+s\nlog_lines: 50\n"
    assert config.parse(text, "c.yaml") == Config(
        keymap={"container.stop": "ctrl+s"}, production=("prod",), read_only=True, log_lines=50
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ascii: true\nreadonly: true\n", "c.yaml:2: readonly: no such key; did you mean read_only?"),
        ("\nread_only: maybe\n", "c.yaml:2: read_only: must be true or false"),
        ("production: prod\n", "c.yaml:1: production: must be a list of words"),
        ("log_lines: 0\n", "c.yaml:1: log_lines: must be a number above 0"),
        ("stats_interval: 0.5\n", "c.yaml:1: stats_interval: must be a number of seconds, 1 or more, or off"),
        ("\nstats_interval: on\n", "c.yaml:2: stats_interval: must be a number"),
        ("stats_interval: .inf\n", "c.yaml:1: stats_interval: must be a number"),
        ("stats_interval: .nan\n", "c.yaml:1: stats_interval: must be a number"),
        ("stats_interval: [2]\n", "c.yaml:1: stats_interval: must be a number"),
        ("keymap:\n  container.stop: 3\n", "c.yaml:1: keymap: container.stop must be given a key"),
        ("a: [1\nb: 2\n", "c.yaml:2: not YAML"),
        ("- one\n", "c.yaml:1: must be a list of `key: value`"),
    ],
)
def test_an_error_names_file_line_and_key(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        config.parse(text, "c.yaml")
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("", 2.0),
        ("stats_interval: 1", 1.0),
        ("stats_interval: 2.5", 2.5),
        ("stats_interval: off", None),
        ("stats_interval: 'off'", None),
        ("stats_interval: false", None),
    ],
)
def test_numbers_have_an_interval_or_are_off(text: str, interval: float | None) -> None:
    assert config.parse(text, "c.yaml").stats_interval == interval


def test_a_keymap_of_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"container.stp: no such id; did you mean container.stop\?"):
        config.check_keymap(
            Config(keymap={"container.stp": "s"}), ["container.stop", "image.build"], "c.yaml"
        )


def test_private_files_are_written_whole_and_for_their_owner_only(tmp_path: Path) -> None:
    target = tmp_path / "sub" / "state.json"
    paths.write_private(target, "one")
    paths.write_private(target, "two")
    assert target.read_text() == "two"
    assert target.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in target.parent.iterdir()] == ["state.json"]
