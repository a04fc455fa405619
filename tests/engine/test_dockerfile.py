from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.dockerfile import Need, Stage, instructions, load, parse
from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

PIECES = st.sampled_from(
    [
        "FROM a AS b",
        "RUN <<E",
        "E",
        "COPY <<'E' /x",
        "\\",
        "`",
        "# escape=`",
        "ARG A=1",
        "\t",
        " ",
        "--mount=x",
    ]
)


@given(st.text() | st.lists(PIECES | st.text(max_size=5)).map("\n".join))
def test_any_text_is_read(text: str) -> None:
    found = parse(text)
    lines = text.count("\n") + 1
    assert all(1 <= need.line <= lines for need in found.needs)
    assert [one.line for one in instructions(text)] == sorted({one.line for one in instructions(text)})
    assert all(found.has_target(target) for target in found.targets)


def test_stages_are_found_with_what_they_build_upon() -> None:
    text = "FROM --platform=linux/amd64 golang:1 AS Build\nfrom build as test\nFROM scratch\n"
    found = parse(text)
    assert found.stages == (Stage("golang:1", "build"), Stage("build", "test"), Stage("scratch"))
    assert found.targets == ("test", "build")
    assert all(map(found.has_target, ("BUILD", "test", "2")))
    assert not any(map(found.has_target, ("3", "nope", "²")))


def test_arguments_are_found_with_their_first_default() -> None:
    text = (
        'ARG VERSION=3.12\nFROM a:$VERSION\nARG VERSION\nARG A B="x y" \\\n  C\nARG TARGETARCH http_proxy\n'
    )
    assert parse(text).arguments == (("VERSION", "3.12"), ("A", ""), ("B", "x y"), ("C", ""))


@pytest.mark.parametrize(
    ("instruction", "what"),
    [
        ("RUN --mount=type=cache,target=/c make", "RUN --mount"),
        ("run --network=none make", "RUN --network"),
        ("RUN <<EOF\nmake\nEOF", "a heredoc in RUN"),
        ("RUN cat <<-'E' > x\n\tFROM no AS stage\n\tE", "a heredoc in RUN"),
        ("COPY <<a <<b /\nx\na\ny\nb", "a heredoc in COPY"),
        ("COPY --chmod=755 f /", "COPY --chmod"),
        ("ADD --checksum=sha256:0 f /", "ADD --checksum"),
        ("FROM --platform=$BUILDPLATFORM b", "FROM --platform with BuildKit's own variable"),
    ],
)
def test_what_only_buildkit_can_do_is_found_with_its_line(instruction: str, what: str) -> None:
    found = parse(f"FROM a\n\n{instruction}\nARG LAST\n")
    assert found.needs == (Need(3, what),)
    assert found.arguments == (("LAST", ""),), "what follows is read again"
    assert "no" not in [stage.base for stage in found.stages]


@pytest.mark.parametrize(
    "instruction",
    [
        "RUN echo a <<< b",
        "RUN echo '<<EOF' a<<b",
        'RUN ["<<EOF"]',
        "ENV A <<EOF",
        "RUN echo --mount=x",
        "# RUN --mount=x",
        "COPY --link --chown=1 f /",
        "RUN a \\\n  # RUN --mount=x\n\n  b",
        "FROM --platform=linux/arm64 b",
    ],
)
def test_what_both_builders_can_do_is_left_alone(instruction: str) -> None:
    assert parse(f"FROM a\n{instruction}\n").needs == ()


def test_a_directive_changes_what_continues_a_line() -> None:
    text = "# escape=`\nFROM a\nRUN dir C:\\\nARG A=`\n1\n"
    assert [one.name for one in instructions(text)] == ["FROM", "RUN", "ARG"]
    assert parse(text).arguments == (("A", "1"),)


def test_a_file_is_read_whatever_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_bytes(b"\xef\xbb\xbfFROM a AS \xff\r\nARG B\r\n")
    assert load(file).arguments == (("B", ""),)
    with pytest.raises(EngineError, match="No such file"):
        load(tmp_path / "none")
