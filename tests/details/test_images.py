"""The pages of an image: its layers and its config, as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.details import image_config, layers
from tui.engine.images import Layer
from tui.widgets.log import Line


def text(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)


def layer(size: int, created_by: str, *tags: str) -> Layer:
    return Layer("<missing>", 0, size, created_by, "", tags)


SUM = "0f" * 32


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ('/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'),
        (f"/bin/sh -c #(nop) COPY dir:{SUM} in /app ", "COPY (dir) /app"),
        (f"/bin/sh -c #(nop) ADD file:{SUM} in / ", "ADD (file) /"),
        ("/bin/sh -c apt-get update &&     make", "RUN apt-get update && make"),
        ("|1 V=3 /bin/sh -c make $V", "RUN make $V  (with V=3)"),
        ("|2 V=3 W=a b /bin/sh -c make", "RUN make  (with V=3 W=a b)"),
        ("RUN /bin/sh -c echo hi # buildkit", "RUN echo hi"),
        ("RUN |1 V=3 /bin/sh -c make # buildkit", "RUN make  (with V=3)"),
        ("RUN /bin/bash -o pipefail -c a | b # buildkit", "RUN [bash] a | b"),
        ("RUN /bin/ash -eo pipefail -c a # buildkit", "RUN [ash] a"),
        ("COPY . /ctx # buildkit", "COPY . /ctx"),
        ("WORKDIR /bin/sh -c", "WORKDIR /bin/sh -c"),
        ('ENTRYPOINT ["/bin/sh" "-c"]', 'ENTRYPOINT ["/bin/sh" "-c"]'),
        ("", "(no instruction was kept)"),
    ],
)
def test_instructions_are_written_as_in_a_dockerfile(kept: str, read: str) -> None:
    assert layers.instruction(kept) == read


@given(st.text())
def test_any_instruction_is_one_line(kept: str) -> None:
    assert len(layers.instruction(kept).splitlines()) == 1


def test_layers_show_where_the_megabytes_are() -> None:
    found = [
        layer(0, 'CMD ["x"]', "a:1"),
        layer(30_000_000, "COPY . /"),
        layer(90_000_000, "ADD /", "base:2"),
    ]
    drawn = layers.draw(found)
    assert drawn[0].text.startswith("3 steps, 2 with something in them, 120M")
    assert [line.text.split()[:2] for line in drawn[3:]] == [["30M", "25%"], ["90M", "75%"]]
    assert drawn[3].text.count("█") < drawn[4].text.count("█")
    assert drawn[4].text.endswith("ADD /  <- base:2")
    assert text(layers.draw(found, ascii_only=True)).isascii()
    assert text(layers.draw([])).startswith("0 steps")


IMAGE = {
    "Id": "sha256:1",
    "RepoTags": ["a:1", "a:2"],
    "Created": "2026-11-24T10:00:00.5Z",
    "Size": 120_000_000,
    "Os": "linux",
    "Architecture": "arm",
    "Variant": "v7",
    "Config": {
        "Entrypoint": ["/run me", "-x"],
        "Cmd": ["2021-01-15"],
        "Env": ["PATH=/bin", "DB_PASSWORD=hunter2"],
        "ExposedPorts": {"80/tcp": {}},
        "Volumes": {"/data": {}},
        "WorkingDir": "/app",
        "StopSignal": "SIGINT",
        "Labels": {"b": "2", "a": "1"},
        "Healthcheck": {
            "Test": ["CMD-SHELL", "curl -f localhost"],
            "Interval": 30_000_000_000,
            "Retries": 3,
        },
    },
}


def test_the_config_is_a_page_to_read() -> None:
    page = text(image_config.draw(IMAGE))
    for line in (
        "entrypoint   '/run me' -x",
        "command      2021-01-15",
        "user         root",
        "ports        80/tcp",
        "volumes      /data",
        "stop signal  SIGINT",
        "healthcheck  curl -f localhost",
        "             every 30s, unhealthy after 3 failures",
        "labels       a=1",
        "tags         a:1",
        "digests      none: no registry is known to have it",
        "platform     linux/arm/v7",
        "size         120M",
    ):
        assert line in page.splitlines()


def test_secrets_are_masked_until_they_are_wanted() -> None:
    masked, shown = text(image_config.draw(IMAGE)), text(image_config.draw(IMAGE, revealed=True))
    assert "hunter2" not in masked
    assert "PATH=/bin" in masked
    assert "v shows what is masked" in masked
    assert "DB_PASSWORD=hunter2" in shown


def test_an_image_that_says_nothing_has_a_page_too() -> None:
    assert "user" in text(image_config.draw({}))
    off = {"Config": {"Healthcheck": {"Test": ["NONE"]}}}
    assert "switched off" in text(image_config.draw(off))
